"""The entry key port over eth-account, which takes 0.3 s to import; the first key used imports it."""

from functools import cache
from typing import TYPE_CHECKING, Final

from eth_typing import Hash32

from blacklist.curve.secret import Secret
from blacklist.ports.entry_contract import RecoverableSignature

if TYPE_CHECKING:
    from eth_account import Account

_WORD: Final = 32


class EthEntryKeys:
    """Implements the port; the library needs its keys as bytes for a moment."""

    def address(self, key: Secret) -> bytes:
        """See ``ports.entry_keys``."""
        return bytes.fromhex(_library().from_key(key.reveal()).address[2:])

    def sign(self, key: Secret, digest: bytes) -> RecoverableSignature:
        """See ``ports.entry_keys``."""
        made = _library().from_key(key.reveal()).unsafe_sign_hash(Hash32(digest))
        return RecoverableSignature(
            made.v, made.r.to_bytes(_WORD, "big"), made.s.to_bytes(_WORD, "big")
        )


@cache
def _library() -> "type[Account]":
    from eth_account import Account  # noqa: PLC0415 - see the module docstring

    return Account
