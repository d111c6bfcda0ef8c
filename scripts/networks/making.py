"""Making a network: keys first, then everything that follows from them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, get_args

from networks.clients import PEER_PORT
from networks.errors import NetworkError
from networks.files import NETWORK, write
from networks.founders import ROLE_MEMBER, Institution, made_up, read_founders
from networks.keys import make_key, read_key
from networks.plan import (
    MAX_MEMBERS,
    PORTS,
    Client,
    Mode,
    Plan,
    Validator,
    compose_hosts,
    default_threshold,
)

MEMBERS: Final = "members"
DATA: Final = "data"
"""Folders of the containers' chains; a container could not make them for its user."""
NODE_KEY: Final = "nodekey"
ADMIN_KEY: Final = "admin.key"
_FIRST_PORT: Final = 1024
_LAST_PORT: Final = 65535


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller chooses; the rest follows.

    Attributes:
        members: how many validators.
        joining: further nodes that are peers already and wait for a vote to become validators.
        client: whose files.
        mode: where the list of validators is kept.
        contract_from: contract mode, from this block on.
        chain_id: as in EIP-155.
        port_base: first port on this machine.
        founders: file of institutions; ``None`` makes them up.
        hosts: IP addresses of the validators, in order; empty for those of the compose file.
        threshold: votes that a change needs; 0 for more than half.
        block_period: seconds.
        request_timeout: seconds.
        epoch_length: blocks.
    """

    members: int = 4
    joining: int = 0
    client: Client = "goquorum"
    mode: Mode = "contract"
    contract_from: int = 0
    chain_id: int = 20_260
    port_base: int = 22_000
    founders: Path | None = None
    hosts: Sequence[str] = ()
    threshold: int = 0
    block_period: int = 1
    request_timeout: int = 4
    epoch_length: int = 30_000

    @property
    def nodes(self) -> int:
        """How many validators there are, those included that wait for a vote."""
        return self.members + self.joining


def make_network(out: Path, wishes: Wishes, *, keep_keys: bool = False) -> Plan:
    """Make keys, write every file into ``out``, and return the plan.

    Args:
        out: made when missing.
        wishes: what is wanted.
        keep_keys: use the keys that are there instead of refusing.

    Raises:
        NetworkError: a wish cannot be met, or keys exist and ``keep_keys`` is false.
    """
    _check(wishes)
    founders = () if wishes.founders is None else read_founders(wishes.founders)
    hosts = wishes.hosts or compose_hosts(wishes.nodes)
    _check_keys(out, wishes.nodes, keep=keep_keys)
    out.mkdir(parents=True, exist_ok=True)
    validators = tuple(
        Validator(
            number,
            make_key(out / MEMBERS / str(number) / NODE_KEY, keep=keep_keys),
            hosts[number - 1],
            PEER_PORT,
            seals=number <= wishes.members,
        )
        for number in range(1, wishes.nodes + 1)
    )
    founders = founders or tuple(
        _made_up(out, number, keep=keep_keys) for number in range(1, wishes.members + 1)
    )
    plan = Plan(
        client=wishes.client,
        mode=wishes.mode,
        contract_from=wishes.contract_from,
        chain_id=wishes.chain_id,
        validators=validators,
        founders=founders,
        threshold=_threshold(wishes.threshold, founders),
        block_period=wishes.block_period,
        request_timeout=wishes.request_timeout,
        epoch_length=wishes.epoch_length,
        port_base=wishes.port_base,
    )
    for number in range(1, wishes.nodes + 1):
        (out / DATA / str(number)).mkdir(mode=0o700, parents=True, exist_ok=True)
    write(plan, out)
    return plan


def load_network(out: Path) -> Plan:
    """Return a written network; its founders are not read again, since the genesis has them.

    Raises:
        NetworkError: there is none, or a key of it is missing.
    """
    try:
        found: dict[str, Any] = json.loads((out / NETWORK).read_bytes())
        validators = tuple(_loaded(out, entry) for entry in found["validators"])
        return Plan(
            client=found["client"],
            mode=found["mode"],
            contract_from=found["contract_from"],
            chain_id=found["chain_id"],
            validators=validators,
            founders=(),
            threshold=found["threshold"],
            block_period=found["block_period"],
            request_timeout=found["request_timeout"],
            epoch_length=found["epoch_length"],
            port_base=found["port_base"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{out} holds no network that can be read: {error!r}"
        raise NetworkError(message) from error


def _loaded(out: Path, entry: dict[str, Any]) -> Validator:
    host, _, port = entry["enode"].rpartition("@")[2].rpartition(":")
    key = read_key(out / entry["key"])
    return Validator(entry["number"], key, host.strip("[]"), int(port), seals=entry["seals"])


def _made_up(out: Path, number: int, *, keep: bool) -> Institution:
    return made_up(number, make_key(out / MEMBERS / str(number) / ADMIN_KEY, keep=keep).address)


def _check_keys(out: Path, nodes: int, *, keep: bool) -> None:
    """Refuse before anything is written, so that a refusal leaves nothing behind."""
    for number in range(1, nodes + 1):
        for name in (NODE_KEY, ADMIN_KEY):
            file = out / MEMBERS / str(number) / name
            if file.exists() and not keep:
                message = (
                    f"{file} exists and keys are never overwritten: choose another --out, "
                    "or --keep-keys to write everything else again around the keys that are there"
                )
                raise NetworkError(message)


def _threshold(wished: int, founders: Sequence[Institution]) -> int:
    voters = sum(1 for each in founders if each.roles & ROLE_MEMBER)
    threshold = wished or default_threshold(voters)
    if not 1 <= threshold <= voters:
        message = f"--threshold has to be 1 to {voters}, the founders that vote"
        raise NetworkError(message)
    return threshold


def _check(wishes: Wishes) -> None:
    if wishes.client not in get_args(Client) or wishes.mode not in get_args(Mode):
        message = f"no such client or mode: {wishes.client}, {wishes.mode}"
        raise NetworkError(message)
    if wishes.members < 1 or wishes.joining < 0 or wishes.nodes > MAX_MEMBERS:
        message = f"--members and --joining have to be 1 to {MAX_MEMBERS} together"
        raise NetworkError(message)
    if not 0 < wishes.chain_id < 2**53:
        raise NetworkError("--chain-id has to be a number from 1 on, below 2^53")
    if not _FIRST_PORT <= wishes.port_base <= _LAST_PORT - PORTS * wishes.nodes:
        last = _LAST_PORT - PORTS * wishes.nodes
        message = f"--port-base has to be {_FIRST_PORT} to {last}: each member has {PORTS} ports"
        raise NetworkError(message)
    if wishes.contract_from < 0 or (wishes.contract_from and wishes.mode == "header"):
        raise NetworkError("--contract-from is a block from which --mode contract holds")
    if min(wishes.block_period, wishes.request_timeout, wishes.epoch_length) < 1:
        raise NetworkError("block period, request timeout and epoch length have to be 1 or more")
    if wishes.hosts:
        _check_hosts(wishes)


def _check_hosts(wishes: Wishes) -> None:
    if len(wishes.hosts) != wishes.nodes or len(set(wishes.hosts)) != len(wishes.hosts):
        message = f"--hosts has to name {wishes.nodes} different addresses"
        raise NetworkError(message)
    for host in wishes.hosts:
        try:
            ip_address(host)
        except ValueError as error:
            message = f"--hosts takes IP addresses, as enodes do: {error}"
            raise NetworkError(message) from error
