"""What the oblivious function is applied to: a type and the one spelling of an identifier of it.

* The bytes are ``lz-blacklist/v1|<type>|<normalised>``, in ASCII. No type and no normalised identifier holds
  a bar, so that type and identifier can be read back, and no two pairs give the same bytes.
* An identifier is personal data: ``repr`` and ``str`` never show it, and no error about it carries it.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

CANONICALISATION_VERSION: Final = 1
"""Version of the rules in this package. It is fixed per key epoch: a rule that gives any identifier another
spelling takes the next number, and comes into force with the next key epoch, when all entries are tagged
again. Accepting what was refused before needs no new number."""

PREFIX: Final = "lz-blacklist/v1"
PROBE: Final = "probe"
"""Stands in place of a type where nobody is meant; no type has this name."""
PROBE_BYTES: Final = 32


class IdentifierType(Enum):
    """What an identifier identifies; each type has a key of its own, chosen by its wire name."""

    NATIONAL_ID = "id"
    """18 digits of GB 11643: residents, residence permits of Hong Kong, Macao and Taiwan, permanent
    residents."""
    PHONE = "phone"
    CREDIT_CODE = "credit-code"
    TRAVEL_DOCUMENT = "travel"
    DEVICE = "device"
    ADDRESS = "address"
    """Reserved: refused until there is a tested normaliser."""


@dataclass(frozen=True, slots=True, repr=False)
class Identifier:
    """An identifier in its one spelling.

    Attributes:
        type: what it identifies.
        canonical: input of the oblivious function; equal for equal identifiers, never logged.
    """

    type: IdentifierType
    canonical: bytes

    def __repr__(self) -> str:
        return f"Identifier({self.type.value}, hidden)"


def nobody(identifier_type: IdentifierType, drawn: bytes) -> Identifier:
    """Return what is nobody's identifier, for trying a key of this type.

    Args:
        identifier_type: of the key.
        drawn: ``PROBE_BYTES`` random bytes.
    """
    return Identifier(identifier_type, f"{PREFIX}|{PROBE}|{drawn.hex()}".encode("ascii"))


def is_nobody(canonical: bytes) -> bool:
    """Tell whether bytes are what ``nobody`` gives; such are no identifier of any type."""
    found = re.compile(rf"{re.escape(PREFIX)}\|{PROBE}\|[0-9a-f]{{{2 * PROBE_BYTES}}}".encode())
    return found.fullmatch(canonical) is not None


def spelled(identifier_type: IdentifierType, normalised: str) -> Identifier:
    """Return the identifier of this type with this normalised spelling, which must be ASCII without a bar."""
    return Identifier(
        identifier_type, f"{PREFIX}|{identifier_type.value}|{normalised}".encode("ascii")
    )
