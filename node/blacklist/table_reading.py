"""Tables of customers in bounded memory: CSV, Excel and Parquet files, and tables of a database.

* Cells are read as text. A number in a cell is refused and never turned into text: an ID number that a
  spreadsheet took for a number has lost its last digits, and looks like another one.
* Every row comes out, in its order and with its line; what is wrong with its form is a fault of the row.
* CSV and Excel are put into frames here: ``pandas.read_csv`` drops a row with a wrong quote without a word
  when it is told to go on, and ``pandas.read_excel`` holds a whole sheet.

pandas takes most of a second to import: whoever needs this module imports it at that moment.
"""

import csv
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, TextIO
from zipfile import BadZipFile

import pandas as pd
import pandera.pandas as pa
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from pyarrow import ArrowException, parquet
from sqlalchemy import URL, Engine, MetaData, Table, create_engine, make_url, select
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, NoSuchTableError, SQLAlchemyError

from blacklist.domain.screening.mapping import ColumnMapping
from blacklist.domain.screening.rows import ReadRow, RowFault
from ledger.errors import MalformedError, RefusedError, UnavailableError

FRAME_ROWS: Final = 4096
"""Rows that are in memory at once."""
MAX_CELL: Final = 1024
"""Characters; no number of a bank, and no identifier, comes near."""
_UNEVEN: Final = object()
"""Stands in every cell of a row that has not as many fields as the header."""
_BROKEN: Final = object()
"""Stands in every cell of a row whose quotes are wrong."""
_BLOCK: Final = 1024 * 1024

Frames = Iterator[tuple[Sequence[int], pd.DataFrame]]
"""Lines, and rows; columns as in the mapping, cells as they came."""


def _read_rows(
    frames: Callable[[Sequence[str]], Frames], mapping: ColumnMapping
) -> Iterator[ReadRow]:
    columns = list(mapping.columns())
    schema = _schema(columns)
    for lines, came in frames(columns):
        frame = came.astype(object)
        faults = _faults(frame, schema, lines)
        cells = frame.where(frame.notna(), "").to_numpy().tolist()
        for at, values in enumerate(cells):
            fault = faults.get(at)
            texts = {} if fault else dict(zip(columns, values, strict=True))
            yield ReadRow(lines[at], texts, fault)


def _schema(columns: Sequence[str]) -> pa.DataFrameSchema:
    """Return what each cell has to be; the checks are named after the codes of their faults."""
    rules = (
        (lambda cell: cell is not _UNEVEN, "screening-row-fields"),
        (lambda cell: cell is not _BROKEN, "screening-row-quotes"),
        (_is_text, "screening-cell-not-text"),
        (_is_short, "screening-cell-long"),
    )
    checks = [pa.Check(rule, name=code, element_wise=True) for rule, code in rules]
    return pa.DataFrameSchema({name: pa.Column(checks=checks, nullable=True) for name in columns})


def _is_text(cell: object) -> bool:
    return isinstance(cell, str) or cell is _UNEVEN or cell is _BROKEN


def _is_short(cell: object) -> bool:
    return not isinstance(cell, str) or len(cell) <= MAX_CELL


def _faults(
    frame: pd.DataFrame, schema: pa.DataFrameSchema, lines: Sequence[int]
) -> Mapping[int, RowFault]:
    """Return the first fault of each row by its place in the frame."""
    found: dict[int, RowFault] = {}
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        # The error holds cells, personal data: only places and names are taken out of it.
        cases = error.failure_cases[["index", "column", "check"]]
        for at, column, code in cases.itertuples(index=False):
            whole = code.startswith("screening-row")
            limit = {"limit": MAX_CELL} if code == "screening-cell-long" else {}
            fault = RowFault(lines[int(at)], "" if whole else column, code, limit)
            found.setdefault(int(at), fault)
    return found


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file.

    Attributes:
        path: of it.
        read: gives frames of it.
    """

    path: Path
    read: Callable[[Path, Sequence[str]], Frames]

    def digest(self, salt: bytes) -> bytes:
        """Return a digest over its bytes."""
        hasher = hashlib.sha256(salt)
        with self.path.open("rb") as opened:
            while block := opened.read(_BLOCK):
                hasher.update(block)
        return hasher.digest()

    def rows(self, mapping: ColumnMapping) -> Iterator[ReadRow]:
        """See ``ports.row_source``."""
        return _read_rows(lambda columns: self.read(self.path, columns), mapping)


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
    kinds: Mapping[str, Callable[[Path, Sequence[str]], Frames]] = {
        ".csv": lambda file, columns: _csv(file, columns, encoding, separator),
        ".xlsx": lambda file, columns: _excel(file, columns, sheet),
        ".parquet": _parquet,
    }
    read = kinds.get(path.suffix.lower())
    if read is None:
        raise RefusedError("screening-file-kind", kinds=", ".join(kinds))
    return TableFile(path, read)


def _csv(path: Path, columns: Sequence[str], encoding: str, separator: str) -> Frames:
    with _readable(path), path.open(encoding=encoding, newline="") as opened:
        rows = _csv_rows(opened, separator)
        titles = next(rows, (1, None))[1] or []
        places = _places(titles, columns)
        while taken := list(islice(rows, FRAME_ROWS)):
            cells = [_chosen(row, places, len(titles)) for _, row in taken]
            yield [line for line, _ in taken], _frame(cells, columns)


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
        return [_BROKEN] * len(places)
    if len(row) != width:
        return [_UNEVEN] * len(places)
    return [row[place] for place in places]


def _frame(cells: Sequence[Sequence[object]], columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(list(cells), columns=list(columns), dtype=object)


def _excel(path: Path, columns: Sequence[str], sheet: str | None) -> Frames:
    with _readable(path):
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            if sheet is None and len(book.sheetnames) > 1:
                raise RefusedError("screening-sheet", count=len(book.sheetnames))
            if sheet is not None and sheet not in book.sheetnames:
                raise RefusedError("screening-sheet-missing")
            opened = book[sheet or book.sheetnames[0]]
            # What a file says about its size is not believed: rows would be cut.
            opened.reset_dimensions()
            rows = opened.iter_rows(values_only=True)
            places = _places(next(rows, ()), columns)
            line = 2
            while taken := list(islice(rows, FRAME_ROWS)):
                cells = [[_at(row, place) for place in places] for row in taken]
                yield range(line, line + len(taken)), _frame(cells, columns)
                line += len(taken)
        finally:
            book.close()


def _at(row: Sequence[object], place: int) -> object:
    return row[place] if place < len(row) else None


def _parquet(path: Path, columns: Sequence[str]) -> Frames:
    with _readable(path), parquet.ParquetFile(path) as opened:
        _places(opened.schema_arrow.names, columns)
        line = 1
        for batch in opened.iter_batches(batch_size=FRAME_ROWS, columns=list(columns)):
            yield range(line, line + batch.num_rows), batch.to_pandas()[list(columns)]
            line += batch.num_rows


def _places(titles: Sequence[object], columns: Sequence[str]) -> list[int]:
    """Return where the columns are.

    Raises:
        RefusedError: one is missing, or there twice.
    """
    texts = [title.strip() if isinstance(title, str) else None for title in titles]
    for name in columns:
        if texts.count(name) != 1:
            code = "screening-column-repeated" if name in texts else "screening-column-missing"
            raise RefusedError(code, column=name)
    return [texts.index(name) for name in columns]


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what libraries raise about a file into one refusal, without the cells that they quote."""
    try:
        yield
    except UnicodeError:
        raise MalformedError("screening-file-encoding") from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise RefusedError("screening-file-unreadable", file=path.name, why=why) from None
    except (
        ArrowException, BadZipFile, InvalidFileException, LookupError, ValueError,
    ) as error:  # fmt: skip
        why = type(error).__name__
        raise RefusedError("screening-file-unreadable", file=path.name, why=why) from None


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
        return _read_rows(self._opened, mapping)

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
            _places(list(table.c.keys()), columns)
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
