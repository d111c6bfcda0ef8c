"""Travel documents: ``issuer/number``, the issuer being one of ``issuers``.

* A passport's number is what stands in its machine-readable zone: five to nine capitals and digits. Where the
  whole second line (44 characters) is given, its check digits are verified and the number is taken from it.
* A number that was typed has no check digit. So the letters O and I, and a small l, are refused in it,
  because nobody can tell them from 0 and 1: the line decides, whose check digit differs for each of them.
* Permits: the number that a person keeps for life. What is left out is how often the card was issued, and
  where.

Sources: Doc 9303-4 (TD3); Ministry of Public Security, numbers of the permits of 1999 (2010); the same on the
permits for Taiwan residents (25 September 2008); National Immigration Administration, permits for foreigners
of Hong Kong and Macao (July 2024), and the key points of the permanent resident's card of 2023.
"""

import re
import unicodedata
from datetime import date
from typing import Final

from blacklist.domain.identifiers import issuers
from blacklist.domain.identifiers.check_digits import icao
from blacklist.domain.identifiers.cleaning import DIGITS, LETTERS, clean
from blacklist.domain.identifiers.national_id import MAINLAND, check_birth
from ledger.errors import MalformedError

_LINE: Final = 44
_SHORTEST, _LONGEST = 5, 9
_ALPHANUMERIC: Final = DIGITS | LETTERS
_LOOK_ALIKES: Final = frozenset("OoIil")
_HONG_KONG_MACAO: Final = re.compile(r"([HM]\d{8})(?:\d{2})?|([HM]A\d{7})")
"""Letter and eight digits for life, then how often issued (00 first); HA and MA for those who are not
Chinese."""
_TAIWAN: Final = re.compile(r"(\d{8})(?:\d{2}(?:\([0-9A-Z]\))?)?")
"""Eight digits for life; until 2008 how often issued, and in brackets the issuing office."""
_PERMANENT_RESIDENT: Final = re.compile(r"([A-Z]{3})(\d{2})\d{2}(\d{6})\d\d")
"""Nationality, province and city, day of birth without century, sequence, check digit."""
_LOOKS_LIKE_A_PERMIT: Final = {
    issuers.CHINA: re.compile(r"[HM]\d{8}|\d{8}"),
    issuers.TAIWAN: re.compile(r"\d{8}"),
}
"""Chinese passports hold a letter or nine digits, those of Taiwan nine digits."""


def normalise_travel_document(raw: str, issuer: str, today: date) -> str:
    """Return issuer and number, divided by a slash.

    Raises:
        MalformedError: unknown issuer, a number not of its form, or a wrong check digit.
    """
    code = issuers.normalise_issuer(issuer)
    if code == issuers.HONG_KONG_MACAO_PERMIT:
        number = _lifelong(_HONG_KONG_MACAO, clean(raw, _ALPHANUMERIC))
    elif code == issuers.TAIWAN_PERMIT:
        number = _lifelong(_TAIWAN, clean(raw, _ALPHANUMERIC | {"(", ")"}))
    elif code == issuers.PERMANENT_RESIDENT:
        number = _permanent_resident(clean(raw, _ALPHANUMERIC), today)
    else:
        number = _passport(raw, code)
    return f"{code}/{number}"


def _lifelong(form: re.Pattern[str], text: str) -> str:
    found = form.fullmatch(text)
    if found is None:
        raise MalformedError("identifier-permit-form")
    number: str = found[found.lastindex or 0]
    if not set(number) & set("123456789"):
        raise MalformedError("identifier-placeholder")
    return number


def _permanent_resident(text: str, today: date) -> str:
    """Return the 15 characters; the 18 digits of the newer card are an ID number, and unrelated."""
    if len(text) == 18:  # noqa: PLR2004 - the newer card
        raise MalformedError("identifier-other-type", expected="id")
    found = _PERMANENT_RESIDENT.fullmatch(text)
    if found is None:
        raise MalformedError("identifier-permit-form")
    nationality, province, day = found.groups()
    if nationality not in issuers.STATES or province not in MAINLAND:
        raise MalformedError("identifier-region")
    _check_short_birth(day, today)
    if text[14] != icao(text[:14]):
        raise MalformedError("identifier-check-digit")
    return text


def _check_short_birth(day: str, today: date) -> None:
    """Accept six digits that are a day of this century or of the last."""
    try:
        check_birth(f"19{day}", today)
    except MalformedError:
        check_birth(f"20{day}", today)


def _passport(raw: str, code: str) -> str:
    line = clean(raw, _ALPHANUMERIC | {"<"})
    if len(line) == _LINE:
        return _checked(_from_line(line))
    number = clean(raw, _ALPHANUMERIC)
    for position, character in enumerate(raw, 1):
        if unicodedata.normalize("NFKC", character) in _LOOK_ALIKES:
            raise MalformedError("identifier-look-alike", position=position)
    if code in _LOOKS_LIKE_A_PERMIT and _LOOKS_LIKE_A_PERMIT[code].fullmatch(number):
        raise MalformedError("identifier-permit-as-passport")
    return _checked(number)


def _from_line(line: str) -> str:
    """Return the number from the second line of a TD3 zone, whose check digits must be right."""
    whole = line[:10] + line[13:20] + line[21:43]
    if line[9] != icao(line[:9]) or line[43] != icao(whole):
        raise MalformedError("identifier-check-digit")
    return line[:9].replace("<", "")


def _checked(number: str) -> str:
    if not _SHORTEST <= len(number) <= _LONGEST:
        raise MalformedError(
            "identifier-length", expected=f"{_SHORTEST}-{_LONGEST}", found=len(number)
        )
    if not set(number) & set("123456789") or len(set(number)) == 1:
        raise MalformedError("identifier-placeholder")
    return number
