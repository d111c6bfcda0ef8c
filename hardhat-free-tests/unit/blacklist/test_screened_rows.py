"""Rows of a table of customers: asked about whole, or refused with a reason that repeats nothing."""

from datetime import date

import pytest
from harness.entry_members import specimen

from blacklist.domain.entries.law import RunningMode
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.screening.mapping import ColumnMapping
from blacklist.domain.screening.monitoring import check_lasting
from blacklist.domain.screening.rows import ReadRow, RowFault, RowReader, ScreenedRow
from ledger.errors import MalformedError, RefusedError

PERSON, TODAY = specimen(123), date(2026, 11, 24)
PHONE = "+1 415 555 0100"
MAPPING = ColumnMapping(
    (("id", IdentifierType.NATIONAL_ID), ("phone", IdentifierType.PHONE)),
    "authorisation",
    reference="customer",
)


def read(mode: RunningMode = RunningMode.TEST, **cells: str) -> ScreenedRow | RowFault:
    whole = {"id": PERSON, "phone": "", "authorisation": "A-1", "customer": "C-1", **cells}
    return RowReader(MAPPING, mode, TODAY).read(ReadRow(7, whole))


def test_a_row_gives_each_identifier_once() -> None:
    row = read(phone=PHONE)
    assert isinstance(row, ScreenedRow)
    assert [each.type for each in row.identifiers] == [
        IdentifierType.NATIONAL_ID,
        IdentifierType.PHONE,
    ]
    assert (row.line, row.authorisation, row.reference) == (7, "A-1", "C-1")
    twice = ColumnMapping((("a", IdentifierType.PHONE), ("b", IdentifierType.PHONE)), "c")
    cells = {"a": PHONE, "b": PHONE.replace(" ", ""), "c": "A-1"}
    again = RowReader(twice, RunningMode.TEST, TODAY).read(ReadRow(2, cells))
    assert isinstance(again, ScreenedRow)
    assert len(again.identifiers) == 1


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"authorisation": " "}, "authorisation", "authorisation-missing"),
        ({"authorisation": "9" * 129}, "authorisation", "screening-number-long"),
        ({"customer": "9" * 129}, "customer", "screening-number-long"),
        ({"customer": "\ud800"}, "customer", "canonical-surrogate"),
        ({"id": ""}, "", "screening-row-empty"),
        ({"id": PERSON[:-1] + "?"}, "id", None),
        ({"phone": "12"}, "phone", None),
        ({"id": "11010519491231002X"}, "id", "asking-test-data-only"),
    ],
)
def test_a_bad_cell_refuses_its_whole_row_and_is_not_repeated(
    cells: dict[str, str], column: str, code: str | None
) -> None:
    fault = read(**cells)
    assert isinstance(fault, RowFault)
    assert (fault.line, fault.column) == (7, column)
    assert code is None or fault.code == code
    bad = next(iter(cells.values())).strip()
    assert not bad or bad not in repr(fault)


def test_with_a_licence_real_identifiers_are_asked_about() -> None:
    assert isinstance(read(RunningMode.LICENSED_BUREAU, id="11010519491231002X"), ScreenedRow)


def test_what_the_reader_refused_stays_refused() -> None:
    fault = RowFault(3, "id", "screening-cell-not-text")
    reader = RowReader(MAPPING, RunningMode.TEST, TODAY)
    assert reader.read(ReadRow(3, {}, fault)) is fault


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        (ColumnMapping((), "a"), "screening-identifiers-missing"),
        (
            ColumnMapping((("x", IdentifierType.PHONE), ("x", IdentifierType.DEVICE)), "a"),
            "screening-column-twice",
        ),
        (ColumnMapping((("x", IdentifierType.TRAVEL_DOCUMENT),), "a"), "screening-issuer-column"),
        (ColumnMapping((("x", IdentifierType.PHONE),), "a", "i"), "screening-issuer-column"),
        (ColumnMapping((("x", IdentifierType.ADDRESS),), "a"), "identifier-address"),
    ],
)
def test_columns_that_do_not_fit_are_refused(mapping: ColumnMapping, code: str) -> None:
    with pytest.raises(RefusedError, match=code):
        mapping.check()


def test_a_mapping_is_kept_whole() -> None:
    mapping = ColumnMapping((("x", IdentifierType.TRAVEL_DOCUMENT),), "a", "i", None)
    assert ColumnMapping.from_json(mapping.to_json()) == mapping
    with pytest.raises(MalformedError):
        ColumnMapping.from_json({"identifiers": []})


@pytest.mark.parametrize("kind", [IdentifierType.PHONE, IdentifierType.DEVICE])
def test_what_alone_hits_nobody_is_not_watched(kind: IdentifierType) -> None:
    check_lasting(IdentifierType.NATIONAL_ID)
    with pytest.raises(RefusedError, match="monitoring-weak"):
        check_lasting(kind)
