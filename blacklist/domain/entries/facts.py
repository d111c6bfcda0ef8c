"""What an entry says, in clear: it lies with the reporter, and encrypted in every member's index.

On chain stands SHA-256 over the facts and a salt, so that nobody who only reads the chain can try facts out,
and whoever may read them can compare.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Final, Self, TypeVar

from blacklist.domain.entries.grounds import Ground, Severity, StandardProof
from blacklist.domain.oprf.framing import named
from ledger.errors import MalformedError
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue, decode, encode
from ledger.primitives.digest import sha256

SALT_BYTES: Final = 16
LEAF_BYTES: Final = 32
CHINA: Final = timezone(timedelta(hours=8))
"""Days of the law are days in China."""
MAX_FACTS_BYTES: Final = 3000
_YEARS: Final = 5
_LAST_YEAR: Final = 2999
"""Terms are added to days; the calendar of the machine ends with the year 9999."""
_E = TypeVar("_E", bound=StrEnum)


class Basis(StrEnum):
    """What allows a member to supply the entry."""

    CONSENT = "consent"
    """Written consent to supply it (征信业管理条例 13, 29), separate from others (个人信息保护法 23)."""
    PUBLIC_BY_LAW = "public-by-law"
    """Published under a law or an administrative regulation (征信业管理条例 13, 15)."""
    OWN_REQUEST = "own-request"
    """The person asked for it: victims of impersonation."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an entry says.

    Attributes:
        proofs: questions of the checklist that were answered yes.
        evidence: leaf hash of the evidence of the conduct in the reporter's log.
        basis_evidence: leaf hash of the consent, the publication, or the request.
        notice: leaf hash of the notice to the person; ``None`` where the law needs none.
        notified_on: day on which it reached the person.
        conduct_ended: day on which the conduct ended: the five years run from it.
        valid_from: first day on which a phone or device was the person's; ``None`` for lasting identifiers.
        valid_until: last day, ``None`` while it still is.
    """

    ground: Ground
    severity: Severity
    proofs: tuple[StandardProof, ...]
    evidence: bytes
    basis: Basis
    basis_evidence: bytes
    notice: bytes | None
    notified_on: date | None
    conduct_ended: date
    valid_from: date | None = None
    valid_until: date | None = None

    def to_json(self) -> JsonValue:
        """Return it as it is committed to and encrypted."""
        return {
            "ground": self.ground.value,
            "severity": self.severity.value,
            "proofs": [each.value for each in sorted(self.proofs)],
            "evidence": self.evidence.hex(),
            "basis": self.basis.value,
            "basis_evidence": self.basis_evidence.hex(),
            "notice": None if self.notice is None else self.notice.hex(),
            "notified_on": _day(self.notified_on),
            "conduct_ended": self.conduct_ended.isoformat(),
            "valid_from": _day(self.valid_from),
            "valid_until": _day(self.valid_until),
        }

    @classmethod
    def from_json(cls, value: JsonValue) -> Self:
        """Read it strictly.

        Raises:
            MalformedError: not of the form; the member is named.
        """
        found = shape.members(value, "facts", _MEMBERS)
        proofs = shape.items(found["proofs"], "proofs")
        return cls(
            ground=_word(found, "ground", Ground),
            severity=_word(found, "severity", Severity),
            proofs=tuple(_word({"proofs": each}, "proofs", StandardProof) for each in proofs),
            evidence=shape.hex_bytes(found["evidence"], "evidence", LEAF_BYTES),
            basis=_word(found, "basis", Basis),
            basis_evidence=shape.hex_bytes(found["basis_evidence"], "basis_evidence", LEAF_BYTES),
            notice=_optional_leaf(found, "notice"),
            notified_on=_optional_day(found, "notified_on"),
            conduct_ended=read_day(found["conduct_ended"], "conduct_ended"),
            valid_from=_optional_day(found, "valid_from"),
            valid_until=_optional_day(found, "valid_until"),
        )

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        return encode(self.to_json())

    @classmethod
    def decode(cls, content: bytes) -> Self:
        """Read canonical bytes.

        Raises:
            MalformedError: not of the form.
            LimitError: longer than ``MAX_FACTS_BYTES``.
        """
        return cls.from_json(decode(content, max_bytes=MAX_FACTS_BYTES))

    def commitment(self, salt: bytes) -> bytes:
        """Return what stands on chain: 32 bytes."""
        return sha256(named("facts", salt, self.encode()))

    def expires_at(self) -> datetime:
        """Return the moment from which the entry does not count: see ``expiry_of``."""
        return expiry_of(self.conduct_ended)

    def corrected(self, **changes: object) -> Self:
        """Return the facts with some of them changed."""
        return replace(self, **changes)  # type: ignore[arg-type]  # names are those of the fields


_MEMBERS: Final = frozenset(
    {
        "ground", "severity", "proofs", "evidence", "basis", "basis_evidence", "notice",
        "notified_on", "conduct_ended", "valid_from", "valid_until",
    }
)  # fmt: skip


def said_by(reporter: bytes, facts: Facts) -> str:
    """Return what tells that an entry says the same as another one: its successor under a new key does."""
    return sha256(reporter + facts.encode()).hex()


def expiry_of(conduct_ended: date) -> datetime:
    """Return the beginning of the month, in China, in which five years have passed (征信业管理条例 16).

    The month, because the day on chain would single a person out; its beginning, because nothing may be kept
    longer.
    """
    return datetime(conduct_ended.year + _YEARS, conduct_ended.month, 1, tzinfo=CHINA)


def today_in_china(now: datetime) -> date:
    """Return the day in China."""
    return now.astimezone(CHINA).date()


def tag_commitment(tag: bytes, salt: bytes) -> bytes:
    """Return the commitment to a tag that stands on chain."""
    return sha256(named("tag-commitment", salt, tag))


def read_day(value: JsonValue, where: str) -> date:
    """Read a day, ``2026-11-24``.

    Raises:
        MalformedError: it is none.
    """
    try:
        day = date.fromisoformat(shape.text(value, where))
    except ValueError:
        raise MalformedError("statement-form", member=where) from None
    if day.year > _LAST_YEAR:
        raise MalformedError("statement-form", member=where)
    return day


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _optional_day(found: Mapping[str, JsonValue], name: str) -> date | None:
    return None if found[name] is None else read_day(found[name], name)


def _optional_leaf(found: Mapping[str, JsonValue], name: str) -> bytes | None:
    return None if found[name] is None else shape.hex_bytes(found[name], name, LEAF_BYTES)


def _word(found: Mapping[str, JsonValue], name: str, words: type[_E]) -> _E:
    try:
        return words(shape.text(found[name], name))
    except ValueError:
        raise MalformedError("statement-form", member=name) from None
