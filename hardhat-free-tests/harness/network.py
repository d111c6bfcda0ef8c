"""A chain in memory that works: real headers, receipts and state tries, and the anchor contract's rules.

Several accounts share one network. Transactions are not signed (a sender is named in the bytes), gas is not
counted, and nothing else is left out: nonces, replacement by price, reverts that are mined, reorganisations
that return transactions to the pool or lose them, QBFT seals of test validators.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from unit.proof_chain.sealing import Validator, sealed_by, validators

from ledger.errors import MalformedError
from ledger.ports.chain import BlockRef
from ledger.primitives import rlp
from ledger.primitives.digest import sha256
from ledger.primitives.keccak import keccak256
from ledger.primitives.merkle import verify_consistency
from ledger.primitives.trie import EMPTY_TRIE_ROOT, Trie, build_trie
from ledger.proof.anchor_event import TOPIC
from ledger.proof.anchor_state import head_slots
from ledger.proof.header import ChainKind, Header, block_hash
from ledger.proof.proof_files import ContractProof, SlotProof, membership_to_bytes
from ledger.proof.qbft_extra import QbftExtra
from ledger.proof.receipt import prove_receipt, receipts_trie

ANCHOR_CONTRACT: Final = sha256(b"anchor contract")[:20]
REGISTRY_CONTRACT: Final = sha256(b"registry contract")[:20]
ANCHOR_CODE: Final = sha256(b"anchor code")
REGISTRY_CODE: Final = sha256(b"registry code")
GENESIS_TIME: Final = 1_795_500_000
"""2026-11-24, shortly before the test clock begins."""


@dataclass(frozen=True)
class Transaction:
    """What an account sends; ``call`` is empty for a lease."""

    sender: bytes
    nonce: int
    price: int
    call: tuple[Any, ...] = ()

    def raw(self) -> bytes:
        call = [] if not self.call else [*map(rlp.encode_int, self.call[:2]), *self.call[2:]]
        return rlp.encode(
            [self.sender, rlp.encode_int(self.nonce), rlp.encode_int(self.price), call]
        )

    @property
    def hash(self) -> bytes:
        return keccak256(self.raw())

    @classmethod
    def read(cls, raw: bytes) -> "Transaction":
        item: Any = rlp.decode(raw, max_bytes=1 << 20, max_items=200, max_depth=3)
        sender, nonce, price, call = item
        decoded = (*map(rlp.decode_int, call[:2]), *call[2:])
        return cls(sender, rlp.decode_int(nonce), rlp.decode_int(price), decoded)


@dataclass(frozen=True)
class Head:
    """A head of a log, as the contract stores it."""

    size: int
    root: bytes
    index: int
    block: int


NO_HEAD: Final = Head(0, bytes(32), 0, 0)


@dataclass(frozen=True)
class State:
    """What the chain knows after a block."""

    nonces: Mapping[bytes, int] = field(default_factory=dict)
    heads: Mapping[tuple[bytes, int], Head] = field(default_factory=dict)

    def storage(self) -> Trie:
        words: dict[bytes, bytes] = {}
        for (member, generation), head in self.heads.items():
            first, second = head_slots(member, generation)
            packed = head.size | head.index << 64 | head.block << 128
            words[keccak256(first)] = rlp.encode(rlp.encode_int(packed))
            words[keccak256(second)] = rlp.encode(head.root.lstrip(b"\0"))
        return build_trie(words)

    def accounts(self) -> Trie:
        found = {
            keccak256(address): _account(nonce, EMPTY_TRIE_ROOT, keccak256(b""))
            for address, nonce in self.nonces.items()
        }
        found[keccak256(ANCHOR_CONTRACT)] = _account(1, self.storage().root, ANCHOR_CODE)
        found[keccak256(REGISTRY_CONTRACT)] = _account(1, EMPTY_TRIE_ROOT, REGISTRY_CODE)
        return build_trie(found)


def _account(nonce: int, storage_root: bytes, code_hash: bytes) -> bytes:
    return rlp.encode([rlp.encode_int(nonce), b"", storage_root, code_hash])


@dataclass(frozen=True)
class Block:
    """A mined block."""

    header: Header
    hash: bytes
    transactions: tuple[Transaction, ...]
    receipts: tuple[Mapping[str, object], ...]
    state: State

    @property
    def ref(self) -> BlockRef:
        return BlockRef(self.header.number, self.hash, self.header.timestamp)


@dataclass
class Institution:
    """A member as the registry holds it."""

    member: bytes
    account: bytes
    generation: int = 0
    active: bool = True


class Reverted(Exception):  # noqa: N818 - the chain's word
    """Raised when the contract refuses."""


class Network:
    """The chain that all members see."""

    def __init__(self, kind: ChainKind = "dev", *, finality: int = 0, sealers: int = 4) -> None:
        self.kind: Final[ChainKind] = kind
        self.chain_id: Final = 20261124
        self.finality = finality
        self.validators: tuple[Validator, ...] = validators(sealers) if kind != "dev" else ()
        self.institutions: dict[bytes, Institution] = {}
        self.pool: dict[tuple[bytes, int], Transaction] = {}
        self.blocks: list[Block] = []
        self.mined_ever: list[Transaction] = []
        self._forks = 0
        self._append((), State())

    @property
    def genesis(self) -> bytes:
        return self.blocks[0].hash

    @property
    def state(self) -> State:
        return self.blocks[-1].state

    def admit(self, member: bytes, account: bytes) -> Institution:
        self.institutions[account] = Institution(member, account)
        return self.institutions[account]

    def final(self) -> Block | None:
        number = len(self.blocks) - 1 - self.finality
        return self.blocks[number] if number >= 0 else None

    def send(self, transaction: Transaction) -> None:
        """Take a transaction into the pool, as a node does; a used nonce or a low price is ignored."""
        if transaction.nonce < self.state.nonces.get(transaction.sender, 0):
            return
        place = (transaction.sender, transaction.nonce)
        held = self.pool.get(place)
        if held is None or transaction.price > held.price:
            self.pool[place] = transaction

    def mine(self, blocks: int = 1, *, full: bool = True) -> Block:
        """Mine blocks with everything that can go in; ``full=False`` leaves the pool alone."""
        for _ in range(blocks):
            chosen = self._choose() if full else ()
            self._append(chosen, self.state)
        return self.blocks[-1]

    def reorg(self, depth: int, *, lost: bool = False) -> None:
        """Replace the last blocks by as many empty ones; their transactions wait again, or are lost."""
        depth = min(depth, len(self.blocks) - 1)
        gone = self.blocks[len(self.blocks) - depth :]
        del self.blocks[len(self.blocks) - depth :]
        self._forks += 1
        if not lost:
            for block in gone:
                for transaction in block.transactions:
                    self.send(transaction)
        for _ in gone:
            self._append((), self.state)

    def check(self, state: State, transaction: Transaction) -> tuple[State, list[Any]]:
        """Run an anchor call on a state; return the next state and its event (none for a retry)."""
        institution = self.institutions.get(transaction.sender)
        if institution is None or not institution.active:
            raise Reverted("unauthorized-key")
        generation, size, root, path = transaction.call
        if generation != institution.generation:
            raise Reverted("wrong-generation")
        head = state.heads.get((institution.member, generation), NO_HEAD)
        if head.size and (head.size, head.root) == (size, root):
            return state, []
        _check_growth(head, size, root, path)
        following = Head(size, root, head.index + 1, len(self.blocks))
        heads = {**state.heads, (institution.member, generation): following}
        return replace(state, heads=heads), [
            _event(institution.member, generation, following, head)
        ]

    def freeze(self, number: int, transaction: bytes, slots: Sequence[bytes]) -> tuple[bytes, ...]:
        """Return header and membership file of a block, and nothing that a node would not serve."""
        block = self.blocks[number]
        index = [each.hash for each in block.transactions].index(transaction)
        receipt = prove_receipt(block.receipts, index)
        accounts, storage = block.state.accounts(), block.state.storage()
        proof = ContractProof(
            address=ANCHOR_CONTRACT,
            account=accounts.prove(keccak256(ANCHOR_CONTRACT)),
            slots=tuple(SlotProof(slot, storage.prove(keccak256(slot))) for slot in slots),
        )
        from ledger.proof.proof_files import receipt_to_bytes  # noqa: PLC0415 - one use

        return block.header.encode(), receipt_to_bytes(receipt), membership_to_bytes((proof,))

    def _choose(self) -> tuple[Transaction, ...]:
        nonces = dict(self.state.nonces)
        chosen = []
        for sender, nonce in sorted(self.pool):
            if nonces.get(sender, 0) == nonce:
                chosen.append(self.pool[sender, nonce])
                nonces[sender] = nonce + 1
        return tuple(chosen)

    def _append(self, chosen: tuple[Transaction, ...], state: State) -> None:
        receipts: list[Mapping[str, object]] = []
        for index, transaction in enumerate(chosen):
            logs: list[Any] = []
            succeeded = True
            if transaction.call:
                try:
                    state, logs = self.check(state, transaction)
                except Reverted:
                    succeeded = False
            nonces = {**state.nonces, transaction.sender: transaction.nonce + 1}
            state = replace(state, nonces=nonces)
            receipts.append(_receipt(index, logs, succeeded=succeeded))
        header = self._header(receipts, state)
        block = Block(header, block_hash(header, self.kind), chosen, tuple(receipts), state)
        self.blocks.append(block)
        self.mined_ever += chosen
        used = {(each.sender, each.nonce) for each in chosen}
        self.pool = {place: each for place, each in self.pool.items() if place not in used}

    def _header(self, receipts: Sequence[Mapping[str, object]], state: State) -> Header:
        number = len(self.blocks)
        parent = self.blocks[-1].hash if self.blocks else bytes(32)
        items = (
            parent, bytes(32), bytes(20), state.accounts().root, bytes(32),
            receipts_trie(receipts).root, bytes(256), b"", rlp.encode_int(number),
            rlp.encode_int(30_000_000), rlp.encode_int(21_000 * len(receipts)),
            rlp.encode_int(GENESIS_TIME + number), self._extra(),
            sha256(str(self._forks).encode()), bytes(8),
        )  # fmt: skip
        header = Header(items)
        return sealed_by(header, self.validators) if self.kind != "dev" else header

    def _extra(self) -> bytes:
        if self.kind == "dev":
            return b""
        addresses = tuple(each.address for each in self.validators)
        return QbftExtra(bytes(32), addresses, None, 0, ()).encode()


def _check_growth(head: Head, size: int, root: bytes, path: Sequence[bytes]) -> None:
    if size == 0 or size < head.size:
        raise Reverted("size-decreased")
    if size == head.size:
        raise Reverted("root-changed")
    if head.size == 0:
        if path:
            raise Reverted("unexpected-proof")
        return
    try:
        verify_consistency(
            old_size=head.size, old_root=head.root, new_size=size, new_root=root, path=path
        )
    except MalformedError:
        raise Reverted("inconsistent") from None


def _event(member: bytes, generation: int, head: Head, last: Head) -> Mapping[str, object]:
    words = [head.root, head.index, last.size, last.root, last.block]
    return {
        "address": ANCHOR_CONTRACT,
        "topics": [TOPIC, member, generation.to_bytes(32, "big"), head.size.to_bytes(32, "big")],
        "data": b"".join(w if isinstance(w, bytes) else w.to_bytes(32, "big") for w in words),
    }


def _receipt(index: int, logs: list[Any], *, succeeded: bool) -> Mapping[str, object]:
    return {
        "transactionIndex": index,
        "status": int(succeeded),
        "cumulativeGasUsed": 21_000 * (index + 1),
        "logsBloom": bytes(256),
        "logs": logs,
    }
