"""One row of a table of customers: either somebody to ask about, or a fault with its line and reason.

A row is taken whole or not at all: one that had a wrong ID number and a right phone number would look
screened and be half so. Empty cells are no fault while another identifier of the row is there; the results
say which types were asked about. No fault ever carries what a cell holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from blacklist.domain.auditing.content import MAX_REFERENCE
from blacklist.domain.entries.law import RunningMode, check_asking, check_authorisation
from blacklist.domain.identifiers.canonicalise import canonicalise
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType
from blacklist.domain.screening.mapping import ColumnMapping
from ledger.errors import LedgerError, LimitError, MalformedError
from ledger.primitives.canonical import encode


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row is not asked about.

    Attributes:
        line: of the table; where there is a header, that is line 1.
        column: name; empty when it is the row as a whole.
        code: of the error.
        params: of its words.
    """

    line: int
    column: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class ReadRow:
    """A row as it was read; personal data.

    Attributes:
        line: as in ``RowFault``.
        cells: text by column; empty where there is none.
        fault: what the reader found wrong.
    """

    line: int
    cells: Mapping[str, str]
    fault: RowFault | None = None


@dataclass(frozen=True, slots=True, repr=False)
class ScreenedRow:
    """A row that can be asked about; personal data.

    Attributes:
        line: as in ``RowFault``.
        identifiers: of this one customer, each once.
        authorisation: number of the written authorisation.
        reference: the bank's number of the customer, or empty.
    """

    line: int
    identifiers: tuple[Identifier, ...]
    authorisation: str
    reference: str


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads rows.

    Attributes:
        mapping: of columns.
        mode: of the member.
        today: day in China.
    """

    mapping: ColumnMapping
    mode: RunningMode
    today: date

    def read(self, row: ReadRow) -> ScreenedRow | RowFault:
        """Return whom a row is about, or what is wrong with it."""
        if row.fault is not None:
            return row.fault
        column = self.mapping.authorisation
        try:
            authorisation = _number(row.cells[column])
            check_authorisation(authorisation)
            column = self.mapping.reference or ""
            reference = _number(row.cells[column]) if column else ""
            identifiers = []
            for column, kind in self.mapping.identifiers:
                if row.cells[column].strip():
                    identifiers.append(self._identifier(row, column, kind))
            column = ""
            check_identified(identifiers)
        except LedgerError as error:
            return RowFault(row.line, column, error.code, error.params)
        return ScreenedRow(row.line, tuple(dict.fromkeys(identifiers)), authorisation, reference)

    def _identifier(self, row: ReadRow, column: str, kind: IdentifierType) -> Identifier:
        issuer = None
        if kind is IdentifierType.TRAVEL_DOCUMENT and self.mapping.issuer is not None:
            issuer = row.cells[self.mapping.issuer].strip()
        found = canonicalise(kind, row.cells[column], today=self.today, issuer=issuer)
        check_asking([found], self.mode)
        return found


def check_identified(identifiers: list[Identifier]) -> None:
    """Return when a row names somebody.

    Raises:
        MalformedError: ``screening-row-empty``.
    """
    if not identifiers:
        raise MalformedError("screening-row-empty")


def _number(cell: str) -> str:
    """Return a number of the bank's as it is logged.

    Raises:
        LimitError: ``screening-number-long``.
        MalformedError: it holds what is no text in its normal form.
    """
    number = cell.strip()
    if len(number) > MAX_REFERENCE:
        raise LimitError("screening-number-long", limit=MAX_REFERENCE)
    encode(number)
    return number
