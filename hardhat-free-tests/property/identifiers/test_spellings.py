"""However an identifier is written down it keeps its spelling; with any one slip it is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from blacklist.domain.identifiers import check_digits
from blacklist.domain.identifiers.canonicalise import canonicalise
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.identifiers.national_id import MAINLAND
from ledger.errors import MalformedError

TODAY = date(2026, 11, 30)
FIRST = date(1900, 1, 1)
NOISE = [" ", "\u3000", "\u00a0", "\u2009", "-", "\u2014", "\uff0d", "\u2212", "\u200b", "\u200e", "\u202c",
         "\u2066", "\ufeff", "\u00ad"]  # fmt: skip
AROUND = [*NOISE, "\t", "\n", "\r\n", "'", "\u201c", "\u3002", "\u3001", "\uff0c"]
BODY = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8)


def spelling(kind: IdentifierType, raw: str, issuer: str | None = None) -> bytes:
    return canonicalise(kind, raw, today=TODAY, issuer=issuer).canonical


@st.composite
def national_ids(draw: st.DrawFn) -> str:
    """ID numbers of counties that no list has."""
    born = FIRST + timedelta(days=draw(st.integers(0, (TODAY - FIRST).days)))
    sequence = draw(st.integers(0, 999))
    body = f"{draw(st.sampled_from(sorted(MAINLAND)))}9999{born:%Y%m%d}{sequence:03}"
    return body + check_digits.national_id(body)


@st.composite
def credit_codes(draw: st.DrawFn) -> str:
    body = draw(BODY.filter(lambda each: each.strip("0")))
    inner = "9111" + "9999" + body + check_digits.organisation_code(body)
    return inner + check_digits.credit_code(inner)


@st.composite
def devices(draw: st.DrawFn) -> str:
    body = f"0{draw(st.integers(1, 10**13 - 1)):013}"
    return body + check_digits.luhn(body, 10)


PHONES = st.integers(0, 10**8 - 1).map(lambda number: f"+86179{number:08}")
PASSPORTS = st.from_regex(r"[A-HJ-KM-NP-Z][0-9]{7}[1-9]", fullmatch=True)
PERMITS = st.from_regex(r"[HM][0-9]{7}[1-9]", fullmatch=True)
ANY: st.SearchStrategy[tuple[IdentifierType, str, str | None]] = st.one_of(
    st.tuples(st.just(IdentifierType.NATIONAL_ID), national_ids(), st.none()),
    st.tuples(st.just(IdentifierType.PHONE), PHONES, st.none()),
    st.tuples(st.just(IdentifierType.CREDIT_CODE), credit_codes(), st.none()),
    st.tuples(st.just(IdentifierType.DEVICE), devices(), st.none()),
    st.tuples(st.just(IdentifierType.TRAVEL_DOCUMENT), PASSPORTS, st.just("USA")),
    st.tuples(st.just(IdentifierType.TRAVEL_DOCUMENT), PERMITS, st.just("CHN-HM")),
)


def widened(character: str) -> str:
    return chr(ord(character) + 0xFEE0)


@st.composite
def decorated(draw: st.DrawFn) -> tuple[IdentifierType, str, str, str | None]:
    """An identifier, plain and with everything around and in it that may be dropped."""
    kind, plain, issuer = draw(ANY)
    parts = [draw(st.sampled_from([*AROUND, ""]))]
    for character in plain:
        shapes = [character, character.lower(), widened(character), widened(character.lower())]
        parts += [draw(st.sampled_from(shapes)), draw(st.sampled_from(["", "", *NOISE]))]
    parts.append(draw(st.sampled_from([*AROUND, ""])))
    return kind, plain, "".join(parts), issuer


@given(decorated())
def test_decoration_changes_nothing(
    case: tuple[IdentifierType, str, str, str | None],
) -> None:
    kind, plain, written, issuer = case
    assume(len(written) <= 96)
    assert spelling(kind, written, issuer) == spelling(kind, plain, issuer)


@given(ANY)
def test_a_spelling_is_its_own_spelling(case: tuple[IdentifierType, str, str | None]) -> None:
    kind, plain, issuer = case
    found = spelling(kind, plain, issuer)
    again = found.decode().split("|")[2].rpartition("/")[2]
    assert spelling(kind, again, issuer) == found


@given(PHONES)
def test_the_country_may_be_written_in_every_way_or_not_at_all(phone: str) -> None:
    national = phone[3:]
    wanted = phone.encode()
    for prefix in ("", "0", "86", "+86", "0086", "+86 0", "(+86)", "+86-", "\uff0b86 "):
        assert spelling(IdentifierType.PHONE, prefix + national).endswith(b"|" + wanted)


@given(st.integers(0, 10**8 - 1), st.sampled_from("3456789"))
def test_every_mobile_series_is_taken_whoever_operates_it(number: int, second: str) -> None:
    phone = f"1{second}0{number:08}"
    assert spelling(IdentifierType.PHONE, phone).endswith(f"|+86{phone}".encode())


@given(national_ids().filter(lambda each: each[6:8] == "19" and each[14:17] < "996"))
def test_fifteen_digits_are_their_eighteen(number: str) -> None:
    short = number[:6] + number[8:17]
    assert spelling(IdentifierType.NATIONAL_ID, short) == spelling(
        IdentifierType.NATIONAL_ID, number
    )


@given(credit_codes())
def test_an_organisation_is_the_same_under_old_and_new_code(code: str) -> None:
    old = f"{code[8:16]}-{code[16]}"
    assert spelling(IdentifierType.CREDIT_CODE, old) == spelling(IdentifierType.CREDIT_CODE, code)


@given(PERMITS, st.integers(0, 99))
def test_how_often_a_permit_was_issued_changes_nothing(permit: str, count: int) -> None:
    kind = IdentifierType.TRAVEL_DOCUMENT
    wanted = spelling(kind, permit, "CHN-HM")
    assert spelling(kind, f"{permit}{count:02}", "CHN-HM") == wanted
    taiwan = spelling(kind, permit[1:], "CHN-TW")
    assert spelling(kind, f"{permit[1:]}{count:02}(B)", "CHN-TW") == taiwan


def slips(text: str, alphabet: str) -> set[str]:
    """Return every text with one other character, or with two neighbours changed about."""
    changed = {text[:at] + other + text[at + 1 :] for at in range(len(text)) for other in alphabet}
    swapped = {text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(len(text) - 1)}
    return (changed | swapped) - {text}


def assert_all_refused(kind: IdentifierType, slipped: set[str]) -> None:
    for each in slipped:
        with pytest.raises(MalformedError):
            spelling(kind, each)


@given(national_ids())
def test_an_id_number_with_any_one_slip_is_refused(number: str) -> None:
    assert_all_refused(IdentifierType.NATIONAL_ID, slips(number, "0123456789X"))


@given(credit_codes())
def test_a_credit_code_with_any_one_slip_is_refused(code: str) -> None:
    assert_all_refused(IdentifierType.CREDIT_CODE, slips(code, check_digits.CREDIT_CODE_ALPHABET))


@given(devices())
def test_an_imei_with_one_other_digit_is_refused(imei: str) -> None:
    one_digit = {each for each in slips(imei, "0123456789") if sorted(each) != sorted(imei)}
    assert_all_refused(IdentifierType.DEVICE, one_digit)


@given(st.from_regex(r"[A-Z0-9]{8}[OI01]", fullmatch=True))
def test_the_check_digit_of_a_line_tells_letters_from_digits(number: str) -> None:
    twin = number.translate(str.maketrans("OI01", "01OI"))
    last = number[:-1] + twin[-1]
    assert check_digits.icao(number) != check_digits.icao(last)
