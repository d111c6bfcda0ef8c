"""Signed notes: texts with signature lines (C2SP ``signed-note``, ``tlog-cosignature``).

* A note is a UTF-8 text ending in a newline, a blank line, and lines ``— <key name> <base64>``;
  base64 holds a 4-byte key id and the signature.
* Key id = SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4]. It finds a key; it proves nothing.
* Two types are known: Ed25519 over the text (0x01, a log's own signature), and Ed25519 over time
  and text (0x04, a witness's cosignature). Lines of other types stay in the note and are ignored.
* Reading is strict and bounded, and ``serialise(parse(x)) == x``.

Signatures are not checked here: ``signed_message`` gives the bytes for ``ed25519.verify``.
"""

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from ledger.errors import LimitError, MalformedError

ED25519: Final = 0x01
"""Signature type: Ed25519 over the note text."""
COSIGNATURE_V1: Final = 0x04
"""Signature type: 8-byte time and Ed25519 over ``cosignature_message``."""

MAX_NOTE_BYTES: Final = 64 * 1024
"""A checkpoint is under 200 bytes and a line under 300: room for every member of a large
consortium."""
MAX_SIGNATURES: Final = 64
"""C2SP asks for at least 16; a consortium has up to 22 validating members, with old keys beside
new."""
MAX_TIME: Final = 2**63 - 1
"""Limit of C2SP for the time of a cosignature, in POSIX seconds."""

KEY_ID_BYTES: Final = 4
ED25519_KEY_BYTES: Final = 32
ED25519_SIGNATURE_BYTES: Final = 64
TIME_BYTES: Final = 8

_DASH: Final = "\N{EM DASH} "
_FIRST_PRINTABLE: Final = 0x20


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line.

    Attributes:
        name: key name, without spaces or plus signs.
        key_id: 4 bytes.
        signature: what follows the key id; its form depends on the key's type.
    """

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Return the line with its newline."""
        return f"{_DASH}{self.name} {encode_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the lines under it.

    Attributes:
        text: ends in a newline; the blank line is not part of it.
        signatures: at least one, in the order of the note.
    """

    text: str
    signatures: tuple[NoteSignature, ...]

    @classmethod
    def parse(cls, data: bytes, *, max_bytes: int = MAX_NOTE_BYTES) -> "Note":
        """Read a note that came from outside.

        Raises:
            LimitError: more than ``max_bytes``, or more than ``MAX_SIGNATURES`` lines.
            MalformedError: not a signed note; one code per way.
        """
        if len(data) > max_bytes:
            raise LimitError("note-too-long", length=len(data), limit=max_bytes)
        try:
            note = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise MalformedError("note-not-utf-8", at=error.start) from None
        head, blank, tail = note.rpartition("\n\n")
        if not blank:
            raise MalformedError("note-no-blank-line")
        text = head + "\n"
        _check_text(text)
        lines = tail.split("\n")
        if lines.pop():
            raise MalformedError("note-no-final-newline")
        if not lines:
            raise MalformedError("note-no-signature")
        if len(lines) > MAX_SIGNATURES:
            raise LimitError("note-too-many-signatures", count=len(lines), limit=MAX_SIGNATURES)
        return cls(text, tuple(parse_signature_line(line) for line in lines))

    def serialise(self) -> bytes:
        """Return the bytes of the note.

        Raises:
            MalformedError: the text does not end in a newline or holds control characters, there
            is no
                signature, or a name is not allowed.
        """
        _check_text(self.text)
        if not self.signatures:
            raise MalformedError("note-no-signature")
        for signature in self.signatures:
            check_key_name(signature.name)
        return "".join([self.text, "\n", *(each.line() for each in self.signatures)]).encode()

    def signatures_of(self, key: "VerifierKey") -> tuple[NoteSignature, ...]:
        """Return the lines that name this key; a verifier must check them all."""
        key_id = key.key_id
        return tuple(
            each for each in self.signatures if each.name == key.name and each.key_id == key_id
        )


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under which a name signs notes.

    Attributes:
        name: key name, without spaces or plus signs.
        signature_type: ``ED25519`` or ``COSIGNATURE_V1``.
        public_key: 32 bytes (RFC 8032).

    Raises:
        MalformedError: ``note-key-name``, ``note-key-type`` or ``note-key-length``.
    """

    name: str
    signature_type: int
    public_key: bytes

    def __post_init__(self) -> None:
        check_key_name(self.name)
        if self.signature_type not in {ED25519, COSIGNATURE_V1}:
            raise MalformedError("note-key-type", type=self.signature_type)
        if len(self.public_key) != ED25519_KEY_BYTES:
            raise MalformedError("note-key-length", length=len(self.public_key))

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that name this key in a signature line."""
        return key_id(self.name, self.signature_type, self.public_key)

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Read ``name+hexid+base64``.

        Raises:
            MalformedError: not of this form, an unknown type, or an id that is not the key's.
        """
        parts = text.split("+", 2)
        if len(parts) != 3:  # noqa: PLR2004 # name, id, key: the form itself
            raise MalformedError("note-key-form")
        name, stated_id, material = parts
        key = decode_base64(material)
        if not key:
            raise MalformedError("note-key-form")
        parsed = cls(name, key[0], key[1:])
        if parsed.key_id.hex() != stated_id:
            raise MalformedError("note-key-id", name=name[:64])
        return parsed

    def __str__(self) -> str:
        material = bytes([self.signature_type]) + self.public_key
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(material)}"

    def signature_line(self, signature: bytes) -> NoteSignature:
        """Return the line for these signature bytes; for a cosignature they begin with the time."""
        return NoteSignature(self.name, self.key_id, signature)


def key_id(name: str, signature_type: int, public_key: bytes) -> bytes:
    """Return SHA-256(name ‖ 0x0A ‖ type ‖ key)[:4]."""
    material = name.encode("utf-8") + b"\n" + bytes([signature_type]) + public_key
    return sha256(material).digest()[:KEY_ID_BYTES]


def cosignature_message(text: str, timestamp: int) -> bytes:
    """Return the bytes that a cosigner signs: header line, time line, note text."""
    if not 0 <= timestamp <= MAX_TIME:
        raise MalformedError("note-cosignature-time", time=timestamp)
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def join_cosignature(timestamp: int, signature: bytes) -> bytes:
    """Return what stands in a cosignature line: 8-byte time ‖ 64-byte signature."""
    return timestamp.to_bytes(TIME_BYTES, "big") + signature


def split_cosignature(timestamped: bytes) -> tuple[int, bytes]:
    """Return POSIX seconds and the 64-byte Ed25519 signature of a cosignature.

    Raises:
        MalformedError: not 72 bytes, or a time over 2^63 - 1.
    """
    if len(timestamped) != TIME_BYTES + ED25519_SIGNATURE_BYTES:
        raise MalformedError("note-signature-length", length=len(timestamped))
    timestamp = int.from_bytes(timestamped[:TIME_BYTES], "big")
    if timestamp > MAX_TIME:
        raise MalformedError("note-cosignature-time", time=timestamp)
    return timestamp, timestamped[TIME_BYTES:]


def signed_message(
    text: str, line: NoteSignature, key: VerifierKey
) -> tuple[bytes, bytes, int | None]:
    """Return what ``ed25519.verify`` needs for a line under a key.

    Returns:
        The signed bytes, the 64-byte signature, and the time of a cosignature (else ``None``).

    Raises:
        MalformedError: the signature has not the length of the key's type, or its time is too
        large.
    """
    if key.signature_type == COSIGNATURE_V1:
        timestamp, signature = split_cosignature(line.signature)
        return cosignature_message(text, timestamp), signature, timestamp
    if len(line.signature) != ED25519_SIGNATURE_BYTES:
        raise MalformedError("note-signature-length", length=len(line.signature))
    return text.encode("utf-8"), line.signature, None


def parse_signature_line(line: str) -> NoteSignature:
    """Read one signature line, without its newline.

    Raises:
        MalformedError: not ``— <name> <base64 of at least five bytes>``.
    """
    if not line.startswith(_DASH):
        raise MalformedError("note-signature-line")
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    check_key_name(name)
    material = decode_base64(encoded)
    if len(material) <= KEY_ID_BYTES:
        raise MalformedError("note-signature-length", length=len(material))
    return NoteSignature(name, material[:KEY_ID_BYTES], material[KEY_ID_BYTES:])


def check_key_name(name: str) -> None:
    """Check that a key name is not empty and has no spaces, plus signs or control characters.

    Raises:
        MalformedError: ``note-key-name``.
    """
    bad = not name or any(c == "+" or c.isspace() or ord(c) < _FIRST_PRINTABLE for c in name)
    if bad or not is_encodable(name):
        raise MalformedError("note-key-name", name=ascii(name[:64]))


def is_encodable(text: str) -> bool:
    """Say whether a string has no lone surrogates."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def encode_base64(data: bytes) -> str:
    """Return standard base64 with padding (RFC 4648 §4)."""
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Read standard base64 in its one canonical spelling.

    Raises:
        MalformedError: ``note-base64``.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedError("note-base64") from None
    if encode_base64(data) != text:
        raise MalformedError("note-base64")
    return data


def _check_text(text: str) -> None:
    if not text.endswith("\n"):
        raise MalformedError("note-text-no-final-newline")
    if any(ord(c) < _FIRST_PRINTABLE and c != "\n" for c in text):
        raise MalformedError("note-control-character")
    if not is_encodable(text):
        raise MalformedError("note-not-utf-8", at=0)
