"""Reading what a node answers: every value is checked here before anything relies on its form.

A node behind a broken proxy, a half-compatible client or a hostile one may answer anything that is JSON.
What is not of the form is an outage (``UnavailableError``, code ``chain-answer``): it is tried again, and
nothing of it is stored. Whether well-formed values are *true* is checked elsewhere, against hashes and roots.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from ledger.errors import UnavailableError

_QUANTITY: Final = re.compile(r"0x[0-9a-fA-F]{1,64}\Z")
"""Geth writes no leading zeroes, others do; 256 bits is the largest word of the protocol."""
_DATA: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*\Z")


def malformed(method: str, what: str) -> UnavailableError:
    """Return the error for an answer that is not of the form.

    Args:
        method: that was called.
        what: names the member, never its value: a foreign value may be anything.
    """
    return UnavailableError("chain-answer", method=method, what=what)


def quantity(value: object, method: str, what: str = "result") -> int:
    """Read a QUANTITY of the JSON-RPC specification."""
    if not isinstance(value, str) or not _QUANTITY.match(value):
        raise malformed(method, what)
    return int(value, 16)


def data(value: object, method: str, what: str = "result", *, length: int | None = None) -> bytes:
    """Read a DATA of the JSON-RPC specification; of ``length`` bytes, where given."""
    if not isinstance(value, str) or not _DATA.match(value):
        raise malformed(method, what)
    found = bytes.fromhex(value[2:])
    if length is not None and len(found) != length:
        raise malformed(method, what)
    return found


def mapping(value: object, method: str, what: str = "result") -> Mapping[str, Any]:
    """Read an object."""
    if not isinstance(value, dict):
        raise malformed(method, what)
    return value


def items(value: object, method: str, what: str = "result") -> list[Any]:
    """Read an array."""
    if not isinstance(value, list):
        raise malformed(method, what)
    return value


def member_quantity(found: Mapping[str, Any], name: str, method: str) -> int:
    """Read a member that is a QUANTITY."""
    return quantity(found.get(name), method, name)


def member_data(
    found: Mapping[str, Any], name: str, method: str, *, length: int | None = None
) -> bytes:
    """Read a member that is a DATA."""
    return data(found.get(name), method, name, length=length)
