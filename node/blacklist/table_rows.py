"""Rows out of frames of cells, each with what is wrong with its form.

* Cells are read as text. A number in a cell is refused and never turned into text: an ID number that a
  spreadsheet took for a number has lost its last digits, and looks like another one.
* Every row comes out, in its order and with its line; what is wrong with its form is a fault of the row.

pandas takes most of a second to import: whoever needs this module imports it at that moment.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import pandas as pd
import pandera.pandas as pa

from blacklist.domain.screening.mapping import ColumnMapping
from blacklist.domain.screening.rows import ReadRow, RowFault
from ledger.errors import RefusedError

FRAME_ROWS: Final = 4096
"""Rows that are in memory at once."""
MAX_CELL: Final = 1024
"""Characters; no number of a bank, and no identifier, comes near."""
UNEVEN: Final = object()
"""Stands in every cell of a row that has not as many fields as the header."""
BROKEN: Final = object()
"""Stands in every cell of a row whose quotes are wrong."""

Frames = Iterator[tuple[Sequence[int], pd.DataFrame]]
"""Lines, and rows; columns as in the mapping, cells as they came."""


def read_rows(
    frames: Callable[[Sequence[str]], Frames], mapping: ColumnMapping
) -> Iterator[ReadRow]:
    """Return the rows of frames that are made for given columns; see ``ports.row_source``."""
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
        (lambda cell: cell is not UNEVEN, "screening-row-fields"),
        (lambda cell: cell is not BROKEN, "screening-row-quotes"),
        (_is_text, "screening-cell-not-text"),
        (_is_short, "screening-cell-long"),
    )
    checks = [pa.Check(rule, name=code, element_wise=True) for rule, code in rules]
    return pa.DataFrameSchema({name: pa.Column(checks=checks, nullable=True) for name in columns})


def _is_text(cell: object) -> bool:
    return isinstance(cell, str) or cell is UNEVEN or cell is BROKEN


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


def texts_of(titles: Sequence[object]) -> list[str | None]:
    """Return titles as columns are named by; ``None`` for what is no text."""
    return [title.strip() if isinstance(title, str) else None for title in titles]


def places_of(titles: Sequence[object], columns: Sequence[str]) -> list[int]:
    """Return where the columns are.

    Raises:
        RefusedError: one is missing, or there twice.
    """
    texts = texts_of(titles)
    for name in columns:
        if texts.count(name) != 1:
            code = "screening-column-repeated" if name in texts else "screening-column-missing"
            raise RefusedError(code, column=name)
    return [texts.index(name) for name in columns]
