"""What an audit entry says, and how entries are chained (pure).

* An entry is canonical JSON; its hash is SHA-256 over a tag, the hash of the entry
  before it, and the entry's bytes. Whoever changes or removes one must make every later hash anew, and
  the hashes that were sealed into the evidence log cannot be made anew.
* Actors are ids, never names; details hold neither personal data nor secrets. Names of members that would
  hold such are refused, so that a slip fails in a test instead of in an inspection.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from ledger.errors import LimitError, MalformedError
from ledger.primitives.canonical import JsonValue, encode

Detail: TypeAlias = str | int | bool
Outcome: TypeAlias = Literal["done", "refused"]

GENESIS: Final = bytes(32)
"""The hash before the first entry."""
MAX_ENTRY_BYTES: Final = 4096
"""An entry says who did what to which thing; what is longer is content and belongs elsewhere."""
MAX_SUBJECT: Final = 128
MAX_ACTOR: Final = 64
_TAG: Final = b"lianzheng-audit-1\n"
_ACTOR: Final = re.compile(r"[A-Za-z0-9:/._@-]{1,64}\Z")
_ACTION: Final = re.compile(r"[a-z]+(?:[.-][a-z]+)*\Z")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_NEVER: Final = re.compile(
    r"password|secret|salt|cookie|phone|mobile|address|borrower|debtor|id_card|id_number|full_name"
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that was done, seen or refused.

    Attributes:
        actor: ``Principal.actor``, ``command:<system user>``, or ``node``.
        action: dotted, for example ``evidence.read-content``.
        subject: id of what it was done to; ``None`` when there is none.
        details: short facts.
        outcome: ``refused`` when a rule stopped it.
    """

    actor: str
    action: str
    subject: str | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)
    outcome: Outcome = "done"


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry with its place in the chain.

    Attributes:
        seq: from 1, without gaps.
        at: instant of this machine's clock.
        entry: as recorded.
        hash: 32 bytes, over this entry and the hash before.
    """

    seq: int
    at: str
    entry: AuditEntry
    hash: bytes

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return {**entry_to_json(self.entry, seq=self.seq, at=self.at), "hash": self.hash.hex()}


def check_entry(entry: AuditEntry) -> None:
    """Check the form of an entry.

    Raises:
        MalformedError: a part is not of its form, or names personal data or a secret.
    """
    if len(entry.actor) > MAX_ACTOR or not _ACTOR.match(entry.actor):
        raise MalformedError("audit-form", member="actor")
    if not _ACTION.match(entry.action):
        raise MalformedError("audit-form", member="action")
    if entry.subject is not None and not 0 < len(entry.subject) <= MAX_SUBJECT:
        raise MalformedError("audit-form", member="subject")
    for name in entry.details:
        if not _NAME.match(name) or _NEVER.search(name):
            raise MalformedError("audit-form", member=f"details.{name[:40]}")


def entry_to_json(entry: AuditEntry, *, seq: int, at: str) -> dict[str, JsonValue]:
    """Return the JSON form that is hashed."""
    return {
        "seq": seq,
        "at": at,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "details": dict(entry.details),
        "outcome": entry.outcome,
    }


def entry_bytes(entry: AuditEntry, *, seq: int, at: str) -> bytes:
    """Return the canonical bytes of an entry.

    Raises:
        MalformedError: not of its form.
        LimitError: over ``MAX_ENTRY_BYTES``.
    """
    check_entry(entry)
    data = encode(entry_to_json(entry, seq=seq, at=at))
    if len(data) > MAX_ENTRY_BYTES:
        raise LimitError("audit-too-long", size=len(data), limit=MAX_ENTRY_BYTES)
    return data


def chained(previous: bytes, data: bytes) -> bytes:
    """Return the hash of the entry ``data`` after the one whose hash is ``previous``."""
    return hashlib.sha256(_TAG + previous + data).digest()
