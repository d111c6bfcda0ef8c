"""What a caller keeps of a request, sealed, until its retention ends: whom it asked about, on what authority.

Blinds are not among it: they follow from the audit key. With both, one element can be opened.
"""

from dataclasses import dataclass
from typing import Final, Self

from blacklist.domain.auditing.opening import reference_leaf
from ledger.errors import MalformedError
from ledger.evidence import shape
from ledger.primitives.canonical import decode, encode

SALT_BYTES: Final = 16
MAX_REFERENCE: Final = 128
"""Characters of an authorisation reference."""
MAX_CONTENT_BYTES: Final = 4 * 1024 * 1024
"""4,096 elements with references of four bytes a character stay below."""


@dataclass(frozen=True, slots=True, repr=False)
class InquiryContent:
    """The subjects of one request, in its order; personal data, never shown by ``repr``.

    Attributes:
        identifiers: canonical.
        references: the bank's own numbers of the authorisations.
        salts: 16 random bytes each, for the references' leaves.
    """

    identifiers: tuple[bytes, ...]
    references: tuple[str, ...]
    salts: tuple[bytes, ...]

    def leaves(self) -> tuple[bytes, ...]:
        """Return the references' leaves: what the request's authorisation is the root of."""
        pairs = zip(self.references, self.salts, strict=True)
        return tuple(reference_leaf(reference, salt) for reference, salt in pairs)

    def is_about(self, identifiers: tuple[bytes, ...], references: tuple[str, ...]) -> bool:
        """Tell whether these are the subjects."""
        return (self.identifiers, self.references) == (identifiers, references)

    def encode(self) -> bytes:
        """Return it as it is sealed.

        Raises:
            MalformedError: a reference holds what is no text.
        """
        return encode(
            {
                "identifiers": [each.decode("ascii") for each in self.identifiers],
                "references": list(self.references),
                "salts": [each.hex() for each in self.salts],
            }
        )

    @classmethod
    def decode(cls, content: bytes) -> Self:
        """Read what was sealed.

        Raises:
            MalformedError: not of the form.
        """
        names = {"identifiers", "references", "salts"}
        given = shape.members(decode(content, max_bytes=MAX_CONTENT_BYTES), "inquiry", names)
        identifiers, references, salts = (
            shape.items(given[name], f"inquiry.{name}")
            for name in ("identifiers", "references", "salts")
        )
        if not len(identifiers) == len(references) == len(salts):
            raise MalformedError("statement-form", member="inquiry")
        return cls(
            tuple(shape.text(each, "identifier").encode("ascii") for each in identifiers),
            tuple(shape.text(each, "reference") for each in references),
            tuple(shape.hex_bytes(each, "salt", SALT_BYTES) for each in salts),
        )
