"""The compose file: every validator in a container of its own, beside a Prometheus that watches them.

A rehearsal of the whole consortium on one machine. With ``--hosts`` each service is one member's: it publishes the
port for peers, and the member starts it alone (``docker compose up validator-2``).
"""

from pathlib import PurePosixPath
from shlex import join
from typing import Final

from networks.clients import (
    HTTP_PORT,
    IMAGES,
    METRICS_PORT,
    PEER_PORT,
    PROMETHEUS_IMAGE,
    Place,
    arguments,
    initialise,
)
from networks.plan import PORTS, Plan, Validator

_FILES: Final = PurePosixPath("/etc/chain")
_DATA: Final = PurePosixPath("/var/lib/chain")
_HARDENED: Final = """    user: "1000:1000"
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    restart: unless-stopped
    stop_grace_period: 60s
    mem_limit: 1g
"""


def compose(plan: Plan) -> str:
    """Return the text of ``compose.yaml``."""
    services = "".join(_service(plan, each) for each in plan.validators)
    return f"""# A QBFT network of {len(plan.validators)} validators ({plan.client}, validators in the {plan.mode}).
# JSON-RPC is published on loopback only. The containers' user reads keys and writes data:
# chown -R 1000:1000 members/*/nodekey data
name: lianzheng-qbft-{plan.chain_id}

services:
{services}  prometheus:
    image: {PROMETHEUS_IMAGE}
    user: "65534:65534"
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    restart: unless-stopped
    mem_limit: 512m
    command: [--config.file=/etc/prometheus/prometheus.yml, --storage.tsdb.path=/prometheus]
    volumes:
      - ./prometheus.yml:/etc/prometheus/prometheus.yml:ro
      - metrics:/prometheus
    networks: [chain]

networks:
{_network(plan)}
volumes:
  metrics: {{}}
"""


def _service(plan: Plan, validator: Validator) -> str:
    place = Place(
        data=_DATA,
        key=_FILES / "nodekey",
        files=_FILES,
        address="0.0.0.0",  # noqa: S104 - inside its container
        peer_address=validator.host,
        peers="",
        peer_port=validator.port,
        http_port=HTTP_PORT,
        metrics_port=METRICS_PORT,
    )
    published = plan.port_base + PORTS * (validator.number - 1) + 1
    return f"""  validator-{validator.number}:
    image: {IMAGES[plan.client]}
{_HARDENED}{_command(plan, place)}    volumes:
      - ./genesis.json:{_FILES}/genesis.json:ro
      - ./members/{validator.number}/nodekey:{_FILES}/nodekey:ro
      - ./data/{validator.number}:{_DATA}
{_lists(plan)}    tmpfs:
      - /tmp:mode=1777,size=256m,exec
{_reached(plan, validator)}    ports:
      - 127.0.0.1:{published}:{HTTP_PORT}
{_peers(plan)}
"""


def _network(plan: Plan) -> str:
    if plan.rehearsal:
        return "  chain:\n    ipam:\n      config:\n        - subnet: 172.30.85.0/24\n"
    return "  chain: {}\n"


def _reached(plan: Plan, validator: Validator) -> str:
    if plan.rehearsal:
        return f"    networks:\n      chain:\n        ipv4_address: {validator.host}\n"
    return "    networks: [chain]\n"


def _peers(plan: Plan) -> str:
    return "" if plan.rehearsal else f"      - {PEER_PORT}:{PEER_PORT}\n"


def _command(plan: Plan, place: Place) -> str:
    if plan.client == "besu":
        lines = "".join(f"      - {argument}\n" for argument in arguments(plan, place))
        return f'    environment:\n      JAVA_OPTS: "-Xmx512m"\n    command:\n{lines}'
    first, then = join(["geth", *initialise(place)]), join(["geth", *arguments(plan, place)])
    return f"""    environment:
      # No private transactions: there is no transaction manager.
      PRIVATE_CONFIG: ignore
      GOMEMLIMIT: 512MiB
    entrypoint: [/bin/sh, -c]
    command:
      - |
        test -d {_DATA}/geth/chaindata || {first}
        exec {then}
"""


def _lists(plan: Plan) -> str:
    """Return the mounts of peers: Besu is told where they are, GoQuorum looks into its data."""
    if plan.client == "besu":
        names, folder = ("static-nodes.json", "permissions_config.toml"), _FILES
    else:
        names, folder = ("static-nodes.json", "permissioned-nodes.json"), _DATA
    return "".join(f"      - ./{name}:{folder}/{name}:ro\n" for name in names)
