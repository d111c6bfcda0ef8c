"""A card: who an institution is and with which keys it would take part, signed by its evidence key (pure).

The card names no chain; it can be made before there is one. What binds the keys to a registry are the proofs
of possession, in the founding file or in an application.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.chain.registry import ROLES, name_hash
from ledger.errors import LimitError, MalformedError
from ledger.evidence import shape
from ledger.evidence.log import check_origin
from ledger.ports.signer import StatementSigner
from ledger.primitives.canonical import MAX_DEPTH, JsonValue, check_depth
from node.consortium.signing import (
    SIGNATURE_BYTES,
    check_signature,
    hexed,
    read_keys,
    signed_bytes,
)

SCHEMA: Final = "lianzheng-card/1"
MAX_BYTES: Final = 16 * 1024
"""A card with its longest values has under 2 KiB."""
MAX_NAME: Final = 200
MAX_ENDPOINT: Final = 256
"""As the registry takes it."""


@dataclass(frozen=True, slots=True)
class Card:
    """An institution as it describes itself.

    Attributes:
        member: 32-byte id.
        name: as registered.
        origin: of its log.
        endpoint: where peers reach its node.
        roles: that it asks for, names of ``ledger.chain.registry.ROLES``.
        admin: 20-byte address that will speak for it in the registry.
        keys: public key by purpose.
        signature: of its evidence key over all of this.
    """

    member: bytes
    name: str
    origin: str
    endpoint: str
    roles: tuple[str, ...]
    admin: bytes
    keys: Mapping[str, bytes]
    signature: bytes = b""

    @property
    def name_hash(self) -> bytes:
        """What the registry holds of the name."""
        return name_hash(self.name)

    def content(self) -> dict[str, JsonValue]:
        """Return what is signed."""
        return {
            "schema": SCHEMA,
            "member": self.member.hex(),
            "name": self.name,
            "origin": self.origin,
            "endpoint": self.endpoint,
            "roles": list(self.roles),
            "admin": self.admin.hex(),
            "keys": hexed(self.keys),
        }

    def to_json(self) -> dict[str, JsonValue]:
        """Return the card with its signature."""
        return {**self.content(), "signature": self.signature.hex()}

    def signed(self, signer: StatementSigner) -> "Card":
        """Return the card with the signature of the evidence key.

        Raises:
            UnavailableError: a remote signer does not answer.
        """
        signature = signer.sign(signed_bytes(SCHEMA, self.content()))
        return Card(
            member=self.member,
            name=self.name,
            origin=self.origin,
            endpoint=self.endpoint,
            roles=self.roles,
            admin=self.admin,
            keys=self.keys,
            signature=signature,
        )


def card_from_json(value: JsonValue) -> Card:
    """Read a card and check its signature.

    Raises:
        MalformedError: not of its form, or not signed by the evidence key that it names.
    """
    names = {
        "schema",
        "member",
        "name",
        "origin",
        "endpoint",
        "roles",
        "admin",
        "keys",
        "signature",
    }
    found = shape.members(value, "card", names)
    check_schema(found["schema"], SCHEMA)
    roles = tuple(
        shape.text(each, "card.roles") for each in shape.items(found["roles"], "card.roles")
    )
    card = Card(
        member=shape.hex_bytes(found["member"], "card.member", 32),
        name=_line(found["name"], "card.name", MAX_NAME),
        origin=shape.text(found["origin"], "card.origin"),
        endpoint=_line(found["endpoint"], "card.endpoint", MAX_ENDPOINT),
        roles=roles,
        admin=shape.hex_bytes(found["admin"], "card.admin", 20),
        keys=read_keys(found["keys"], "card.keys"),
        signature=shape.hex_bytes(found["signature"], "card.signature", SIGNATURE_BYTES),
    )
    check_origin(card.origin)
    if roles != tuple(each for each in ROLES if each in roles) or not roles:
        raise MalformedError("statement-form", member="card.roles")
    check_signature(card.keys["evidence"], SCHEMA, card.content(), card.signature)
    return card


def read_card(data: bytes) -> Card:
    """Read the file of a card; raises as ``card_from_json``, and for what is no JSON."""
    return card_from_json(read_document(data, MAX_BYTES))


def read_document(data: bytes, limit: int) -> JsonValue:
    """Return the JSON of a document from outside.

    Raises:
        LimitError: too large.
        MalformedError: not JSON, or a name stands twice.
    """
    if len(data) > limit:
        raise LimitError("consortium-document-too-large", limit=limit)
    check_depth(data, MAX_DEPTH)
    try:
        value: JsonValue = json.loads(data, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise MalformedError("consortium-document", why="JSON") from None
    return value


def check_schema(found: JsonValue, expected: str) -> None:
    """Check which kind of document it is.

    Raises:
        MalformedError: another one.
    """
    if found != expected:
        raise MalformedError("consortium-document", why=f"schema {str(found)[:40]}")


def _unique(pairs: list[tuple[str, JsonValue]]) -> JsonValue:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _line(value: JsonValue, where: str, limit: int) -> str:
    """Read a text of one line without anything that a terminal or a page would not show."""
    text = shape.text(value, where)
    if not text.strip() or len(text) > limit or not text.isprintable():
        raise MalformedError("statement-form", member=where)
    return text
