"""Tables of customers in bounded memory: CSV, Excel and Parquet files, and tables of a database.

CSV and Excel are put into frames here: ``pandas.read_csv`` drops a row with a wrong quote without a word
when it is told to go on, and ``pandas.read_excel`` holds a whole sheet. What becomes of the frames is said in
``table_rows``.

pandas takes most of a second to import: whoever needs this module imports it at that moment.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, TextIO
from zipfile import BadZipFile, ZipFile

import pandas as pd
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from pyarrow import ArrowException, parquet
from sqlalchemy import URL, Engine, MetaData, Table, create_engine, make_url, select
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, NoSuchTableError, SQLAlchemyError

from blacklist.domain.screening.mapping import ColumnMapping
from blacklist.domain.screening.rows import ReadRow
from blacklist.domain.screening.table_form import TableForm, TableKind
from ledger.errors import LimitError, MalformedError, RefusedError, UnavailableError
from node.blacklist.table_rows import (
    BROKEN,
    FRAME_ROWS,
    UNEVEN,
    Frames,
    places_of,
    read_rows,
    texts_of,
)

_BLOCK: Final = 1024 * 1024
MAX_UNPACKED: Final = 1024 * 1024 * 1024
"""Bytes of a workbook's parts; 200,000 rows of three numbers have 39 MiB (measured)."""


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file, wherever its bytes are.

    Attributes:
        name: for people; a file's, or none.
        open: gives its bytes from the first; Excel and Parquet seek in them.
        form: how to read them.
    """

    name: str
    open: Callable[[], BinaryIO]
    form: TableForm

    def digest(self, salt: bytes) -> bytes:
        """Return a digest over its bytes."""
        hasher = hashlib.sha256(salt)
        with self.open() as opened:
            while block := opened.read(_BLOCK):
                hasher.update(block)
        return hasher.digest()

    def rows(self, mapping: ColumnMapping) -> Iterator[ReadRow]:
        """See ``ports.row_source``."""
        return read_rows(self._frames, mapping)

    def titles(self) -> Sequence[str]:
        """Return the columns' titles in their order; empty for a column without one.

        Raises:
            RefusedError: no such sheet, or which one is not said; the file cannot be read.
            MalformedError: it is no text in the encoding that was named.
        """
        with self._readable() as opened:
            return [title or "" for title in texts_of(_titles(opened, self.form))]

    def sheets(self) -> Sequence[str]:
        """Return the names of a workbook's sheets; none for other files.

        Raises:
            RefusedError: the file cannot be read.
        """
        if self.form.kind is not TableKind.EXCEL:
            return ()
        with self._readable() as opened, _book(opened) as book:
            return tuple(book.sheetnames)

    def check(self, mapping: ColumnMapping) -> None:
        """Return when every column of a mapping is there, once.

        Raises:
            RefusedError: one is missing, or there twice; or as ``titles``.
            MalformedError: as ``titles``.
        """
        places_of(self.titles(), mapping.columns())

    def _frames(self, columns: Sequence[str]) -> Frames:
        frames = _FRAMES[self.form.kind]
        with self._readable() as opened:
            yield from frames(opened, columns, self.form)

    @contextmanager
    def _readable(self) -> Iterator[BinaryIO]:
        """Open it, and turn what libraries raise into one refusal, without the cells that they quote."""
        try:
            with self.open() as opened:
                yield opened
        except UnicodeError:
            raise MalformedError("screening-file-encoding") from None
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise RefusedError("screening-file-unreadable", file=self.name, why=why) from None
        except (
            ArrowException, BadZipFile, InvalidFileException, LookupError, ValueError,
        ) as error:  # fmt: skip
            why = type(error).__name__
            raise RefusedError("screening-file-unreadable", file=self.name, why=why) from None


def file_source(path: Path, *, encoding: str, separator: str, sheet: str | None) -> TableFile:
    """Return a file to be read as what its name says.

    Args:
        path: ends in .csv, .xlsx or .parquet.
        encoding: of CSV.
        separator: one character between the fields of CSV.
        sheet: of a workbook that has several.

    Raises:
        RefusedError: ``screening-file-kind``.
    """
    suffix = path.suffix.lower()
    kind = next((each for each in TableKind if suffix == f".{each}"), None)
    if kind is None:
        kinds = ", ".join(f".{each}" for each in TableKind)
        raise RefusedError("screening-file-kind", kinds=kinds)
    form = TableForm(kind, encoding, separator, sheet)
    return TableFile(path.name, lambda: path.open("rb"), form)


def _titles(opened: BinaryIO, form: TableForm) -> Sequence[object]:
    match form.kind:
        case TableKind.CSV:
            with _lines(opened, form) as lines:
                return _csv_titles(_csv_rows(lines, form.separator))
        case TableKind.EXCEL:
            with _sheet(opened, form.sheet) as rows:
                return next(rows, ())
        case TableKind.PARQUET:
            with parquet.ParquetFile(opened) as table:
                return list(table.schema_arrow.names)


def _csv(opened: BinaryIO, columns: Sequence[str], form: TableForm) -> Frames:
    with _lines(opened, form) as lines:
        rows = _csv_rows(lines, form.separator)
        titles = _csv_titles(rows)
        places = places_of(titles, columns)
        while taken := list(islice(rows, FRAME_ROWS)):
            cells = [_chosen(row, places, len(titles)) for _, row in taken]
            yield [line for line, _ in taken], _frame(cells, columns)


def _lines(opened: BinaryIO, form: TableForm) -> TextIO:
    return io.TextIOWrapper(opened, encoding=form.encoding, newline="")


def _csv_titles(rows: Iterator[tuple[int, list[str] | None]]) -> Sequence[str]:
    return next(rows, (1, None))[1] or []


def _csv_rows(opened: TextIO, separator: str) -> Iterator[tuple[int, list[str] | None]]:
    """Return the fields of each row with the line that it begins on; ``None`` where quotes are wrong.

    What a quote that nobody closes swallows up to the file's end is given line by line, as so many bad rows.
    """
    reader = csv.reader(opened, delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error:
            for broken in range(line, reader.line_num + 1):
                yield broken, None


def _chosen(row: Sequence[object] | None, places: Sequence[int], width: int) -> Sequence[object]:
    if row is None:
        return [BROKEN] * len(places)
    if len(row) != width:
        return [UNEVEN] * len(places)
    return [row[place] for place in places]


def _frame(cells: Sequence[Sequence[object]], columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(list(cells), columns=list(columns), dtype=object)


def _check_unpacked(opened: BinaryIO) -> None:
    """Return when a workbook is not larger than it looks; zipfile believes no more than this says."""
    with ZipFile(opened) as archive:
        if sum(each.file_size for each in archive.infolist()) > MAX_UNPACKED:
            raise LimitError("screening-table-large", limit=MAX_UNPACKED)
    opened.seek(0)


@contextmanager
def _book(opened: BinaryIO) -> Iterator[Workbook]:
    _check_unpacked(opened)
    book = load_workbook(opened, read_only=True, data_only=True)
    try:
        yield book
    finally:
        book.close()


@contextmanager
def _sheet(opened: BinaryIO, sheet: str | None) -> Iterator[Iterator[Sequence[object]]]:
    """Open a workbook's sheet as its rows."""
    with _book(opened) as book:
        if sheet is None and len(book.sheetnames) > 1:
            raise RefusedError("screening-sheet", count=len(book.sheetnames))
        if sheet is not None and sheet not in book.sheetnames:
            raise RefusedError("screening-sheet-missing")
        found = book[sheet or book.sheetnames[0]]
        # What a file says about its size is not believed: rows would be cut.
        found.reset_dimensions()
        yield found.iter_rows(values_only=True)


def _excel(opened: BinaryIO, columns: Sequence[str], form: TableForm) -> Frames:
    with _sheet(opened, form.sheet) as rows:
        places = places_of(next(rows, ()), columns)
        line = 2
        while taken := list(islice(rows, FRAME_ROWS)):
            cells = [[_at(row, place) for place in places] for row in taken]
            yield range(line, line + len(taken)), _frame(cells, columns)
            line += len(taken)


def _at(row: Sequence[object], place: int) -> object:
    return row[place] if place < len(row) else None


def _parquet(opened: BinaryIO, columns: Sequence[str], _form: TableForm) -> Frames:
    with parquet.ParquetFile(opened) as table:
        places_of(table.schema_arrow.names, columns)
        line = 1
        for batch in table.iter_batches(batch_size=FRAME_ROWS, columns=list(columns)):
            yield range(line, line + batch.num_rows), batch.to_pandas()[list(columns)]
            line += batch.num_rows


_FRAMES: Final = {
    TableKind.CSV: _csv,
    TableKind.EXCEL: _excel,
    TableKind.PARQUET: _parquet,
}


@dataclass(frozen=True, slots=True)
class DatabaseTable:
    """A table of a database, in the order of its primary key.

    Attributes:
        url: of the database; never shown, since it may hold a password.
        table: its name.
    """

    url: URL
    table: str

    def digest(self, salt: bytes) -> bytes:
        """Return a digest over where the table is; what its rows were is told by the digest over them."""
        place = f"{self.url.host}|{self.url.port}|{self.url.database}|{self.table}"
        return hashlib.sha256(salt + place.encode()).digest()

    def rows(self, mapping: ColumnMapping) -> Iterator[ReadRow]:
        """See ``ports.row_source``."""
        return read_rows(self._opened, mapping)

    def _opened(self, columns: Sequence[str]) -> Frames:
        engine = create_engine(self.url)
        try:
            yield from self._frames(engine, columns)
        except NoSuchTableError:
            raise RefusedError("screening-table-missing") from None
        except SQLAlchemyError as error:
            # Without its cause, which may quote rows.
            why = type(error).__name__
            raise UnavailableError("screening-database", why=why) from None
        finally:
            engine.dispose()

    def _frames(self, engine: Engine, columns: Sequence[str]) -> Frames:
        with engine.connect() as opened:
            connection = opened.execution_options(stream_results=True, max_row_buffer=FRAME_ROWS)
            table = Table(self.table, MetaData(), autoload_with=connection)
            places_of(list(table.c.keys()), columns)
            order = tuple(table.primary_key)
            if not order:
                raise RefusedError("screening-table-unordered")
            query = select(*(table.c[name] for name in columns)).order_by(*order)
            line = 1
            for frame in pd.read_sql_query(
                query, connection, chunksize=FRAME_ROWS, coerce_float=False
            ):
                yield range(line, line + len(frame)), frame
                line += len(frame)


def database_source(url: str, table: str) -> DatabaseTable:
    """Return a table of a database.

    Raises:
        RefusedError: ``screening-database-url``.
    """
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise RefusedError("screening-database-url") from None
    return DatabaseTable(parsed, table)
