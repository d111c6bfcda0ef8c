"""From what a caller hands over (files, JSON) to items that intake understands.

The file's name and the bank's case number become committed fields; on disk and on chain they are never clear.
"""

import json
import mimetypes
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from ledger.errors import MalformedError, RefusedError
from ledger.evidence import shape
from ledger.evidence.custody import custody_from_json
from ledger.primitives.canonical import JsonValue
from ledger.services.composing import Item

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
    }
)
MAX_JSON_BYTES: Final = 1024 * 1024

mimetypes.add_type("audio/wav", ".wav")


@dataclass(frozen=True)
class ContentSource:
    """A file that is being sealed; notices when it changes while it is read.

    Attributes:
        name: for messages.
        file: open for reading.
        before: its state when it was opened.
    """

    name: str
    file: BinaryIO
    before: os.stat_result

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes.

        Raises:
            RefusedError: unreadable, or changed since it was opened.
        """
        try:
            data = self.file.read(size)
        except OSError as error:
            raise RefusedError("content-unreadable", file=self.name, why=error.strerror) from error
        if not data:
            self._check_unchanged()
        return data

    def _check_unchanged(self) -> None:
        now = os.fstat(self.file.fileno())
        if _state(now) != _state(self.before) or self.file.tell() != self.before.st_size:
            raise RefusedError("content-changed-while-read", file=self.name)


def _state(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_size, found.st_mtime_ns, found.st_ino


@contextmanager
def open_source(path: Path) -> Iterator[ContentSource]:
    """Open a file for sealing.

    Raises:
        RefusedError: it cannot be opened, or is not a regular file.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise RefusedError("content-unreadable", file=path.name, why=error.strerror) from error
    with file:
        if not path.is_file():
            raise RefusedError("content-unreadable", file=path.name, why="not a regular file")
        yield ContentSource(path.name, file, os.fstat(file.fileno()))


def read_json_object(data: bytes, where: str) -> Mapping[str, JsonValue]:
    """Read a JSON object that a person or a system wrote.

    Raises:
        MalformedError: not a JSON object, or too large.
    """
    if len(data) > MAX_JSON_BYTES:
        raise MalformedError("fields-file", why=f"over {MAX_JSON_BYTES} bytes")
    try:
        value: JsonValue = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MalformedError("fields-file", why=str(error)[:200]) from error
    return shape.mapping(value, where)


def build_item(
    described: Mapping[str, JsonValue],
    *,
    source: ContentSource | None,
    lookup: Callable[[str], bytes],
) -> Item:
    """Return the item that ``described`` (members of ``MEMBERS``) and its open file make.

    Raises:
        MalformedError: an unknown member or a wrong type.
    """
    for name in described:
        if name not in MEMBERS:
            raise MalformedError("item-member", name=name[:64])
    case = described.get("case")
    fields = dict(shape.mapping(described.get("fields", {}), "fields"))
    if case is not None:
        fields["case_number"] = shape.text(case, "case")
    if source is not None:
        fields["file_name"] = source.name
    extraction = described.get("extraction")
    capture = described.get("capture")
    return Item(
        kind=shape.text(described.get("kind"), "kind"),
        case=None if case is None else lookup(shape.text(case, "case")),
        fields=fields,
        source=source,
        media_type=_media_type(described.get("media_type"), source),
        capture=None if capture is None else shape.mapping(capture, "capture"),
        custody=custody_from_json(described.get("custody", [])),
        duplicate_reason=_optional_text(described.get("duplicate_reason"), "duplicate_reason"),
        extra={} if extraction is None else {"extraction": extraction},
    )


def _optional_text(value: JsonValue, where: str) -> str | None:
    return None if value is None else shape.text(value, where)


def _media_type(stated: JsonValue, source: ContentSource | None) -> str:
    if stated is not None:
        return shape.text(stated, "media_type")
    guessed, _ = mimetypes.guess_type(source.name) if source else (None, None)
    return guessed or "application/octet-stream"
