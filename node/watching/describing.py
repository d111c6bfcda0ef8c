"""What is known about a watched file: its sidecar, else its row of the folder's manifest.

A manifest is UTF-8 CSV (RFC 4180) with a header: ``file``, ``kind``, ``case``, ``persons`` (parted by ``;``),
``media_type``; every other column becomes a field of that name. Empty cells say nothing.
"""

import csv
import io
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ledger.errors import MalformedError
from ledger.primitives.canonical import JsonValue
from node.items import MAX_JSON_BYTES, file_name, read_json_object
from node.watching.content import read_small

MAX_ROWS: Final = 10_000
_OWN: Final = frozenset({"file", "kind", "case", "persons", "media_type"})

Described = Mapping[str, JsonValue]


def read_sidecar(path: Path, content: Path) -> dict[str, JsonValue]:
    """Return the description in a sidecar.

    Raises:
        RefusedError: it cannot be read.
        MalformedError: not a JSON object, or with members that are the watcher's to say.
    """
    described = dict(read_json_object(read_small(path), "item"))
    if described.pop("file", file_name(content)) != file_name(content):
        raise MalformedError("item-member", name="file")
    if "request_key" in described:
        # It is made from the file, so that a repetition is known as one whoever describes it.
        raise MalformedError("item-member", name="request_key")
    return described


def read_manifest(path: Path) -> dict[str, Described]:
    """Return the descriptions in a manifest by the names of their files, composed (NFC).

    Raises:
        RefusedError: it cannot be read.
        MalformedError: not such a CSV, or a file stands in it twice.
    """
    data = read_small(path)
    if len(data) > MAX_JSON_BYTES:
        raise MalformedError("watch-manifest", why=f"over {MAX_JSON_BYTES} bytes")
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise MalformedError("watch-manifest", why=str(error)[:200]) from error
    header, *records = [row for row in rows if row] or [[]]
    columns = [name.strip() for name in header]
    if "file" not in columns or len(set(columns)) != len(columns):
        raise MalformedError("watch-manifest", why="column file")
    if len(records) > MAX_ROWS:
        raise MalformedError("watch-manifest", why=f"over {MAX_ROWS} rows")
    described: dict[str, Described] = {}
    for number, record in enumerate(records, start=2):
        if len(record) != len(columns):
            raise MalformedError("watch-manifest", why=f"row {number}: {len(record)} cells")
        name, row = _described(dict(zip(columns, record, strict=True)))
        if not name or name in described:
            raise MalformedError("watch-manifest", why=f"row {number}: file")
        described[name] = row
    return described


def _described(row: dict[str, str]) -> tuple[str, Described]:
    said = {
        name: unicodedata.normalize("NFC", value.strip())
        for name, value in row.items()
        if value.strip()
    }
    described: dict[str, JsonValue] = {
        name: said[name] for name in ("kind", "case", "media_type") if name in said
    }
    if "persons" in said:
        described["persons"] = [each.strip() for each in said["persons"].split(";") if each.strip()]
    described["fields"] = {name: value for name, value in said.items() if name not in _OWN}
    return said.get("file", ""), described
