"""What the blacklist's contract ought to do, in plain Python: sets and dictionaries, no counters, no packing.

Written from docs/spec/contracts.md and docs/spec/blacklist-ceremonies.md, not from the Solidity. An action
either changes the model or raises ``Refusal`` with the end of the error's name; who calls puts the model back
as it was, as a revert does.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from contract.blacklist import (
    ACCUSING,
    ACTIVATED,
    ATTESTING,
    COMPLAINING,
    DEALING,
    FAILED,
    GENERATION,
    JOINING,
    OPENING,
    RECONSTRUCTING,
    RESHARING,
    REVEALING,
    attested,
)
from contract.model import Refusal

TYPES = range(1, 7)
POINT, INDEX, SHARE, ROW = 32, 2, 66, 34


@dataclass
class Key:
    key: bytes
    key_epoch: int
    share_epoch: int
    threshold: int
    shares: dict[int, bytes]
    ceremony: int


@dataclass
class Ceremony:
    number: int
    kind: int
    identifier_type: int
    key_epoch: int
    share_epoch: int
    threshold: int
    roster: frozenset[int]
    old_dealers: frozenset[int]
    ends: int
    phase: int = JOINING
    posted: dict[int, dict[int, bytes]] = field(default_factory=dict)
    agreed: bytes | None = None

    @property
    def ended(self) -> bool:
        return self.phase in (ACTIVATED, FAILED)

    @property
    def needed(self) -> int:
        return min(2 * self.threshold - 1, len(self.roster))

    def who_posted(self, phase: int) -> set[int]:
        return set(self.posted.get(phase, {}))

    @property
    def present(self) -> set[int]:
        return self.who_posted(JOINING)

    @property
    def dealers(self) -> set[int]:
        return self.present if self.kind == GENERATION else set(self.old_dealers)

    def speakers(self) -> set[int]:
        """Return who has a part in the present phase."""
        if self.phase == JOINING:
            return set(self.roster)
        return self.dealers if self.phase in (DEALING, REVEALING) else self.present

    def awaited(self) -> int:
        """Return how many postings complete the present phase."""
        if self.phase == JOINING:
            return len(self.roster)
        return len(self.dealers if self.phase in (DEALING, REVEALING, OPENING) else self.present)

    def says_something(self, phase: int) -> bool:
        return any(self.posted.get(phase, {}).values())

    def fits(self, data: bytes) -> bool:
        points = self.threshold * POINT
        size = len(data)
        match self.phase:
            case 1 | 8:
                return size == POINT and data != bytes(POINT)
            case 2:
                return size == points + POINT
            case 5:
                return size == points
            case 3:
                return size % INDEX == 0 and size <= INDEX * len(self.dealers)
            case 4:
                return size % SHARE == 0 and size <= SHARE * len(self.present)
            case _:
                return size % SHARE == 0 and size <= SHARE * len(self.dealers)

    def following(self) -> int:
        match self.phase:
            case 1:
                return DEALING if len(self.present) >= self.needed else FAILED
            case 2:
                return COMPLAINING if len(self.who_posted(DEALING)) >= self.threshold else FAILED
            case 3 if self.says_something(COMPLAINING):
                return REVEALING
            case 3 | 4:
                return OPENING if self.kind == GENERATION else ATTESTING
            case 5:
                return ACCUSING
            case 6 if self.says_something(ACCUSING):
                return RECONSTRUCTING
            case 8:
                return FAILED
            case _:
                return ATTESTING

    def attestations(self, digest: bytes) -> int:
        return list(self.posted.get(ATTESTING, {}).values()).count(digest)

    @property
    def attestations_needed(self) -> int:
        return self.threshold + (len(self.present) > self.threshold)


class Ceremonies:
    """Institutions, ceremonies and keys."""

    def __init__(self, members: int, phase_seconds: int) -> None:
        self.active = set(range(members))
        self.indices: dict[int, int] = {}
        self.phase_seconds = phase_seconds
        self.ceremonies: dict[int, Ceremony] = {}
        self.keys: dict[int, Key] = {}
        self.share_keys: dict[tuple[int, int, int, int], bytes] = {}

    def running(self, identifier_type: int) -> Ceremony | None:
        for ceremony in self.ceremonies.values():
            if ceremony.identifier_type == identifier_type and not ceremony.ended:
                return ceremony
        return None

    def name_operator(self, number: int) -> None:
        if number not in self.active:
            raise Refusal("NotEntitled")
        if number in self.indices:
            raise Refusal("InvalidOperator")  # each has but one address in these histories
        self.indices[number] = len(self.indices) + 1

    def open(self, number: int, kind: int, identifier_type: int, now: int) -> None:
        self.require(number)
        if identifier_type not in TYPES:
            raise Refusal("InvalidType")
        self._make_room(identifier_type, now)
        roster = frozenset(self.indices[each] for each in self.indices if each in self.active)
        if len(roster) < 2:
            raise Refusal("TooFewHolders")
        threshold = max(2, -(-len(roster) // 2))
        key = self.keys.get(identifier_type)
        epochs = (key.key_epoch + 1 if key else 1, 1)
        dealers: frozenset[int] = frozenset()
        if kind == RESHARING:
            if key is None:
                raise Refusal("NoKey")
            dealers = roster & key.shares.keys()
            if len(dealers) < key.threshold:
                raise Refusal("TooFewHolders")
            if threshold > key.threshold:
                raise Refusal("ThresholdRises")
            threshold, epochs = key.threshold, (key.key_epoch, key.share_epoch + 1)
        opened = Ceremony(
            len(self.ceremonies) + 1,
            kind,
            identifier_type,
            *epochs,
            threshold,
            roster,
            dealers,
            now + self.phase_seconds,
        )
        self.ceremonies[opened.number] = opened

    def post(self, number: int, ceremony: int, phase: int, data: bytes, now: int) -> None:
        self.require(number)
        index = self.indices[number]
        found = self._known(ceremony)
        if not found.ended and now > found.ends:
            self._advance(found, now)
        if found.phase != phase or found.ended:
            raise Refusal("WrongPhase")
        if index not in found.speakers():
            raise Refusal("NoPart")
        if index in found.who_posted(phase):
            raise Refusal("AlreadyPosted")
        if not found.fits(data):
            raise Refusal("InvalidPosting")
        anew = phase == DEALING and found.kind == RESHARING
        if anew and data[:POINT] != self.keys[found.identifier_type].shares[index]:
            raise Refusal("WrongConstant")
        found.posted.setdefault(phase, {})[index] = data
        self._draw_consequences(found, data, now)

    def _draw_consequences(self, found: Ceremony, data: bytes, now: int) -> None:
        enough = found.attestations(data) == found.attestations_needed
        if found.phase == ATTESTING and enough and not found.agreed:
            found.agreed, found.ends = data, now + self.phase_seconds
        if len(found.who_posted(found.phase)) == found.awaited() and not found.agreed:
            self._advance(found, now)

    def close(self, ceremony: int, now: int) -> None:
        found = self._known(ceremony)
        if found.ended:
            raise Refusal("WrongPhase")
        if now <= found.ends:
            raise Refusal("PhaseOpen")
        self._advance(found, now)

    def activate(self, ceremony: int, keys: bytes) -> None:
        found = self._known(ceremony)
        if found.phase != ATTESTING:
            raise Refusal("WrongPhase")
        if found.agreed is None or attested(ceremony, keys) != found.agreed:
            raise Refusal("NotAttested")
        shares = _rows(keys, len(found.present))
        current = self.keys.get(found.identifier_type)
        moved = found.kind == RESHARING and current is not None and current.key != keys[:POINT]
        if shares is None or moved or keys[:POINT] == bytes(POINT):
            raise Refusal("InvalidKeys")
        epochs = found.key_epoch, found.share_epoch
        self.keys[found.identifier_type] = Key(
            keys[:POINT], *epochs, found.threshold, shares, ceremony
        )
        for index, share in shares.items():
            self.share_keys[found.identifier_type, *epochs, index] = share
        found.phase = ACTIVATED

    def require(self, number: int) -> None:
        if number not in self.indices:
            raise Refusal("NotOperator")
        if number not in self.active:
            raise Refusal("NotEntitled")

    def _known(self, ceremony: int) -> Ceremony:
        if ceremony not in self.ceremonies:
            raise Refusal("UnknownCeremony")
        return self.ceremonies[ceremony]

    def _make_room(self, identifier_type: int, now: int) -> None:
        running = self.running(identifier_type)
        if running is None:
            return
        if now > running.ends:
            self._advance(running, now)
        if not running.ended:
            raise Refusal("CeremonyRunning")

    def _advance(self, ceremony: Ceremony, now: int) -> None:
        ceremony.phase = ceremony.following()
        ceremony.ends = now + self.phase_seconds


def _rows(keys: bytes, count: int) -> dict[int, bytes] | None:
    """Return K_j by index, or ``None`` for keys that are not of their form."""
    rows = [keys[start : start + ROW] for start in range(POINT, len(keys), ROW)]
    indices = [int.from_bytes(row[:INDEX], "big") for row in rows]
    shares = [row[INDEX:] for row in rows]
    ascending = all(left < right for left, right in zip([0, *indices], indices, strict=False))
    whole = len(rows) == count and all(len(share) == POINT and any(share) for share in shares)
    return dict(zip(indices, shares, strict=True)) if ascending and whole else None


def refused(action: Callable[[], object]) -> str | None:
    """Return the name of the refusal, or ``None``."""
    try:
        action()
    except Refusal as refusal:
        return f"FraudBlacklist{refusal}"
    return None
