"""What may enter the journal: bytes that have the form of one signed transaction.

The form is checked strictly, so that one transaction has one hash, and so is the chain id, which anvil's pool
does not look at. Signature, nonce and funds are the process's to judge.
"""

from typing import Final

from ledger.errors import MalformedError
from ledger.primitives import rlp

MAX_BYTES: Final = 128 * 1024
"""As in geth's pool; the largest contract is a fifth of it."""
_MAX_ITEMS: Final = 8192
"""An access list of a full block."""
_MAX_DEPTH: Final = 4
"""Transaction, access list, entry, storage keys."""
_LISTS: Final = 0xC0
_TYPES: Final = (1, 2)
"""Access list (EIP-2930) and dynamic fee (EIP-1559); blobs need a later fork."""


_V: Final = 6
"""Place of v in a legacy transaction; it holds the chain id (EIP-155)."""
_FIRST_PROTECTED: Final = 35


def parse(params: object, chain_id: int) -> bytes:
    """Return the raw transaction of the parameters of ``eth_sendRawTransaction``.

    Raises:
        MalformedError: they are not one transaction in hex, or it is for another chain, or for any.
    """
    match params:
        case [str(text)] if text.startswith("0x"):
            pass
        case _:
            raise MalformedError("devchain-transaction")
    try:
        raw = bytes.fromhex(text[2:])
    except ValueError as error:
        raise MalformedError("devchain-transaction") from error
    if not raw or not (raw[0] >= _LISTS or raw[0] in _TYPES):
        raise MalformedError("devchain-transaction")
    body = raw if raw[0] >= _LISTS else raw[1:]
    item = rlp.decode(body, max_bytes=MAX_BYTES, max_items=_MAX_ITEMS, max_depth=_MAX_DEPTH)
    if not isinstance(item, list):
        raise MalformedError("devchain-transaction")
    found = _chain_id(item, legacy=body is raw)
    if found != chain_id:
        raise MalformedError("devchain-transaction-chain", expected=chain_id, found=found)
    return raw


def _chain_id(item: list[rlp.RlpItem], *, legacy: bool) -> int | None:
    """Return the chain id that is signed, ``None`` when it is valid on every chain."""
    at = _V if legacy else 0
    value = item[at] if at < len(item) else None
    if not isinstance(value, bytes):
        raise MalformedError("devchain-transaction")
    number = int.from_bytes(value, "big")
    if not legacy:
        return number
    return (number - _FIRST_PROTECTED) // 2 if number >= _FIRST_PROTECTED else None
