"""The chain port on web3: one member's view of the shared chain, and its anchor account."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from contracts import artifact
from ledger.chain import proofs
from ledger.chain.answers import mapping, member_data, member_quantity, quantity
from ledger.chain.blocks import HASH_BYTES, header_bytes, read_block, reference
from ledger.chain.contract import Contract
from ledger.chain.endpoints import Expected, endpoint_alarms, expect
from ledger.chain.errors import Meaning, NodeError, refusal
from ledger.chain.fees import FeePolicy
from ledger.chain.finality import TAG, check_policy, final_number
from ledger.chain.rpc import Rpc
from ledger.errors import ConfigurationError, RefusedError, UnavailableError
from ledger.evidence.anchoring import Inclusion
from ledger.ports.chain import AnchorCall, AnchorHead, BlockRef, ChainProof, SignedTransaction
from ledger.ports.signer import TransactionSigner
from ledger.proof.anchor_state import head_slots
from ledger.proof.header import ChainKind

GAS_MARGIN_PERCENT: Final = 120
"""An estimate is exact for the state it saw; a head that moves in between changes it a little."""
LEASE_GAS: Final = 21_000
LOW_BALANCE_ANCHORS: Final = 100
"""Warn while there is still a day's worth of anchors in the account."""
ANCHOR_GAS: Final = 80_000
NO_MEMBER: Final = bytes(32)

_BALANCE: Final = "eth_getBalance"
_COUNT: Final = "eth_getTransactionCount"
_ESTIMATE: Final = "eth_estimateGas"
_RECEIPT: Final = "eth_getTransactionReceipt"


@dataclass(frozen=True, slots=True)
class ChainConfig:
    """Which chain, and how to use it.

    Attributes:
        url: of the node, or of several, separated by commas.
        chain_id: as in EIP-155; compared with the node's answer.
        kind: of chain, as in the trust file.
        registry: 20-byte address of ``ConsortiumRegistry``.
        anchor: 20-byte address of ``EvidenceAnchor``.
        finality: policy, see ``finality``.
        gas_price: wei per gas; ``None`` asks the node.
    """

    url: str
    chain_id: int
    kind: ChainKind
    registry: bytes
    anchor: bytes
    finality: str
    gas_price: int | None


class Web3Chain:
    """Implements the chain port.

    Args:
        config: which chain.
        signer: the anchor key.
    """

    def __init__(self, config: ChainConfig, signer: TransactionSigner) -> None:
        check_policy(config.finality)
        self._config: Final = config
        self._signer: Final = signer
        expect(config.url, Expected(config.chain_id, config.finality))
        self._rpc: Final = Rpc(config.url)
        self._registry: Final = Contract(self._rpc, artifact("ConsortiumRegistry"), config.registry)
        self._anchor: Final = Contract(self._rpc, artifact("EvidenceAnchor"), config.anchor)
        self._fees: Final = FeePolicy(config.gas_price)
        self._checked = False

    @property
    def account(self) -> bytes:
        """The 20-byte address of this member's anchor key."""
        return self._signer.address

    def chain_id(self) -> int:
        """See ``ports.chain``."""
        return quantity(self._rpc.ask("eth_chainId"), "eth_chainId")

    def latest(self) -> BlockRef:
        """See ``ports.chain``."""
        self._check_chain()
        block = read_block(self._rpc, "latest")
        if block is None:
            raise UnavailableError("chain-block-missing", number="latest")
        return reference(block)

    def final(self) -> BlockRef | None:
        """See ``ports.chain``."""
        latest = self.latest()
        tagged = read_block(self._rpc, TAG) if self._config.finality == TAG else None
        number = final_number(
            self._config.finality, latest.number, reference(tagged).number if tagged else None
        )
        if number is None:
            return None
        if number == latest.number:
            return latest
        block = read_block(self._rpc, number)
        return None if block is None else reference(block)

    def header(self, number: int) -> bytes:
        """See ``ports.chain``."""
        return self._rpc.agreed(lambda rpc: self._header(rpc, number))

    def _header(self, rpc: Rpc, number: int) -> bytes:
        block = read_block(rpc, number)
        if block is None:
            raise UnavailableError("chain-block-missing", number=number)
        return header_bytes(block, self._config.kind)

    def next_nonce(self) -> int:
        """See ``ports.chain``."""
        self._check_chain()
        answer = self._rpc.ask(_COUNT, self._sender, "latest")
        return quantity(answer, _COUNT)

    def active_member(self) -> bytes | None:
        """See ``ports.chain``."""
        self._check_chain()
        (member,) = self._registry.call("memberOfAnchorKey", self._sender)
        return None if member == NO_MEMBER else bytes(member)

    def generation(self, member: bytes) -> int:
        """See ``ports.chain``."""
        (generation,) = self._registry.call("generationOf", member)
        return int(generation)

    def head(self, member: bytes, generation: int) -> AnchorHead:
        """See ``ports.chain``."""
        size, index, block_number, root = self._anchor.call("head", member, generation)
        return AnchorHead(size, bytes(root), index, block_number)

    def sign_anchor(
        self, call: AnchorCall, *, nonce: int | None = None, above_price: int | None = None
    ) -> SignedTransaction:
        """See ``ports.chain``."""
        proof = list(call.consistency_proof)
        data = self._anchor.encode("anchor", call.generation, call.size, call.root, proof)
        request = {"from": self._sender, "to": _hex(self._config.anchor), "data": _hex(data)}
        try:
            estimate = quantity(self._rpc.call(_ESTIMATE, request), _ESTIMATE)
        except NodeError as error:
            raise self._anchor.translate(error) from error
        gas = estimate * GAS_MARGIN_PERCENT // 100
        return self._sign(self._config.anchor, data, gas, nonce=nonce, above=above_price)

    def sign_lease(self) -> SignedTransaction:
        """See ``ports.chain``."""
        return self._sign(self.account, b"", LEASE_GAS, nonce=None, above=None)

    def _sign(
        self, to: bytes, data: bytes, gas: int, *, nonce: int | None, above: int | None
    ) -> SignedTransaction:
        used = self.next_nonce() if nonce is None else nonce
        price = self._fees.price(self._rpc, above=above)
        raw = self._signer.sign_transaction(
            {
                "chainId": self._config.chain_id,
                "nonce": used,
                "to": _checksum(to),
                "value": 0,
                "data": _hex(data),
                "gas": gas,
                "gasPrice": price,
            }
        )
        latest = self.latest().number
        return SignedTransaction(raw, bytes(keccak(raw)), used, price, latest)

    def broadcast(self, raw: bytes) -> None:
        """See ``ports.chain``."""
        try:
            self._rpc.call("eth_sendRawTransaction", _hex(raw))
        except NodeError as error:
            _judge_refusal(error)

    def find(self, transactions: Sequence[bytes]) -> Inclusion | None:
        """See ``ports.chain``."""
        for transaction in transactions:
            found = self._inclusion(transaction)
            if found is not None:
                return found
        return None

    def _inclusion(self, transaction: bytes) -> Inclusion | None:
        answer = self._rpc.ask(_RECEIPT, _hex(transaction))
        if answer is None:
            return None
        receipt = mapping(answer, _RECEIPT)
        if receipt.get("blockHash") is None:  # some clients answer for what is still in the pool
            return None
        number = member_quantity(receipt, "blockNumber", _RECEIPT)
        block_hash = member_data(receipt, "blockHash", _RECEIPT, length=HASH_BYTES)
        status = member_quantity(receipt, "status", _RECEIPT)
        block = read_block(self._rpc, number)
        if block is None or reference(block).block_hash != block_hash:
            return None
        return Inclusion(transaction, number, block_hash, succeeded=status == 1)

    def freeze(self, inclusion: Inclusion, *, member: bytes, generation: int) -> ChainProof:
        """See ``ports.chain``."""
        kind, contract, slots = (
            self._config.kind,
            self._config.anchor,
            head_slots(member, generation),
        )
        return self._rpc.agreed(
            lambda rpc: proofs.freeze(rpc, kind, inclusion, contract=contract, slots=slots),
            enough=lambda proof: proof.membership is not None,
        )

    def warnings(self) -> tuple[str, ...]:
        """See ``ports.chain``."""
        found = []
        if self._config.kind == "dev":
            found.append("chain-development")
        price = self._fees.price(self._rpc, above=None)
        balance = quantity(self._rpc.ask(_BALANCE, self._sender, "latest"), _BALANCE)
        if price and balance < price * ANCHOR_GAS * LOW_BALANCE_ANCHORS:
            found.append("chain-low-balance")
        return (*found, *endpoint_alarms(self._config.url))

    @property
    def _sender(self) -> str:
        return _checksum(self.account)

    def _check_chain(self) -> None:
        """Compare the chain id once: the same address on another chain is another contract."""
        if self._checked:
            return
        found = self.chain_id()
        if found != self._config.chain_id:
            raise ConfigurationError("chain-id", expected=self._config.chain_id, found=found)
        self._checked = True


def _judge_refusal(error: NodeError) -> None:
    """Turn a node's refusal of signed bytes into ours; return when it is none.

    A used nonce is no refusal: an earlier attempt may have taken it, and the next observation finds out.
    """
    match error.meaning:
        case Meaning.ALREADY_KNOWN | Meaning.NONCE_USED | Meaning.UNDERPRICED:
            return
        case Meaning.NO_FUNDS:
            raise UnavailableError("chain-no-funds") from error
        case Meaning.NOT_ALLOWED:
            raise RefusedError("chain-not-allowed") from error
        case Meaning.REVERTED | Meaning.UNSUPPORTED | Meaning.BUSY | Meaning.OTHER:
            raise refusal(error) from error


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def _checksum(address: bytes) -> str:
    return to_checksum_address(address)
