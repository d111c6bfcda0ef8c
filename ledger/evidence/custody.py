"""Custody before intake: who held the item, what was done with it, and when.

Each entry hands the item from one holder to the next. Holders are systems and roles ("pbx-2", "recording
archive"), never persons: names of persons are fields. A chain is unbroken when every entry begins where
the previous one ended, times do not run backwards, and the digest, where noted, never changes without an
entry that says so (``transformed``).
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ledger.errors import MalformedError
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue

ACTIONS: Final = ("captured", "transferred", "stored", "transformed", "sealed")
MAX_ENTRIES: Final = 64


@dataclass(frozen=True, slots=True)
class CustodyEntry:
    """One step of custody.

    Attributes:
        at: ISO 8601 UTC instant with milliseconds.
        action: one of ``ACTIONS``.
        giver: who held the item before; empty for ``captured``.
        holder: who holds it afterwards.
        sha256: digest of the item after the step; ``None`` when it was not taken.
    """

    at: str
    action: str
    giver: str
    holder: str
    sha256: bytes | None

    def to_json(self) -> JsonValue:
        """Return the JSON form of the entry."""
        digest = None if self.sha256 is None else self.sha256.hex()
        return {
            "at": self.at,
            "action": self.action,
            "giver": self.giver,
            "holder": self.holder,
            "sha256": digest,
        }


def custody_from_json(value: JsonValue) -> tuple[CustodyEntry, ...]:
    """Read a list of entries; whether they join up is ``find_break``'s question.

    Raises:
        MalformedError: too many entries, or one is not of the form.
    """
    entries = shape.items(value, "custody")
    if len(entries) > MAX_ENTRIES:
        raise MalformedError("statement-form", member="custody")
    return tuple(_entry_from_json(entry) for entry in entries)


def _entry_from_json(value: JsonValue) -> CustodyEntry:
    members = shape.members(value, "custody", {"at", "action", "giver", "holder", "sha256"})
    action, giver, digest = members["action"], members["giver"], members["sha256"]
    if action not in ACTIONS or not isinstance(giver, str):
        raise MalformedError("statement-form", member="custody.action")
    return CustodyEntry(
        at=shape.instant(members["at"], "custody.at"),
        action=str(action),
        giver=giver,
        holder=shape.text(members["holder"], "custody.holder"),
        sha256=None if digest is None else shape.hex_bytes(digest, "custody.sha256", 32),
    )


def find_break(entries: tuple[CustodyEntry, ...], *, content_sha256: bytes | None) -> str | None:
    """Return what breaks the chain, as a short code, or ``None`` when it is unbroken.

    Args:
        entries: oldest first.
        content_sha256: digest of the sealed content, which the last noted digest must equal.
    """
    for earlier, later in pairwise(entries):
        if later.giver != earlier.holder:
            return "gap"
        if later.at < earlier.at:
            return "time"
    return _find_digest_break(entries, content_sha256)


def _find_digest_break(entries: tuple[CustodyEntry, ...], sealed: bytes | None) -> str | None:
    current: bytes | None = None
    for entry in entries:
        if entry.sha256 is None:
            continue
        if current not in (None, entry.sha256) and entry.action != "transformed":
            return "digest"
        current = entry.sha256
    if current is not None and sealed is not None and current != sealed:
        return "digest"
    return None
