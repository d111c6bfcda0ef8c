"""The one ZIP form that a package has, written and read by the same rules.

* Entries are stored, never compressed: no bomb can hide, and content is read where it lies.
* Names are sorted and unique, times and attributes are fixed, ZIP64 fields appear exactly where a
  size or offset needs them. So the bytes of an archive follow from its names and contents alone.
* The reader walks the entries from the start and then demands exactly the directory that the
  writer would have written. Nothing can stand before, between or behind: a flipped bit anywhere is
  an error.

Any ZIP program can open such an archive. An archive that another program has packed again is
refused: the original file is the evidence.

Layout after PKWARE APPNOTE 6.3.10.
"""

import struct
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from ledger.errors import LimitError, MalformedError

MAX_ENTRIES: Final = 4096
"""A case chain of thousands of items fits; a reader's work stays bounded."""
MAX_NAME_BYTES: Final = 240
"""Windows stops at 260 characters for the whole path."""
CHUNK_BYTES: Final = 1024 * 1024
_FIRST_PRINTABLE: Final = 0x20
_ZIP64: Final = 0xFFFFFFFF
_UTF8_NAMES: Final = 0x0800
_DOS_DATE: Final = 0x0021  # 1980-01-01, the first day that DOS knows
_REGULAR_FILE: Final = 0o100644 << 16
_UNIX: Final = 3 << 8
_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")
_END64: Final = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR: Final = struct.Struct("<4sIQI")


class RandomAccess(Protocol):
    """Bytes that can be read anywhere: an open file behind a small wrapper, or memory."""

    @property
    def size(self) -> int:
        """Length in bytes."""
        ...

    def read_at(self, offset: int, count: int) -> bytes:
        """Return ``count`` bytes at ``offset``; fewer only at the end."""
        ...


class Sink(Protocol):
    """A seekable file that is being written."""

    def write(self, data: bytes, /) -> object:
        """Write all of ``data``."""
        ...

    def seek(self, offset: int, /) -> object:
        """Go to ``offset``."""
        ...

    def tell(self) -> int:
        """Return the present offset."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the archive.

    Attributes:
        name: full name with the bag's folder.
        offset: of the local header.
        data_offset: of the content.
        size: bytes.
        crc: CRC-32 of the content.
    """

    name: str
    offset: int
    data_offset: int
    size: int
    crc: int


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive whose structure has been checked; contents are checked as they are read."""

    source: RandomAccess
    entries: tuple[Entry, ...]

    def chunks(self, entry: Entry) -> Iterator[bytes]:
        """Yield the content of ``entry``; the CRC is compared at the end.

        Raises:
            MalformedError: the CRC differs, or the archive ends too early.
        """
        crc, offset, left = 0, entry.data_offset, entry.size
        while left:
            chunk = self.source.read_at(offset, min(left, CHUNK_BYTES))
            if not chunk:
                raise MalformedError("archive-truncated")
            crc = zlib.crc32(chunk, crc)
            offset, left = offset + len(chunk), left - len(chunk)
            yield chunk
        if crc != entry.crc:
            raise MalformedError("archive-crc", name=entry.name)


def write_archive(sink: Sink, files: Iterable[tuple[str, int, Iterable[bytes]]]) -> None:
    """Write an archive.

    Args:
        sink: an empty file.
        files: name, size and chunks, sorted by name; the chunks must add up to the size.

    Raises:
        MalformedError: a name is not allowed, the order is wrong, or the size is not that of the
        chunks.
    """
    entries: list[Entry] = []
    for name, size, chunks in files:
        check_order(entries[-1].name if entries else None, name)
        offset = sink.tell()
        placeholder = Entry(name, offset, 0, size, crc=0)
        sink.write(_local_header(placeholder))
        data_offset, crc, written = sink.tell(), 0, 0
        for chunk in chunks:
            crc, written = zlib.crc32(chunk, crc), written + len(chunk)
            sink.write(chunk)
        if written != size:
            raise MalformedError("archive-size", name=name)
        entry = Entry(name, offset, data_offset, size, crc)
        end = sink.tell()
        sink.seek(offset)
        sink.write(_local_header(entry))
        sink.seek(end)
        entries.append(entry)
    sink.write(_directory(entries, sink.tell()))


def read_archive(source: RandomAccess) -> Archive:
    """Check the structure of an archive and return it.

    Raises:
        LimitError: too many entries.
        MalformedError: not exactly the bytes that ``write_archive`` writes.
    """
    entries: list[Entry] = []
    offset = 0
    while source.read_at(offset, 4) == b"PK\x03\x04":
        if len(entries) == MAX_ENTRIES:
            raise LimitError("archive-too-many-files", limit=MAX_ENTRIES)
        entry = _read_local(source, offset)
        check_order(entries[-1].name if entries else None, entry.name)
        entries.append(entry)
        offset = entry.data_offset + entry.size
    expected = _directory(entries, offset)
    if source.size != offset + len(expected) or not entries:
        raise MalformedError("archive-not-canonical")
    if source.read_at(offset, len(expected)) != expected:
        raise MalformedError("archive-not-canonical")
    return Archive(source, tuple(entries))


def check_order(previous: str | None, name: str) -> None:
    r"""Check a name, and that it follows ``previous``.

    Raises:
        MalformedError: absolute, with ``..`` or ``\\`` or control characters, not NFC, too long, a
        folder,
            a duplicate (also one that differs in case only), or out of order.
    """
    parts = name.split("/")
    bad = (
        len(name.encode("utf-8", "replace")) > MAX_NAME_BYTES
        or any(part in ("", ".", "..") for part in parts)
        or any(ord(c) < _FIRST_PRINTABLE or c in '\\:*?"<>|\x7f' for c in name)
        or not unicodedata.is_normalized("NFC", name)
    )
    if bad:
        raise MalformedError("archive-name", name=ascii(name[:80]))
    if previous is not None and (
        name.encode() <= previous.encode() or name.casefold() == previous.casefold()
    ):
        raise MalformedError("archive-order", name=name)


def _read_local(source: RandomAccess, offset: int) -> Entry:
    fixed = source.read_at(offset, _LOCAL.size)
    if len(fixed) != _LOCAL.size:
        raise MalformedError("archive-truncated")
    *_, crc, _, size, name_length, extra_length = _LOCAL.unpack(fixed)
    rest = source.read_at(offset + _LOCAL.size, name_length + extra_length)
    if size == _ZIP64:
        if len(rest) < name_length + 20:
            raise MalformedError("archive-truncated")
        size = int.from_bytes(rest[name_length + 4 : name_length + 12], "little")
    try:
        name = rest[:name_length].decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedError("archive-name", name="?") from None
    data_offset = offset + _LOCAL.size + len(rest)
    entry = Entry(name, offset, data_offset, size, crc)
    if _local_header(entry) != fixed + rest or data_offset + size > source.size:
        raise MalformedError("archive-not-canonical")
    return entry


def _local_header(entry: Entry) -> bytes:
    name, large = entry.name.encode(), entry.size >= _ZIP64
    shown = _ZIP64 if large else entry.size
    extra = struct.pack("<HHQQ", 1, 16, entry.size, entry.size) if large else b""
    version = 45 if large else 20
    fixed = _LOCAL.pack(
        b"PK\x03\x04", version, _UTF8_NAMES, 0, 0, _DOS_DATE,
        entry.crc, shown, shown, len(name), len(extra),
    )  # fmt: skip
    return fixed + name + extra


def _central_header(entry: Entry) -> bytes:
    name, large, far = entry.name.encode(), entry.size >= _ZIP64, entry.offset >= _ZIP64
    fields = [entry.size, entry.size] * large + [entry.offset] * far
    extra = struct.pack(f"<HH{len(fields)}Q", 1, 8 * len(fields), *fields) if fields else b""
    shown = _ZIP64 if large else entry.size
    version = 45 if fields else 20
    fixed = _CENTRAL.pack(
        b"PK\x01\x02", _UNIX | version, version, _UTF8_NAMES, 0, 0, _DOS_DATE,
        entry.crc, shown, shown, len(name), len(extra), 0, 0, 0, _REGULAR_FILE,
        _ZIP64 if far else entry.offset,
    )  # fmt: skip
    return fixed + name + extra


def _directory(entries: Sequence[Entry], start: int) -> bytes:
    directory = b"".join(_central_header(entry) for entry in entries)
    count, length = len(entries), len(directory)
    end64 = b""
    if start >= _ZIP64:
        record = _END64.pack(b"PK\x06\x06", 44, _UNIX | 45, 45, 0, 0, count, count, length, start)
        end64 = record + _LOCATOR.pack(b"PK\x06\x07", 0, start + length, 1)
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, length, min(start, _ZIP64), 0)
    return directory + end64 + end
