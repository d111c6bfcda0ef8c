"""Identifiers that are nobody's: what a node without a licence may work with.

* ID numbers of the region 71, whose numbers have never been issued (GB/T 2260 keeps it free).
* Phone numbers 555-0100 to 555-0199 of North America, kept for fiction (ATIS-0300115).
* IMEIs that begin with 00, test equipment (GSMA TS.06).
* No travel document and no credit code is kept free: those types wait for the licence.
"""

import re
from typing import Final

from blacklist.domain.identifiers.identifier import PREFIX, Identifier, IdentifierType

_PATTERNS: Final = {
    IdentifierType.NATIONAL_ID: re.compile(r"71\d{15}[\dX]"),
    IdentifierType.PHONE: re.compile(r"\+1\d{3}55501\d\d"),
    IdentifierType.DEVICE: re.compile(r"00\d{13}"),
}


def is_specimen(identifier: Identifier) -> bool:
    """Tell whether an identifier can be nobody's."""
    pattern = _PATTERNS.get(identifier.type)
    prefix = f"{PREFIX}|{identifier.type.value}|"
    text = identifier.canonical.decode("ascii").removeprefix(prefix)
    return pattern is not None and pattern.fullmatch(text) is not None
