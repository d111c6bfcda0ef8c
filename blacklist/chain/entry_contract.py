"""The entry contract port over web3."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from blacklist.domain.entries.standing import EntryStanding
from blacklist.ports.entry_contract import ListingCall, RecoverableSignature, RenewalCall, Ruling
from ledger.chain.calling import Caller

_NOTHING = bytes(32)
STANDINGS: Final = (
    None, EntryStanding.ACTIVE, EntryStanding.DISPUTED, EntryStanding.OVERDUE,
    EntryStanding.CORRECTED, EntryStanding.WITHDRAWN, EntryStanding.EXPIRED,
)  # fmt: skip
"""By their numbers in the contract."""


@dataclass(frozen=True, slots=True)
class Web3EntryContract:
    """Implements the port by the operator's calls."""

    caller: Caller

    def standing(self, entry: bytes) -> EntryStanding | None:
        """See ``ports.entry_contract``."""
        (number,) = self.caller.contract.call("standing", entry)
        return STANDINGS[int(number)]

    def list_entries(self, listings: Sequence[ListingCall]) -> None:
        """See ``ports.entry_contract``."""
        self.caller.call("list", [_tuple(each) for each in listings])

    def renew(self, renewals: Sequence[RenewalCall]) -> None:
        """See ``ports.entry_contract``."""
        self.caller.call("renew", [_renewal(each) for each in renewals])

    def corroborate(self, entry: bytes, date: datetime, signature: RecoverableSignature) -> None:
        """See ``ports.entry_contract``."""
        self.caller.call(
            "corroborate", entry, _seconds(date), signature.v, signature.r, signature.s
        )

    def dispute(self, entry: bytes, statement: bytes) -> None:
        """See ``ports.entry_contract``."""
        self.caller.call("dispute", entry, statement)

    def decide(self, entry: bytes, ruling: Ruling) -> None:
        """See ``ports.entry_contract``."""
        expires = 0 if ruling.expires_at is None else _seconds(ruling.expires_at)
        facts = _NOTHING if ruling.facts is None else ruling.facts
        self.caller.call("decide", entry, int(ruling.decision), ruling.reasons, facts, expires)

    def correct(self, entry: bytes, facts: bytes, expires_at: datetime) -> None:
        """See ``ports.entry_contract``."""
        self.caller.call("correct", entry, facts, _seconds(expires_at))

    def withdraw(self, entry: bytes, reasons: bytes) -> None:
        """See ``ports.entry_contract``."""
        self.caller.call("withdraw", entry, reasons)


def _tuple(given: ListingCall) -> tuple[bytes, bytes, bytes, str, int, int, int]:
    key = "0x" + given.key.hex()
    return (
        given.nonce, given.commitment, given.facts, key, _seconds(given.expires_at),
        given.key_epoch, given.identifiers,
    )  # fmt: skip


def _renewal(given: RenewalCall) -> tuple[bytes, bytes, bytes, bytes, str, int]:
    key = "0x" + given.key.hex()
    return given.old, given.nonce, given.commitment, given.facts, key, given.key_epoch


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
