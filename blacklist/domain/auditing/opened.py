"""An opening as it travels: a document of the caller's, sealed to the key that the auditor made for it."""

from dataclasses import dataclass
from typing import Final, Self

from blacklist.curve.points import POINT_BYTES
from blacklist.domain.auditing.content import SALT_BYTES
from blacklist.domain.auditing.opening import Opening, reference_leaf
from blacklist.domain.protocol.documents import SignedDocument, read_members
from blacklist.domain.protocol.requests import REQUEST_ID_BYTES
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue

OPENING: Final = "audit-opening"


@dataclass(frozen=True, slots=True, repr=False)
class OpenedSample:
    """What a caller opens of one request; personal data, never shown by ``repr``.

    Attributes:
        draw: number of the draw.
        request_id: of the request.
        place: of the element.
        identifier: what it hides.
        blinding: 32 bytes.
        path: of the element.
        reference: the bank's own number of the authorisation.
        salt: of its leaf.
        reference_path: of the leaf.
    """

    draw: int
    request_id: bytes
    place: int
    identifier: bytes
    blinding: bytes
    path: tuple[bytes, ...]
    reference: str
    salt: bytes
    reference_path: tuple[bytes, ...]

    def opening(self) -> Opening:
        """Return what the auditor examines."""
        leaf = reference_leaf(self.reference, self.salt)
        return Opening(self.identifier, self.blinding, self.path, leaf, self.reference_path)

    def to_json(self) -> JsonValue:
        """Return the document's value."""
        return {
            "draw": self.draw,
            "request": self.request_id.hex(),
            "place": self.place,
            "identifier": self.identifier.hex(),
            "blinding": self.blinding.hex(),
            "path": [each.hex() for each in self.path],
            "reference": self.reference,
            "salt": self.salt.hex(),
            "reference_path": [each.hex() for each in self.reference_path],
        }

    @classmethod
    def read(cls, document: SignedDocument) -> Self:
        """Read a document whose signature is looked at elsewhere.

        Raises:
            MalformedError: not of the form.
        """
        names = {
            "draw", "request", "place", "identifier", "blinding", "path", "reference", "salt",
            "reference_path",
        }  # fmt: skip
        given = read_members(document, OPENING, "opening", names)
        return cls(
            draw=shape.integer(given["draw"], "opening.draw", minimum=1),
            request_id=shape.hex_bytes(given["request"], "opening.request", REQUEST_ID_BYTES),
            place=shape.integer(given["place"], "opening.place", minimum=0),
            identifier=shape.hex_bytes(given["identifier"], "opening.identifier"),
            blinding=shape.hex_bytes(given["blinding"], "opening.blinding", POINT_BYTES),
            path=_path(given["path"]),
            reference=shape.text(given["reference"], "opening.reference"),
            salt=shape.hex_bytes(given["salt"], "opening.salt", SALT_BYTES),
            reference_path=_path(given["reference_path"]),
        )


def _path(value: JsonValue) -> tuple[bytes, ...]:
    return tuple(shape.hex_bytes(each, "path", 32) for each in shape.items(value, "path"))
