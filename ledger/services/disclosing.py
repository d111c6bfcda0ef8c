"""Disclosing: clear values and content of a record, for who may see them; the caller tells the trail."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ledger.errors import IntegrityError
from ledger.evidence.fields import Field
from ledger.evidence.statement import Content, content_from_json, read_leaf
from ledger.ports.record_keys import RecordKeys
from ledger.ports.vault import Vault
from ledger.services.composing import CONTENT_FIELD
from ledger.store import statements
from ledger.store.statements import StatementRow
from ledger.store.transactions import Begin


@dataclass(frozen=True, slots=True)
class DisclosedContent:
    """A content and how to read it.

    Attributes:
        content: digests, size, media type.
        chunks: opens it anew; yields verified plaintext.
    """

    content: Content
    chunks: Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Discloser:
    """Opens records.

    Attributes:
        begin: opens a transaction.
        record_keys: opens record keys.
        vault: opens content and fields.
    """

    begin: Begin
    record_keys: RecordKeys
    vault: Vault

    def fields(self, row: StatementRow) -> tuple[Field, ...]:
        """Return the clear values with their salts; none when the record was erased.

        Raises:
            IntegrityError: they are not what was sealed.
        """
        key = self.record_keys.open(row.key_id) if row.key_id else None
        if row.sealed_fields is None or key is None:
            return ()
        return self.vault.open_fields(row.sealed_fields, key)

    def content(self, row: StatementRow, fields: tuple[Field, ...]) -> DisclosedContent | None:
        """Return the content; ``None`` when there is none, or the record was erased.

        Args:
            row: the record.
            fields: its clear values: a small content has its digests there.

        Raises:
            IntegrityError: a content that nothing describes.
        """
        object_id = row.object_id
        key = self.record_keys.open(row.key_id) if row.key_id else None
        if object_id is None or key is None:
            return None
        with self.begin() as connection:
            inline = statements.inline_content(connection, object_id)
        return DisclosedContent(
            _content_of(row, fields), lambda: self.vault.open(object_id, key=key, inline=inline)
        )


def _content_of(row: StatementRow, fields: tuple[Field, ...]) -> Content:
    """Return the content's digests: in the statement, or committed as a field when it is small."""
    content = read_leaf(row.leaf).statement.content
    for field in fields:
        if content is None and field.name == CONTENT_FIELD:
            content = content_from_json(field.value)
    if content is None:
        raise IntegrityError("store-content-undescribed", id=row.leaf_hash.hex())
    return content
