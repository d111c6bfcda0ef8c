"""Organisations: the credit code of GB 32100-2015, or the organisation code of GB 11714 that is inside it.

The spelling is the organisation code, which is the subject's own part of the credit code (characters 9 to
17): an entry of 2012 under the old code and one of today under the credit code are the same organisation, and
must match. The other characters say who registered it, as what, and where; they are verified through the
check digit and then left out.

An old registration number (15 digits) has no arithmetic relation to either and is refused.
"""

from typing import Final

from blacklist.domain.identifiers.check_digits import (
    CREDIT_CODE_ALPHABET,
    credit_code,
    organisation_code,
)
from blacklist.domain.identifiers.cleaning import clean
from ledger.errors import MalformedError

CREDIT_CODE, ORGANISATION_CODE, REGISTRATION_NUMBER = 18, 9, 15
"""Lengths, by which the three are told apart."""
_NOBODY: Final = "00000000"
"""What forms hold where there is no code; its check digit happens to be right."""


def normalise_credit_code(raw: str) -> str:
    """Return the nine characters of the organisation code.

    Raises:
        MalformedError: neither of the two codes, with a wrong check digit, or a registration number.
    """
    text = clean(raw, frozenset(CREDIT_CODE_ALPHABET))
    if len(text) == REGISTRATION_NUMBER:
        raise MalformedError("identifier-registration-number")
    if len(text) not in (CREDIT_CODE, ORGANISATION_CODE):
        raise MalformedError("identifier-length", expected="9, 18", found=len(text))
    if len(text) == CREDIT_CODE:
        _check_credit_code(text)
        text = text[8:17]
    if text[8] != organisation_code(text[:8]):
        raise MalformedError("identifier-check-digit")
    if text[:8] == _NOBODY:
        raise MalformedError("identifier-placeholder")
    return text


def _check_credit_code(text: str) -> None:
    if not text[2:8].isdigit():
        raise MalformedError("identifier-region")
    if text[17] != credit_code(text[:17]):
        raise MalformedError("identifier-check-digit")
