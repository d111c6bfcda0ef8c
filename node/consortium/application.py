"""An application: a card with proofs that the applicant has its keys, for one registry (pure).

It can be handed on by anybody: whoever receives it checks it again, and voters vote on exactly what it says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from ledger.chain.changes import Change
from ledger.errors import RefusedError
from ledger.evidence import shape
from ledger.evidence.possession import PURPOSES, possession_message
from ledger.ports.signer import StatementSigner, TransactionSigner
from ledger.primitives.canonical import JsonValue, encode
from node.consortium.card import Card, card_from_json, check_schema, read_document
from node.consortium.signing import check_possession, hexed, read_proofs

SCHEMA: Final = "lianzheng-application/1"
MAX_BYTES: Final = 16 * 1024
"""With its longest values under 4 KiB."""
ID_CHARACTERS: Final = 32


@dataclass(frozen=True, slots=True)
class Application:
    """A request for admission.

    Attributes:
        card: who asks.
        chain_id: as in EIP-155.
        registry: 20-byte address.
        proofs: of possession, by purpose.
    """

    card: Card
    chain_id: int
    registry: bytes
    proofs: Mapping[str, bytes]

    @property
    def identifier(self) -> str:
        """Names the application: 32 hex digits of the SHA-256 of its canonical bytes."""
        return sha256(self.to_bytes()).hexdigest()[:ID_CHARACTERS]

    def to_json(self) -> dict[str, JsonValue]:
        """Return the document."""
        return {
            "schema": SCHEMA,
            "card": self.card.to_json(),
            "chain_id": self.chain_id,
            "registry": self.registry.hex(),
            "proofs": hexed(self.proofs),
        }

    def to_bytes(self) -> bytes:
        """Return the canonical bytes, as they are stored and handed on."""
        return encode(self.to_json())

    def change(self) -> Change:
        """Return the admission that members vote on."""
        return Change("admit-member", {"newcomer": newcomer(self.card, self.proofs)})


def newcomer(card: Card, proofs: Mapping[str, bytes]) -> dict[str, JsonValue]:
    """Return an institution as the registry takes it in."""
    keys: list[JsonValue] = [
        {
            "purpose": purpose,
            "public_key": card.keys[purpose].rjust(32, b"\0").hex(),
            "proof_of_possession": proofs[purpose].hex(),
        }
        for purpose in PURPOSES
    ]
    return {
        "member": card.member.hex(),
        "name_hash": card.name_hash.hex(),
        "admin": card.admin.hex(),
        "roles": list(card.roles),
        "endpoint": card.endpoint,
        "log_origin": card.origin,
        "keys": keys,
    }


def read_application(data: bytes, *, chain_id: int, registry: bytes) -> Application:
    """Read an application and check all that it claims.

    Raises:
        MalformedError: not of its form, or a signature or a proof does not hold.
        RefusedError: it is for another registry.
    """
    names = {"schema", "card", "chain_id", "registry", "proofs"}
    found = shape.members(read_document(data, MAX_BYTES), "application", names)
    check_schema(found["schema"], SCHEMA)
    application = Application(
        card=card_from_json(found["card"]),
        chain_id=shape.integer(found["chain_id"], "application.chain_id", minimum=1),
        registry=shape.hex_bytes(found["registry"], "application.registry", 20),
        proofs=read_proofs(found["proofs"], "application.proofs"),
    )
    if (application.chain_id, application.registry) != (chain_id, registry):
        raise RefusedError("application-elsewhere")
    check_possession(
        application.card.keys,
        application.proofs,
        chain_id=chain_id,
        registry=registry,
        member=application.card.member,
    )
    return application


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """The three keys of a member, as signers."""

    evidence: StatementSigner
    log: StatementSigner
    anchor: TransactionSigner

    @property
    def public(self) -> dict[str, bytes]:
        """Public keys by purpose."""
        return {
            "evidence": self.evidence.public_key,
            "log": self.log.public_key,
            "anchor": self.anchor.address,
        }

    def prove(self, purpose: str, *, chain_id: int, registry: bytes, member: bytes) -> bytes:
        """Return the proof of possession of one key.

        Raises:
            UnavailableError: a remote signer does not answer.
        """
        message = possession_message(
            chain_id=chain_id, registry=registry, member=member, purpose=purpose
        )
        match purpose:
            case "evidence":
                return self.evidence.sign(message)
            case "log":
                return self.log.sign(message)
            case _:
                return self.anchor.sign_message(message)

    def proofs(self, *, chain_id: int, registry: bytes, member: bytes) -> dict[str, bytes]:
        """Return the proofs of all three."""
        return {
            each: self.prove(each, chain_id=chain_id, registry=registry, member=member)
            for each in PURPOSES
        }
