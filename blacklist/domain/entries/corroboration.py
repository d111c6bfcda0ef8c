"""What an entry's key signs, and the id of an entry: as the contract computes them, word by word."""

from datetime import datetime
from typing import Final

from blacklist.domain.protocol.requests import BlacklistPlace
from ledger.primitives.keccak import keccak256

_WORD: Final = 32
_CORROBORATE: Final = keccak256(b"lz-blacklist/v1/corroborate")


def entry_id(reporter: bytes, nonce: bytes) -> bytes:
    """Return the id that the contract gives to a reporter's listing (``IBlacklistEntries.entryId``)."""
    return keccak256(reporter + nonce)


def corroboration_digest(
    place: BlacklistPlace, entry: bytes, *, corroborator: bytes, date: datetime
) -> bytes:
    """Return what an entry's key signs to corroborate (``IBlacklistEntries.corroborationDigest``)."""
    words = (
        _CORROBORATE,
        place.chain_id.to_bytes(_WORD, "big"),
        place.contract.rjust(_WORD, b"\0"),
        entry,
        corroborator,
        int(date.timestamp()).to_bytes(_WORD, "big"),
    )
    return keccak256(b"".join(words))
