"""Check digits and acceptance agree with python-stdnum, phonenumbers and the examples in the standards."""

import re
from datetime import date

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import imei, luhn, meid
from stdnum.cn import ric, uscc

from blacklist.domain.identifiers import check_digits
from blacklist.domain.identifiers.canonicalise import canonicalise
from blacklist.domain.identifiers.identifier import IdentifierType
from ledger.errors import MalformedError

TODAY = date(2026, 11, 30)
DIGITS = "0123456789"


def accepted(kind: IdentifierType, raw: str) -> str | None:
    try:
        return canonicalise(kind, raw, today=TODAY).canonical.decode().split("|")[2]
    except MalformedError:
        return None


@given(st.text(DIGITS, min_size=17, max_size=17))
def test_the_check_digit_of_an_id_number_is_that_of_stdnum(body: str) -> None:
    assert check_digits.national_id(body) == ric.calc_check_digit(body + "0")


@given(
    st.dates(date(1890, 1, 1), date(2040, 12, 31)).map(lambda day: f"{day:%Y%m%d}")
    | st.text(DIGITS, min_size=8, max_size=8),
    st.text(DIGITS, min_size=3, max_size=3),
    st.sampled_from("0123456789X"),
    st.booleans(),
)
def test_id_numbers_are_accepted_as_by_stdnum(
    day: str, sequence: str, last: str, right: bool
) -> None:
    body = f"110101{day}{sequence}"
    number = body + (ric.calc_check_digit(body + "0") if right else last)
    in_time = "19000101" <= day <= f"{TODAY:%Y%m%d}"
    wanted = number if ric.is_valid(number) and in_time else None
    assert accepted(IdentifierType.NATIONAL_ID, number) == wanted


@given(st.text(check_digits.CREDIT_CODE_ALPHABET, min_size=17, max_size=17))
def test_the_check_digit_of_a_credit_code_is_that_of_stdnum(body: str) -> None:
    assert check_digits.credit_code(body) == uscc.calc_check_digit(body)


@given(
    st.text(DIGITS, min_size=8, max_size=8),
    st.text(check_digits.CREDIT_CODE_ALPHABET, min_size=8, max_size=8),
    st.sampled_from(check_digits.CREDIT_CODE_ALPHABET),
    st.booleans(),
)
def test_credit_codes_are_accepted_as_by_stdnum(
    head: str, body: str, last: str, right: bool
) -> None:
    front = head + body + check_digits.organisation_code(body)
    code = front + (uscc.calc_check_digit(front) if right else last)
    wanted = code[8:17] if uscc.is_valid(code) and body.strip("0") else None
    assert accepted(IdentifierType.CREDIT_CODE, code) == wanted


@given(st.text(DIGITS, min_size=13, max_size=17))
def test_devices_are_accepted_as_by_stdnum(number: str) -> None:
    found = accepted(IdentifierType.DEVICE, number)
    if found is not None:
        assert imei.is_valid(found)
        assert found[:14] == number[:14]
    elif len(number) in (15, 16) and len(set(number[:14])) > 1:
        assert not imei.is_valid(number)


@given(st.text("0123456789ABCDEF", min_size=13, max_size=13), st.sampled_from("ABCDEF"))
def test_the_check_digit_of_a_meid_is_that_of_stdnum(rest: str, first: str) -> None:
    body = first + rest
    digit = meid.calc_check_digit(body)
    if not body.isalpha() or len(set(body)) > 1:
        assert accepted(IdentifierType.DEVICE, body + digit) == body == meid.validate(body)
    assert check_digits.luhn(body, 16) == digit


@given(st.text(DIGITS, min_size=1, max_size=30))
def test_luhn_is_that_of_stdnum(body: str) -> None:
    assert check_digits.luhn(body, 10) == luhn.calc_check_digit(body)


@pytest.mark.parametrize(
    ("field", "digit"), [("AB2134<<<", "5"), ("520727", "3"), ("L898902C3", "6"), ("740812", "2")]
)
def test_the_check_digit_of_a_zone_is_that_of_the_examples_in_doc_9303(
    field: str, digit: str
) -> None:
    assert check_digits.icao(field) == digit


def test_the_check_digit_of_an_organisation_is_that_of_the_example_in_gb_11714() -> None:
    assert check_digits.organisation_code("D2143569") == "X"


@given(st.text(DIGITS, min_size=7, max_size=14))
def test_a_valid_number_of_the_mainland_is_spelled_as_phonenumbers_does(number: str) -> None:
    try:
        parsed = phonenumbers.parse(number, "CN")
    except phonenumbers.NumberParseException:
        assert accepted(IdentifierType.PHONE, number) is None
        return
    found = accepted(IdentifierType.PHONE, number)
    if found is not None and phonenumbers.is_valid_number(parsed):
        assert found == phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


@pytest.mark.parametrize(
    "region", sorted(phonenumbers.SUPPORTED_REGIONS - {"CN"}), ids=lambda region: region
)
def test_an_example_of_every_country_keeps_its_country(region: str) -> None:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    example = example or phonenumbers.example_number(region)
    assert example is not None
    written = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    written = re.sub(r"[./]", " ", written)
    wanted = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    assert accepted(IdentifierType.PHONE, written) == wanted
