"""Devices: the IMEI of a phone, and the MEID of a CDMA phone that has none.

* An IMEI is 15 digits with a Luhn check digit. An IMEISV has two digits of software version instead, which
  change with every update: it is reduced to the IMEI.
* A MEID is 14 hexadecimal digits beginning with A to F, with or without its check digit. One that begins with
  99 holds decimal digits only and is the IMEI of the same phone without its check digit: it becomes that.
* Not taken: network addresses (MAC), which phones make up anew for each network, and advertising
  identifiers, which their owner resets.
"""

from typing import Final

from blacklist.domain.identifiers.check_digits import luhn
from blacklist.domain.identifiers.cleaning import DIGITS, clean
from ledger.errors import MalformedError

_HEXADECIMAL: Final = DIGITS | frozenset("ABCDEF")
_BODY, _IMEI, _IMEISV = 14, 15, 16
_DUAL_MODE: Final = "99"
"""Range of MEIDs that are IMEIs too (3GPP2 S.R0048-A)."""


def normalise_device(raw: str) -> str:
    """Return 15 digits of an IMEI or 14 hexadecimal digits of a MEID; the first character tells them apart.

    Raises:
        MalformedError: neither of the two, with a wrong check digit, or all digits alike.
    """
    text = clean(raw, _HEXADECIMAL)
    decimal = text.isdigit()
    if not decimal and text[0] in DIGITS:
        raise MalformedError("identifier-device")
    lengths: tuple[int, ...] = (_IMEI, _IMEISV) if decimal else (_BODY, _IMEI)
    if decimal and text.startswith(_DUAL_MODE):
        lengths = (_BODY, *lengths)
    if len(text) not in lengths:
        raise MalformedError(
            "identifier-length", expected=", ".join(map(str, lengths)), found=len(text)
        )
    body = text[:_BODY]
    check = luhn(body, 10 if decimal else 16)
    if len(text) == _IMEI and text[_BODY] != check:
        raise MalformedError("identifier-check-digit")
    if len(set(body)) == 1:
        raise MalformedError("identifier-placeholder")
    return body + check if decimal else body
