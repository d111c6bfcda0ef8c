"""Reading JSON of a known shape: one small function per type, one error that names the member.

Used by every reader of signed or sealed JSON. Strict on purpose: unknown members are errors.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final, TypeVar

from ledger.errors import MalformedError
from ledger.primitives.canonical import JsonValue

_Name = TypeVar("_Name", bound=str)

MAX_INTEGER: Final = 2**53 - 1
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")
_HEX = re.compile(r"(?:[0-9a-f]{2})*\Z")


def members(
    value: JsonValue,
    where: str,
    names: AbstractSet[str],
    optional: AbstractSet[str] = frozenset(),
) -> Mapping[str, JsonValue]:
    """Return ``value`` as an object with exactly ``names``, and any of ``optional``.

    Raises:
        MalformedError: not an object, or a member is missing or unknown.
    """
    found = mapping(value, where)
    for name in sorted(names ^ (found.keys() - optional)):
        raise MalformedError("statement-form", member=f"{where}.{name}"[:128])
    return found


def mapping(value: JsonValue, where: str) -> Mapping[str, JsonValue]:
    """Return ``value`` as an object.

    Raises:
        MalformedError: it is none.
    """
    if not isinstance(value, dict):
        raise MalformedError("statement-form", member=where)
    return value


def items(value: JsonValue, where: str) -> list[JsonValue]:
    """Return ``value`` as an array.

    Raises:
        MalformedError: it is none.
    """
    if not isinstance(value, list):
        raise MalformedError("statement-form", member=where)
    return value


def text(value: JsonValue, where: str) -> str:
    """Return ``value`` as a string that is not empty.

    Raises:
        MalformedError: it is none.
    """
    if not isinstance(value, str) or not value:
        raise MalformedError("statement-form", member=where)
    return value


def boolean(value: JsonValue, where: str) -> bool:
    """Return ``value`` as a boolean.

    Raises:
        MalformedError: it is none.
    """
    if not isinstance(value, bool):
        raise MalformedError("statement-form", member=where)
    return value


def integer(value: JsonValue, where: str, *, minimum: int, maximum: int = MAX_INTEGER) -> int:
    """Return ``value`` as an integer within its bounds.

    Raises:
        MalformedError: it is none, or out of bounds.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= maximum:
        raise MalformedError("statement-form", member=where)
    return value


def optional_integer(value: JsonValue, where: str, *, minimum: int) -> int | None:
    """Return ``value`` as ``integer`` does; ``None`` for null."""
    return None if value is None else integer(value, where, minimum=minimum)


def one_of(value: JsonValue, where: str, allowed: tuple[_Name, ...]) -> _Name:
    """Return ``value`` as one of some names.

    Raises:
        MalformedError: it is none of them.
    """
    for name in allowed:
        if value == name:
            return name
    raise MalformedError("statement-form", member=where)


def hex_bytes(value: JsonValue, where: str, length: int | None = None) -> bytes:
    """Return the bytes of a lower-case hex string, of ``length`` bytes when given.

    Raises:
        MalformedError: not such a string.
    """
    if not isinstance(value, str) or not _HEX.match(value):
        raise MalformedError("statement-form", member=where)
    if length is not None and len(value) != 2 * length:
        raise MalformedError("statement-form", member=where)
    return bytes.fromhex(value)


def instant(value: JsonValue, where: str) -> str:
    """Return ``value`` as an ISO 8601 UTC instant with milliseconds.

    Raises:
        MalformedError: it is none.
    """
    if not isinstance(value, str) or not _INSTANT.match(value):
        raise MalformedError("statement-form", member=where)
    return value
