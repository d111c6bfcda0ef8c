"""Raw logs into events, by the contract's own ABI."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

from blacklist.chain.entry_decoding import ENTRY_MAKERS
from blacklist.chain.oversight_decoding import OVERSIGHT_MAKERS
from blacklist.domain.chronicle.events import (
    BlockTime,
    CeremonyGivenUp,
    CeremonyKind,
    CeremonyOpened,
    KeyActivated,
    KeyEvent,
    OperatorNamed,
    PhaseEnded,
    PostingMade,
    ResultAttested,
)
from blacklist.domain.keygen.postings import CeremonyPhase
from blacklist.ports.contract import ContractEvent, RawLog
from contracts import artifact
from ledger.chain.contract import topic_of, types_of
from ledger.errors import IntegrityError

CONTRACT: Final = "FraudBlacklist"
_ROW: Final = 3
Values = Mapping[str, Any]


def decode_event(log: RawLog) -> ContractEvent | None:
    """Return what an event says; ``None`` when nobody follows its kind.

    Raises:
        IntegrityError: it is none of the contract's.
    """
    entry = _events().get(log.topics[0] if log.topics else b"")
    if entry is None:
        raise IntegrityError("blacklist-event-unknown", block=log.block)
    make = _MAKERS.get(entry["name"])
    if make is None:
        return None
    try:
        return make(_where(log), _values(entry, log))
    except (DecodingError, ValueError) as error:
        raise IntegrityError("blacklist-event-unknown", block=log.block) from error


def _opened(where: BlockTime, given: Values) -> KeyEvent:
    enrolled = _rows(given["enrolled"])
    return CeremonyOpened(
        where,
        ceremony=given["ceremony"],
        identifiers=given["identifierType"],
        kind=CeremonyKind(given["kind"]),
        key_epoch=given["keyEpoch"],
        share_epoch=given["shareEpoch"],
        threshold=given["threshold"],
        present_needed=given["presentNeeded"],
        eligible=tuple(enrolled),
        dealing=tuple(index for index, deals in enrolled.items() if deals),
    )


def _rows(enrolled: bytes) -> dict[int, bool]:
    """Return whether each institution deals, by index: three bytes each."""
    rows = (enrolled[start : start + _ROW] for start in range(0, len(enrolled), _ROW))
    return {int.from_bytes(row[:-1], "big"): row[-1] == 1 for row in rows}


def _activated(where: BlockTime, given: Values) -> KeyEvent:
    return KeyActivated(
        where,
        ceremony=given["ceremony"],
        identifiers=given["identifierType"],
        key_epoch=given["keyEpoch"],
        share_epoch=given["shareEpoch"],
        keys=given["keys"],
    )


_MAKERS: Final[Mapping[str, Callable[[BlockTime, Values], ContractEvent]]] = {
    "OperatorChanged": lambda where, given: OperatorNamed(
        where, given["member"], given["index"], bytes.fromhex(given["operator"][2:])
    ),
    "CeremonyOpened": _opened,
    "Posted": lambda where, given: PostingMade(
        where, given["ceremony"], CeremonyPhase(given["phase"]), given["index"], given["data"]
    ),
    "PhaseClosed": lambda where, given: PhaseEnded(
        where, given["ceremony"], CeremonyPhase(given["from"]), CeremonyPhase(given["to"])
    ),
    "KeysAttested": lambda where, given: ResultAttested(where, given["ceremony"]),
    "CeremonyFailed": lambda where, given: CeremonyGivenUp(
        where, given["ceremony"], CeremonyPhase(given["phase"])
    ),
    "KeyActivated": _activated,
    **ENTRY_MAKERS,
    **OVERSIGHT_MAKERS,
}


@cache
def _events() -> Mapping[bytes, Mapping[str, Any]]:
    found = (entry for entry in artifact(CONTRACT).abi if entry["type"] == "event")
    return {topic_of(entry): entry for entry in found}


def _values(entry: Mapping[str, Any], log: RawLog) -> Values:
    indexed = [each for each in entry["inputs"] if each["indexed"]]
    plain = [each for each in entry["inputs"] if not each["indexed"]]
    pairs = zip(indexed, log.topics[1:], strict=True)
    values = {each["name"]: decode([each["type"]], topic)[0] for each, topic in pairs}
    rest = decode(types_of(plain), log.data)
    return values | {each["name"]: value for each, value in zip(plain, rest, strict=True)}


def _where(log: RawLog) -> BlockTime:
    return BlockTime(log.block, datetime.fromtimestamp(log.timestamp, UTC))
