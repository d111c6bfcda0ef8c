"""How either client is told what to do: the same arguments in a container and on this machine.

Everything listens on one address that the caller names; peers are the listed ones and no others; nobody is
discovered. No account is unlocked: transactions come signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from networks.plan import Client, Plan

IMAGES: Final[dict[Client, str]] = {
    "besu": "hyperledger/besu:25.6.0",
    "goquorum": "quorumengineering/quorum:24.4.1",
}
PROMETHEUS_IMAGE: Final = "prom/prometheus:v3.5.0"
METRICS_PATH: Final[dict[Client, str]] = {
    "besu": "/metrics",
    "goquorum": "/debug/metrics/prometheus",
}
HTTP_PORT: Final = 8545
PEER_PORT: Final = 30303
METRICS_PORT: Final = 9545
GAS_LIMIT: Final = 100_000_000
CACHE_MIB: Final = 64
"""An evidence chain's state is small; four validators have to fit beside a node."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one validator runs.

    Attributes:
        data: folder of its chain.
        key: file of its private key.
        files: folder with genesis, static nodes and permissions.
        address: on which JSON-RPC and metrics listen.
        peer_address: on which peers are accepted.
        peers: where peers may come from, as CIDR; empty for anywhere.
        peer_port: for peers.
        http_port: for JSON-RPC.
        metrics_port: for metrics.
    """

    data: PurePath
    key: PurePath
    files: PurePath
    address: str
    peer_address: str
    peers: str
    peer_port: int
    http_port: int
    metrics_port: int


def arguments(plan: Plan, place: Place) -> Sequence[str]:
    """Return the client's arguments, without its name."""
    return _besu(plan, place) if plan.client == "besu" else _goquorum(plan, place)


def initialise(place: Place) -> Sequence[str]:
    """Return the arguments with which GoQuorum writes block 0; Besu does so by itself."""
    return ("--datadir", str(place.data), "init", str(place.files / "genesis.json"))


def _goquorum(plan: Plan, place: Place) -> Sequence[str]:
    return (
        *("--datadir", str(place.data), "--nodekey", str(place.key)),
        *("--networkid", str(plan.chain_id), "--syncmode", "full"),
        # Proofs of state are asked for after finality; without the archive GoQuorum has none by then.
        *("--gcmode", "archive", "--cache", str(CACHE_MIB)),
        *("--mine", "--miner.threads", "1", "--miner.gasprice", "0"),
        *("--miner.gastarget", str(GAS_LIMIT), "--miner.gaslimit", str(GAS_LIMIT)),
        *("--port", str(place.peer_port), "--nodiscover", "--nat", "none", "--permissioned"),
        *(("--netrestrict", place.peers) if place.peers else ()),
        *("--http", "--http.addr", place.address, "--http.port", str(place.http_port)),
        *("--http.vhosts", "*", "--http.api", "eth,net,web3,istanbul"),
        *("--metrics", "--metrics.addr", place.address),
        *("--metrics.port", str(place.metrics_port), "--ipcdisable", "--verbosity", "2"),
    )


def _besu(plan: Plan, place: Place) -> Sequence[str]:
    files = place.files
    return (
        f"--data-path={place.data}",
        f"--node-private-key-file={place.key}",
        f"--genesis-file={files / 'genesis.json'}",
        f"--network-id={plan.chain_id}",
        f"--static-nodes-file={files / 'static-nodes.json'}",
        "--permissions-nodes-config-file-enabled=true",
        f"--permissions-nodes-config-file={files / 'permissions_config.toml'}",
        "--discovery-enabled=false",
        "--nat-method=NONE",
        f"--p2p-host={place.peer_address}",
        f"--p2p-port={place.peer_port}",
        "--sync-mode=FULL",
        # The node freezes proofs of state at finality; Bonsai keeps the states of the last 512 blocks.
        "--data-storage-format=BONSAI",
        "--min-gas-price=0",
        f"--target-gas-limit={GAS_LIMIT}",
        "--rpc-http-enabled=true",
        f"--rpc-http-host={place.address}",
        f"--rpc-http-port={place.http_port}",
        "--rpc-http-api=ETH,NET,WEB3,QBFT",
        "--host-allowlist=*",
        "--metrics-enabled=true",
        f"--metrics-host={place.address}",
        f"--metrics-port={place.metrics_port}",
    )
