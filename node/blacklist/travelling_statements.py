"""What a person said about an entry, as one member's desk hands it to the reporter.

The sealed leaf travels with the salts and the content, so that the reporter sees for itself that this, and
nothing else, is what the digest on chain stands for.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from ledger.errors import MalformedError
from ledger.evidence import shape
from ledger.evidence.fields import Field, commitment, fields_from_json, fields_to_json
from ledger.evidence.statement import Content, SignedStatement, content_from_json, read_leaf
from ledger.keys.files import verify_statement
from ledger.primitives.canonical import JsonValue, decode, encode
from ledger.primitives.digest import sha256
from ledger.services.composing import CONTENT_FIELD
from node.blacklist.letters import WRITTEN, Letter, OpenedLetter

MAX_BYTES: Final = 1024 * 1024
ENTRY, SAID = "entry", "said"
DISPUTE, STATEMENT = "dispute", "statement"


def described(entry: bytes, *, disputes: bool) -> dict[str, JsonValue]:
    """Return the clear values that a statement about an entry is sealed with."""
    return {ENTRY: entry.hex(), SAID: DISPUTE if disputes else STATEMENT}


@dataclass(frozen=True, slots=True, repr=False)
class TravellingStatement:
    """A statement on its way; personal data.

    Attributes:
        leaf: as the desk's member sealed it.
        fields: its clear values with their salts.
        content: what the person wrote.
    """

    leaf: bytes
    fields: tuple[Field, ...]
    content: bytes

    def __repr__(self) -> str:
        return "TravellingStatement(hidden)"

    @classmethod
    def of(cls, opened: OpenedLetter) -> Self:
        """Return a sealed letter ready to travel."""
        return cls(opened.leaf, opened.fields, opened.letter.content)

    def encode(self) -> bytes:
        """Return the body of the request."""
        return encode(
            {
                "leaf": self.leaf.hex(),
                "fields": fields_to_json(self.fields),
                "content": base64.b64encode(self.content).decode("ascii"),
            }
        )

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Read a body.

        Raises:
            MalformedError: not of the form.
            LimitError: over ``MAX_BYTES``.
        """
        names = {"leaf", "fields", "content"}
        found = shape.members(decode(body, max_bytes=MAX_BYTES), "statement", names)
        try:
            content = base64.b64decode(shape.text(found["content"], "content"), validate=True)
        except ValueError:
            raise MalformedError("statement-form", member="content") from None
        leaf = shape.hex_bytes(found["leaf"], "leaf")
        return cls(leaf, fields_from_json(found["fields"]), content)

    def check(self, desk: bytes, keys: Sequence[bytes]) -> "CheckedStatement":
        """Return what was said, once everything bears it out.

        Args:
            desk: member that hands it over.
            keys: that the member ever signed evidence with.

        Raises:
            MalformedError: ``person-statement-unfit`` with what does not fit.
        """
        signed = read_leaf(self.leaf)
        if signed.statement.member != desk or signed.key not in keys:
            raise _unfit("member")
        if not verify_statement(signed.key, signed.signed_bytes, signed.signature):
            raise _unfit("signature")
        if signed.statement.kind not in WRITTEN:
            raise _unfit("kind")
        opened = {each.name: commitment(each) for each in self.fields}
        if opened != dict(signed.statement.fields):
            raise _unfit("fields")
        values = {each.name: each.value for each in self.fields}
        said = values.get(SAID)
        if said not in (DISPUTE, STATEMENT):
            raise _unfit(SAID)
        return CheckedStatement(
            digest=signed.leaf_hash,
            entry=shape.hex_bytes(values.get(ENTRY), ENTRY, 32),
            disputes=said == DISPUTE,
            letter=self._letter(signed, values.get(CONTENT_FIELD)),
        )

    def _letter(self, signed: SignedStatement, hidden: JsonValue) -> Letter:
        told: Content | None = signed.statement.content or content_from_json(hidden)
        if told is None or (told.sha256, told.size) != (sha256(self.content), len(self.content)):
            raise _unfit("content")
        return Letter(signed.statement.kind, told.media_type, self.content)


@dataclass(frozen=True, slots=True, repr=False)
class CheckedStatement:
    """What a person said, as it was sealed at the desk.

    Attributes:
        digest: leaf hash at the desk.
        entry: 32-byte id.
        disputes: whether it disputes the entry.
        letter: what was written.
    """

    digest: bytes
    entry: bytes
    disputes: bool
    letter: Letter

    def __repr__(self) -> str:
        return "CheckedStatement(hidden)"


def _unfit(why: str) -> MalformedError:
    return MalformedError("person-statement-unfit", why=why)
