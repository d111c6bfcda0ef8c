"""Deploying the two contracts on a chain that does not have them in its genesis.

The registry names the anchor contract and the other way round, so the anchor's address is computed first:
it follows from the sender and its nonce. The sender keeps no power over either.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from eth_abi.abi import encode
from eth_utils.abi import collapse_if_tuple
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from contracts import Artifact, artifact
from ledger.chain.answers import data, mapping, member_data, member_quantity, quantity
from ledger.chain.blocks import read_block, reference
from ledger.chain.contract import Contract
from ledger.chain.errors import Meaning, NodeError
from ledger.chain.fees import FeePolicy
from ledger.chain.rpc import Rpc, refusal
from ledger.errors import RefusedError, UnavailableError
from ledger.evidence.possession import PURPOSES
from ledger.ports.signer import TransactionSigner
from ledger.primitives import rlp

GAS_MARGIN_PERCENT: Final = 120
"""An estimate is exact for the state it saw."""
WAIT_SECONDS: Final = 120.0
"""A chain that lost its quorum takes about a minute to go on after it is back."""
VOTING_PERIOD_SECONDS: Final = 14 * 24 * 3600
ROLE_MEMBER: Final = 1
ADDRESS_BYTES: Final = 20

_COUNT: Final = "eth_getTransactionCount"
_ESTIMATE: Final = "eth_estimateGas"
_RECEIPT: Final = "eth_getTransactionReceipt"


@dataclass(frozen=True, slots=True)
class FoundingKey:
    """A key of a founder with its proof of possession."""

    purpose: str
    key: bytes
    proof_of_possession: bytes


@dataclass(frozen=True, slots=True)
class Founder:
    """An institution that takes part from the start.

    Attributes:
        member: 32-byte id.
        name_hash: SHA-256 of its name.
        admin: 20-byte address that votes for it.
        origin: of its log.
        endpoint: where peers reach it; empty when nowhere yet.
        keys: evidence, log and anchor key.
    """

    member: bytes
    name_hash: bytes
    admin: bytes
    origin: str
    endpoint: str
    keys: tuple[FoundingKey, ...]


@dataclass(frozen=True, slots=True)
class Deployed:
    """Addresses of the two contracts, 20 bytes each."""

    registry: bytes
    anchor: bytes


def deploy(
    url: str,
    *,
    chain_id: int,
    signer: TransactionSigner,
    founders: Callable[[bytes], tuple[Founder, ...]],
    threshold: int,
    gas_price: int | None,
) -> Deployed:
    """Deploy registry and anchor contract, and wait until both are mined.

    Args:
        url: of the node.
        chain_id: as in EIP-155.
        signer: who deploys.
        founders: is told the registry's address, which their proofs of possession name.
        threshold: votes that a proposal needs.
        gas_price: wei per gas; ``None`` asks the node.

    Raises:
        RefusedError: a deployment was mined and failed.
        UnavailableError: the node does not answer, or nothing is mined in time.
    """
    deployer = _Deployer(Rpc(url), chain_id, signer, FeePolicy(gas_price))
    nonce = deployer.nonce()
    anchor = _created_by(signer.address, nonce + 1)
    arguments: tuple[object, ...] = (
        [_founder(founder) for founder in founders(_created_by(signer.address, nonce))],
        threshold,
        VOTING_PERIOD_SECONDS,
        [],
        to_checksum_address(anchor),
    )
    registry = deployer.create(artifact("ConsortiumRegistry"), arguments, nonce)
    deployer.create(artifact("EvidenceAnchor"), (to_checksum_address(registry),), nonce + 1)
    return Deployed(registry, anchor)


def code_hash(url: str, address: bytes) -> bytes:
    """Return keccak-256 of the code at ``address``.

    Raises:
        UnavailableError: the node does not answer.
    """
    code = data(Rpc(url).ask("eth_getCode", "0x" + address.hex(), "latest"), "eth_getCode")
    return bytes(keccak(code))


def genesis_hash(url: str) -> bytes:
    """Return the hash of block 0.

    Raises:
        UnavailableError: the node does not answer.
    """
    block = read_block(Rpc(url), 0)
    if block is None:
        raise UnavailableError("chain-block-missing", number=0)
    return reference(block).block_hash


@dataclass(frozen=True, slots=True)
class _Deployer:
    rpc: Rpc
    chain_id: int
    signer: TransactionSigner
    fees: FeePolicy

    def nonce(self) -> int:
        sender = to_checksum_address(self.signer.address)
        return quantity(self.rpc.ask(_COUNT, sender, "latest"), _COUNT)

    def create(self, built: Artifact, arguments: tuple[object, ...], nonce: int) -> bytes:
        constructor = next(entry for entry in built.abi if entry["type"] == "constructor")
        types = [collapse_if_tuple(each) for each in constructor["inputs"]]
        code = "0x" + (built.bytecode + encode(types, arguments)).hex()
        raw = self.signer.sign_transaction(
            {
                "chainId": self.chain_id,
                "nonce": nonce,
                "value": 0,
                "data": code,
                "gas": self._gas(built, code),
                "gasPrice": self.fees.price(self.rpc, above=None),
            }
        )
        self._send(raw)
        receipt = self._wait("0x" + keccak(raw).hex())
        if member_quantity(receipt, "status", _RECEIPT) != 1:
            raise RefusedError("deployment-failed", contract=built.name)
        return member_data(receipt, "contractAddress", _RECEIPT, length=ADDRESS_BYTES)

    def _send(self, raw: bytes) -> None:
        try:
            self.rpc.call("eth_sendRawTransaction", "0x" + raw.hex())
        except NodeError as error:
            match error.meaning:
                case Meaning.ALREADY_KNOWN:
                    return
                case Meaning.NO_FUNDS:
                    raise UnavailableError("chain-no-funds") from error
                case Meaning.NOT_ALLOWED:
                    raise RefusedError("chain-not-allowed") from error
                case _:
                    raise refusal(error) from error

    def _gas(self, built: Artifact, code: str) -> int:
        """Return the gas to offer; a constructor that would revert is refused here, by its own error."""
        request = {"from": to_checksum_address(self.signer.address), "data": code}
        try:
            estimate = quantity(self.rpc.call(_ESTIMATE, request), _ESTIMATE)
        except NodeError as error:
            raise Contract(self.rpc, built, bytes(20)).translate(error) from error
        return estimate * GAS_MARGIN_PERCENT // 100

    def _wait(self, transaction: str) -> Mapping[str, Any]:
        """Return the receipt; an outage while waiting is waited out, since the transaction is on its way."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            with suppress(UnavailableError):
                answer = self.rpc.ask(_RECEIPT, transaction)
                receipt = {} if answer is None else mapping(answer, _RECEIPT)
                if receipt.get("blockHash") is not None:
                    return receipt
            time.sleep(0.2)
        raise UnavailableError("chain-does-not-mine", seconds=int(WAIT_SECONDS))


def _created_by(sender: bytes, nonce: int) -> bytes:
    """Return the address of the contract that ``sender`` creates with ``nonce``."""
    return bytes(keccak(rlp.encode([sender, rlp.encode_int(nonce)]))[12:])


def _founder(founder: Founder) -> tuple[object, ...]:
    keys = [
        (PURPOSES.index(key.purpose), key.key.rjust(32, b"\0"), key.proof_of_possession)
        for key in founder.keys
    ]
    return (
        founder.member,
        founder.name_hash,
        to_checksum_address(founder.admin),
        ROLE_MEMBER,
        founder.endpoint,
        founder.origin,
        keys,
    )
