"""Auditing one record: leaf, signature, case link, clear values, content.

A part that does not answer (vault, key store) is an outage and raised; everything else is reported.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from ledger.errors import ConfigurationError, LedgerError, UnavailableError
from ledger.evidence.fields import Field, commitment
from ledger.evidence.statement import Content, SignedStatement, content_from_json, read_leaf
from ledger.ports.record_keys import RecordKey, RecordKeys
from ledger.ports.vault import Vault
from ledger.primitives.digest import new_sm3
from ledger.services.composing import CONTENT_FIELD
from ledger.store import erasures, statements
from ledger.store.statements import StatementRow

_OUTSIDE: Final = (UnavailableError, ConfigurationError)
"""A vault or key store that does not answer, or refuses, is no damage; the audit goes on later."""


@dataclass(frozen=True, slots=True)
class RecordAuditor:
    """Checks records; every method yields codes of what is wrong.

    Attributes:
        vault: opens content and fields.
        record_keys: opens record keys.
        verify: checks an Ed25519 signature: key, message, signature.
    """

    vault: Vault
    record_keys: RecordKeys
    verify: Callable[[bytes, bytes, bytes], bool]

    def check(self, connection: Connection, row: StatementRow) -> Iterator[str]:
        """Check leaf, signature, case link and clear values."""
        try:
            signed = read_leaf(row.leaf)
        except LedgerError as error:
            yield error.code
            return
        if signed.leaf_hash != row.leaf_hash:
            yield "audit-leaf-hash"
        if not self.verify(signed.key, signed.signed_bytes, signed.signature):
            yield "leaf-signature"
        yield from self._check_case(connection, row, signed)
        yield from self._check_fields(connection, row, signed)

    def _check_case(
        self, connection: Connection, row: StatementRow, signed: SignedStatement
    ) -> Iterator[str]:
        link = signed.statement.case
        if link is None:
            return
        if (link.case, link.number) != (row.case_id, row.case_number):
            yield "audit-case-link"
        previous = statements.leaf_of_case(connection, link.case, link.number - 1)
        if previous != link.previous:
            yield "audit-case-link"

    def _check_fields(
        self, connection: Connection, row: StatementRow, signed: SignedStatement
    ) -> Iterator[str]:
        if row.sealed_fields is None or row.key_id is None:
            return
        try:
            fields = self._open(row)
        except _OUTSIDE:
            raise
        except LedgerError as error:
            yield error.code
            return
        if fields is None:
            if not _is_erased(connection, row.leaf_hash):
                yield "audit-key-missing"
            return
        found = {each.name: commitment(each) for each in fields}
        if found != dict(signed.statement.fields):
            yield "audit-fields"

    def _open(self, row: StatementRow) -> tuple[Field, ...] | None:
        key = self._key(row)
        if key is None or row.sealed_fields is None:
            return None
        return self.vault.open_fields(row.sealed_fields, key)

    def _key(self, row: StatementRow) -> RecordKey | None:
        return None if row.key_id is None else self.record_keys.open(row.key_id)

    def check_content(self, connection: Connection, row: StatementRow) -> Iterator[str]:
        """Decrypt the content and compare its digests and size."""
        try:
            key = self._key(row)
            if row.object_id is None or key is None:
                return
            inline = statements.inline_content(connection, row.object_id)
            sha256, sm3, size = hashlib.sha256(), new_sm3(), 0
            for chunk in self.vault.open(row.object_id, key=key, inline=inline):
                sha256.update(chunk)
                sm3.update(chunk)
                size += len(chunk)
            expected = self._content(row)
        except _OUTSIDE:
            raise
        except LedgerError as error:
            yield error.code
            return
        if expected is None or (expected.sha256, expected.sm3, expected.size) != (
            sha256.digest(),
            sm3.digest(),
            size,
        ):
            yield "audit-content"

    def _content(self, row: StatementRow) -> Content | None:
        content = read_leaf(row.leaf).statement.content
        if content is not None:
            return content
        for field in self._open(row) or ():
            if field.name == CONTENT_FIELD:
                return content_from_json(field.value)
        return None


def _is_erased(connection: Connection, leaf_hash: bytes) -> bool:
    """Tell whether an erasure was carried out, or has begun and destroyed the key already."""
    if erasures.of(connection, leaf_hash) is not None:
        return True
    planned = erasures.pending(connection, leaf_hash)
    return planned is not None and planned.begun_at is not None
