"""The chain port on a network in memory: one account's view, with outages on demand."""

from collections.abc import Sequence
from typing import Final

from harness.network import NO_HEAD, Network, Reverted, Transaction

from ledger.errors import IntegrityError, LedgerError, RefusedError, UnavailableError
from ledger.evidence.anchoring import Inclusion
from ledger.ports.chain import AnchorCall, AnchorHead, BlockRef, ChainProof, SignedTransaction
from ledger.proof.anchor_state import head_slots

OUTAGE: Final = UnavailableError("chain-unreachable", detail="test")


class MemoryChain:
    """Implements the chain port.

    Attributes:
        down: every call fails, as when the node does not answer.
        fail_before_send: the next broadcast fails and nothing was sent.
        fail_after_send: the next broadcast fails although it was sent.
        price: wei per gas of the next transaction.
    """

    def __init__(self, network: Network, account: bytes) -> None:
        self.network: Final = network
        self.down = False
        self.fail_before_send = False
        self.fail_after_send = False
        self.price = 8
        self.calls: list[str] = []
        self._account: Final = account
        self._failing: dict[str, LedgerError] = {}

    @property
    def account(self) -> bytes:
        """See ``ports.chain``."""
        return self._account

    def fail_next(self, method: str, error: LedgerError = OUTAGE) -> None:
        """Make the next call of ``method`` fail."""
        self._failing[method] = error

    def chain_id(self) -> int:
        """See ``ports.chain``."""
        self._answer("chain_id")
        return self.network.chain_id

    def latest(self) -> BlockRef:
        """See ``ports.chain``."""
        self._answer("latest")
        return self.network.blocks[-1].ref

    def final(self) -> BlockRef | None:
        """See ``ports.chain``."""
        self._answer("final")
        block = self.network.final()
        return None if block is None else block.ref

    def header(self, number: int) -> bytes:
        """See ``ports.chain``."""
        self._answer("header")
        return self.network.blocks[number].header.encode()

    def next_nonce(self) -> int:
        """See ``ports.chain``."""
        self._answer("next_nonce")
        return self.network.state.nonces.get(self._account, 0)

    def active_member(self) -> bytes | None:
        """See ``ports.chain``."""
        self._answer("active_member")
        found = self.network.institutions.get(self._account)
        return found.member if found and found.active else None

    def generation(self, member: bytes) -> int:
        """See ``ports.chain``."""
        self._answer("generation")
        return next(
            each.generation for each in self.network.institutions.values() if each.member == member
        )

    def head(self, member: bytes, generation: int) -> AnchorHead:
        """See ``ports.chain``."""
        self._answer("head")
        head = self.network.state.heads.get((member, generation), NO_HEAD)
        return AnchorHead(head.size, head.root, head.index, head.block)

    def sign_anchor(
        self, call: AnchorCall, *, nonce: int | None = None, above_price: int | None = None
    ) -> SignedTransaction:
        """See ``ports.chain``."""
        self._answer("sign_anchor")
        arguments = (call.generation, call.size, call.root, list(call.consistency_proof))
        price = self.price if above_price is None else above_price * 9 // 8 + 1
        used = self._next_nonce() if nonce is None else nonce
        transaction = Transaction(self._account, used, price, arguments)
        try:
            self.network.check(self.network.state, transaction)
        except Reverted as reason:
            raise RefusedError("contract-reverted", why=str(reason)) from None
        return self._signed(transaction)

    def sign_lease(self) -> SignedTransaction:
        """See ``ports.chain``."""
        self._answer("sign_lease")
        return self._signed(Transaction(self._account, self._next_nonce(), self.price))

    def broadcast(self, raw: bytes) -> None:
        """See ``ports.chain``."""
        self._answer("broadcast")
        if self.fail_before_send:
            self.fail_before_send = False
            raise OUTAGE
        self.network.send(Transaction.read(raw))
        if self.fail_after_send:
            self.fail_after_send = False
            raise OUTAGE

    def find(self, transactions: Sequence[bytes]) -> Inclusion | None:
        """See ``ports.chain``."""
        self._answer("find")
        for wanted in transactions:
            for block in self.network.blocks:
                for index, transaction in enumerate(block.transactions):
                    if transaction.hash == wanted:
                        status = block.receipts[index]["status"]
                        return Inclusion(
                            wanted, block.ref.number, block.hash, succeeded=status == 1
                        )
        return None

    def freeze(self, inclusion: Inclusion, *, member: bytes, generation: int) -> ChainProof:
        """See ``ports.chain``."""
        self._answer("freeze")
        number = inclusion.block_number
        blocks = self.network.blocks
        if number >= len(blocks) or blocks[number].hash != inclusion.block_hash:
            raise IntegrityError("chain-block-moved", number=number)
        slots = head_slots(member, generation)
        header, receipt, membership = self.network.freeze(number, inclusion.transaction, slots)
        return ChainProof(header, receipt, membership)

    def warnings(self) -> tuple[str, ...]:
        """See ``ports.chain``."""
        self._answer("warnings")
        return ()

    def _next_nonce(self) -> int:
        return self.network.state.nonces.get(self._account, 0)

    def _signed(self, transaction: Transaction) -> SignedTransaction:
        return SignedTransaction(
            raw=transaction.raw(),
            transaction=transaction.hash,
            nonce=transaction.nonce,
            price=transaction.price,
            at_block=self.network.blocks[-1].ref.number,
        )

    def _answer(self, method: str) -> None:
        self.calls.append(method)
        if self.down:
            raise OUTAGE
        if method in self._failing:
            raise self._failing.pop(method)
