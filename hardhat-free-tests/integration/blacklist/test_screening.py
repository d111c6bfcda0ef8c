"""A file of customers among three banks on the real contract: screened, killed, taken up again, refused."""

import csv
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.entry_members import Bank, Banks, facts, specimen
from harness.ledger import Ledger
from harness.watchers import watching
from sqlalchemy import func, select

from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.screening.mapping import ColumnMapping
from blacklist.services.screening import BATCH_ROWS, OpenJob, Screening
from blacklist.store import hits, inquiries, screenings
from blacklist.store.screenings import ScreeningJob, ScreeningProgress
from blacklist.store.tables import evaluation_budget, inquiry
from ledger.errors import ConflictError, RefusedError, UnavailableError
from node.blacklist.screening import paths, work
from node.blacklist.table_reading import TableFile, file_source

FRAUDSTER, OTHER = specimen(123), specimen(7)
MAPPING = ColumnMapping((("id", IdentifierType.NATIONAL_ID),), "auth", reference="customer")


@pytest.fixture
def banks(tmp_path: Path) -> Iterator[Banks]:
    made = Banks.found(tmp_path, 3)
    made.banks[0].list(FRAUDSTER, facts(made.today()))
    made.settle()
    yield made
    made.close()


def source_of(folder: Path, rows: list[tuple[str, str, str]]) -> TableFile:
    path = folder / "customers.csv"
    with path.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([("customer", "id", "auth"), *rows])
    return file_source(path, encoding="utf-8-sig", separator=",", sheet=None)


def begun(bank: Bank, source: TableFile, folder: Path) -> tuple[Screening, OpenJob]:
    screening = Screening(bank.querying)
    return screening, screening.begin(MAPPING, str(folder), source.digest, "officer")


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def kept(bank: Bank) -> list[hits.Hit]:
    with bank.database.read() as connection:
        return list(hits.newest(connection, unreviewed=True, limit=99))


def counted(bank: Bank) -> int:
    """How much was counted against the second bank's budget for screening at a server."""
    with bank.database.read() as connection:
        used = select(func.sum(evaluation_budget.c.used)).where(
            evaluation_budget.c.purpose == Purpose.SCREENING.value
        )
        return connection.scalar(used) or 0


def customers() -> list[tuple[str, str, str]]:
    """Two batches and a bit, nearly all of them refused, with somebody who is listed in each."""
    rows = [(f"c{number}", FRAUDSTER, "") for number in range(2 * BATCH_ROWS + 3)]
    for number, person in enumerate((FRAUDSTER, OTHER, FRAUDSTER)):
        rows[number * BATCH_ROWS + 2 - number] = (f"hit{number}", person, "A-1")
    return rows


def test_a_file_is_screened_and_every_row_is_in_one_of_two_files(
    banks: Banks, tmp_path: Path
) -> None:
    bank = banks.banks[1]
    rows = [
        ("c1", OTHER, "A-1"), ("c2", f" {FRAUDSTER[:6]} {FRAUDSTER[6:]}", "A-2"),
        ("c3", FRAUDSTER, " "), ("c4", "11010519491231002X", "A-4"), ("c5", "?", "A-5"),
    ]  # fmt: skip
    source = source_of(tmp_path, rows)
    screening, opened = begun(bank, source, tmp_path)
    job = work(screening, watching(screening.querying), opened, source, "officer").job
    results, rejects = paths(tmp_path, job.job)
    (hit,) = kept(bank)
    assert [(each["line"], each["reference"], each["hit"]) for each in table(results)] == [
        ("2", "c1", ""),
        ("3", "c2", hit.hit.hex()),
    ]
    assert (table(results)[1]["standing"], table(results)[1]["ground"]) == (
        "active",
        "forged-documents",
    )
    assert [(each["line"], each["column"], each["code"]) for each in table(rejects)] == [
        ("4", "auth", "authorisation-missing"),
        ("5", "id", "asking-test-data-only"),
        ("6", "id", "identifier-character"),
    ]
    assert all(each["reason_zh"] and each["reason_en"] for each in table(rejects))
    assert FRAUDSTER not in rejects.read_text()
    assert results.stat().st_mode & 0o77 == 0
    assert (job.progress.rows, job.progress.rejected, job.progress.found) == (5, 3, 1)
    assert (job.progress.asked, job.finished_at is not None) == (2, True)
    assert hit.purpose == Purpose.SCREENING.value


def test_a_killed_screening_goes_on_where_it_stopped(banks: Banks, tmp_path: Path) -> None:
    bank = banks.banks[1]
    source = source_of(tmp_path, customers())
    screening, opened = begun(bank, source, tmp_path)
    banks.close()
    child = os.fork()
    if child == 0:
        work(
            screening,
            watching(screening.querying),
            opened,
            source,
            "officer",
            _killing_at(BATCH_ROWS),
        )
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    again = screening.open(opened.job.job)
    assert (again.job.progress.rows, again.job.finished_at) == (BATCH_ROWS, None)
    # What a batch wrote before it could be recorded.
    results, _ = paths(tmp_path, opened.job.job)
    with results.open("ab") as torn:
        torn.write(b"4100,half a li")
    before = counted(banks.banks[1])
    job = work(screening, watching(screening.querying), again, source, "officer").job
    lines = [each["line"] for each in table(results)]
    assert [each["reference"] for each in table(results)] == ["hit0", "hit1", "hit2"]
    assert lines == [str(2 + BATCH_ROWS * number + 2 - number) for number in range(3)]
    assert (len(kept(bank)), job.progress.found, job.progress.asked) == (2, 2, 3)
    assert job.progress.rows == len(customers())
    assert counted(banks.banks[1]) == before + 2


def _killing_at(rows: int) -> Callable[[int], None]:
    def kill(done: int) -> None:
        if done == rows:
            os.kill(os.getpid(), signal.SIGKILL)

    return kill


def test_a_batch_that_was_asked_and_not_recorded_is_not_counted_twice(
    banks: Banks, tmp_path: Path
) -> None:
    bank = banks.banks[1]
    source = source_of(tmp_path, [("c1", FRAUDSTER, "A-1"), ("c2", OTHER, "A-2")])
    screening, opened = begun(bank, source, tmp_path)
    lost = screening.ask(opened, list(source.rows(MAPPING)), "officer")
    assert (len(lost.hits), kept(bank)) == (1, [])
    before = [counted(each) for each in banks.banks]
    assert max(before) == 2
    work(screening, watching(screening.querying), screening.open(opened.job.job), source, "officer")
    # The id gives the order of the servers too, so that the same ones are asked again.
    assert [counted(each) for each in banks.banks] == before
    with bank.database.read() as connection:
        own = inquiry.c.purpose == Purpose.SCREENING.value
        asked = connection.scalar(select(func.count()).select_from(inquiry).where(own))
        assert len(inquiries.newest(connection, 99)) >= 1
    assert (asked, len(kept(bank))) == (1, 1)


def test_a_screening_waits_for_members_that_are_away(banks: Banks, tmp_path: Path) -> None:
    bank = banks.banks[1]
    source = source_of(tmp_path, customers())
    screening, opened = begun(bank, source, tmp_path)

    def leave(done: int) -> None:
        for each in (banks.banks[0], banks.banks[2]):
            each.away = done == BATCH_ROWS

    with pytest.raises(UnavailableError, match="evaluation-too-few"):
        work(screening, watching(screening.querying), opened, source, "officer", leave)
    job = work(
        screening,
        watching(screening.querying),
        screening.open(opened.job.job),
        source,
        "officer",
        lambda _: leave(0),
    ).job
    assert (job.progress.rows, job.progress.found) == (len(customers()), 2)


def test_another_file_or_lost_results_are_refused(banks: Banks, tmp_path: Path) -> None:
    bank = banks.banks[1]
    source = source_of(tmp_path, [("c1", OTHER, "A-1")])
    screening, opened = begun(bank, source, tmp_path)
    work(screening, watching(screening.querying), opened, source, "officer")
    again = screening.open(opened.job.job)
    changed = source_of(tmp_path, [("c1", FRAUDSTER, "A-1")])
    with pytest.raises(RefusedError, match="screening-source-changed"):
        work(screening, watching(screening.querying), again, changed, "officer")
    source_of(tmp_path, [("c1", OTHER, "A-1")])
    paths(tmp_path, opened.job.job)[0].write_bytes(b"")
    with pytest.raises(RefusedError, match="screening-files-missing"):
        work(screening, watching(screening.querying), again, source, "officer")
    with pytest.raises(RefusedError, match="screening-unknown"):
        screening.open(bytes(16))


def test_a_table_whose_earlier_rows_changed_is_refused(banks: Banks, tmp_path: Path) -> None:
    """A digest over the rows finds what a digest over a table's name cannot."""
    bank = banks.banks[1]
    source = source_of(tmp_path, [("c1", OTHER, "A-1")])
    screening, opened = begun(bank, source, tmp_path)
    work(screening, watching(screening.querying), opened, source, "officer")
    again = screening.open(opened.job.job)
    changed = source_of(tmp_path, [("c2", OTHER, "A-1")])
    for rows in (changed.rows(MAPPING), iter(())):
        with pytest.raises(RefusedError, match="screening-source-changed"):
            screening.skip(again, again.job.source, rows)


def test_two_processes_do_not_work_on_one_job(banks: Banks, tmp_path: Path) -> None:
    bank = banks.banks[1]
    source = source_of(tmp_path, [("c1", OTHER, "A-1")])
    screening, opened = begun(bank, source, tmp_path)

    def both(_rows: int) -> None:
        with pytest.raises(ConflictError, match="screening-elsewhere"):
            work(screening, watching(screening.querying), opened, source, "officer")

    work(screening, watching(screening.querying), opened, source, "officer", both)


def test_a_job_advances_once_on_both_databases(ledger: Ledger) -> None:
    """Where two processes do work on a job, on two machines, only one of them advances it."""
    none = ScreeningProgress(0, bytes(32), 0, 0, 0, 0, 0)
    some = ScreeningProgress(4096, bytes(32), 1, 2, 3, 4, 5)
    at = "2026-11-24T08:00:00.000Z"
    job = ScreeningJob(b"\x01" * 16, b"\x02" * 16, b"sealed", bytes(32), none, at, "officer", at)
    database = ledger.node.database
    with database.write() as connection:
        screenings.put(connection, job)
        screenings.advance(connection, job.job, none, some, at)
    with (
        pytest.raises(ConflictError, match="screening-elsewhere"),
        database.write() as connection,
    ):
        screenings.advance(connection, job.job, none, some, at)
    with database.write() as connection:
        screenings.finish(connection, job.job, at)
        (found,) = screenings.newest(connection, 9)
    assert (found.progress, found.finished_at) == (some, at)


def test_a_cancelled_screening_is_not_gone_on_with(banks: Banks, tmp_path: Path) -> None:
    bank = banks.banks[1]
    source = source_of(tmp_path, [("c1", OTHER, "A-1")])
    screening, opened = begun(bank, source, tmp_path)
    with bank.database.write() as connection:
        assert screenings.cancel(connection, opened.job.job, "2026-11-24T08:00:00.000Z")
    again = screening.open(opened.job.job)
    with pytest.raises(RefusedError, match="screening-cancelled"):
        work(screening, watching(screening.querying), again, source, "officer")
