"""A screening in a node: from a table to a file of results, one of refused rows, and hits that wait.

The files are written before the job advances, and cut back to where it stood when it is taken up again: so
each row stands in one of them exactly once. Both hold the bank's own numbers, so only this user reads them.
"""

import csv
import fcntl
import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy import Connection

from blacklist.domain.screening.mapping import ColumnMapping
from blacklist.domain.screening.monitoring import MonitoringPurpose
from blacklist.domain.screening.rows import RowFault
from blacklist.ports.row_source import RowSource
from blacklist.services.monitoring import Monitoring
from blacklist.services.querying import KeptHit
from blacklist.services.screening import BATCH_ROWS, BatchOutcome, OpenJob, RowResult, Screening
from blacklist.store.screenings import ScreeningJob, ScreeningProgress
from ledger.errors import ConflictError, RefusedError, UnavailableError
from node.audit.entries import AuditEntry
from node.blacklist.entries import Entries
from node.blacklist.monitoring import BatchWatcher, watching
from node.identity.permissions import Permission, Principal
from node.words.catalogue import remedy, word

RESULTS: Final = ("line", "reference", "asked", "hit", "entry", "standing", "ground")
REJECTS: Final = ("line", "column", "code", "reason_zh", "reason_en")
_HINT: Final = "hint"


@dataclass(frozen=True, slots=True)
class ScreeningFiles:
    """The two files of a job, open and locked.

    Attributes:
        results: of rows that were asked about.
        rejects: of those that were not.
    """

    results: BinaryIO
    rejects: BinaryIO

    def cut(self, results: int, rejects: int) -> None:
        """Cut both back to what the job stands for; new ones get their first line.

        Raises:
            RefusedError: ``screening-files-missing``: one is shorter than it was.
        """
        for opened, size, titles in (
            (self.results, results, RESULTS),
            (self.rejects, rejects, REJECTS),
        ):
            if os.fstat(opened.fileno()).st_size < size:
                raise RefusedError("screening-files-missing")
            opened.truncate(size)
            opened.seek(size)
            if size == 0:
                opened.write(_lines([titles]))

    def write(self, done: BatchOutcome) -> tuple[int, int]:
        """Write a batch and return both sizes; durable on return."""
        self.results.write(_lines([cells for each in done.results for cells in _result(each)]))
        self.rejects.write(_lines(map(_reject, done.faults)))
        for opened in (self.results, self.rejects):
            opened.flush()
            os.fsync(opened.fileno())
        return self.results.tell(), self.rejects.tell()


def paths(folder: Path, job: bytes) -> tuple[Path, Path]:
    """Return where a job's results and refused rows are."""
    name = f"screening-{job.hex()[:12]}"
    return folder / f"{name}-results.csv", folder / f"{name}-rejects.csv"


def start(
    entries: Entries,
    source: RowSource,
    mapping: ColumnMapping,
    folder: Path,
    by: Principal,
    watch: MonitoringPurpose | None = None,
) -> OpenJob:
    """Store a new job; with ``watch`` its customers are watched from then on.

    Raises:
        NotPermittedError: the person may not.
        RefusedError: the columns do not fit each other, or the file cannot be read.
    """
    by.require(Permission.BLACKLIST_QUERY)
    opened = Screening(entries.querying).begin(
        mapping, str(folder.resolve()), source.digest, by.actor, watch
    )
    entries.node.trail.record(AuditEntry(by.actor, "blacklist.screen", opened.job.job.hex(), {}))
    return opened


def run(
    entries: Entries,
    opened: OpenJob,
    source: RowSource,
    by: Principal,
    progress: Callable[[int], None] = lambda _rows: None,
) -> ScreeningJob:
    """Work on a job from where it stands to its end.

    Args:
        entries: services of this node.
        opened: the job.
        source: its table.
        by: who screens.
        progress: is told how many rows are done.

    Raises:
        NotPermittedError: the person may not.
        RefusedError: the source is another one, or cannot be read on.
        ConflictError: another process works on the job.
        UnavailableError: too many holders do not answer; the job can be taken up again.
    """
    by.require(Permission.BLACKLIST_QUERY)

    def look_up(rows: int) -> None:
        """Let the chain be read between batches: shares may be dealt anew while a long job runs."""
        progress(rows)
        with suppress(UnavailableError):
            entries.follower.refresh()

    return work_in(entries, opened, source, by.actor, look_up).job


def work_in(
    entries: Entries,
    opened: OpenJob,
    source: RowSource,
    actor: str,
    progress: Callable[[int], None],
) -> OpenJob:
    """Work on a job to its end, which the trail knows of then; raises as ``run``."""

    def record(connection: Connection, done: ScreeningProgress) -> None:
        counts = {"rows": done.rows, "rejected": done.rejected, "hits": done.found}
        entry = AuditEntry(actor, "blacklist.screened", opened.job.job.hex(), counts)
        entries.node.trail.record_in(connection, entry)

    screening, monitoring = Screening(entries.querying), watching(entries)
    return work(screening, monitoring, opened, source, actor, progress, record)


def work(
    screening: Screening,
    monitoring: Monitoring,
    opened: OpenJob,
    source: RowSource,
    actor: str,
    progress: Callable[[int], None] = lambda _rows: None,
    record: Callable[[Connection, ScreeningProgress], None] = lambda _connection, _done: None,
) -> OpenJob:
    """Work on a job to its end, and record that in the transaction that ends it; raises as ``run``."""
    rows = source.rows(opened.mapping)
    watcher = BatchWatcher(monitoring, actor)
    screening.skip(opened, source.digest(opened.salt), rows)
    at = opened.job.progress
    with _files(Path(opened.folder), opened.job.job) as files:
        files.cut(at.results_bytes, at.rejects_bytes)
        progress(at.rows)
        while batch := list(islice(rows, BATCH_ROWS)):
            done = screening.ask(opened, batch, actor)
            watcher.watch(opened, done)
            opened = screening.advance(opened, done, files.write(done))
            progress(opened.job.progress.rows)
    return screening.finish(opened, lambda connection: record(connection, opened.job.progress))


@contextmanager
def _files(folder: Path, job: bytes) -> Iterator[ScreeningFiles]:
    results, rejects = paths(folder, job)
    try:
        with _own(results) as first, _own(rejects) as second:
            yield ScreeningFiles(first, second)
    except BlockingIOError:
        raise ConflictError("screening-elsewhere") from None
    except OSError as error:
        raise RefusedError("screening-folder", why=error.strerror or type(error).__name__) from None


@contextmanager
def _own(path: Path) -> Iterator[BinaryIO]:
    """Open a file that only this user may read, and only this process writes."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield opened


def _lines(rows: "Iterator[Sequence[object]] | Sequence[Sequence[object]]") -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()


def _result(result: RowResult) -> Iterator[Sequence[object]]:
    """Return a line for each entry, or one without."""
    row = result.row
    asked = " ".join(sorted({each.type.value for each in row.identifiers}))
    start_of_line = (row.line, row.reference, asked)
    if not result.kept:
        yield (*start_of_line, "", "", "", "")
    for each in result.kept:
        yield (*start_of_line, *_found(each))


def _found(kept: KeptHit) -> Sequence[str]:
    found = kept.found
    hit = _HINT if kept.hit is None else kept.hit.hex()
    return hit, found.listed.entry.hex(), found.standing.value, found.facts.ground.value


def _reject(fault: RowFault) -> Sequence[object]:
    said = [
        f"{word(fault.code, language, fault.params)} {remedy(fault.code, language, fault.params)}".strip()
        for language in ("zh", "en")
    ]
    return fault.line, fault.column, fault.code, *said
