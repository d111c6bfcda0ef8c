"""Values of Ethereum's JSON-RPC: ``0x`` data and quantities.

Client libraries hand out the same members as bytes and integers; both spellings are read here, so
that a caller need not care which one it holds.
"""

import re
from typing import Final

from ledger.errors import MalformedError

_MAX_LENGTH: Final = 2 * 1024 * 1024 + 2
"""A receipt's log data is below 4 MB at any gas limit in use."""
_QUANTITY: Final = re.compile("0x[0-9a-fA-F]{1,64}")
"""At most a word of the EVM."""


def data_of(value: object) -> bytes:
    """Return the bytes of a DATA member.

    Raises:
        MalformedError: ``json-data``.
    """
    if isinstance(value, bytes):
        return bytes(value)
    if isinstance(value, str) and value.startswith("0x") and len(value) <= _MAX_LENGTH:
        try:
            # ``fromhex`` skips spaces, which are no part of a DATA member.
            if len(value) % 2 == 0 and not any(map(str.isspace, value)):
                return bytes.fromhex(value[2:])
        except ValueError:
            pass
    raise MalformedError("json-data")


def number_of(value: object) -> int:
    """Return the number of a QUANTITY member, not negative.

    Raises:
        MalformedError: ``json-quantity``.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return int(value)
    if isinstance(value, str) and _QUANTITY.fullmatch(value):
        return int(value, 16)
    raise MalformedError("json-quantity")
