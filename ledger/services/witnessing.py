"""Witnessing: this member watches the others' logs, mirrors their hashes, and cosigns what is consistent.

* A log is one line of growth: whatever a member signed must be a prefix of whatever it signs later. What was
  seen last is moved under its row's lock, so that two requests at once cannot both be the next.
* ``cosign`` answers the log's own request (C2SP tlog-witness); the log proves its growth.
* ``observe`` fetches leaf hashes and computes every hash above them here, so that the mirror is worth as much
  as the checkpoint: when the member is gone, its leaves can still be proved against what it anchored.
* ``compare`` takes a checkpoint that somebody else was shown, ``compare_anchor`` what stands on chain.
* Two facts that exclude each other become an alarm with a proof (``ledger.proof.misbehaviour``), and such a
  log is not cosigned any more: nothing of its second history is taken over.

Each generation of a log is a log of its own here: a voted one starts from an empty log and is no second
history, and what was seen of the one before stays.

A witness never signs a smaller checkpoint than it has seen, and none of a log whose key it does not know.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from sqlalchemy import Connection

from ledger.errors import MalformedError, RefusedError
from ledger.evidence import tiles
from ledger.evidence.instants import format_instant
from ledger.evidence.log import continues, generation_of
from ledger.evidence.tiles import TileName
from ledger.ports.clock import Clock
from ledger.ports.signer import StatementSigner
from ledger.primitives import merkle_proofs
from ledger.primitives.checkpoint_text import CheckpointBody
from ledger.primitives.merkle import is_complete, verify_consistency
from ledger.primitives.note import (
    COSIGNATURE_V1,
    Note,
    NoteSignature,
    VerifierKey,
    cosignature_message,
    join_cosignature,
)
from ledger.primitives.witness_request import AddCheckpoint
from ledger.proof.misbehaviour import Anchoring, Misbehaviour, signed_body
from ledger.proof.trust import TrustedMember
from ledger.store import alarms, witnessed
from ledger.store.transactions import Begin
from ledger.store.witnessed import WitnessedLog

TWO_HISTORIES: Final = "peer-two-histories"
ANCHORED_OTHERWISE: Final = "peer-anchored-otherwise"
ROLLED_BACK: Final = "peer-rolled-back"
TILES_DIFFER: Final = "peer-tiles-differ"
MAX_LEAVES: Final = 4_000_000
"""Leaf hashes that are fetched at once, 128 MB; a log that grew by more is refused until somebody looks."""


class LogSource(Protocol):
    """A member's log as it shows it to its peers, over the network."""

    def checkpoint(self) -> Note:
        """Return its newest checkpoint.

        Raises:
            UnavailableError: it does not answer.
        """
        ...

    def leaf_hashes(self, first: int, size: int) -> Sequence[bytes]:
        """Return the hashes from place ``first`` up to, not including, ``size``.

        Raises:
            UnavailableError: it does not answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class Witness:
    """Watches the logs of other members.

    Attributes:
        begin: opens a write transaction.
        signer: this member's log key.
        name: this member's origin, under which it cosigns.
        clock: this machine's time.
    """

    begin: Begin
    signer: StatementSigner
    name: str
    clock: Clock

    def cosign(self, member: TrustedMember, request: AddCheckpoint) -> NoteSignature:
        """Check a log's growth, remember it, and return the cosignature.

        Args:
            member: whose log it is, with the log keys that count now.
            request: as it came.

        Raises:
            MalformedError: no signature of the member's, or not a checkpoint of its log.
            RefusedError: ``witness-stale`` (``size`` says what was seen), ``witness-inconsistent``,
                ``witness-history`` (the log is convicted).
        """
        body = signed_body(request.checkpoint, member)
        with self.begin() as connection:
            seen = witnessed.read(connection, body.origin, lock=True)
            refused = self._refusal(connection, member, seen, body, request)
            if refused is None:
                mirrored = 0 if seen is None else seen.mirrored
                self._remember(connection, member, body, request.checkpoint, mirrored)
        if refused is not None:  # after the commit: the alarm stays
            raise refused
        return self._signed(request.checkpoint.text)

    def observe(self, member: TrustedMember, origin: str, source: LogSource) -> bool:
        """Take over the checkpoint that the log shows, mirroring what is new; ``False`` with an alarm.

        What it shows of a generation before the present one is passed over: that one is closed.

        Args:
            member: whose log it is.
            origin: of the checkpoints, with the present generation.
            source: the log.

        Raises:
            MalformedError: no signature of the member's, or not a checkpoint of its log.
            RefusedError: the log grew by more than ``MAX_LEAVES``.
            UnavailableError: the log does not answer.
        """
        with self.begin() as connection:
            # Before it is asked: a request to cosign may move the log while the answer is on its way.
            seen = witnessed.read(connection, origin)
        note = source.checkpoint()
        body = signed_body(note, member)
        if body.origin != origin and continues(origin, body.origin):
            return True  # the members voted a generation that it has not begun yet
        if body.origin != origin:
            raise MalformedError("misbehaviour-other-log", first=body.origin, second=origin)
        start = 0 if seen is None else seen.mirrored
        if seen is not None and body.size < max(seen.size, start):
            subject = f"{body.origin} {seen.size} {body.size}"
            self._alarm(member, ROLLED_BACK, subject)
            return False
        if body.size == 0:
            return True
        for first in dict.fromkeys((start, 0)):
            # From 0 when the new leaves do not continue the mirror: then the log has another beginning.
            if body.size - first > MAX_LEAVES:
                raise RefusedError("peer-log-too-far", origin=body.origin, limit=MAX_LEAVES)
            if self._take_over(member, note, body, first, source.leaf_hashes(first, body.size)):
                return True
            if self._convicted(member, body.origin):
                return False
        self._alarm(member, TILES_DIFFER, f"{body.origin} {body.size}")
        return False

    def compare(self, member: TrustedMember, note: Note) -> bool:
        """Compare a checkpoint that somebody else was shown with the mirror; ``False`` with an alarm.

        Raises:
            MalformedError: no signature of the member's, or not a checkpoint of its log.
        """
        body = signed_body(note, member)
        with self.begin() as connection:
            seen = witnessed.read(connection, body.origin)
            if seen is None or seen.mirrored != seen.size or not 0 < body.size <= seen.size:
                return True
            path, prefix = _path(_Tree(connection, body.origin, {}), body.size, seen.size)
            if prefix == body.root:
                return True
            proof = Misbehaviour(member.member, note, Note.parse(seen.note.encode()), path)
            self._convict(connection, TWO_HISTORIES, body.origin, proof)
        return False

    def compare_anchor(
        self, member: TrustedMember, origin: str, size: int, root: bytes,
        prove: Callable[[], Anchoring],
    ) -> bool:  # fmt: skip
        """Compare an anchored head with the mirror; ``False`` with an alarm.

        Args:
            member: whose log it is.
            origin: of the checkpoints, with the generation.
            size: of the head on chain.
            root: of the head on chain.
            prove: fetches the anchor's proof from the chain.

        Raises:
            UnavailableError: the chain does not answer.
        """
        with self.begin() as connection:
            seen = witnessed.read(connection, origin)
            if seen is None or seen.mirrored != seen.size or not 0 < size <= seen.size:
                return True
            path, prefix = _path(_Tree(connection, origin, {}), size, seen.size)
        if prefix == root:
            return True
        proof = Misbehaviour(member.member, prove(), Note.parse(seen.note.encode()), path)
        with self.begin() as connection:
            self._convict(connection, ANCHORED_OTHERWISE, origin, proof)
        return False

    def _refusal(
        self, connection: Connection, member: TrustedMember, seen: WitnessedLog | None,
        body: CheckpointBody, request: AddCheckpoint,
    ) -> RefusedError | None:  # fmt: skip
        size = 0 if seen is None else seen.size
        if alarms.find(connection, member.member, TWO_HISTORIES, body.origin) is not None:
            return RefusedError("witness-history", origin=body.origin)
        if seen is not None and body.size == size and body.root != seen.root:
            proof = Misbehaviour(
                member.member, Note.parse(seen.note.encode()), request.checkpoint, ()
            )
            self._convict(connection, TWO_HISTORIES, body.origin, proof)
            return RefusedError("witness-history", origin=body.origin)
        if request.old_size != size or body.size < size:
            return RefusedError("witness-stale", size=size)
        if seen is None:
            return (
                RefusedError("witness-inconsistent", origin=body.origin) if request.path else None
            )
        try:
            verify_consistency(
                old_size=size, old_root=seen.root,
                new_size=body.size, new_root=body.root, path=request.path,
            )  # fmt: skip
        except MalformedError:
            return RefusedError("witness-inconsistent", origin=body.origin)
        return None

    def _remember(
        self, connection: Connection, member: TrustedMember, body: CheckpointBody, note: Note, mirrored: int
    ) -> None:  # fmt: skip
        log = WitnessedLog(
            origin=body.origin,
            member=member.member,
            generation=generation_of(body.origin, member.origin) or 0,
            size=body.size,
            root=body.root,
            note=note.serialise().decode(),
            seen_at=format_instant(self.clock.now()),
            mirrored=mirrored,
        )
        witnessed.write(connection, log)

    def _take_over(
        self, member: TrustedMember, note: Note, body: CheckpointBody, first: int, leaves: Sequence[bytes]
    ) -> bool:  # fmt: skip
        """Append leaves to the mirror where they give the checkpoint's root and continue what was seen."""
        with self.begin() as connection:
            now = witnessed.read(connection, body.origin, lock=True)
            if now is not None and (now.size > body.size or first not in {0, now.mirrored}):
                return True  # somebody else was faster; the next look goes on from there
            edge = _Tree(connection, body.origin, {}).tiles(tiles.edge(first))
            tree = _Tree(connection, body.origin, tiles.append(first, leaves, edge))
            if tree.root(body.size) != body.root:
                return False
            if now is not None and not self._continues(connection, member, now, note, body, tree):
                return False
            witnessed.write_tiles(connection, body.origin, tree.changed)
            self._remember(connection, member, body, note, body.size)
            at = format_instant(self.clock.now())
            for code in (ROLLED_BACK, TILES_DIFFER):
                alarms.end(connection, member.member, code, at=at)
        return True

    def _continues(
        self, connection: Connection, member: TrustedMember, seen: WitnessedLog,
        note: Note, body: CheckpointBody, tree: "_Tree",
    ) -> bool:  # fmt: skip
        path, prefix = _path(tree, seen.size, body.size)
        if prefix == seen.root:
            return True
        proof = Misbehaviour(member.member, Note.parse(seen.note.encode()), note, path)
        self._convict(connection, TWO_HISTORIES, body.origin, proof)
        return False

    def _convicted(self, member: TrustedMember, origin: str) -> bool:
        with self.begin() as connection:
            return alarms.find(connection, member.member, TWO_HISTORIES, origin) is not None

    def _convict(self, connection: Connection, code: str, origin: str, proof: Misbehaviour) -> None:
        at = format_instant(self.clock.now())
        alarms.add(connection, proof.member, code, origin, at=at, proof=proof.to_bytes())

    def _alarm(self, member: TrustedMember, code: str, subject: str) -> None:
        with self.begin() as connection:
            at = format_instant(self.clock.now())
            alarms.add(connection, member.member, code, subject, at=at, proof=None)

    def _signed(self, text: str) -> NoteSignature:
        moment = int(self.clock.now().timestamp())
        key = VerifierKey(self.name, COSIGNATURE_V1, self.signer.public_key)
        signature = self.signer.sign(cosignature_message(text, moment))
        return key.signature_line(join_cosignature(moment, signature))


@dataclass(frozen=True, slots=True)
class _Tree:
    """A mirrored log, with tiles that are not written yet on top."""

    connection: Connection
    origin: str
    changed: dict[TileName, bytes]

    def tiles(self, names: Sequence[TileName]) -> dict[TileName, bytes]:
        return witnessed.read_tiles(self.connection, self.origin, names)

    def read(self, name: TileName) -> bytes:
        if name in self.changed:
            return self.changed[name]
        return self.tiles([name])[name]

    def root(self, size: int) -> bytes:
        return merkle_proofs.root(size, tiles.vertices(self.read))


def _path(tree: _Tree, old: int, new: int) -> tuple[tuple[bytes, ...], bytes]:
    """Return the path between two sizes as ``merkle.roots_of_path`` takes it, and the old size's root."""
    prefix = tree.root(old)
    if old == new:
        return (), prefix
    path = merkle_proofs.consistency_path(old, new, tiles.vertices(tree.read))
    return ((prefix, *path) if is_complete(old) else path), prefix
