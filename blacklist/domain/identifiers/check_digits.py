"""Check digits of the identifiers, each as its standard gives it.

Every function takes the characters before the check digit, in capitals of its alphabet, and returns the check
digit. They are a few lines each; python-stdnum (LGPL) is the oracle in the tests and stays out of the
product.
"""

from collections.abc import Sequence
from string import ascii_uppercase, digits
from typing import Final

CREDIT_CODE_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015, table 2: without I, O, S, V, Z."""
_ALPHANUMERIC: Final = digits + ascii_uppercase
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ICAO_WEIGHTS: Final = (7, 3, 1)


def national_id(body: str) -> str:
    """Return the 18th character of an ID number (GB 11643-1999; ISO 7064 MOD 11-2)."""
    total = 0
    for digit in body:
        total = (total + int(digit)) * 2 % 11
    return "0123456789X"[(12 - total) % 11]


def credit_code(body: str) -> str:
    """Return the 18th character of a credit code (GB 32100-2015, annex: weights 3^i modulo 31)."""
    total = sum(CREDIT_CODE_ALPHABET.index(each) * pow(3, at, 31) for at, each in enumerate(body))
    return CREDIT_CODE_ALPHABET[-total % 31]


def organisation_code(body: str) -> str:
    """Return the ninth character of an organisation code (GB 11714-1997, 2.1.2)."""
    return "0123456789X"[-_weighted(body, _ORGANISATION_WEIGHTS) % 11]


def icao(field: str) -> str:
    """Return the check digit of a field of a machine-readable zone; ``<`` counts zero (Doc 9303-3, 4.9)."""
    return str(_weighted(field.replace("<", "0"), _ICAO_WEIGHTS * len(field)) % 10)


def luhn(body: str, base: int) -> str:
    """Return the Luhn check digit: base 10 for an IMEI (TS 23.003, annex B), base 16 for a MEID."""
    total = 0
    for at, digit in enumerate(reversed(body)):
        value = int(digit, base)
        total += sum(divmod(value * 2, base)) if at % 2 == 0 else value
    return _ALPHANUMERIC[-total % base]


def _weighted(body: str, weights: Sequence[int]) -> int:
    return sum(
        _ALPHANUMERIC.index(each) * weight for each, weight in zip(body, weights, strict=False)
    )
