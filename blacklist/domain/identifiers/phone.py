"""Phone numbers in E.164: ``+``, country, number.

* A number without a country is one of the mainland: a mobile number, or a fixed one with its area code and
  the 0. ``+86``, ``0086`` and ``86`` before it change nothing. A number of another country needs ``+`` or
  ``00``.
* Mainland numbers are judged by the two patterns below. The library's table is not asked: it refuses series
  that were opened after its release, and a number that moved to another operator keeps its digits anyway.
* For other countries the library decides whether, never what: the spelling is the digits as written, and if
  the library would leave any out (a trunk 0, a carrier's code), the number is refused. So two members with
  different releases of it never have different spellings.
* Extensions and service numbers (400, 800, 95…) are no one person's and are refused.
"""

import re
from typing import Final

import phonenumbers

from blacklist.domain.identifiers.cleaning import DIGITS, groups
from ledger.errors import MalformedError

MAINLAND: Final = "86"
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
"""All series of mobile numbers begin 13 to 19 (numbering plan of the MIIT, 2017)."""
_FIXED: Final = re.compile(r"(?:10|2\d)[2-8]\d{7}|(?!400|800)[3-9]\d{2}[2-8]\d{6,7}")
"""Area code without its 0, and seven or eight digits; local numbers begin with 2 to 8."""
_SERVICE: Final = re.compile(r"0?(?:[48]00\d{7}|9[56]\d{3,6})")
_WITH_MAINLAND: Final = re.compile(r"860?\d{10,11}")
"""No mainland number begins with 86 without the 0 of an area code."""
_EXTENSION: Final = re.compile(
    r"\d\s*(?:ext\.?|x|#|转|轉|分机|分機)\s*[:：=]?\s*\d+\s*$", re.IGNORECASE
)
_SHORTEST_GROUP: Final = 3
"""Digits of the last group of a fixed number. ``0312-6234567-8`` is extension 8, not an eight-digit
number."""


def normalise_phone(raw: str) -> str:
    """Return the number in E.164.

    Raises:
        MalformedError: not a number, without area code or country, with an extension, a service number, or
        with digits that do not belong to the international form.
    """
    if _EXTENSION.search(raw):
        raise MalformedError("identifier-phone-extension")
    written = groups(raw, DIGITS | {"+"}, separators="()")
    text = re.sub(r"^00", "+", "".join(written))
    if "+" in text[1:]:
        raise MalformedError("identifier-phone-form")
    if text.startswith("+" + MAINLAND):
        return _mainland(text[3:], written)
    if text.startswith("+"):
        return _foreign(text[1:])
    if _WITH_MAINLAND.fullmatch(text):
        return _mainland(text[2:], written)
    if text.startswith("0") or _MOBILE.fullmatch(text) or _SERVICE.fullmatch(text):
        return _mainland(text, written)
    raise MalformedError("identifier-phone-form")


def _mainland(number: str, written: tuple[str, ...]) -> str:
    """Return the number of the mainland; the 0 before it belongs to dialling, also behind +86."""
    national = number.removeprefix("0")
    if _SERVICE.fullmatch(national):
        raise MalformedError("identifier-phone-service")
    if _MOBILE.fullmatch(national):
        return f"+{MAINLAND}{national}"
    if not _FIXED.fullmatch(national):
        raise MalformedError("identifier-phone-form")
    if len(written[-1]) < _SHORTEST_GROUP:
        raise MalformedError("identifier-phone-extension")
    return f"+{MAINLAND}{national}"


def _foreign(digits: str) -> str:
    try:
        parsed = phonenumbers.parse(f"+{digits}", None)
    except phonenumbers.NumberParseException:
        raise MalformedError("identifier-phone-country") from None
    if f"{parsed.country_code}{phonenumbers.national_significant_number(parsed)}" != digits:
        raise MalformedError("identifier-phone-trunk")
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise MalformedError("identifier-phone-length")
    return f"+{digits}"
