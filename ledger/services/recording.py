"""One transaction of intake: prepared items are numbered, signed and inserted together.

* An item with a request key that is known already is answered as it was the first time, and not sealed again.
* Content that was sealed before is refused unless the item says why it comes again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from sqlalchemy import Connection

from ledger.errors import LedgerError, LimitError, RefusedError
from ledger.evidence.statement import NotBefore
from ledger.ports.signer import StatementSigner
from ledger.services.composing import Author, Draft, sign
from ledger.services.numbering import Numbering
from ledger.store import persons, requests, statements
from ledger.store.requests import RequestKey
from ledger.store.statements import StatementRow


@dataclass(frozen=True, slots=True)
class Moment:
    """This machine's time at a commit, and what it was at the one before.

    Attributes:
        now: instant.
        last: instant of the newest statement; ``None`` before the first.
        not_before: the newest final block that is known.
    """

    now: str
    last: str | None
    not_before: NotBefore | None

    @property
    def ahead(self) -> str | None:
        """The newest statement's instant when it lies ahead: the clock stepped back, which is recorded."""
        return self.last if self.last is not None and self.last > self.now else None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a request was answered with the first time."""

    row: StatementRow


Outcome: TypeAlias = StatementRow | Replayed | LedgerError


@dataclass
class Recording:
    """What is recorded in one transaction; ``record`` is called once.

    Attributes:
        connection: inside a write transaction.
        author: member, log, system.
        signer: the evidence key.
        moment: time and block that every statement of the transaction names.
    """

    connection: Connection
    author: Author
    signer: StatementSigner
    moment: Moment
    _contents: dict[bytes, bytes] = field(default_factory=dict, init=False)
    _requests: dict[bytes, tuple[bytes, StatementRow]] = field(default_factory=dict, init=False)

    def record(self, drafts: Sequence[Draft | LedgerError]) -> list[Outcome]:
        """Seal what can be sealed and answer each, in order."""
        prepared = [each for each in drafts if isinstance(each, Draft)]
        statements.lock_contents(
            self.connection, [d.content.sha256 for d in prepared if d.content is not None]
        )
        numbering = Numbering.lock(self.connection, {d.item.case for d in prepared if d.item.case})
        self._requests = requests.find_many(
            self.connection, [d.item.request.key for d in prepared if d.item.request]
        )
        outcomes = [
            each if isinstance(each, LedgerError) else self._outcome(each, numbering)
            for each in drafts
        ]
        numbering.save(self.connection)
        self._insert(
            [
                (each, outcome)
                for each, outcome in zip(drafts, outcomes, strict=True)
                if isinstance(each, Draft) and isinstance(outcome, StatementRow)
            ]
        )
        return outcomes

    def _outcome(self, drafted: Draft, numbering: Numbering) -> Outcome:
        request = _request(drafted)
        if request is None:
            return self._seal(drafted, numbering)
        earlier = self._requests.get(request.key)
        if earlier is not None:
            return _replay(request, *earlier)
        outcome = self._seal(drafted, numbering)
        if isinstance(outcome, StatementRow):
            self._requests[request.key] = (request.fingerprint, outcome)
        return outcome

    def _seal(self, drafted: Draft, numbering: Numbering) -> StatementRow | LedgerError:
        earlier = self._find_duplicate(drafted)
        if earlier and drafted.item.duplicate_reason is None:
            return RefusedError("duplicate-content", earlier=earlier.hex())
        try:
            row = sign(
                drafted,
                author=self.author,
                signer=self.signer,
                sealed_at=self.moment.now,
                link=numbering.next_link(drafted.item.case),
                not_before=self.moment.not_before,
                duplicate_of=earlier,
                clock_was_at=self.moment.ahead,
            )
        except LimitError as error:
            return error
        numbering.advance(drafted.item.case, row.leaf_hash)
        if row.content_sha256:
            self._contents.setdefault(row.content_sha256, row.leaf_hash)
        return row

    def _find_duplicate(self, drafted: Draft) -> bytes | None:
        if drafted.content is None:
            return None
        digest = drafted.content.sha256
        return self._contents.get(digest) or statements.with_content(self.connection, digest)

    def _insert(self, sealed: Sequence[tuple[Draft, StatementRow]]) -> None:
        inline = [
            (each.object_id, each.content.inline)
            for each, _ in sealed
            if each.object_id and each.content and each.content.inline
        ]
        numbers = statements.insert(self.connection, [row for _, row in sealed], inline)
        named = [(each.item, seq) for (each, _), seq in zip(sealed, numbers, strict=True)]
        persons.insert(
            self.connection, [(each, seq) for item, seq in named for each in item.persons]
        )
        asked = [(_request(each), seq) for (each, _), seq in zip(sealed, numbers, strict=True)]
        requests.insert(self.connection, [(request, seq) for request, seq in asked if request])


def _request(drafted: Draft) -> RequestKey | None:
    """Return the request with its content under the fingerprint: another content is another request."""
    asked = drafted.item.request
    if asked is None or drafted.content is None:
        return asked
    both = hashlib.sha256(asked.fingerprint + drafted.content.sha256).digest()
    return replace(asked, fingerprint=both)


def _replay(request: RequestKey, fingerprint: bytes, row: StatementRow) -> Outcome:
    if fingerprint != request.fingerprint:
        return RefusedError("request-key-reused", earlier=row.leaf_hash.hex())
    return Replayed(row)
