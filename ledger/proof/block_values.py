"""Values of a recorded block's JSON, each read under its name: an error says which field and why.

Hexadecimal is that of Ethereum's JSON-RPC: DATA has two digits a byte, a QUANTITY any number of
digits. Members that nobody asks for are passed over: clients serve more than is proved.
"""

import json
from collections.abc import Mapping
from typing import Final, TypeVar

from ledger.errors import LimitError, MalformedError
from ledger.primitives.canonical import MAX_DEPTH, check_depth
from ledger.proof.json_values import data_of, number_of

_Name = TypeVar("_Name", bound=str)

MAX_BYTES: Final = 32 * 1024 * 1024
"""A block of 1,000 anchors has 4 MB of receipts."""


def read_object(data: bytes) -> Mapping[str, object]:
    """Read a JSON object from a file's bytes.

    Raises:
        LimitError: ``block-too-large`` or nested too deep.
        MalformedError: ``block-not-json``, ``block-field-twice``, ``block-field-object``.
    """
    if len(data) > MAX_BYTES:
        raise LimitError("block-too-large", limit=MAX_BYTES)
    check_depth(data, MAX_DEPTH)
    try:
        value = json.loads(data, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise MalformedError("block-not-json") from None
    return as_object(value, "(file)")


def _unique(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise MalformedError("block-field-twice", field=name[:64])
        found[name] = value
    return found


def member(parent: Mapping[str, object], name: str, where: str = "") -> object:
    """Return a member that has to be there.

    Raises:
        MalformedError: ``block-field-missing``.
    """
    if parent.get(name) is None:
        raise MalformedError("block-field-missing", field=path(where, name))
    return parent[name]


def path(where: str, name: str | int) -> str:
    """Return the name of a member or item, as errors say it: ``receipts[0].status``."""
    if isinstance(name, int):
        return f"{where}[{name}]"
    return f"{where}.{name}" if where else name


def as_object(value: object, where: str) -> Mapping[str, object]:
    """Return a JSON object.

    Raises:
        MalformedError: ``block-field-object``.
    """
    if not isinstance(value, Mapping):
        raise MalformedError("block-field-object", field=where)
    return value


def as_list(value: object, where: str) -> list[object]:
    """Return a JSON array.

    Raises:
        MalformedError: ``block-field-list``.
    """
    if not isinstance(value, list):
        raise MalformedError("block-field-list", field=where)
    return value


def as_data(value: object, where: str, length: int = 0) -> bytes:
    """Return the bytes of DATA; of any length where ``length`` is 0.

    Raises:
        MalformedError: ``block-field-hex`` or ``block-field-length``.
    """
    try:
        data = data_of(value)
    except MalformedError:
        raise MalformedError("block-field-hex", field=where) from None
    if length and len(data) != length:
        raise MalformedError("block-field-length", field=where, length=length, found=len(data))
    return data


def as_number(value: object, where: str) -> int:
    """Return the number of a QUANTITY.

    Raises:
        MalformedError: ``block-field-quantity``.
    """
    try:
        return number_of(value if isinstance(value, str) else None)
    except MalformedError:
        raise MalformedError("block-field-quantity", field=where) from None


def as_one_of(value: object, where: str, choices: tuple[_Name, ...]) -> _Name:
    """Return one of the names that are allowed.

    Raises:
        MalformedError: ``block-field-choice``.
    """
    for choice in choices:
        if value == choice:
            return choice
    raise MalformedError("block-field-choice", field=where, choices=", ".join(choices))
