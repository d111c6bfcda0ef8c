"""How a table is read: what cannot be, is refused; what is kept comes back."""

import pytest

from blacklist.domain.screening.table_form import TableForm, TableKind
from ledger.errors import MalformedError, RefusedError

WHOLE = TableForm(TableKind.EXCEL, "gb18030", ";", "名单")


@pytest.mark.parametrize("form", [WHOLE, TableForm(TableKind.CSV), TableForm(TableKind.PARQUET)])
def test_what_is_kept_comes_back(form: TableForm) -> None:
    assert TableForm.from_json(form.to_json()) == form


def test_another_form_is_not_read() -> None:
    with pytest.raises(MalformedError):
        TableForm.from_json({**WHOLE.to_json(), "more": 1})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "UTF-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "，"])
def test_texts_and_separators_that_can_be_read(encoding: str, separator: str) -> None:
    TableForm(TableKind.CSV, encoding, separator).check()


@pytest.mark.parametrize("encoding", ["klingon", "hex", "base64", "zlib", "", "a\0b"])
def test_what_is_no_encoding_of_text_is_refused(encoding: str) -> None:
    with pytest.raises(RefusedError, match="screening-encoding-unknown"):
        TableForm(TableKind.CSV, encoding).check()


@pytest.mark.parametrize("separator", ["", ";;", '"', "\n", "\r"])
def test_what_separates_nothing_is_refused(separator: str) -> None:
    with pytest.raises(RefusedError, match="screening-separator"):
        TableForm(TableKind.CSV, separator=separator).check()
