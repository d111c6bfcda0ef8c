"""Another member's log in memory, with its key: it may grow, roll back, and show two histories."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ledger.evidence import tiles
from ledger.primitives import merkle_proofs
from ledger.primitives.checkpoint_text import CheckpointBody
from ledger.primitives.merkle import EMPTY_ROOT, leaf_hash
from ledger.primitives.note import ED25519, Note, VerifierKey
from ledger.primitives.witness_request import AddCheckpoint
from ledger.proof.trust import KeyRecord, TrustedMember


def leaves(count: int, story: str = "a") -> list[bytes]:
    """Return leaf hashes of a story; stories share nothing."""
    return [leaf_hash(f"{story}-{at}".encode()) for at in range(count)]


@dataclass
class PeerLog:
    """A log and what its owner shows at the moment.

    Attributes:
        origin: without the generation.
        hashes: leaf hashes, in order.
        key: the log key.
        generation: of the log that it shows.
    """

    origin: str = "lianzheng.example/peer"
    hashes: list[bytes] = field(default_factory=list)
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    generation: int = 0

    @property
    def member(self) -> TrustedMember:
        public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        record = KeyRecord("log", public, 0, None, None, None)
        return TrustedMember(
            sha256(self.origin.encode()).digest(), "乙银行", self.origin, (record,)
        )

    @property
    def checkpoint_origin(self) -> str:
        return f"{self.origin}/g{self.generation}"

    def told(self, hashes: Sequence[bytes]) -> "PeerLog":
        """Return the same member telling another story."""
        return replace(self, hashes=list(hashes))

    def _reader(self) -> merkle_proofs.VertexReader:
        return tiles.vertices(tiles.append(0, self.hashes, {}).__getitem__)

    def root(self, size: int) -> bytes:
        return merkle_proofs.root(size, self._reader()) if size else EMPTY_ROOT

    def checkpoint(self, size: int | None = None) -> Note:
        """Return the signed checkpoint."""
        count = len(self.hashes) if size is None else size
        text = CheckpointBody(self.checkpoint_origin, count, self.root(count)).text()
        public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        key = VerifierKey(self.checkpoint_origin, ED25519, public)
        return Note(text, (key.signature_line(self.key.sign(text.encode())),))

    def leaf_hashes(self, first: int, size: int) -> Sequence[bytes]:
        """See ``LogSource``."""
        return self.hashes[first:size]

    def request(self, old: int, size: int | None = None) -> AddCheckpoint:
        """Return a request to cosign."""
        count = len(self.hashes) if size is None else size
        path = merkle_proofs.consistency_path(old, count, self._reader()) if old else ()
        return AddCheckpoint(old, path, self.checkpoint(size))
