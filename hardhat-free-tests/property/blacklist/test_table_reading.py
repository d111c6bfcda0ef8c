"""Any table: as many rows come out as went in, in their order, with the same texts, or with a fault."""

import csv
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from harness.postgres import Server
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, insert

from blacklist.domain.entries.law import RunningMode
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.screening.mapping import ColumnMapping
from blacklist.domain.screening.rows import ReadRow, RowFault, RowReader, ScreenedRow
from blacklist.ports.row_source import RowSource
from ledger.errors import LedgerError, LimitError, MalformedError, RefusedError, UnavailableError
from node.blacklist import table_reading
from node.blacklist.table_reading import TableFile, database_source, file_source
from node.blacklist.table_rows import FRAME_ROWS, MAX_CELL

TITLES = ("客户", "id", "授权")
MAPPING = ColumnMapping((("id", IdentifierType.NATIONAL_ID),), "授权", reference="客户")
ORDER = MAPPING.columns()
_PLAIN = st.characters(exclude_categories=["Cs", "Cc"])
TEXT = st.text(_PLAIN, max_size=20)
CELLS = st.one_of(
    TEXT,
    st.none(),
    st.integers(-(2**50), 2**50),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
)
REPEATED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(source: RowSource) -> list[ReadRow]:
    return list(source.rows(MAPPING))


def of(path: Path, **more: Any) -> TableFile:
    return file_source(
        path,
        encoding=more.get("encoding", "utf-8-sig"),
        separator=more.get("separator", ","),
        sheet=more.get("sheet"),
    )


def check(rows: Sequence[ReadRow], cells: Sequence[Sequence[object]], first: int) -> None:
    """Every row is there, with its line, and either its texts or a fault."""
    assert [row.line for row in rows] == list(range(first, first + len(cells)))
    reader = RowReader(MAPPING, RunningMode.TEST, date(2026, 11, 24))
    results = [reader.read(row) for row in rows]
    kinds = [isinstance(each, ScreenedRow) + isinstance(each, RowFault) for each in results]
    assert kinds == [1] * len(cells)
    for row, values in zip(rows, cells, strict=True):
        wanted = dict(zip(TITLES, values, strict=True))
        texts = all(value is None or isinstance(value, str) for value in values)
        if texts:
            assert row.fault is None
            assert row.cells == {name: wanted[name] or "" for name in ORDER}
        else:
            assert row.fault is not None
            assert row.fault.code == "screening-cell-not-text"


@given(st.lists(st.lists(st.text(_PLAIN | st.sampled_from('",\n'), max_size=20), max_size=5)))
@REPEATED
def test_any_csv(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([TITLES, *rows])
    found = read(of(path))
    assert len(found) == len(rows)
    assert sorted({row.line for row in found}) == [row.line for row in found]
    for row, values in zip(found, rows, strict=True):
        if len(values) == len(TITLES):
            assert row.fault is None
            assert row.cells == {name: values[TITLES.index(name)] for name in ORDER}
        else:
            assert row.fault is not None
            assert row.fault.code == "screening-row-fields"


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=20))
@REPEATED
def test_any_workbook(tmp_path: Path, rows: list[tuple[object, ...]]) -> None:
    path, book = tmp_path / "table.xlsx", Workbook()
    for row in [TITLES, *rows]:
        book.active.append([_escaped(cell) for cell in row])
    book.save(path)
    # A workbook knows neither empty texts nor rows that end in nothing.
    while rows and not any(cell not in (None, "") for cell in rows[-1]):
        rows = rows[:-1]
    found = read(of(path))
    check(found[: len(rows)], rows, 2)
    assert all(not any(row.cells.values()) for row in found[len(rows) :])


def _escaped(cell: object) -> object:
    """A text that begins with = would be a formula: it is none here."""
    return "x" + cell if isinstance(cell, str) and cell.startswith("=") else cell


@given(
    st.lists(st.tuples(TEXT | st.none(), TEXT, TEXT), max_size=20), st.integers(0, 9), st.booleans()
)
@REPEATED
def test_any_parquet(
    tmp_path: Path, rows: list[tuple[object, ...]], number: int, numeric: bool
) -> None:
    path = tmp_path / "table.parquet"
    if numeric:
        rows = [(a, b, number) for a, b, _ in rows]
    frame = pd.DataFrame(rows, columns=list(TITLES))
    frame.to_parquet(path, row_group_size=7)
    check(read(of(path)), rows, 1)


@given(st.lists(st.tuples(TEXT | st.none(), TEXT, TEXT), max_size=20))
@REPEATED
def test_any_table_of_a_database(tmp_path: Path, rows: list[tuple[object, ...]]) -> None:
    (tmp_path / "bank.db").unlink(missing_ok=True)
    url = f"sqlite:///{tmp_path / 'bank.db'}"
    make_table(url, rows)
    check(read(database_source(url, "customers")), rows, 1)


def make_table(url: str, rows: Sequence[Sequence[object]], *, key: bool = True) -> None:
    engine = create_engine(url)
    columns = [Column("n", Integer, primary_key=key), *(Column(each, String) for each in TITLES)]
    table = Table("customers", MetaData(), *columns)
    with engine.begin() as connection:
        table.create(connection)
        for number, row in enumerate(rows):
            connection.execute(insert(table).values((number, *row)))
    engine.dispose()


@pytest.mark.postgres
def test_a_table_on_postgresql(postgres_server: Server) -> None:
    postgres_server.run("CREATE DATABASE customers")
    url = postgres_server.url("customers")
    rows = [(f"c{number}", "7101", "A-1") for number in range(FRAME_ROWS + 3)]
    make_table(url, rows)
    check(read(database_source(url, "customers")), rows, 1)


def test_rows_beyond_one_frame_keep_their_lines(tmp_path: Path) -> None:
    rows = [[f"c{number}", "7101", "A-1"] for number in range(2 * FRAME_ROWS + 5)]
    path = tmp_path / "table.csv"
    with path.open("w", encoding="gb18030", newline="") as opened:
        csv.writer(opened, delimiter="|").writerows([TITLES, *rows])
    check(read(of(path, encoding="gb18030", separator="|")), rows, 2)
    with pytest.raises(MalformedError, match="screening-file-encoding"):
        read(of(path, separator="|"))


def test_an_id_that_a_spreadsheet_took_for_a_number_is_refused(tmp_path: Path) -> None:
    path, book = tmp_path / "table.xlsx", Workbook()
    for row in (TITLES, ("c1", 710101199001011230, "A-1"), ("c2", datetime(2026, 1, 1), "A-1")):  # noqa: DTZ001 - as Excel has it
        book.active.append(row)
    book.save(path)
    first, second = read(of(path))
    assert first.fault == RowFault(2, "id", "screening-cell-not-text")
    assert second.fault == RowFault(3, "id", "screening-cell-not-text")


def test_a_cell_that_is_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(",".join(TITLES) + "\nc1," + "7" * (MAX_CELL + 1) + ",A-1\n")
    (row,) = read(of(path))
    assert row.fault == RowFault(2, "id", "screening-cell-long", {"limit": MAX_CELL})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "screening-column-missing"),
        ("客户,id\n", "screening-column-missing"),
        ("客户,id,授权,id\n", "screening-column-repeated"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(LedgerError, match=code) as caught:
        read(of(path))
    assert "7101" not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_a_row_with_wrong_quotes_is_reported_and_no_other_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    lines = ['c1,"7"101,A-1', "c2,7102,A-2", 'c3,"7103,A-3', "c4,7104,A-4"]
    path.write_text("\n".join([",".join(TITLES), *lines]) + "\n")
    found = read(of(path))
    assert [(row.line, row.fault and row.fault.code) for row in found] == [
        (2, "screening-row-quotes"),
        (3, None),
        (4, "screening-row-quotes"),
        (5, "screening-row-quotes"),
    ]


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    for name in ("table.xlsx", "table.parquet"):
        (tmp_path / name).write_bytes(b"no table")
        with pytest.raises(RefusedError, match="screening-file-unreadable"):
            read(of(tmp_path / name))
    with pytest.raises(RefusedError, match="screening-file-kind"):
        of(tmp_path / "table.xls")
    book = Workbook()
    book.create_sheet("二")
    book.save(tmp_path / "two.xlsx")
    with pytest.raises(RefusedError, match="screening-sheet"):
        read(of(tmp_path / "two.xlsx"))
    with pytest.raises(RefusedError, match="screening-sheet-missing"):
        read(of(tmp_path / "two.xlsx", sheet="三"))


def test_a_database_without_the_table_or_its_order_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bank.db'}"
    make_table(url, [], key=False)
    with pytest.raises(RefusedError, match="screening-table-unordered"):
        read(database_source(url, "customers"))
    with pytest.raises(RefusedError, match="screening-table-missing"):
        read(database_source(url, "others"))
    with pytest.raises(RefusedError, match="screening-database-url"):
        database_source("no url", "customers")
    with pytest.raises(UnavailableError, match="screening-database"):
        read(database_source(f"sqlite:///{tmp_path / 'missing' / 'bank.db'}", "customers"))


def test_a_file_is_known_by_its_content_and_a_salt(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a")
    first = of(path).digest(b"salt")
    assert of(path).digest(b"other") != first
    path.write_text("b")
    assert of(path).digest(b"salt") != first


def test_commands_that_read_no_table_do_not_load_pandas() -> None:
    modules = "node.cli.main, node.cli.blacklist, node.blacklist.screening, node.blacklist.rounds"
    slow = {"pandas", "pandera", "pyarrow", "openpyxl"}
    code = f"import sys, {modules}; sys.exit(bool({slow!r} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert table_reading.pd is pd


def test_titles_and_sheets_are_seen_without_any_row(tmp_path: Path) -> None:
    csv_file, workbook = tmp_path / "t.csv", tmp_path / "t.xlsx"
    csv_file.write_text("客户, id ,,授权\n1,2,3,4\n", encoding="utf-8")
    book = Workbook()
    book.create_sheet("二").append(["客户", None, 5])
    book.save(workbook)
    pd.DataFrame({"客户": ["1"], "id": ["2"]}).to_parquet(tmp_path / "t.parquet")
    assert of(csv_file).titles() == ["客户", "id", "", "授权"]
    assert of(csv_file).sheets() == ()
    assert of(workbook).sheets() == ("Sheet", "二")
    assert of(workbook, sheet="二").titles() == ["客户", "", ""]
    assert of(tmp_path / "t.parquet").titles() == ["客户", "id"]


def test_a_workbook_that_is_larger_than_it_looks_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, book = tmp_path / "t.xlsx", Workbook()
    for _ in range(200):
        book.active.append(list(TITLES) * 20)
    book.save(path)
    monkeypatch.setattr(table_reading, "MAX_UNPACKED", path.stat().st_size)
    with pytest.raises(LimitError, match="screening-table-large"):
        of(path).titles()
