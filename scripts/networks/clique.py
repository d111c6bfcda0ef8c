"""A Clique network: its keys, its genesis, the hash of block 0; for geth 1.13, the last version that seals it.

* One signer a member; the same key names the node among its peers. Keys are files of mode 0600.
* Forks up to London, for which the contracts are compiled. ``extraData`` is 32 zero bytes, the signers ascending,
  65 zero bytes (EIP-225).
* ``base_fee`` 0 is a network without fees: the base fee stays 0 while blocks are less than half full, and the nodes
  take transactions at price 0. Any other value is an ordinary London chain.
* A treasury holds money from block 0 on: where there are fees, members' accounts are paid from it.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger.primitives import rlp
from ledger.primitives.keccak import keccak256
from ledger.primitives.trie import EMPTY_TRIE_ROOT, build_trie
from ledger.proof.header import Header, block_hash
from networks.errors import NetworkError
from networks.files import NETWORK
from networks.genesis import GAS_LIMIT
from networks.keys import NodeKey, make_key, read_key
from networks.making import MEMBERS, NODE_KEY

MAX_SIGNERS: Final = 25
"""Each is a process on this machine."""
TREASURY: Final = "treasury.key"
TREASURY_WEI: Final = 10**24
VANITY_BYTES: Final = 32
SEAL_BYTES: Final = 65
EPOCH: Final = 30_000
_FORKS: Final = (
    "homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople", "petersburg", "istanbul",
    "berlin", "london",
)  # fmt: skip
_NO_UNCLES: Final = keccak256(b"\xc0")


@dataclass(frozen=True, slots=True)
class CliqueWishes:
    """What the caller chooses.

    Attributes:
        signers: how many banks, each with one.
        chain_id: as in EIP-155.
        period: seconds between blocks.
        base_fee: wei per gas in block 0; 0 for a network without fees.
        port_base: first port on this machine; ten a signer.
    """

    signers: int = 4
    chain_id: int = 20_261
    period: int = 1
    base_fee: int = 0
    port_base: int = 22_500


@dataclass(frozen=True, slots=True)
class CliquePlan:
    """A Clique network.

    Attributes:
        signers: keys, by index from 0.
        treasury: key of the account that has money.
        chain_id: as in EIP-155.
        period: seconds between blocks.
        base_fee: of block 0, in wei per gas.
        port_base: first port.
    """

    signers: tuple[NodeKey, ...]
    treasury: NodeKey
    chain_id: int
    period: int
    base_fee: int
    port_base: int

    @property
    def majority(self) -> int:
        """How many signers have to live for blocks to go on: floor(N/2) + 1 (EIP-225, SIGNER_LIMIT)."""
        return len(self.signers) // 2 + 1


def make_clique(out: Path, wishes: CliqueWishes, *, keep_keys: bool = False) -> CliquePlan:
    """Make keys, write ``genesis.json`` and ``network.json`` into ``out``, and return the plan.

    Raises:
        NetworkError: a wish cannot be met, or keys exist and ``keep_keys`` is false.
    """
    if not 1 <= wishes.signers <= MAX_SIGNERS:
        message = f"--signers has to be 1 to {MAX_SIGNERS}"
        raise NetworkError(message)
    if wishes.period < 1 or wishes.base_fee < 0 or not 0 < wishes.chain_id < 2**53:
        raise NetworkError("period, base fee and chain id have to be positive numbers")
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    plan = CliquePlan(
        signers=tuple(
            make_key(_key_file(out, number), keep=keep_keys)
            for number in range(1, wishes.signers + 1)
        ),
        treasury=make_key(out / TREASURY, keep=keep_keys),
        chain_id=wishes.chain_id,
        period=wishes.period,
        base_fee=wishes.base_fee,
        port_base=wishes.port_base,
    )
    _write(out / "genesis.json", clique_genesis(plan))
    _write(out / NETWORK, clique_description(plan))
    return plan


def load_clique(out: Path) -> CliquePlan:
    """Return a written network.

    Raises:
        NetworkError: there is none, or a key of it is missing.
    """
    try:
        found: dict[str, Any] = json.loads((out / NETWORK).read_bytes())
        return CliquePlan(
            signers=tuple(
                read_key(_key_file(out, number)) for number in range(1, len(found["signers"]) + 1)
            ),
            treasury=read_key(out / TREASURY),
            chain_id=found["chain_id"],
            period=found["period"],
            base_fee=found["base_fee"],
            port_base=found["port_base"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{out} holds no Clique network that can be read: {error!r}"
        raise NetworkError(message) from error


def clique_description(plan: CliquePlan) -> dict[str, Any]:
    """Return the network for programs, without keys."""
    return {
        "kind": "clique",
        "chain_id": plan.chain_id,
        "genesis_hash": "0x" + clique_genesis_hash(plan).hex(),
        "period": plan.period,
        "base_fee": plan.base_fee,
        "port_base": plan.port_base,
        "signers": ["0x" + each.address.hex() for each in plan.signers],
        "treasury": "0x" + plan.treasury.address.hex(),
        "settings": {
            "chain_id": plan.chain_id,
            "chain_kind": "clique",
            "finality": str(finality_blocks(len(plan.signers))),
            "gas_price": "" if plan.base_fee else 0,
        },
    }


def finality_blocks(signers: int) -> int:
    """Return how many blocks make one final: two rounds of all signers.

    In one round every signer that lives has sealed once, and so a majority stands on the block; the second is for
    the forks that signers out of turn make.
    """
    return 2 * signers


def extra_data(plan: CliquePlan) -> bytes:
    """Return the genesis header's extra data."""
    listed = b"".join(sorted(each.address for each in plan.signers))
    return bytes(VANITY_BYTES) + listed + bytes(SEAL_BYTES)


def clique_genesis(plan: CliquePlan) -> dict[str, Any]:
    """Return the genesis as geth reads it."""
    return {
        "config": {
            "chainId": plan.chain_id,
            **{f"{fork}Block": 0 for fork in _FORKS},
            "clique": {"period": plan.period, "epoch": EPOCH},
        },
        "nonce": "0x0",
        "timestamp": "0x0",
        "difficulty": "0x1",
        "gasLimit": hex(GAS_LIMIT),
        "baseFeePerGas": hex(plan.base_fee),
        "extraData": "0x" + extra_data(plan).hex(),
        "alloc": {plan.treasury.address.hex(): {"balance": hex(TREASURY_WEI)}},
    }


def clique_genesis_hash(plan: CliquePlan) -> bytes:
    """Return the hash of block 0, computed and not asked for."""
    account = rlp.encode([b"", rlp.encode_int(TREASURY_WEI), EMPTY_TRIE_ROOT, keccak256(b"")])
    state = build_trie({keccak256(plan.treasury.address): account}).root
    items = (
        bytes(32), _NO_UNCLES, bytes(20), state, EMPTY_TRIE_ROOT, EMPTY_TRIE_ROOT, bytes(256),
        rlp.encode_int(1), b"", rlp.encode_int(GAS_LIMIT), b"", b"", extra_data(plan), bytes(32),
        bytes(8), rlp.encode_int(plan.base_fee),
    )  # fmt: skip
    return block_hash(Header(items), "clique")


def _key_file(out: Path, number: int) -> Path:
    return out / MEMBERS / str(number) / NODE_KEY


def _write(file: Path, value: dict[str, Any]) -> None:
    file.write_text(json.dumps(value, indent=2) + "\n", "utf-8")
