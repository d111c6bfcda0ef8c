"""The audit: re-reads the whole ledger and checks it cryptographically, and reports instead of raising.

For every leaf: its hash, its signature, its place, its case link, its clear values against their
commitments, its content against its digests. For the log: the tree is grown anew from the leaves, compared
with the stored tiles and with the root of every signed checkpoint. For anchors: each frozen proof is
verified again. For timestamps: each token, and each renewal over what it renews.

The audit can stop and go on (``start``), and can sample contents, whose decryption is what takes long;
leaves, tiles, checkpoints and anchors are always checked in full.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from ledger.errors import LedgerError
from ledger.evidence import tiles
from ledger.evidence.log import LogIdentity
from ledger.evidence.tiles import TileName
from ledger.ports.chain import ChainProof
from ledger.primitives.checkpoint_text import CheckpointBody
from ledger.primitives.frontier import Frontier
from ledger.primitives.merkle_proofs import root_coordinates
from ledger.primitives.note import ED25519, Note, VerifierKey, signed_message
from ledger.services.auditing_records import RecordAuditor
from ledger.services.auditing_timestamps import check_timestamps
from ledger.store import (
    anchors,
    carried_leaves,
    erasures,
    former_keys,
    logs,
    lost_leaves,
    statements,
)
from ledger.store.anchors import AnchorRow
from ledger.store.logs import CheckpointRow, LogRow
from ledger.store.statements import Place, StatementRow
from ledger.store.transactions import Begin

BATCH: Final = 1024
"""Leaves a round: a multiple of a tile's width, so that every full tile is compared whole."""
BEGINNING: Final = Place(0, 0)
MAX_FINDINGS: Final = 1000
"""Unfinished erasures that a report lists: more than anybody reads."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it should be.

    Attributes:
        where: leaf index, checkpoint size, or anchor size with what it is, for people.
        code: of the error, in the catalogue.
    """

    where: str
    code: str


@dataclass(slots=True)
class AuditReport:
    """What the audit saw.

    Attributes:
        leaves: checked in this run.
        contents: decrypted and compared.
        checkpoints: compared with the recomputed root, signature included.
        anchors: whose chain proof was verified again.
        waiting: statements without a place.
        timestamps: tokens and renewals that were verified again.
        swept: orphans that were removed from the vault afterwards.
        compared: whether the chain answered, so that the head could be compared with it.
        problems: empty when the ledger is sound.
        findings: no damage, but somebody has to know: erasures that are sealed and not carried out, leaves
            whose statements were lost with a disk.
    """

    leaves: int = 0
    contents: int = 0
    checkpoints: int = 0
    anchors: int = 0
    waiting: int = 0
    timestamps: int = 0
    swept: int = 0
    compared: bool = False
    problems: list[Problem] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return {
            **self._counts(),
            "compared_with_chain": self.compared,
            "problems": [{"where": p.where, "code": p.code} for p in self.problems],
            "findings": [{"where": p.where, "code": p.code} for p in self.findings],
        }

    def for_people(self) -> dict[str, object]:
        """Return the counts under the catalogue's names."""
        return {f"audit-{name}": count for name, count in self._counts().items()}

    def _counts(self) -> dict[str, object]:
        return {
            "leaves": self.leaves,
            "contents": self.contents,
            "checkpoints": self.checkpoints,
            "anchors": self.anchors,
            "timestamps": self.timestamps,
            "waiting": self.waiting,
            "swept": self.swept,
        }


@dataclass(frozen=True, slots=True)
class Auditor:
    """Audits every generation of the log.

    Attributes:
        begin: opens a transaction for reading.
        records: checks single records.
        verify: checks an Ed25519 signature: key, message, signature.
        log_key: the present 32-byte log key; those before it are in the database.
        check_proof: verifies a frozen chain proof; raises when it does not hold.
    """

    begin: Begin
    records: RecordAuditor
    verify: Callable[[bytes, bytes, bytes], bool]
    log_key: bytes
    check_proof: Callable[[LogIdentity, AnchorRow, ChainProof], None]

    def run(
        self,
        *,
        start: Place = BEGINNING,
        sample: float = 1.0,
        progress: Callable[[Place, int], None] = lambda _done, _size: None,
    ) -> AuditReport:
        """Audit from a place on: the rest of its generation, and every later one.

        Args:
            start: where an earlier run stopped; what lies before is taken from the tiles.
            sample: share of the contents that is decrypted, 0 to 1.
            progress: is told (place, size of its generation) after each batch.
        """
        report = AuditReport()
        with self.begin() as connection:
            generations = logs.all_generations(connection)
            report.waiting = statements.count_waiting(connection)
            report.problems += _unplaced(connection)
            report.findings += _unfinished_erasures(connection)
        for log in generations:
            generation, seen = log.identity.generation, (len(report.problems), len(report.findings))
            if generation < start.generation:
                continue
            first = start.index if generation == start.generation else 0
            self._generation(log, first, report, sample, progress)
            if log is not generations[-1]:
                _name(report.problems, seen[0], generation)
                _name(report.findings, seen[1], generation)
        for where, code in check_timestamps(self.begin):
            report.timestamps += 1
            if code is not None:
                report.problems.append(Problem(where, code))
        return report

    def _generation(
        self, log: LogRow, start: int, report: AuditReport, sample: float,
        progress: Callable[[Place, int], None],
    ) -> None:  # fmt: skip
        generation = log.identity.generation
        with self.begin() as connection:
            pending = logs.checkpoints_after(connection, generation, start)
            read = logs.vertex_reader(connection, generation, root_coordinates(start))
            frontier = Frontier.load(start, read)
            stored = logs.read_tiles(connection, generation, tiles.edge(start))
            edge = {name: hashes[: _filled(name, start)] for name, hashes in stored.items()}
        for first in range(start, log.size, BATCH):
            count = min(BATCH, log.size - first)
            with self.begin() as connection:
                rows = statements.at_places(connection, generation, first, count)
                lost = lost_leaves.between(connection, generation, first, count)
                carried = carried_leaves.between(connection, generation, first, count)
                self._leaves(connection, rows, report, sample)
                placed = sorted([(index, row.leaf_hash) for index, row in rows] + lost + carried)
                hashes = [leaf_hash for _, leaf_hash in placed]
                if [index for index, _ in placed] != list(range(first, first + count)):
                    where = f"leaves {first}-{first + count}"
                    report.problems.append(Problem(where, "audit-places"))
                report.findings += [Problem(f"leaf {index}", "audit-lost") for index, _ in lost]
                edge = self._tiles(connection, generation, first, hashes, edge, report)
            frontier = self._checkpoints(log.identity, frontier, hashes, pending, report)
            progress(Place(generation, first + count), log.size)
        self._anchors(log.identity, report)

    def _leaves(
        self,
        connection: Connection,
        rows: list[tuple[int, StatementRow]],
        report: AuditReport,
        sample: float,
    ) -> None:
        for index, row in rows:
            where = f"leaf {index}"
            for code in self.records.check(connection, row):
                report.problems.append(Problem(where, code))
            if row.object_id is not None and _sampled(row.leaf_hash, sample):
                report.contents += 1
                for code in self.records.check_content(connection, row):
                    report.problems.append(Problem(where, code))
            report.leaves += 1

    def _tiles(
        self,
        connection: Connection,
        generation: int,
        first: int,
        hashes: list[bytes],
        edge: Mapping[TileName, bytes],
        report: AuditReport,
    ) -> dict[TileName, bytes]:
        """Grow the tiles of every level, compare them with the stored ones, return the new edge."""
        grown = tiles.append(first, hashes, edge)
        for name, expected in grown.items():
            where = f"tile {name.level}/{name.number}"
            try:
                stored = logs.read_tiles(connection, generation, (name,))[name]
            except LedgerError as error:
                report.problems.append(Problem(where, error.code))
                continue
            if stored[: len(expected)] != expected:
                report.problems.append(Problem(where, "audit-tile"))
        known = {**edge, **grown}
        return {name: known[name] for name in tiles.edge(first + len(hashes))}

    def _checkpoints(
        self,
        log: LogIdentity,
        frontier: Frontier,
        hashes: list[bytes],
        pending: list[CheckpointRow],
        report: AuditReport,
    ) -> Frontier:
        """Grow the tree over ``hashes`` and compare it with each checkpoint on the way."""
        end = frontier.size + len(hashes)
        while pending and pending[0].size <= end:
            checkpoint = pending.pop(0)
            grown = checkpoint.size - frontier.size
            frontier, _ = frontier.append(hashes[:grown])
            hashes = hashes[grown:]
            report.checkpoints += 1
            if not self._is_sound(log, checkpoint, frontier.root()):
                where = f"checkpoint {checkpoint.size}"
                report.problems.append(Problem(where, "audit-checkpoint"))
        return frontier.append(hashes)[0]

    def _is_sound(self, log: LogIdentity, checkpoint: CheckpointRow, root: bytes) -> bool:
        try:
            note = Note.parse(checkpoint.note.encode())
            body = CheckpointBody.parse(note.text)
            signed = self._is_signed(log, note, self.log_key) or any(
                self._is_signed(log, note, key) for key in self._former_log_keys()
            )
        except LedgerError:
            return False
        said = (body.origin, body.size, body.root, checkpoint.root)
        return signed and said == (log.checkpoint_origin, checkpoint.size, root, root)

    def _former_log_keys(self) -> Sequence[bytes]:
        with self.begin() as connection:
            return former_keys.of_purpose(connection, "log")

    def _is_signed(self, log: LogIdentity, note: Note, public_key: bytes) -> bool:
        key = VerifierKey(log.checkpoint_origin, ED25519, public_key)
        lines = [signed_message(note.text, line, key) for line in note.signatures_of(key)]
        return bool(lines) and all(self.verify(public_key, m, s) for m, s, _ in lines)

    def _anchors(self, log: LogIdentity, report: AuditReport) -> None:
        with self.begin() as connection:
            rows = anchors.all_of(connection, log.generation)
        for row in rows:
            if row.proof is None:
                continue
            report.anchors += 1
            with self.begin() as connection:
                checkpoint = logs.checkpoint_at(connection, log.generation, row.size)
            if checkpoint is None or checkpoint.root != row.root:
                report.problems.append(Problem(f"anchor {row.size}", "audit-anchor-checkpoint"))
            try:
                self.check_proof(log, row, row.proof)
            except LedgerError as error:
                report.problems.append(Problem(f"anchor {row.size}", error.code))


def _name(problems: list[Problem], first: int, generation: int) -> None:
    """Let what was found from ``first`` on say of which closed generation it is."""
    problems[first:] = [
        Problem(f"g{generation} {each.where}", each.code) for each in problems[first:]
    ]


def _filled(name: TileName, size: int) -> int:
    """Return how many bytes of an edge tile a log of ``size`` leaves had; since then it may have grown."""
    return (size >> tiles.HEIGHT * name.level) % tiles.WIDTH * tiles.HASH_BYTES


def _unplaced(connection: Connection) -> list[Problem]:
    """Find statements that were acknowledged and neither wait for a place nor have one."""
    lost = statements.count_unplaced(connection)
    return [Problem(f"{lost} statements without a place", "audit-places")] if lost else []


def _unfinished_erasures(connection: Connection) -> list[Problem]:
    """Find erasures that a crash or a later legal hold keeps from being carried out."""
    found = erasures.all_pending(connection, MAX_FINDINGS)
    return [Problem(f"evidence {each.leaf_hash.hex()[:16]}", "audit-erasure") for each in found]


def _sampled(leaf_hash: bytes, share: float) -> bool:
    """Choose by the leaf's own hash: the same sample each time, and no bias by place."""
    return int.from_bytes(leaf_hash[:4], "big") < share * 2**32
