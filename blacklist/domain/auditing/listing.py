"""What a member lists to an auditor: the requests of one caller in its log, page by page, each page signed.

A caller lists its own requests in the same way, so that a request which a server has and the caller has not
stands against the caller's signature.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from blacklist.domain.protocol.documents import SignedDocument, VerifySignature, read_members, sign
from blacklist.domain.protocol.elements import merkle_root
from blacklist.domain.protocol.frames import SIGNATURE_BYTES
from blacklist.domain.protocol.requests import REQUEST_ID_BYTES
from ledger.errors import MalformedError
from ledger.evidence import shape
from ledger.ports.signer import StatementSigner
from ledger.primitives.canonical import JsonValue, decode, encode

LISTING: Final = "audit-listing"
PAGE: Final = 2000
"""Rows of a page: some 300 KiB."""
MAX_PAGE_BYTES: Final = 1024 * 1024
_NOTHING: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class ListedRequest:
    """One request.

    Attributes:
        request_id: 16 bytes.
        elements: 32-byte root over its elements.
        count: how many there are.
    """

    request_id: bytes
    elements: bytes
    count: int

    def to_json(self) -> list[JsonValue]:
        """Return the row."""
        return [self.request_id.hex(), self.elements.hex(), self.count]

    @classmethod
    def read(cls, value: JsonValue) -> Self:
        """Read a row.

        Raises:
            MalformedError: not of the form.
        """
        row = shape.items(value, "row")
        if len(row) != 3:  # noqa: PLR2004 - the three members above
            raise MalformedError("statement-form", member="row")
        return cls(
            shape.hex_bytes(row[0], "row.request", REQUEST_ID_BYTES),
            shape.hex_bytes(row[1], "row.elements", 32),
            shape.integer(row[2], "row.count", minimum=1),
        )


@dataclass(frozen=True, slots=True)
class ListingHead:
    """What the signature of a page covers.

    Attributes:
        draw: number of the draw.
        speaker: 32-byte id of whose log it is.
        caller: of whose requests they are; the speaker's own, where it is the same.
        first: number of the page's first row, from 0.
        total: rows of all pages.
        rows: root over the page's rows; zeros for none.
    """

    draw: int
    speaker: bytes
    caller: bytes
    first: int
    total: int
    rows: bytes

    def to_json(self) -> JsonValue:
        """Return the document's value."""
        return {
            "draw": self.draw,
            "speaker": self.speaker.hex(),
            "caller": self.caller.hex(),
            "first": self.first,
            "total": self.total,
            "rows": self.rows.hex(),
        }

    @classmethod
    def read(cls, document: SignedDocument) -> Self:
        """Read a document whose signature is looked at elsewhere.

        Raises:
            MalformedError: not of the form.
        """
        names = {"draw", "speaker", "caller", "first", "total", "rows"}
        given = read_members(document, LISTING, "listing", names)
        return cls(
            draw=shape.integer(given["draw"], "listing.draw", minimum=1),
            speaker=shape.hex_bytes(given["speaker"], "listing.speaker", 32),
            caller=shape.hex_bytes(given["caller"], "listing.caller", 32),
            first=shape.integer(given["first"], "listing.first", minimum=0),
            total=shape.integer(given["total"], "listing.total", minimum=0),
            rows=shape.hex_bytes(given["rows"], "listing.rows", 32),
        )


@dataclass(frozen=True, slots=True)
class ListingPage:
    """A page of a listing."""

    head: ListingHead
    rows: tuple[ListedRequest, ...]


def write_page(head: ListingHead, rows: Sequence[ListedRequest], signer: StatementSigner) -> bytes:
    """Return a page as it travels; the root in ``head`` is made here."""
    whole = ListingHead(
        head.draw, head.speaker, head.caller, head.first, head.total, _root_of(rows)
    )
    document = sign(LISTING, whole.to_json(), signer.sign)
    return encode(
        {
            "content": document.content.decode("ascii"),
            "signature": document.signature.hex(),
            "rows": [each.to_json() for each in rows],
        }
    )


def read_page(body: bytes, speaker_keys: Sequence[bytes], verify: VerifySignature) -> ListingPage:
    """Read a page that came from its speaker.

    Raises:
        MalformedError: not of the form, or not signed by the speaker.
    """
    given = shape.members(
        decode(body, max_bytes=MAX_PAGE_BYTES), "listing", {"content", "signature", "rows"}
    )
    document = SignedDocument(
        LISTING,
        shape.text(given["content"], "listing.content").encode(),
        shape.hex_bytes(given["signature"], "listing.signature", SIGNATURE_BYTES),
    )
    rows = tuple(ListedRequest.read(each) for each in shape.items(given["rows"], "listing.rows"))
    head = ListingHead.read(document)
    signed = any(document.is_signed_by(each, verify) for each in speaker_keys)
    if not signed or head.rows != _root_of(rows):
        raise MalformedError("statement-form", member="listing")
    return ListingPage(head, rows)


def _root_of(rows: Sequence[ListedRequest]) -> bytes:
    return merkle_root([encode(each.to_json()) for each in rows]) if rows else _NOTHING
