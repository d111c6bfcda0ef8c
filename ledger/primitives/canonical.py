"""Canonical JSON: a strict profile of RFC 8785 (JCS) in which one value has one byte string.

* Objects have non-empty printable ASCII keys, sorted; arrays are lists; no floats at all.
* Integers are below 2^53 in magnitude, so that every JSON reader sees the same number.
* Strings are in Unicode form NFC, without lone surrogates.
* ``decode`` accepts exactly what ``encode`` writes: it encodes again and compares.

Within the profile the bytes equal those of any RFC 8785 writer. What a value means is not looked
at here.
"""

import json
import re
import unicodedata
from typing import Final, NoReturn, TypeAlias

from ledger.errors import LimitError, MalformedError

JsonValue: TypeAlias = "bool | int | str | list[JsonValue] | dict[str, JsonValue] | None"

MAX_INTEGER: Final = 2**53 - 1
"""I-JSON (RFC 7493 §2.2): larger integers are not the same number in every reader."""
MAX_DEPTH: Final = 64
"""Far below Python's own recursion limit, far above any document of the ledger."""

_MAX_INTEGER_LENGTH: Final = 17
"""Characters of -9007199254740991; longer ones are refused before Python converts them."""
_BRACKET: Final = re.compile(rb"[\[\]{}]")

_write = json.JSONEncoder(
    ensure_ascii=False,
    check_circular=False,  # the depth limit ends cycles
    allow_nan=False,
    sort_keys=True,
    separators=(",", ":"),
).encode


def encode(value: JsonValue) -> bytes:
    """Return the canonical bytes of a value.

    Raises:
        MalformedError: the value is outside the profile (type, key, number, string).
        LimitError: nested deeper than ``MAX_DEPTH``.
    """
    _check(value, MAX_DEPTH)
    try:
        return _write(value).encode("utf-8")
    except UnicodeEncodeError:
        raise MalformedError("canonical-surrogate") from None


def decode(data: bytes, *, max_bytes: int, max_depth: int = 16) -> JsonValue:
    """Read canonical bytes that came from outside.

    Args:
        data: the whole document.
        max_bytes: the caller's limit on its length.
        max_depth: the caller's limit on nesting, at most ``MAX_DEPTH``; a scalar has depth 0.

    Raises:
        LimitError: too long or too deep.
        MalformedError: not UTF-8, not JSON, a duplicate key, a float, an integer of 2^53 or more,
            outside the profile, or not written in the canonical form.
    """
    if len(data) > max_bytes:
        raise LimitError("canonical-too-long", length=len(data), limit=max_bytes)
    check_depth(data, min(max_depth, MAX_DEPTH))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError("canonical-not-utf-8", at=error.start) from None
    try:
        value: JsonValue = _read(text)
    except json.JSONDecodeError as error:
        raise MalformedError("canonical-syntax", at=error.pos) from None
    if encode(value) != data:
        raise MalformedError("canonical-form")
    return value


def _check(value: JsonValue, depth: int) -> None:
    """Refuse what lies outside the profile; exact types only: a subclass may write itself."""
    if type(value) is str:
        _check_string(value)
    elif type(value) is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise MalformedError("canonical-number")
    elif type(value) is dict:
        _check_object(value, depth)
    elif type(value) is list:
        if depth == 0:
            raise LimitError("canonical-too-deep", limit=MAX_DEPTH)
        for item in value:
            _check(item, depth - 1)
    elif value is not None and type(value) is not bool:
        if isinstance(value, float):
            raise MalformedError("canonical-float")
        raise MalformedError("canonical-type", type=type(value).__name__)


def _check_object(value: dict[str, JsonValue], depth: int) -> None:
    if depth == 0:
        raise LimitError("canonical-too-deep", limit=MAX_DEPTH)
    for key, item in value.items():
        if type(key) is not str or not (key and key.isascii() and key.isprintable()):
            raise MalformedError("canonical-key", key=str(key)[:40])
        # The commonest members are short ASCII strings; calls for them would cost a third of the
        # speed.
        if type(item) is not str or not item.isascii():
            _check(item, depth - 1)


def _check_string(value: str) -> None:
    if not (value.isascii() or unicodedata.is_normalized("NFC", value)):
        raise MalformedError("canonical-not-nfc")


def check_depth(data: bytes, max_depth: int) -> None:
    """Refuse deep nesting before a parser recurses into it, which can end the process.

    Raises:
        LimitError: nested deeper than ``max_depth``.
    """
    if data.count(b"[") + data.count(b"{") <= max_depth:
        return
    # Without escapes, every second part between quotes is outside strings; a regular expression for
    # strings would take quadratic time on quotes that never close.
    outside = data.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2]
    depth = 0
    for bracket in _BRACKET.findall(b"".join(outside)):
        depth += 1 if bracket in b"[{" else -1
        if depth > max_depth:
            raise LimitError("canonical-too-deep", limit=max_depth)


def _refuse_float(_text: str) -> NoReturn:
    raise MalformedError("canonical-float")


def _read_integer(text: str) -> int:
    if len(text) > _MAX_INTEGER_LENGTH:
        raise MalformedError("canonical-number")
    return int(text)


def _read_object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise MalformedError("canonical-duplicate-key")
    return value


_read = json.JSONDecoder(
    object_pairs_hook=_read_object,
    parse_float=_refuse_float,
    parse_constant=_refuse_float,
    parse_int=_read_integer,
).decode
