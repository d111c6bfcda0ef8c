"""A list that a bank kept in clear, brought in: each row becomes a request that a second person decides.

* A row is one identifier of one person; its columns are ``COLUMNS``, named as the facts are.
* A row that lacks nothing but a notice that is old enough goes into the backlog: a file of the same columns,
  to be brought in again once the notice was sent and its days are over (征信业管理条例 15).
* What else is wrong rejects a row, with its line and the reason, and never with what a cell held.

The file is read once to see that it can be read; then row after row is asked for. Rows that were asked for
are in neither of the files that are written, so that bringing in the backlog asks for nothing twice.
"""

import csv
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from blacklist.domain.entries.facts import Facts, today_in_china
from blacklist.domain.entries.law import NOTICE_DAYS, ListingProposal, breaches
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType
from ledger.errors import LedgerError, MalformedError, RefusedError
from ledger.primitives.canonical import JsonValue
from node.blacklist import acting
from node.blacklist.entries import Entries
from node.blacklist.naming import TypedIdentifier
from node.identity.permissions import Permission, Principal
from node.words.catalogue import remedy, word

COLUMNS: Final = (
    "type", "identifier", "issuer", "ground", "severity", "proofs", "evidence", "basis",
    "basis_evidence", "notice", "notified_on", "conduct_ended", "valid_from", "valid_until",
    "reason",
)  # fmt: skip
_OPTIONAL: Final = frozenset({"notice", "notified_on", "valid_from", "valid_until"})
_NOTICE: Final = frozenset({"listing-notice-missing", "listing-notice-too-recent"})
BACKLOG: Final = (*COLUMNS, "possible_from")
REJECTED: Final = ("line", "code", "reason_zh", "reason_en")
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A row that became a request; ids in hex."""

    line: int
    entry: str
    release: str


@dataclass(slots=True)
class Imported:
    """What became of the rows.

    Attributes:
        asked: requests that a second person decides.
        backlog: rows that wait for their notice, with the day from which they can be brought in.
        rejected: line and error of every other row.
    """

    asked: list[AskedRow] = field(default_factory=list)
    backlog: list[tuple[Row, str]] = field(default_factory=list)
    rejected: list[tuple[int, LedgerError]] = field(default_factory=list)


def read_list(path: Path) -> Sequence[tuple[int, Row]]:
    """Return the rows of a CSV file in UTF-8 with their lines.

    Raises:
        RefusedError: a column is missing, or the file cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            return list(_rows(csv.DictReader(opened, strict=True)))
    except UnicodeDecodeError:
        raise RefusedError("screening-file-encoding") from None
    except (OSError, csv.Error) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise RefusedError("screening-file-unreadable", file=path.name, why=why) from None


def bring_in(
    entries: Entries,
    rows: Sequence[tuple[int, Row]],
    by: Principal,
    progress: Callable[[int], None] = lambda _done: None,
) -> Imported:
    """Ask for a listing of every row that can be listed today; see the module.

    Args:
        entries: the services.
        rows: as ``read_list`` gave them.
        by: who asks for all of them.
        progress: is told how many rows are done.

    Raises:
        NotPermittedError: the person may not.
    """
    by.require(Permission.BLACKLIST_LIST)
    done = Imported()
    for count, (line, row) in enumerate(rows, start=1):
        try:
            _bring_in(entries, line, row, by, done)
        except LedgerError as error:
            done.rejected.append((line, error))
        progress(count)
    return done


def write_files(done: Imported, folder: Path, name: str) -> tuple[Path, Path]:
    """Write backlog and rejected rows, readable by this user only, and return where they are.

    Raises:
        RefusedError: ``screening-folder``: they cannot be written.
    """
    backlog, rejected = folder / f"{name}-backlog.csv", folder / f"{name}-rejected.csv"
    waiting = [[*(row.get(each, "") for each in COLUMNS), day] for row, day in done.backlog]
    refused = [(line, error.code, *_said(error)) for line, error in done.rejected]
    try:
        _write(backlog, BACKLOG, waiting)
        _write(rejected, REJECTED, refused)
    except OSError as error:
        raise RefusedError("screening-folder", why=error.strerror or "") from None
    return backlog, rejected


def _rows(reader: "csv.DictReader[str]") -> Iterator[tuple[int, Row]]:
    for column in COLUMNS:
        if column not in (reader.fieldnames or ()):
            raise RefusedError("screening-column-missing", column=column)
    for row in reader:
        yield reader.line_num, {name: (row.get(name) or "").strip() for name in COLUMNS}


def _bring_in(entries: Entries, line: int, row: Row, by: Principal, done: Imported) -> None:
    identifier, facts = _identifier(entries, row), _facts(row)
    today = today_in_china(entries.node.clock.now())
    broken = {
        rule.code
        for rule in breaches(ListingProposal(identifier, facts, entries.listing.mode, today))
    }
    if broken and broken <= _NOTICE:
        told = facts.notified_on
        day = "" if told is None else (told + timedelta(days=NOTICE_DAYS)).isoformat()
        done.backlog.append((row, day))
        return
    entry, release = acting.ask_to_list(entries, identifier, facts, row["reason"], by)
    done.asked.append(AskedRow(line, entry.hex(), release.release_id))


def _identifier(entries: Entries, row: Row) -> Identifier:
    try:
        kind = IdentifierType(row["type"])
    except ValueError:
        raise MalformedError("statement-form", member="type") from None
    typed = TypedIdentifier(kind, row["identifier"], row["issuer"] or None)
    return typed.read(entries.node.clock.now())


def _facts(row: Row) -> Facts:
    names = [each for each in COLUMNS if each not in {"type", "identifier", "issuer", "reason"}]
    said: dict[str, JsonValue] = {
        name: None if name in _OPTIONAL and not row[name] else row[name] for name in names
    }
    proofs: list[JsonValue] = list(row["proofs"].split())
    return Facts.from_json({**said, "proofs": proofs})


def _said(error: LedgerError) -> tuple[str, str]:
    zh, en = (
        f"{word(error.code, language, error.params)} {remedy(error.code, language, error.params)}"
        for language in ("zh", "en")
    )
    return zh.strip(), en.strip()


def _write(path: Path, titles: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([titles, *rows])
