"""ID numbers: 18 digits by GB 11643-1999, or the 15 digits of 1989 that are upgraded to them.

The same 18 digits are on the ID card, on the residence permits for Hong Kong (810000), Macao (820000) and
Taiwan (830000) residents, and, beginning with 9, on permanent residents' cards since December 2023 (9,
province, three digits of nationality, then as in GB 11643).

* The check digit is verified, never completed: 17 digits are refused.
* A 15-digit number has no check digit; a wrong digit in it that leaves a date stays unnoticed.
* Provinces are checked against GB/T 2260. Counties are not: their codes change, and a number keeps its old
  one.
"""

from datetime import date
from typing import Final

from blacklist.domain.identifiers.check_digits import national_id as check_digit
from blacklist.domain.identifiers.cleaning import DIGITS, clean
from ledger.errors import MalformedError

_PROVINCES: Final = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65"
)
MAINLAND: Final = frozenset(_PROVINCES.split())
"""GB/T 2260: provinces of the mainland."""
_TAIWAN_PROVINCE: Final = "71"
_PERMITS: Final = frozenset({"810000", "820000", "830000"})
"""Residence permits, whose six digits are always these (State Council, 2018)."""
_FOREIGNER: Final = "9"
_CENTENARIANS: Final = frozenset({"996", "997", "998", "999"})
"""Sequence numbers kept for people over a hundred in GB 11643-1989; dropped in 1999."""
EARLIEST_YEAR: Final = 1900


def normalise_national_id(raw: str, today: date) -> str:
    """Return the 18 digits (the last may be X).

    Raises:
        MalformedError: not of the form, not a day from 1900 until ``today``, or with a wrong check digit.
    """
    text = clean(raw, DIGITS | {"X"})
    if len(text) not in (15, 18):
        raise MalformedError("identifier-length", expected="15, 18", found=len(text))
    body = text[:17] if len(text) == 18 else text  # noqa: PLR2004 - lengths of the standard
    if "X" in body:
        raise MalformedError("identifier-check-letter")
    return _upgraded(body, today) if body == text else _verified(text, today)


def _verified(text: str, today: date) -> str:
    _check_region(text[:6])
    check_birth(text[6:14], today)
    if text[17] != check_digit(text[:17]):
        raise MalformedError("identifier-check-digit")
    return text


def _upgraded(text: str, today: date) -> str:
    """Return the 18 digits of a 15-digit number, all of whose holders were born in the 20th century."""
    if text[:2] not in MAINLAND:
        raise MalformedError("identifier-region")
    if text[12:] in _CENTENARIANS:
        raise MalformedError("identifier-centenarian")
    body = f"{text[:6]}19{text[6:]}"
    check_birth(body[6:14], today)
    return body + check_digit(body)


def _check_region(region: str) -> None:
    province = region[1:3] if region.startswith(_FOREIGNER) else region[:2]
    if province in MAINLAND or region[:2] == _TAIWAN_PROVINCE or region in _PERMITS:
        return
    raise MalformedError("identifier-region")


def check_birth(day: str, today: date) -> None:
    """Check that eight digits are a day from 1900 until ``today``.

    Raises:
        MalformedError: no such day, or before, or after.
    """
    try:
        born = date.fromisoformat(day)
    except ValueError:
        raise MalformedError("identifier-birth-date") from None
    if born.year < EARLIEST_YEAR:
        raise MalformedError("identifier-birth-before", year=EARLIEST_YEAR)
    if born > today:
        raise MalformedError("identifier-birth-future")
