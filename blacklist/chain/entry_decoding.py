"""Events about entries, from the values of their logs."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from blacklist.domain.chronicle.entry_events import (
    DisputeDecided,
    DisputeDecision,
    EntryCorrected,
    EntryCorroborated,
    EntryDisputed,
    EntryEvent,
    EntryListed,
    EntryRenewed,
    EntryWithdrawn,
)
from blacklist.domain.chronicle.events import BlockTime


def _listed(where: BlockTime, given: Mapping[str, Any]) -> EntryEvent:
    return EntryListed(
        where,
        entry=given["id"],
        reporter=given["reporter"],
        identifiers=given["identifierType"],
        key_epoch=given["keyEpoch"],
        commitment=given["commitment"],
        facts=given["facts"],
        key=bytes.fromhex(given["key"][2:]),
        expires_at=_second(given["expiresAt"]),
    )


def _renewed(where: BlockTime, given: Mapping[str, Any]) -> EntryEvent:
    return EntryRenewed(
        where,
        old=given["old"],
        entry=given["id"],
        key_epoch=given["keyEpoch"],
        commitment=given["commitment"],
        key=bytes.fromhex(given["key"][2:]),
    )


LAST_SECOND: Final = 253_402_300_799
"""Of the year 9999. A member may state any date when it corroborates; none may stop who follows the chain."""


def _second(seconds: int) -> datetime:
    return datetime.fromtimestamp(min(seconds, LAST_SECOND), UTC)


ENTRY_MAKERS: Final[Mapping[str, Callable[[BlockTime, Mapping[str, Any]], EntryEvent]]] = {
    "EntryListed": _listed,
    "EntryRenewed": _renewed,
    "EntryCorroborated": lambda where, given: EntryCorroborated(
        where, given["id"], given["corroborator"], _second(given["date"])
    ),
    "EntryDisputed": lambda where, given: EntryDisputed(
        where, given["id"], given["receivedBy"], given["statement"], _second(given["decideBy"])
    ),
    "DisputeDecided": lambda where, given: DisputeDecided(
        where, given["id"], DisputeDecision(given["decision"]), given["reasons"], given["inTime"]
    ),
    "EntryCorrected": lambda where, given: EntryCorrected(
        where, given["id"], given["facts"], _second(given["expiresAt"])
    ),
    "EntryWithdrawn": lambda where, given: EntryWithdrawn(where, given["id"], given["reasons"]),
}
