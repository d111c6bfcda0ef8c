"""The chain port: what the ledger needs of a shared Ethereum-compatible chain.

* Reads answer from the node's present view; two reads may see two views. Callers compare block hashes.
* ``broadcast`` may fail without the transaction being lost, and may succeed without an answer: callers
  store the signed bytes first and send the same bytes again. Sending known bytes again is not an error.
* Nothing here waits for a block. Every method raises ``UnavailableError`` when the node does not answer,
  and ``ConfigurationError`` when it answers for another chain or the contracts are not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ledger.evidence.anchoring import Inclusion


@dataclass(frozen=True, slots=True)
class BlockRef:
    """A block by number, hash and time.

    Attributes:
        number: height.
        block_hash: 32 bytes.
        timestamp: seconds since 1970, as the proposer chose it.
    """

    number: int
    block_hash: bytes
    timestamp: int


@dataclass(frozen=True, slots=True)
class AnchorHead:
    """The head of a log as the anchor contract holds it; size 0 when nothing was anchored.

    Attributes:
        size: leaves.
        root: 32 bytes.
        index: running number of the anchor within the generation.
        block_number: where it was anchored.
    """

    size: int
    root: bytes
    index: int
    block_number: int


@dataclass(frozen=True, slots=True)
class AnchorCall:
    """The arguments of ``EvidenceAnchor.anchor``."""

    generation: int
    size: int
    root: bytes
    consistency_proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """A transaction that is ready to be stored and sent.

    Attributes:
        raw: the bytes to send.
        transaction: their 32-byte hash.
        nonce: account nonce.
        price: wei per gas (the fee cap where the network has a base fee).
        at_block: latest block when it was signed.
    """

    raw: bytes
    transaction: bytes
    nonce: int
    price: int
    at_block: int


@dataclass(frozen=True, slots=True)
class ChainProof:
    """Everything of the chain that a package needs, frozen at finality.

    Attributes:
        header: RLP of the anchor's block header, as served.
        receipt: canonical JSON: index, receipt bytes and trie path.
        membership: canonical JSON: account and storage proofs at that block; ``None`` when the node no
            longer had them.
    """

    header: bytes
    receipt: bytes
    membership: bytes | None


class Chain(Protocol):
    """The chain as one member sees and uses it."""

    @property
    def account(self) -> bytes:
        """The 20-byte address of this member's anchor key."""
        ...

    def chain_id(self) -> int:
        """Return the chain id that the node answers."""
        ...

    def latest(self) -> BlockRef:
        """Return the newest block."""
        ...

    def final(self) -> BlockRef | None:
        """Return the newest block that is final under the network's policy; ``None`` before the first."""
        ...

    def header(self, number: int) -> bytes:
        """Return the RLP of the header at ``number``, as served."""
        ...

    def next_nonce(self) -> int:
        """Return the account's next nonce at the latest block (mined transactions only)."""
        ...

    def active_member(self) -> bytes | None:
        """Return the member whose active anchor key this account is; ``None`` when it is nobody's."""
        ...

    def generation(self, member: bytes) -> int:
        """Return the present log generation of ``member``."""
        ...

    def head(self, member: bytes, generation: int) -> AnchorHead:
        """Return the anchored head of a log; size 0 when nothing was anchored yet."""
        ...

    def sign_anchor(
        self, call: AnchorCall, *, nonce: int | None = None, above_price: int | None = None
    ) -> SignedTransaction:
        """Sign an anchor transaction after asking the contract whether it would accept it.

        Args:
            call: the arguments.
            nonce: reuse this nonce (a replacement); else the next one.
            above_price: the price that a replacement has to beat.

        Raises:
            RefusedError: the contract would revert; the code names its error.
        """
        ...

    def sign_lease(self) -> SignedTransaction:
        """Sign an empty transaction to itself, which takes or renews the lease of the account."""
        ...

    def broadcast(self, raw: bytes) -> None:
        """Send signed bytes; known bytes are not an error.

        Raises:
            RefusedError: the node will never accept them; the code says why.
        """
        ...

    def find(self, transactions: Sequence[bytes]) -> Inclusion | None:
        """Return where one of ``transactions`` stands in the canonical chain; ``None`` when none does."""
        ...

    def freeze(self, inclusion: Inclusion, *, member: bytes, generation: int) -> ChainProof:
        """Fetch the proof of the anchor event in a final block, checked against the header.

        Raises:
            IntegrityError: the node's answers contradict each other.
        """
        ...

    def warnings(self) -> tuple[str, ...]:
        """Return codes of what people should know now: a development chain, a low balance."""
        ...
