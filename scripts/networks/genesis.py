"""The genesis of a network, in the form of either client, and the hash of the block that comes of it.

* ``extraData`` is RLP of ``[32 zero bytes, [validators ascending], [], 0, []]``; in contract mode the list is
  empty, and the clients ask ``getValidators()`` of the registry, whose code and storage are allocated here.
* GoQuorum is at Berlin, Besu at London with a base fee of zero. The contracts are compiled for both.
* Quorum is ceil(2N/3) from block 0 on; gas costs nothing, and so nobody holds any balance.

The hash is computed and not asked for: a founder can compare it with the others' before anybody starts.
"""

from collections.abc import Mapping
from typing import Any, Final

from contracts import artifact
from ledger.primitives import rlp
from ledger.primitives.keccak import keccak256
from ledger.primitives.trie import EMPTY_TRIE_ROOT, build_trie
from ledger.proof.header import Header, block_hash
from ledger.proof.qbft_extra import VANITY_BYTES, QbftExtra
from networks.plan import ANCHOR, REGISTRY, Plan
from networks.storage import Words, anchor_words, registry_words

GAS_LIMIT: Final = 100_000_000
"""An anchor takes 80,000, a vote on a member a million."""
QBFT_DIGEST: Final = "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365"
"""By this mixHash clients know a header of Istanbul's family."""
_NO_UNCLES: Final = keccak256(b"\xc0")
_TRANSACTION_KIB: Final = 64
"""GoQuorum's own default; the largest transaction here is an anchor with 64 hashes."""


def extra_data(plan: Plan) -> bytes:
    """Return the genesis header's extra data."""
    return QbftExtra(bytes(VANITY_BYTES), plan.listed, None, 0, ()).encode()


def genesis(plan: Plan) -> dict[str, Any]:
    """Return the genesis as the client reads it."""
    besu = plan.client == "besu"
    return {
        "config": _besu_config(plan) if besu else _goquorum_config(plan),
        "nonce": "0x0",
        "timestamp": "0x0",
        "extraData": "0x" + extra_data(plan).hex(),
        "gasLimit": hex(GAS_LIMIT),
        "difficulty": "0x1",
        "mixHash": QBFT_DIGEST,
        "coinbase": "0x" + bytes(20).hex(),
        **({"baseFeePerGas": "0x0"} if besu else {}),
        "alloc": {
            address.hex(): {
                "balance": "0x0",
                "code": "0x" + artifact(name).deployed_bytecode.hex(),
                "storage": {
                    "0x" + slot.hex(): "0x" + word.to_bytes(32, "big").hex()
                    for slot, word in sorted(words.items())
                },
            }
            for address, (name, words) in _allocation(plan).items()
        },
    }


def genesis_hash(plan: Plan) -> bytes:
    """Return the hash of block 0, 32 bytes."""
    items = (
        bytes(32), _NO_UNCLES, bytes(20), _state_root(plan), EMPTY_TRIE_ROOT, EMPTY_TRIE_ROOT,
        bytes(256), rlp.encode_int(1), b"", rlp.encode_int(GAS_LIMIT), b"", b"", extra_data(plan),
        bytes.fromhex(QBFT_DIGEST[2:]), bytes(8),
    )  # fmt: skip
    return block_hash(Header((*items, b"") if plan.client == "besu" else items), "qbft-header")


def _allocation(plan: Plan) -> Mapping[bytes, tuple[str, Words]]:
    registry = registry_words(
        plan.founders,
        threshold=plan.threshold,
        validators=plan.addresses if plan.mode == "contract" else (),
        anchor=ANCHOR,
    )
    return {
        REGISTRY: ("ConsortiumRegistry", registry),
        ANCHOR: ("EvidenceAnchor", anchor_words(REGISTRY)),
    }


def _state_root(plan: Plan) -> bytes:
    accounts = {}
    for address, (name, words) in _allocation(plan).items():
        storage = build_trie(
            {keccak256(slot): rlp.encode(rlp.encode_int(word)) for slot, word in words.items()}
        )
        code = keccak256(artifact(name).deployed_bytecode)
        accounts[keccak256(address)] = rlp.encode([b"", b"", storage.root, code])
    return build_trie(accounts).root


def _goquorum_config(plan: Plan) -> dict[str, Any]:
    forks = (
        "homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople", "petersburg",
        "istanbul", "berlin",
    )  # fmt: skip
    config: dict[str, Any] = {
        "chainId": plan.chain_id,
        **{f"{fork}Block": 0 for fork in forks},
        "isQuorum": True,
        "txnSizeLimit": _TRANSACTION_KIB,
        "qbft": {
            "epochlength": plan.epoch_length,
            "blockperiodseconds": plan.block_period,
            "requesttimeoutseconds": plan.request_timeout,
            "policy": 0,
            "ceil2Nby3Block": 0,
            "testQBFTBlock": 0,
            **(_contract_mode() if plan.from_contract else {}),
        },
    }
    if plan.mode == "contract" and plan.contract_from:
        config["transitions"] = [{"block": plan.contract_from, **_contract_mode()}]
    return config


def _besu_config(plan: Plan) -> dict[str, Any]:
    config: dict[str, Any] = {
        "chainId": plan.chain_id,
        "berlinBlock": 0,
        "londonBlock": 0,
        "zeroBaseFee": True,
        "qbft": {
            "epochlength": plan.epoch_length,
            "blockperiodseconds": plan.block_period,
            "requesttimeoutseconds": plan.request_timeout,
            **({"validatorcontractaddress": "0x" + REGISTRY.hex()} if plan.from_contract else {}),
        },
    }
    if plan.mode == "contract" and plan.contract_from:
        config["transitions"] = {"qbft": [{"block": plan.contract_from, **_contract_mode()}]}
    return config


def _contract_mode() -> dict[str, str]:
    return {
        "validatorselectionmode": "contract",
        "validatorcontractaddress": "0x" + REGISTRY.hex(),
    }
