"""What members vote on: changes of the registry as call data, and as plain values for people and programs.

The ABI describes every kind, so that nothing is listed twice: a kind is the function's name in kebab case, a
value's name its parameter's in snake case. Bytes and addresses are hex without
``0x``, a key's purpose, a reason and roles are names, whole numbers are numbers.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError, EncodingError
from eth_utils.abi import collapse_if_tuple
from eth_utils.address import to_checksum_address

from contracts import artifact
from ledger.chain.registry import ROLES, roles_from_bits
from ledger.errors import LedgerError, MalformedError
from ledger.evidence.possession import PURPOSES
from ledger.primitives.canonical import JsonValue

_Value = TypeVar("_Value")

KINDS: Final[Mapping[str, str]] = {
    "admit-member": "admitMember",
    "set-roles": "setRoles",
    "add-key": "addKey",
    "revoke-key": "revokeKey",
    "suspend-member": "suspendMember",
    "reinstate-member": "reinstateMember",
    "remove-member": "removeMember",
    "change-admin": "changeAdmin",
    "change-endpoint": "changeEndpoint",
    "open-generation": "openGeneration",
    "set-threshold": "setThreshold",
    "set-voting-period": "setVotingPeriod",
    "set-validators": "setValidators",
}
"""Kinds of change by the name that people see."""
REASONS: Final = ("none", "rotated", "retired", "compromised")
_SELECTOR: Final = 4
_LENGTHS: Final[Mapping[str, int]] = {"bytes32": 32, "address": 20}
_CAPITAL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ENUMS: Final[Mapping[str, Sequence[str]]] = {"purpose": PURPOSES, "reason": REASONS}


@dataclass(frozen=True, slots=True)
class Change:
    """A change that members vote on.

    Attributes:
        kind: one of ``KINDS``.
        values: its arguments by name, plain JSON.
    """

    kind: str
    values: Mapping[str, JsonValue]

    @property
    def member(self) -> bytes | None:
        """The institution that it is about; ``None`` for a rule of the whole consortium."""
        newcomer = self.values.get("newcomer")
        found = newcomer if isinstance(newcomer, dict) else self.values
        named = found.get("member")
        return bytes.fromhex(named) if isinstance(named, str) else None


def encode_change(change: Change) -> bytes:
    """Return the call data of a change.

    Raises:
        MalformedError: the kind is unknown, or a value is missing, superfluous, or not of its type.
    """
    entry = _entry(change.kind)
    values = [_to_abi(each, change.values) for each in entry["inputs"]]
    _check_names(entry["inputs"], change.values)
    try:
        return _selector(change.kind) + encode(_types(entry), values)
    except (EncodingError, OverflowError) as error:
        raise MalformedError("change-form", member=change.kind) from error


def decode_change(data: bytes) -> Change | None:
    """Return the change that call data makes; ``None`` when it is none that this program can show.

    Whoever votes on what nobody can read votes blindly: commands and pages say so instead of guessing.
    """
    for kind in KINDS:
        if data[:_SELECTOR] != _selector(kind):
            continue
        entry = _entry(kind)
        try:
            found = decode(_types(entry), data[_SELECTOR:])
            change = Change(kind, _from_components(entry["inputs"], found))
            # Bytes behind the arguments, or a second spelling of them, are not shown by the values.
            return change if encode_change(change) == data else None
        except (DecodingError, LedgerError, OverflowError, UnicodeDecodeError):
            return None
    return None


def role_bits(roles: Sequence[str]) -> int:
    """Return the bit set of role names.

    Raises:
        MalformedError: there is none, or an unknown one.
    """
    if not roles or not set(roles) <= set(ROLES):
        raise MalformedError("change-form", member="roles")
    return sum(1 << ROLES.index(each) for each in set(roles))


def _entry(kind: str) -> Mapping[str, Any]:
    if kind not in KINDS:
        raise MalformedError("change-form", member="kind")
    functions = artifact("ConsortiumRegistry").abi
    return next(e for e in functions if e["type"] == "function" and e["name"] == KINDS[kind])


def _selector(kind: str) -> bytes:
    entry = _entry(kind)
    signature = f"{entry['name']}({','.join(_types(entry))})"
    return artifact("ConsortiumRegistry").method_identifiers[signature]


def _types(entry: Mapping[str, Any]) -> list[str]:
    return [collapse_if_tuple(each) for each in entry["inputs"]]


def _name(parameter: Mapping[str, Any]) -> str:
    name = _CAPITAL.sub("_", parameter["name"].rstrip("_")).lower()
    return "member" if name == "id" else name


def _check_names(parameters: Sequence[Mapping[str, Any]], values: Mapping[str, JsonValue]) -> None:
    if values.keys() != {_name(each) for each in parameters}:
        raise MalformedError("change-form", member=", ".join(sorted(values)))


def _to_abi(parameter: Mapping[str, Any], values: Mapping[str, JsonValue]) -> object:
    name = _name(parameter)
    if name not in values:
        raise MalformedError("change-form", member=name)
    try:
        return _value_to_abi(parameter, name, values[name])
    except (ValueError, TypeError, AttributeError) as error:
        raise MalformedError("change-form", member=name) from error


def _value_to_abi(parameter: Mapping[str, Any], name: str, value: Any) -> object:  # noqa: ANN401 - JSON
    kind = parameter["type"]
    if kind.endswith("[]"):
        inner = {**parameter, "type": kind[:-2]}
        return [_value_to_abi(inner, name, each) for each in _typed(value, list)]
    if kind == "tuple":
        _check_names(parameter["components"], _typed(value, dict))
        return tuple(_to_abi(each, value) for each in parameter["components"])
    if name == "roles":
        return role_bits(_typed(value, list))
    if name in _ENUMS:
        return _ENUMS[name].index(value)
    return _plain_to_abi(kind, value)


def _plain_to_abi(kind: str, value: Any) -> object:  # noqa: ANN401 - JSON
    if kind.startswith("uint"):
        return _typed(value, int)
    if kind == "string":
        return _typed(value, str)
    data = bytes.fromhex(value)
    if data.hex() != value:  # capitals and spaces would be a second spelling
        raise ValueError(kind)
    if len(data) != _LENGTHS.get(kind, len(data)):
        raise ValueError(kind)
    return to_checksum_address(data) if kind == "address" else data


def _typed(value: Any, kind: type[_Value]) -> _Value:  # noqa: ANN401 - JSON
    """Return a value of exactly this type: a truth value is no number."""
    if type(value) is not kind:
        raise TypeError(kind)
    return value


def _from_components(
    parameters: Sequence[Mapping[str, Any]], values: Sequence[Any]
) -> dict[str, JsonValue]:
    pairs = zip(parameters, values, strict=True)
    return {_name(each): _from_abi(each, value) for each, value in pairs}


def _from_abi(parameter: Mapping[str, Any], value: Any) -> JsonValue:  # noqa: ANN401 - of the ABI's type
    kind, name = parameter["type"], _name(parameter)
    if kind.endswith("[]"):
        inner = {**parameter, "type": kind[:-2]}
        return [_from_abi(inner, each) for each in value]
    if kind == "tuple":
        return _from_components(parameter["components"], value)
    if name == "roles":
        return list(roles_from_bits(value))
    if name in _ENUMS:
        if value >= len(_ENUMS[name]):
            raise MalformedError("change-form", member=name)
        return str(_ENUMS[name][value])
    if kind == "address":
        return str(value).removeprefix("0x").lower()
    if isinstance(value, bytes):
        return value.hex()
    found: JsonValue = value
    return found
