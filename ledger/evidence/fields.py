"""Salted commitments to values that could identify a person or a matter.

A statement carries only commitments; the clear values and salts stay with the bank, encrypted. A package
discloses some of them with their salts, leaves others out, and verifies either way. Destroying a salt
erases the value, while the leaf and every root above it stay.

The commitment is SHA-256 over the canonical array ``["lianzheng-field-1", salt, name, value]``. Plain
concatenation would be ambiguous: ``amount`` ‖ ``5000`` equals ``amoun`` ‖ ``t5000``.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.errors import LimitError, MalformedError
from ledger.primitives.canonical import JsonValue, encode

DOMAIN: Final = "lianzheng-field-1"
SALT_BYTES: Final = 16
MAX_FIELDS: Final = 64
"""A statement stays under 64 KiB with this many commitments, and people can still read the list."""
MAX_VALUE_BYTES: Final = 4096
"""Content of up to 4 KiB travels as a field, because its digest could be guessed."""
MAX_NAME_LENGTH: Final = 64

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class Field:
    """A clear value with its salt: what a package discloses.

    Attributes:
        name: lower-case ASCII name, at most 64 characters.
        value: any value of the canonical profile, at most 4,096 bytes when encoded.
        salt: 16 random bytes.
    """

    name: str
    value: JsonValue
    salt: bytes


def commitment(field: Field) -> bytes:
    """Return the 32-byte commitment to ``field``.

    Raises:
        LimitError: the value is too long.
        MalformedError: the value is outside the canonical profile.
    """
    committed = encode([DOMAIN, field.salt.hex(), field.name, field.value])
    size = len(committed) - _OVERHEAD - len(field.name)
    if size > MAX_VALUE_BYTES:
        raise LimitError("field-too-long", name=field.name, size=size, limit=MAX_VALUE_BYTES)
    return hashlib.sha256(committed).digest()


_OVERHEAD: Final = len(encode([DOMAIN, "0" * 2 * SALT_BYTES, "", ""])) - 2
"""Bytes of the array around name and value (whose own quotes count as value)."""


def check_names(values: Mapping[str, JsonValue]) -> None:
    """Check names and number of clear values before they are sealed.

    Raises:
        LimitError: too many fields.
        MalformedError: a name is not allowed.
    """
    if len(values) > MAX_FIELDS:
        raise LimitError("field-too-many", count=len(values), limit=MAX_FIELDS)
    for name in values:
        if len(name) > MAX_NAME_LENGTH or not _NAME.match(name):
            raise MalformedError("field-name", name=name[:MAX_NAME_LENGTH])


def fields_to_json(fields: tuple[Field, ...]) -> JsonValue:
    """Return the package's form: ``{name: {"salt": hex, "value": …}}``."""
    return {field.name: {"salt": field.salt.hex(), "value": field.value} for field in fields}


def fields_from_json(value: JsonValue) -> tuple[Field, ...]:
    """Read the package's form.

    Raises:
        MalformedError: the form is not that of ``fields_to_json``.
    """
    if not isinstance(value, dict) or len(value) > MAX_FIELDS:
        raise MalformedError("fields-form")
    return tuple(_field_from_json(name, entry) for name, entry in value.items())


def _field_from_json(name: str, entry: JsonValue) -> Field:
    if not isinstance(entry, dict) or set(entry) != {"salt", "value"}:
        raise MalformedError("fields-form")
    salt = entry["salt"]
    if not isinstance(salt, str) or not re.fullmatch(r"[0-9a-f]{32}", salt):
        raise MalformedError("fields-form")
    return Field(name=name, value=entry["value"], salt=bytes.fromhex(salt))
