"""From what a caller hands over (files, JSON) to items that intake understands.

The file's name and the bank's case number become committed fields; on disk and on chain they are never clear.
"""

import json
import mimetypes
import os
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from ledger.errors import LimitError, MalformedError, RefusedError
from ledger.evidence import shape
from ledger.evidence.custody import custody_from_json
from ledger.ports.vault import ByteSource
from ledger.primitives.canonical import MAX_DEPTH, JsonValue, check_depth
from ledger.services.composing import Item
from ledger.store.requests import RequestKey
from node.lookups import Lookups

MEMBERS: Final = frozenset(
    {
        "kind",
        "case",
        "file",
        "media_type",
        "fields",
        "capture",
        "custody",
        "extraction",
        "duplicate_reason",
        "persons",
        "request_key",
    }
)
MAX_JSON_BYTES: Final = 1024 * 1024
MAX_PERSONS: Final = 20
"""A debtor with guarantors; a list of hundreds is a mistake in the caller's columns."""

mimetypes.add_type("audio/wav", ".wav")


class NamedSource(ByteSource, Protocol):
    """Content with the name that it came under; empty when it came without."""

    @property
    def name(self) -> str:
        """A file's name as a statement can hold it."""
        ...


class ContentSource:
    """A file that is being sealed; notices when it changes while it is read.

    It is opened by the first read and closed at its end, so that a batch of thousands has one file open.

    Args:
        path: of a regular file.
    """

    def __init__(self, path: Path) -> None:
        self.name: Final = file_name(path)
        self._path: Final = path
        self._file: BinaryIO | None = None
        self._before: os.stat_result | None = None

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes.

        Raises:
            RefusedError: unreadable, not a regular file, or changed since it was opened.
        """
        if self._before is None:
            self._open()
        if self._file is None:
            return b""
        try:
            data = self._file.read(size)
        except OSError as error:
            raise self._unreadable(error.strerror) from error
        if not data:
            self._check_unchanged(self._file)
            self.close()
        return data

    def close(self) -> None:
        """Close the file; closing twice is not an error."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> None:
        try:
            # Asked first: opening a pipe that nobody writes to would wait for ever.
            if not stat.S_ISREG(self._path.stat().st_mode):
                raise self._unreadable("not a regular file")
            self._file = self._path.open("rb")
            self._before = os.fstat(self._file.fileno())
        except (OSError, ValueError) as error:
            raise self._unreadable(getattr(error, "strerror", None) or str(error)) from error

    def _check_unchanged(self, file: BinaryIO) -> None:
        now = os.fstat(file.fileno())
        if _state(now) != _state(self._before) or file.tell() != now.st_size:
            raise RefusedError("content-changed-while-read", file=self.name)

    def _unreadable(self, why: str | None) -> RefusedError:
        return RefusedError("content-unreadable", file=self.name, why=why)


def _state(found: os.stat_result | None) -> tuple[int, int, int] | None:
    return None if found is None else (found.st_size, found.st_mtime_ns, found.st_ino)


def file_name(path: Path) -> str:
    """Return a file's name as a statement can hold it.

    Some systems store names decomposed (NFD), and names on Linux need not be UTF-8 at all.
    """
    name = os.fsencode(path.name).decode("utf-8", "backslashreplace")
    return unicodedata.normalize("NFC", name)


@contextmanager
def open_source(path: Path) -> Iterator[ContentSource]:
    """Hand out a file for sealing and close it at the end; what is wrong with it shows at the first read."""
    source = ContentSource(path)
    try:
        yield source
    finally:
        source.close()


def read_json_object(data: bytes, where: str) -> Mapping[str, JsonValue]:
    """Read a JSON object that a person or a system wrote.

    Raises:
        MalformedError: not a JSON object, or too large.
    """
    if len(data) > MAX_JSON_BYTES:
        raise MalformedError("fields-file", why=f"over {MAX_JSON_BYTES} bytes")
    check_depth(data, MAX_DEPTH)
    try:
        value = load_json(data)
    except (ValueError, RecursionError) as error:
        raise MalformedError("fields-file", why=str(error)[:200]) from error
    return shape.mapping(value, where)


def load_json(data: bytes) -> JsonValue:
    """Read JSON that somebody wrote; depth and form are the caller's to check.

    Raises:
        ValueError: no JSON, or an escaped half of a character, which is no text that anybody can store.
        RecursionError: nested deeper than Python reads.
    """
    value: JsonValue = json.loads(data)
    if b"\\u" in data:
        json.dumps(value, ensure_ascii=False).encode()
    return value


def build_item(
    described: Mapping[str, JsonValue],
    *,
    source: NamedSource | None,
    lookups: Lookups,
    caller: str = "",
) -> Item:
    """Return the item that ``described`` (members of ``MEMBERS``) and its content make.

    Args:
        described: as a person or a system wrote it.
        source: the content; its name becomes a field.
        lookups: makes blind indices.
        caller: whose request keys these are.

    Raises:
        MalformedError: an unknown member or a wrong type.
    """
    for name in described:
        if name not in MEMBERS:
            raise MalformedError("item-member", name=name[:64])
    case = _case_number(described.get("case"))
    persons = _persons(described.get("persons"))
    fields = dict(shape.mapping(described.get("fields", {}), "fields"))
    if case is not None:
        fields["case_number"] = case
    if persons:
        fields["persons"] = list(persons)
    if source is not None and source.name:
        fields["file_name"] = source.name
    extraction = described.get("extraction")
    capture = described.get("capture")
    return Item(
        kind=shape.text(described.get("kind"), "kind"),
        case=None if case is None else lookups.case(case),
        fields=fields,
        source=source,
        media_type=_media_type(described.get("media_type"), source),
        capture=None if capture is None else shape.mapping(capture, "capture"),
        custody=custody_from_json(described.get("custody", [])),
        duplicate_reason=_optional_text(described.get("duplicate_reason"), "duplicate_reason"),
        extra={} if extraction is None else {"extraction": extraction},
        persons=tuple(lookups.person(each) for each in persons),
        request=_request(described, lookups, caller),
    )


def _persons(value: JsonValue) -> list[str]:
    persons = [shape.text(each, "persons") for each in shape.items(value or [], "persons")]
    if len(persons) > MAX_PERSONS:
        raise LimitError("persons-too-many", count=len(persons), limit=MAX_PERSONS)
    return persons


def _request(
    described: Mapping[str, JsonValue], lookups: Lookups, caller: str
) -> RequestKey | None:
    name = _optional_text(described.get("request_key"), "request_key")
    if name is None:
        return None
    asked = json.dumps(described, sort_keys=True, ensure_ascii=False)
    return RequestKey(lookups.request(caller, name), lookups.fingerprint(asked))


def _case_number(value: JsonValue) -> str | None:
    """Return the bank's case number composed (NFC): one number is one case, however it was typed."""
    return None if value is None else unicodedata.normalize("NFC", shape.text(value, "case"))


def _optional_text(value: JsonValue, where: str) -> str | None:
    return None if value is None else shape.text(value, where)


def _media_type(stated: JsonValue, source: NamedSource | None) -> str:
    if stated is not None:
        return shape.text(stated, "media_type")
    guessed, _ = mimetypes.guess_type(source.name) if source else (None, None)
    return guessed or "application/octet-stream"


def file_name_of(described: dict[str, JsonValue]) -> str:
    """Take the name under which the content came out of a description; empty when there is none.

    Raises:
        MalformedError: it is no text.
    """
    name = described.pop("file_name", "")
    if not isinstance(name, str) or "file" in described:
        raise MalformedError("item-member", name="file_name" if "file" not in described else "file")
    return name
