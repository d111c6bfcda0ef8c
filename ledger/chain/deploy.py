"""Deploying the two contracts on a chain that does not have them in its genesis.

The registry names the anchor contract and the other way round, so the anchor's address is computed first:
it follows from the sender and its nonce. The sender keeps no power over either.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from contracts import Artifact, artifact
from ledger.chain.answers import data, member_data, member_quantity, quantity
from ledger.chain.blocks import read_block, reference
from ledger.chain.contract import Contract, types_of
from ledger.chain.errors import NodeError
from ledger.chain.fees import FeePolicy
from ledger.chain.registry import ROLES
from ledger.chain.rpc import Rpc
from ledger.chain.sending import GAS_MARGIN_PERCENT, RECEIPT, WAIT_SECONDS, Sender
from ledger.errors import RefusedError, UnavailableError
from ledger.evidence.possession import PURPOSES
from ledger.ports.signer import TransactionSigner
from ledger.primitives import rlp

VOTING_PERIOD_SECONDS: Final = 14 * 24 * 3600
ADDRESS_BYTES: Final = 20

REGISTRY: Final = "ConsortiumRegistry"
ANCHOR: Final = "EvidenceAnchor"
_COUNT: Final = "eth_getTransactionCount"
_ESTIMATE: Final = "eth_estimateGas"


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
        roles: names of ``registry.ROLES``.
    """

    member: bytes
    name_hash: bytes
    admin: bytes
    origin: str
    endpoint: str
    keys: tuple[FoundingKey, ...]
    roles: tuple[str, ...] = ("member",)


@dataclass(frozen=True, slots=True)
class Deployed:
    """Addresses of the two contracts, 20 bytes each."""

    registry: bytes
    anchor: bytes


@dataclass(frozen=True, slots=True)
class Plan:
    """A consortium to be founded.

    Attributes:
        founders: institutions from the start, with proofs of possession that name the registry's address.
        threshold: votes that a proposal needs.
        voting_period: seconds.
        validators: 20-byte addresses, ascending; empty where the chain does not take them from here.
    """

    founders: tuple[Founder, ...]
    threshold: int
    voting_period: int = VOTING_PERIOD_SECONDS
    validators: tuple[bytes, ...] = ()


def predict(sender: bytes, nonce: int) -> Deployed:
    """Return where the contracts will stand when ``sender`` deploys them with ``nonce`` and the next one."""
    return Deployed(registry=_created_by(sender, nonce), anchor=_created_by(sender, nonce + 1))


def next_nonce(url: str, account: bytes) -> int:
    """Return the next nonce of an account.

    Raises:
        UnavailableError: the node does not answer.
    """
    sender = to_checksum_address(account)
    return quantity(Rpc(url).ask(_COUNT, sender, "latest"), _COUNT)


def deploy(
    url: str,
    *,
    chain_id: int,
    signer: TransactionSigner,
    plan: Callable[[bytes], Plan],
    gas_price: int | None,
    nonce: int | None = None,
    wait_seconds: float = WAIT_SECONDS,
) -> Deployed:
    """Deploy registry and anchor contract, and wait until both are mined.

    With ``nonce`` a deployment that was cut short is gone on with: what stands already is not sent again.

    Args:
        url: of the node.
        chain_id: as in EIP-155.
        signer: who deploys.
        plan: is told the registry's address, which the founders' proofs of possession name.
        gas_price: wei per gas; ``None`` asks the node.
        nonce: that the registry's address was computed with; else the account's next one.
        wait_seconds: for each receipt.

    Raises:
        RefusedError: a deployment was mined and failed, or the account has moved past ``nonce``.
        UnavailableError: the node does not answer, or nothing is mined in time.
    """
    rpc = Rpc(url)
    fees = FeePolicy(gas_price)
    deployer = _Deployer(rpc, Sender(rpc, chain_id, signer, fees, wait_seconds=wait_seconds))
    now = deployer.sender.nonce()
    first = now if nonce is None else nonce
    if not first <= now <= first + 2:
        raise RefusedError("deployer-nonce-moved", expected=first, found=now)
    places = predict(signer.address, first)
    if now == first:
        deployer.create(artifact(REGISTRY), _arguments(plan(places.registry), places), first)
    if now <= first + 1:
        arguments = (to_checksum_address(places.registry),)
        deployer.create(artifact(ANCHOR), arguments, first + 1)
    return places


def deploy_one(sender: Sender, built: Artifact, arguments: tuple[object, ...]) -> tuple[bytes, int]:
    """Deploy one contract; return its address and the block that it stands in.

    Raises:
        RefusedError: the constructor refuses.
        UnavailableError: the node does not answer, or nothing is mined in time.
    """
    receipt = _Deployer(sender.rpc, sender).create(built, arguments, None)
    address = member_data(receipt, "contractAddress", RECEIPT, length=ADDRESS_BYTES)
    return address, member_quantity(receipt, "blockNumber", RECEIPT)


def _arguments(plan: Plan, places: Deployed) -> tuple[object, ...]:
    return (
        [_founder(founder) for founder in plan.founders],
        plan.threshold,
        plan.voting_period,
        [to_checksum_address(each) for each in plan.validators],
        to_checksum_address(places.anchor),
    )


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
    sender: Sender

    def create(
        self, built: Artifact, arguments: tuple[object, ...], nonce: int | None
    ) -> Mapping[str, Any]:
        constructor = next(entry for entry in built.abi if entry["type"] == "constructor")
        code = built.bytecode + encode(types_of(constructor["inputs"]), arguments)
        receipt = self.sender.send(None, code, self._gas(built, code), nonce=nonce)
        if member_quantity(receipt, "status", RECEIPT) != 1:
            raise RefusedError("deployment-failed", contract=built.name)
        return receipt

    def _gas(self, built: Artifact, code: bytes) -> int:
        """Return the gas to offer; a constructor that would revert is refused here, by its own error."""
        request = {"from": self.sender.address, "data": "0x" + code.hex()}
        try:
            estimate = quantity(self.rpc.call(_ESTIMATE, request), _ESTIMATE)
        except NodeError as error:
            raise Contract(self.rpc, built, bytes(20)).translate(error) from error
        return estimate * GAS_MARGIN_PERCENT // 100


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
        sum(1 << ROLES.index(role) for role in founder.roles),
        founder.endpoint,
        founder.origin,
        keys,
    )
