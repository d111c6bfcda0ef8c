"""What tests do with a running QBFT network: votes in the registry, and blocks recorded as files."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eth_abi.abi import encode
from eth_account import Account
from networks.keys import read_key
from networks.plan import ANCHOR, REGISTRY
from networks.running import RunningNetwork

from contracts import artifact
from ledger.chain.rpc import Rpc
from ledger.proof.header import header_rlp_from_json
from ledger.proof.membership import array_slot, slot_at

REGISTRY_NAME = "0x" + REGISTRY.hex()


def call_data(signature: str, *arguments: Any) -> bytes:
    """Return selector and arguments of a call of the registry."""
    selector = artifact("ConsortiumRegistry").method_identifiers[signature]
    types = signature.partition("(")[2].removesuffix(")")
    return selector + encode(types.split(",") if types else [], arguments)


def transact(network: RunningNetwork, member: int, data: bytes) -> dict[str, Any]:
    """Send a transaction to the registry from a member's admin key (from 0), and return its receipt."""
    file = network.folder / "members" / str(member + 1) / "admin.key"
    account = Account.from_key("0x" + file.read_text())
    rpc = Rpc(network.endpoints[member])
    nonce = int(str(rpc.ask("eth_getTransactionCount", account.address, "latest")), 16)
    signed = account.sign_transaction(
        {
            "nonce": nonce,
            "to": "0x" + REGISTRY.hex(),
            "data": data,
            "value": 0,
            "gas": 3_000_000,
            "gasPrice": 0,
            "chainId": network.plan.chain_id,
        }
    )
    name = rpc.ask("eth_sendRawTransaction", "0x" + signed["raw_transaction"].hex())
    deadline = time.monotonic() + 120
    while (receipt := rpc.ask("eth_getTransactionReceipt", name)) is None:
        assert time.monotonic() < deadline, "the transaction was not mined"
        time.sleep(0.2)
    assert isinstance(receipt, dict)
    assert receipt["status"] == "0x1"
    return receipt


def vote_validators(
    network: RunningNetwork, addresses: Sequence[bytes], voters: Sequence[int]
) -> int:
    """Propose another set of validators, vote for it, and return the block of the deciding vote."""
    listed = sorted(address.hex() for address in addresses)
    change = call_data("setValidators(address[])", ["0x" + each for each in listed])
    transact(network, voters[0], call_data("propose(bytes)", change))
    asked = {"to": REGISTRY_NAME, "data": "0x" + call_data("proposalCount()").hex()}
    count = int(str(Rpc(network.endpoints[voters[0]]).ask("eth_call", asked, "latest")), 16)
    for voter in voters[1:]:
        receipt = transact(network, voter, call_data("vote(uint256)", count))
    return int(receipt["blockNumber"], 16)


def recorded(url: str, number: int, mode: str, validators: Sequence[bytes]) -> dict[str, Any]:
    """Return a block as a file of docs/spec/block-file.md, taken from a running client."""
    rpc = Rpc(url)
    block: Any = rpc.ask("eth_getBlockByNumber", hex(number), False)
    found = {
        "validator_mode": mode,
        "validators": ["0x" + each.hex() for each in sorted(validators)],
        "header": block,
        "header_rlp_as_served": "0x" + header_rlp_from_json(block).hex(),
        "receipts": [rpc.ask("eth_getTransactionReceipt", each) for each in block["transactions"]],
        "anchor_proof": _proof(rpc, "0x" + ANCHOR.hex(), [slot_at(0)], number, "proof"),
    }
    if mode == "contract":
        slots = [slot_at(0), *(array_slot(0, index) for index in range(len(validators)))]
        found |= {
            "parent_header": rpc.ask("eth_getBlockByNumber", hex(number - 1), False),
            "validator_contract": _proof(
                rpc, REGISTRY_NAME, slots, number - 1, "proof_on_parent_state"
            ),
        }
    return found


def _proof(
    rpc: Rpc, address: str, slots: Sequence[bytes], number: int, name: str
) -> dict[str, Any]:
    asked = ["0x" + slot.hex() for slot in slots]
    return {"address": address, name: rpc.ask("eth_getProof", address, asked, hex(number))}


def address_of_node(folder: Path, index: int) -> bytes:
    """Return the address by which a node seals."""
    return read_key(folder / "members" / str(index + 1) / "nodekey").address
