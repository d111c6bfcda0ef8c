"""A QBFT network as running processes on loopback; ``processes`` says what holds for every network here."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from networks.clients import Place, arguments, initialise
from networks.errors import NetworkError
from networks.making import load_network
from networks.plan import Plan
from networks.processes import (
    LOOPBACK,
    NodeProcesses,
    check_program,
    choose_port_base,
    kept_running,
)


class RunningNetwork(NodeProcesses):
    """Validators as processes; made by ``running``.

    Attributes:
        plan: what runs.
    """

    def __init__(self, folder: Path, client: Path, plan: Plan, port_base: int) -> None:
        super().__init__(folder, client, nodes=len(plan.validators), port_base=port_base)
        self.plan: Final = plan
        if plan.client == "besu":
            self.address_space = -1

    def _environment(self) -> Mapping[str, str]:
        java = {"JAVA_HOME": os.environ["JAVA_HOME"]} if "JAVA_HOME" in os.environ else {}
        return {"PRIVATE_CONFIG": "ignore", "JAVA_OPTS": "-Xmx512m", **java}

    def _prepare(self, index: int) -> Sequence[str]:
        place = self._place(index)
        if (
            self.plan.client == "goquorum"
            and not (self._data(index) / "geth" / "chaindata").exists()
        ):
            self._run_once(index, initialise(place), "block 0")
        return arguments(self.plan, place)

    def _place(self, index: int) -> Place:
        """Write what a validator reads."""
        key = self.plan.validators[index].key.file
        if not key.exists():
            message = f"{key} is not here: its member starts that validator"
            raise NetworkError(message)
        data = self._data(index)
        enodes = [
            each.key.enode(LOOPBACK, self._port(at, 0))
            + ("" if self.plan.client == "besu" else "?discport=0")
            for at, each in enumerate(self.plan.validators)
        ]
        shutil.copyfile(self.folder / "genesis.json", data / "genesis.json")
        for name in ("static-nodes.json", "permissioned-nodes.json"):
            (data / name).write_text(json.dumps(enodes), "utf-8")
        permissions = f"nodes-allowlist={json.dumps(enodes)}\n"
        (data / "permissions_config.toml").write_text(permissions, "utf-8")
        return Place(
            data=data,
            key=self.folder / "members" / str(index + 1) / "nodekey",
            files=data,
            address=LOOPBACK,
            peer_address=LOOPBACK,
            peers=f"{LOOPBACK}/32",
            peer_port=self._port(index, 0),
            http_port=self._port(index, 1),
            metrics_port=self._port(index, 2),
        )


@contextmanager
def running(
    folder: Path, client: Path, *, port_base: int | None = None
) -> Iterator[RunningNetwork]:
    """Run a written network until the end of the block.

    Args:
        folder: where ``make_network`` wrote it.
        client: the program, of the kind that the network was written for.
        port_base: first port; ``None`` for the one it was written with, 0 for free ones.

    Raises:
        NetworkError: there is no network or no program, or a validator does not start; all are stopped then.
    """
    plan = load_network(folder)
    check_program(client)
    base = choose_port_base(port_base, written=plan.port_base, nodes=len(plan.validators))
    with kept_running(RunningNetwork(folder, client, plan, base)) as network:
        yield network
