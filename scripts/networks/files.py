"""The files of a network: what each is, and writing them all.

* Keys stay where they are; every other file is written anew, whole or not at all.
* Hosts may read public files; keys have mode 0600.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from contracts import artifact
from ledger.primitives.keccak import keccak256
from networks.clients import METRICS_PATH, METRICS_PORT, PROMETHEUS_IMAGE
from networks.compose import compose
from networks.errors import NetworkError
from networks.genesis import genesis, genesis_hash
from networks.keys import bracketed
from networks.plan import ANCHOR, REGISTRY, Plan

NETWORK: Final = "network.json"
CONTRACTS: Final = {"ConsortiumRegistry": REGISTRY, "EvidenceAnchor": ANCHOR}


def contents(plan: Plan) -> Mapping[str, str]:
    """Return every public file by its name."""
    enodes = [each.enode for each in plan.validators]
    permissions = (
        {"permissions_config.toml": f"nodes-allowlist={json.dumps(enodes)}\n"}
        if plan.client == "besu"
        else {"permissioned-nodes.json": _json(enodes)}
    )
    return {
        "genesis.json": _json(genesis(plan)),
        "static-nodes.json": _json(enodes),
        **permissions,
        "compose.yaml": compose(plan),
        "prometheus.yml": prometheus(plan),
        "trust-input.json": _json(trust_input(plan)),
        NETWORK: _json(description(plan)),
    }


def write(plan: Plan, out: Path) -> None:
    """Write every public file into ``out``.

    Raises:
        NetworkError: one cannot be written.
    """
    for name, text in contents(plan).items():
        part = out / f".{name}.part"
        try:
            part.write_text(text, "utf-8")
            os.replace(part, out / name)  # noqa: PTH105 - atomic, as Path.replace
        except OSError as error:
            message = f"{out / name} cannot be written: {error.strerror}"
            raise NetworkError(message) from error


def trust_input(plan: Plan) -> dict[str, Any]:
    """Return the parts of a trust file that follow from the genesis: chain, validators, contracts."""
    return {
        "chain": {
            "id": plan.chain_id,
            "genesis": genesis_hash(plan).hex(),
            "kind": f"qbft-{plan.mode}",
            "curve": "secp256k1",
            "validators": [
                {
                    "since": 0,
                    "until": None,
                    "addresses": [address.hex() for address in plan.addresses],
                }
            ],
        },
        "contracts": {
            name: {
                "address": address.hex(),
                "code_hash": keccak256(artifact(name).deployed_bytecode).hex(),
            }
            for name, address in CONTRACTS.items()
        },
    }


def description(plan: Plan) -> dict[str, Any]:
    """Return what ``network.json`` says: the whole network for programs, without private keys."""
    return {
        "client": plan.client,
        "mode": plan.mode,
        "contract_from": plan.contract_from,
        "chain_id": plan.chain_id,
        "genesis_hash": "0x" + genesis_hash(plan).hex(),
        "block_period": plan.block_period,
        "request_timeout": plan.request_timeout,
        "epoch_length": plan.epoch_length,
        "port_base": plan.port_base,
        "threshold": plan.threshold,
        "contracts": {name: "0x" + address.hex() for name, address in CONTRACTS.items()},
        "validators": [
            {
                "number": each.number,
                "address": "0x" + each.key.address.hex(),
                "enode": each.enode,
                "key": f"members/{each.number}/nodekey",
                "seals": each.seals,
            }
            for each in plan.validators
        ],
        "founders": [
            {
                "member": each.member.hex(),
                "name": each.name,
                "origin": each.origin,
                "admin": "0x" + each.admin.hex(),
            }
            for each in plan.founders
        ],
    }


def prometheus(plan: Plan) -> str:
    """Return the configuration of a Prometheus that watches every validator."""
    targets = "\n".join(
        f"""      - targets: ["{bracketed(each.host)}:{METRICS_PORT}"]
        labels: {{validator: "{each.number}", address: "0x{each.key.address.hex()}"}}"""
        for each in plan.validators
    )
    return f"""# For {PROMETHEUS_IMAGE}. Nothing here can change a validator.
global:
  scrape_interval: 15s
scrape_configs:
  - job_name: validators
    metrics_path: {METRICS_PATH[plan.client]}
    static_configs:
{targets}
"""


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
