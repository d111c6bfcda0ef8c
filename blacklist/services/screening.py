"""Screening a table of customers, batch by batch, so that a run that was killed goes on where it stopped.

* A batch of rows is read, evaluated type by type, and then, in one transaction, its hits are kept and the job
  advances. Whatever happened before that transaction happens again.
* The questions of a batch are named by job, batch and type: asked again, they are the same requests, and the
  servers count nothing twice.
* A job knows its file, and the rows that it worked on, by salted digests. Another file, or a table whose
  earlier rows changed, is refused: results must be about what was asked.
* What identifies anybody is in the results file and in hits; the job's own record is sealed.
"""

import hashlib
import hmac
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from blacklist.domain.entries.facts import today_in_china
from blacklist.domain.entries.law import check_purpose
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.protocol.elements import MAX_ELEMENTS
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.screening.mapping import ColumnMapping
from blacklist.domain.screening.monitoring import MonitoringPurpose
from blacklist.domain.screening.rows import ReadRow, RowFault, RowReader, ScreenedRow
from blacklist.services.matching import FoundEntry
from blacklist.services.querying import KeptHit, Person, Querying, store_hits
from blacklist.services.sealed_records import SealedRecord
from blacklist.store import screenings
from blacklist.store.hits import Hit
from blacklist.store.screenings import ScreeningJob, ScreeningProgress
from ledger.errors import IntegrityError, RefusedError
from ledger.evidence import shape
from ledger.evidence.instants import format_instant

BATCH_ROWS: Final = MAX_ELEMENTS
"""Rows worked on at once; part of what names a question, and so the same in every version."""
JOB_BYTES: Final = 16
SALT_BYTES: Final = 32


@dataclass(frozen=True, slots=True, repr=False)
class OpenJob:
    """A job with what it says to its own member only.

    Attributes:
        job: as stored.
        mapping: of columns.
        folder: where its results are.
        salt: of digests and names.
        watch: what the customers are watched for afterwards, if they are.
    """

    job: ScreeningJob
    mapping: ColumnMapping
    folder: str
    salt: bytes
    watch: MonitoringPurpose | None = None

    def digest_after(self, row: ReadRow, digest: bytes) -> bytes:
        """Return the digest over the rows up to ``row``."""
        return hmac.digest(self.salt, digest + cells_of(row), "sha256")


@dataclass(frozen=True, slots=True, repr=False)
class RowResult:
    """What became of a row that was asked about; one entry each, or none."""

    row: ScreenedRow
    kept: Sequence[KeptHit]


@dataclass(frozen=True, slots=True, repr=False)
class BatchOutcome:
    """What a batch gave, in the order of its rows.

    Attributes:
        results: of the rows that were asked about.
        faults: of the others.
        hits: to be stored with the job's advance.
        asked: identifiers that were evaluated.
        digest: over all rows up to here.
    """

    results: Sequence[RowResult]
    faults: Sequence[RowFault]
    hits: Sequence[Hit]
    asked: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Screening:
    """Screens.

    Attributes:
        querying: asks, matches and makes hits.
    """

    querying: Querying

    def begin(
        self,
        mapping: ColumnMapping,
        folder: str,
        digest: Callable[[bytes], bytes],
        by: str,
        watch: MonitoringPurpose | None = None,
    ) -> OpenJob:
        """Store a new job; see ``prepare``."""
        opened = self.prepare(mapping, folder, digest, by, watch)
        with self.querying.matcher.begin() as connection:
            screenings.put(connection, opened.job)
        return opened

    def check(self, mapping: ColumnMapping, watch: MonitoringPurpose | None = None) -> None:
        """Return when a table may be screened.

        Raises:
            RefusedError: the columns do not fit each other, or persons did not agree to the purpose.
        """
        mapping.check()
        check_purpose(Purpose.SCREENING, self.querying.agreed)
        if watch is not None:
            check_purpose(Purpose.MONITORING, self.querying.agreed)

    def prepare(
        self,
        mapping: ColumnMapping,
        folder: str,
        digest: Callable[[bytes], bytes],
        by: str,
        watch: MonitoringPurpose | None = None,
    ) -> OpenJob:
        """Make a new job, which is not stored yet.

        Args:
            mapping: of columns.
            folder: where its results are.
            digest: of the source, salted.
            by: who screens.
            watch: what the customers are watched for afterwards, if they are.

        Raises:
            RefusedError: see ``check``.
        """
        self.check(mapping, watch)
        salt, at = os.urandom(SALT_BYTES), self._now()
        source = digest(salt)
        record = self.querying.records.seal(
            {
                "mapping": mapping.to_json(),
                "folder": folder,
                "salt": salt.hex(),
                "watch": None if watch is None else watch.value,
            }
        )
        job = ScreeningJob(
            job=os.urandom(JOB_BYTES),
            key_id=record.key_id,
            sealed=record.sealed,
            source=source,
            progress=ScreeningProgress(0, bytes(32), 0, 0, 0, 0, 0),
            started_at=at,
            started_by=by,
            worked_at=at,
        )
        return OpenJob(job, mapping, folder, salt, watch)

    def open(self, job: bytes) -> OpenJob:
        """Return a job that was begun before.

        Raises:
            RefusedError: ``screening-unknown``.
            IntegrityError: ``record-erased``.
        """
        with self.querying.matcher.read() as connection:
            found = screenings.find(connection, job)
        if found is None:
            raise RefusedError("screening-unknown")
        clear = self.querying.records.open(SealedRecord(found.key_id, found.sealed))
        if clear is None:
            raise IntegrityError("record-erased")
        said = shape.members(clear, "screening", {"mapping", "folder", "salt", "watch"})
        return OpenJob(
            found,
            ColumnMapping.from_json(said["mapping"]),
            shape.text(said["folder"], "folder"),
            shape.hex_bytes(said["salt"], "salt", SALT_BYTES),
            None
            if said["watch"] is None
            else MonitoringPurpose(shape.text(said["watch"], "watch")),
        )

    def skip(self, opened: OpenJob, source: bytes, rows: Iterator[ReadRow]) -> None:
        """Take the rows that were worked on before.

        Args:
            opened: the job.
            source: digest of the source that it is to go on with.
            rows: of that source, from the first.

        Raises:
            RefusedError: ``screening-source-changed``: another file, or other rows than before;
                ``screening-cancelled``.
        """
        if opened.job.cancelled_at is not None:
            raise RefusedError("screening-cancelled")
        progress = opened.job.progress
        if source != opened.job.source:
            raise RefusedError("screening-source-changed")
        digest = bytes(32)
        for _ in range(progress.rows):
            row = next(rows, None)
            if row is None:
                raise RefusedError("screening-source-changed")
            digest = opened.digest_after(row, digest)
        if digest != progress.digest:
            raise RefusedError("screening-source-changed")

    def ask(self, opened: OpenJob, rows: Sequence[ReadRow], by: str) -> BatchOutcome:
        """Ask about the next rows; nothing is stored but the log of requests.

        Raises:
            RefusedError: no key of a type.
            UnavailableError: too few holders answer, perhaps since a budget is used up.
        """
        today = today_in_china(self.querying.matcher.clock.now())
        reader = RowReader(opened.mapping, self.querying.mode, today)
        read = [reader.read(row) for row in rows]
        good = [each for each in read if isinstance(each, ScreenedRow)]
        found = self._matched(opened, good, by)
        results: list[RowResult] = []
        to_keep: list[Hit] = []
        for place, row in enumerate(good):
            person = Person(row.identifiers, row.authorisation, row.reference)
            pairs = self.querying.prepare(person, found.get(place, ()), Purpose.SCREENING)
            to_keep += [hit for hit, _ in pairs if hit is not None]
            results.append(RowResult(row, [kept for _, kept in pairs]))
        digest = opened.job.progress.digest
        for each in rows:
            digest = opened.digest_after(each, digest)
        faults = [each for each in read if isinstance(each, RowFault)]
        asked = sum(len(row.identifiers) for row in good)
        return BatchOutcome(results, faults, to_keep, asked, digest)

    def advance(self, opened: OpenJob, done: BatchOutcome, sizes: tuple[int, int]) -> OpenJob:
        """Keep a batch's hits and let the job advance, in one transaction.

        Args:
            opened: the job before it.
            done: the batch, already in the files.
            sizes: of results and refused rows, in bytes, on disk.

        Raises:
            ConflictError: ``screening-elsewhere``.
        """
        before = opened.job.progress
        after = ScreeningProgress(
            rows=before.rows + len(done.results) + len(done.faults),
            digest=done.digest,
            rejected=before.rejected + len(done.faults),
            asked=before.asked + done.asked,
            found=before.found + len(done.hits),
            results_bytes=sizes[0],
            rejects_bytes=sizes[1],
        )
        with self.querying.matcher.begin() as connection:
            screenings.advance(connection, opened.job.job, before, after, self._now())
            store_hits(connection, done.hits)
        return replace(opened, job=replace(opened.job, progress=after))

    def finish(self, opened: OpenJob, along: Callable[[Connection], None]) -> OpenJob:
        """Record that no row is left.

        Args:
            opened: the job.
            along: records in the same transaction what is to be known of it elsewhere.

        Raises:
            ConflictError: ``screening-elsewhere``: it was cancelled.
        """
        at = self._now()
        with self.querying.matcher.begin() as connection:
            screenings.finish(connection, opened.job.job, at)
            along(connection)
        return replace(opened, job=replace(opened.job, finished_at=at))

    def _matched(
        self, opened: OpenJob, rows: Sequence[ScreenedRow], by: str
    ) -> Mapping[int, Sequence[FoundEntry]]:
        """Return the entries about rows by their place, evaluated type by type."""
        found: dict[int, list[FoundEntry]] = {}
        for kind in IdentifierType:
            asked = [
                (place, each)
                for place, row in enumerate(rows)
                for each in row.identifiers
                if each.type is kind
            ]
            for start in range(0, len(asked), MAX_ELEMENTS):
                part = asked[start : start + MAX_ELEMENTS]
                matched = self.querying.match(
                    [each for _, each in part],
                    [rows[place].authorisation for place, _ in part],
                    Purpose.SCREENING,
                    by,
                    name=question_name(opened, kind.value, start),
                )
                for at, entries in matched.items():
                    found.setdefault(part[at][0], []).extend(entries)
        return found

    def _now(self) -> str:
        return format_instant(self.querying.matcher.clock.now())


def question_name(opened: OpenJob, kind: str, start: int) -> bytes:
    """Return the name of a question of the next batch, which nobody can guess without the job's salt."""
    place = f"{opened.job.progress.rows}|{kind}|{start}".encode()
    return hmac.digest(opened.salt, opened.job.job + place, "sha256")


def cells_of(row: ReadRow) -> bytes:
    """Return a row's cells as one string of bytes, in the order of their columns."""
    parts = [f"{len(cell)}:{cell}" for cell in row.cells.values()]
    fault = "" if row.fault is None else f"{row.fault.code}|{row.fault.column}"
    return hashlib.sha256("".join([*parts, fault]).encode("utf-8", "surrogatepass")).digest()
