"""Signed documents: canonical JSON under the evidence key of the member that says it.

The signature covers the document's name in front of its bytes, so that no document can stand for another, nor
for a statement of the evidence log. Whoever keeps both keeps evidence.
"""

import hashlib
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, TypeAlias

from ledger.errors import MalformedError
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue, decode, encode

MAX_DOCUMENT_BYTES: Final = 8192
"""The longest names 512 servers by index and stays below."""

VerifySignature: TypeAlias = Callable[[bytes, bytes, bytes], bool]
"""Public key, message and signature (RFC 8032) to whether it holds; the caller chooses the library."""


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A document as it travels.

    Attributes:
        name: what kind of document it is.
        content: canonical JSON.
        signature: Ed25519, 64 bytes.
    """

    name: str
    content: bytes
    signature: bytes

    @property
    def digest(self) -> bytes:
        """SHA-256 over name and content, by which other documents refer to it."""
        return hashlib.sha256(signed_message(self.name, self.content)).digest()

    def is_signed_by(self, public_key: bytes, verify: VerifySignature) -> bool:
        """Tell whether the holder of ``public_key`` signed it."""
        return verify(public_key, signed_message(self.name, self.content), self.signature)


def sign(name: str, value: JsonValue, signer: Callable[[bytes], bytes]) -> SignedDocument:
    """Make a document; ``signer`` signs a message."""
    content = encode(value)
    return SignedDocument(name, content, signer(signed_message(name, content)))


def signed_message(name: str, content: bytes) -> bytes:
    """Return the bytes that are signed; no origin of a log has the space in the first line."""
    return b"lz-blacklist/v1 " + name.encode("ascii") + b"\n" + content


def read_content(content: bytes) -> JsonValue:
    """Read a document's content.

    Raises:
        MalformedError: not canonical JSON.
        LimitError: longer than ``MAX_DOCUMENT_BYTES``.
    """
    found = decode(content, max_bytes=MAX_DOCUMENT_BYTES)
    if not isinstance(found, dict):
        raise MalformedError("statement-form", member="document")
    return found


def read_members(
    document: SignedDocument, name: str, where: str, names: AbstractSet[str]
) -> Mapping[str, JsonValue]:
    """Return what a document of one name says, with exactly these members.

    Raises:
        MalformedError: another name, or not of the form.
        LimitError: see ``read_content``.
    """
    if document.name != name:
        raise MalformedError("statement-form", member="document")
    return shape.members(read_content(document.content), where, names)
