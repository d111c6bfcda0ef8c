"""A document with its elements as one body: a line of JSON, then 32 bytes an element."""

import json
from collections.abc import Sequence
from typing import Final

from blacklist.domain.protocol.documents import MAX_DOCUMENT_BYTES, SignedDocument
from blacklist.domain.protocol.elements import MAX_ELEMENTS, split
from ledger.errors import MalformedError
from ledger.evidence import shape
from ledger.primitives.canonical import decode

SIGNATURE_BYTES: Final = 64
MAX_LINE_BYTES: Final = 2 * MAX_DOCUMENT_BYTES
"""The document's content is JSON within JSON, so that each quotation mark takes two bytes."""
MAX_FRAME_BYTES: Final = MAX_LINE_BYTES + 32 * MAX_ELEMENTS


def pack(document: SignedDocument, elements: Sequence[bytes] = ()) -> bytes:
    """Return the body."""
    line = {
        "content": document.content.decode("utf-8"),
        "name": document.name,
        "signature": document.signature.hex(),
    }
    head = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return head.encode("utf-8") + b"\n" + b"".join(elements)


def unpack(body: bytes) -> tuple[SignedDocument, tuple[bytes, ...]]:
    """Read a body; without elements the second is empty.

    Raises:
        MalformedError: not of the form.
        LimitError: more elements than one request may have.
    """
    line, mark, joined = body.partition(b"\n")
    if not mark:
        raise MalformedError("statement-form", member="frame")
    given = shape.members(
        decode(line, max_bytes=MAX_LINE_BYTES), "frame", {"content", "name", "signature"}
    )
    document = SignedDocument(
        name=shape.text(given["name"], "frame.name"),
        content=shape.text(given["content"], "frame.content").encode("utf-8"),
        signature=shape.hex_bytes(given["signature"], "frame.signature", SIGNATURE_BYTES),
    )
    return document, split(joined) if joined else ()
