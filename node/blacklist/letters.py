"""What persons write, and what is answered to them: sealed as evidence, and read back for who needs it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from sqlalchemy import Connection

from ledger.errors import LedgerError, LimitError, MalformedError, RefusedError
from ledger.evidence.fields import Field
from ledger.primitives.canonical import JsonValue
from ledger.services.composing import Item
from ledger.services.recording import Outcome
from ledger.store import statements
from ledger.store.statements import StatementRow
from node.wiring import Node

LETTER: Final = "letter"
SIGNED: Final = "signed_document"
WRITTEN: Final = frozenset({LETTER, SIGNED})
MAX_LETTER_BYTES: Final = 512 * 1024
"""It travels to the reporter in one request of at most a megabyte."""
_AGAIN: Final = "blacklist desk"
"""Why the same content may be sealed again: forms repeat."""


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """What somebody wrote; personal data.

    Attributes:
        kind: ``LETTER`` or ``SIGNED``.
        media_type: of the content.
        content: 1 to ``MAX_LETTER_BYTES`` bytes.
    """

    kind: str
    media_type: str
    content: bytes

    def __repr__(self) -> str:
        return f"Letter({self.kind}, hidden)"


@dataclass(frozen=True, slots=True, repr=False)
class OpenedLetter:
    """A sealed letter with what opens its commitments."""

    leaf: bytes
    fields: tuple[Field, ...]
    letter: Letter

    def __repr__(self) -> str:
        return "OpenedLetter(hidden)"


def seal_letter(
    node: Node,
    letter: Letter,
    fields: Mapping[str, JsonValue],
    note: Callable[[Connection, bytes], None],
) -> bytes:
    """Seal a letter and return its leaf hash.

    Args:
        node: of this member.
        letter: what was written.
        fields: clear values, committed and encrypted with it.
        note: is told the leaf hash in the transaction that seals.

    Raises:
        MalformedError: ``letter-empty``.
        LimitError: ``letter-too-long``.
        UnavailableError: the database or the vault refuses; nothing was sealed.
    """
    if not letter.content.strip():
        raise MalformedError("letter-empty")
    if len(letter.content) > MAX_LETTER_BYTES:
        raise LimitError("letter-too-long", size=len(letter.content), limit=MAX_LETTER_BYTES)
    item = Item(
        kind=letter.kind,
        fields=fields,
        source=BytesIO(letter.content),
        media_type=letter.media_type,
        duplicate_reason=_AGAIN,
    )

    def tell(connection: Connection, outcomes: Sequence[Outcome]) -> None:
        for each in outcomes:
            if isinstance(each, StatementRow):
                note(connection, each.leaf_hash)

    (sealed,) = node.intake.seal_many([item], also=tell)
    if isinstance(sealed, LedgerError):
        raise sealed
    return sealed.leaf_hash


def open_letter(node: Node, leaf_hash: bytes) -> OpenedLetter:
    """Return a letter that is sealed here.

    Raises:
        RefusedError: ``evidence-unknown``, or ``content-absent`` when it was erased.
        IntegrityError: it is not what was sealed.
    """
    with node.database.read() as connection:
        row = statements.by_leaf_hash(connection, leaf_hash)
    if row is None:
        raise RefusedError("evidence-unknown", id=leaf_hash.hex()[:12])
    fields = node.discloser.fields(row)
    found = node.discloser.content(row, fields)
    if found is None:
        raise RefusedError("content-absent", id=leaf_hash.hex()[:12])
    letter = Letter(row.kind, found.content.media_type, b"".join(found.chunks()))
    return OpenedLetter(row.leaf, fields, letter)
