"""The institutions that found a consortium, as its registry will hold them from block 0 on.

Whoever has run ``lianzheng init --json`` has all that is needed: a list of those answers is the file that
``--founders`` takes. Without it members are made up, with an admin key each and without keys of evidence.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from networks.errors import NetworkError

ROLE_MEMBER: Final = 1
_ALL_ROLES: Final = 31
_ORIGIN: Final = re.compile(r"[!-*,-~]{1,128}")
"""Printable ASCII without "+", as the registry demands."""
_ENDPOINT: Final = re.compile(r"[!-~]{0,256}")


@dataclass(frozen=True, slots=True)
class Institution:
    """A founder.

    Attributes:
        member: 32-byte id.
        name: for people; the chain has its SHA-256.
        admin: 20-byte address that votes for it.
        origin: of its log.
        endpoint: where peers reach it; empty when nowhere yet.
        roles: bits, 1 for a member.
        keys: public keys by purpose: 32 bytes, of an anchor the address's 20.
    """

    member: bytes
    name: str
    admin: bytes
    origin: str
    endpoint: str
    roles: int
    keys: Mapping[str, bytes]

    @property
    def name_hash(self) -> bytes:
        """SHA-256 of the name, as the registry has it."""
        return hashlib.sha256(self.name.encode()).digest()


def made_up(number: int, admin: bytes) -> Institution:
    """Return a founder of whom nothing is known yet but who votes for it."""
    origin = f"lianzheng.example/bank-{number}"
    return Institution(
        member=hashlib.sha256(f"lianzheng-member|{origin}".encode()).digest(),
        name=f"bank-{number}",
        admin=admin,
        origin=origin,
        endpoint="",
        roles=ROLE_MEMBER,
        keys={},
    )


def read_founders(file: Path) -> tuple[Institution, ...]:
    """Read a list of founders.

    Raises:
        NetworkError: it cannot be read, or an entry is not of its form or collides with another.
    """
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        message = f"{file} cannot be read as JSON: {error}"
        raise NetworkError(message) from error
    if not isinstance(found, list) or not found:
        message = f"{file} has to be a list of what `lianzheng init --json` answers"
        raise NetworkError(message)
    founders = tuple(_founder(entry, f"{file}[{at}]") for at, entry in enumerate(found))
    check_founders(founders)
    return founders


def check_founders(founders: Sequence[Institution]) -> None:
    """Refuse what the registry's constructor would: ids, admins, origins and keys are given once.

    Raises:
        NetworkError: something is given twice.
    """
    given = {
        "member id": [each.member for each in founders],
        "admin": [each.admin for each in founders],
        "origin": [each.origin.encode() for each in founders],
        "key": [key for each in founders for key in each.keys.values()],
    }
    for what, values in given.items():
        twice = {value for value in values if values.count(value) > 1}
        if twice:
            message = f"two founders have the same {what}: {min(twice).hex()}"
            raise NetworkError(message)


def _founder(entry: Any, where: str) -> Institution:  # noqa: ANN401 - JSON of any shape
    if not isinstance(entry, dict):
        message = f"{where} has to be an object"
        raise NetworkError(message)
    account = _hex(entry.get("account"), 20, f"{where}.account")
    roles = entry.get("roles", ROLE_MEMBER)
    if type(roles) is not int or not 0 < roles <= _ALL_ROLES:
        message = f"{where}.roles has to be 1 to {_ALL_ROLES}"
        raise NetworkError(message)
    return Institution(
        member=_hex(entry.get("member"), 32, f"{where}.member"),
        name=_text(entry.get("name"), re.compile(r"(?s).{1,256}"), f"{where}.name"),
        admin=_hex(entry.get("admin", entry.get("account")), 20, f"{where}.admin"),
        origin=_text(entry.get("origin"), _ORIGIN, f"{where}.origin"),
        endpoint=_text(entry.get("endpoint", ""), _ENDPOINT, f"{where}.endpoint"),
        roles=roles,
        keys={
            "evidence": _hex(entry.get("evidence_key"), 32, f"{where}.evidence_key"),
            "log": _hex(entry.get("log_key"), 32, f"{where}.log_key"),
            "anchor": account,
        },
    )


def _hex(value: object, length: int, where: str) -> bytes:
    try:
        data = bytes.fromhex(value.removeprefix("0x")) if isinstance(value, str) else b""
    except ValueError:
        data = b""
    if len(data) != length or not any(data):
        message = f"{where} has to be {length} bytes in hexadecimal, not all zero"
        raise NetworkError(message)
    return data


def _text(value: object, form: re.Pattern[str], where: str) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        message = f"{where} is not of its form ({form.pattern})"
        raise NetworkError(message)
    return value
