"""A Clique network as running processes on loopback; ``processes`` says what holds for every network here.

JSON-RPC offers ``eth``, ``net`` and ``web3``; what is for operators goes through a Unix socket. Peers are listed in
each node's configuration, and nobody is discovered.

The sealing account is unlocked while the node runs, as Clique needs it: any program on this machine can send
transactions from it through ``eth_sendTransaction``. It has no money and no place in the consortium's registry.
"""

import json
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from eth_account import Account
from eth_utils.address import to_checksum_address

from ledger.chain.rpc import Rpc
from ledger.errors import LedgerError
from networks.clique import CliquePlan, clique_genesis_hash, load_clique
from networks.genesis import GAS_LIMIT
from networks.operating import operate
from networks.processes import (
    LOOPBACK,
    POLL_SECONDS,
    READY_SECONDS,
    NodeProcesses,
    check_program,
    choose_port_base,
    kept_running,
)

CACHE_MIB: Final = 64
TRANSFER_GAS: Final = 21_000
NEXT_SECOND: Final = 1.1
FUNDING_SECONDS: Final = 60.0
JOINING_SECONDS: Final = 30.0
"""geth looks every ten seconds for peers that are ahead."""
ETHER: Final = 10**18


class CliqueNetwork(NodeProcesses):
    """Signers as processes; made by ``running_clique``.

    Attributes:
        plan: what runs.
    """

    def __init__(self, folder: Path, client: Path, plan: CliquePlan, port_base: int) -> None:
        super().__init__(folder, client, nodes=len(plan.signers), port_base=port_base)
        self.plan: Final = plan
        # The path of a Unix socket has to be short.
        self._sockets: Final = Path(tempfile.mkdtemp(prefix="clique-"))
        self._cut: set[frozenset[int]] = set()

    @property
    def chain_id(self) -> int:
        """As in EIP-155."""
        return self.plan.chain_id

    @property
    def genesis_hash(self) -> bytes:
        """Hash of block 0, computed from the plan."""
        return clique_genesis_hash(self.plan)

    def operate(self, index: int, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON
        """Call a signer's method for operators.

        Raises:
            NetworkError: it refuses or does not answer.
        """
        return operate(self._sockets / str(index), method, *params)

    def peers(self, index: int) -> int:
        """Return how many peers a signer has."""
        return len(self.operate(index, "admin_peers"))

    def partition(self, *groups: Sequence[int]) -> None:
        """Cut all connections between groups of signers; within a group they stay.

        A signer that is started again meanwhile stays where it was put.
        """
        place = {index: at for at, group in enumerate(groups) for index in group}
        for one, other in combinations(place, 2):
            if place[one] != place[other]:
                self._cut.add(frozenset((one, other)))
        self._tell("admin_removePeer", self._cut)

    def heal(self) -> None:
        """Connect again what was cut."""
        cut, self._cut = self._cut, set()
        self._tell("admin_addPeer", cut)

    def fund(self, *addresses: bytes, wei: int = ETHER, through: int = 0) -> None:
        """Pay accounts from the treasury, and wait until that is mined.

        Raises:
            NetworkError: it is not mined in time.
            UnavailableError: the signer refuses.
        """
        rpc = Rpc(self.endpoints[through])
        account = Account.from_key(self.plan.treasury.file.read_text().strip())
        nonce = int(str(rpc.ask("eth_getTransactionCount", account.address, "latest")), 16)
        price = 2 * int(str(rpc.ask("eth_gasPrice")), 16)
        names = []
        for at, address in enumerate(addresses):
            transfer = {
                "chainId": self.plan.chain_id,
                "nonce": nonce + at,
                "to": to_checksum_address(address),
                "value": wei,
                "gas": TRANSFER_GAS,
                "gasPrice": price,
            }
            raw = account.sign_transaction(transfer)["raw_transaction"]
            names.append(rpc.ask("eth_sendRawTransaction", "0x" + raw.hex()))
        self._until(
            lambda: all(rpc.ask("eth_getTransactionReceipt", name) is not None for name in names),
            FUNDING_SECONDS,
            "the payment has not been mined",
        )

    def close(self) -> None:
        """Stop every signer."""
        super().close()
        shutil.rmtree(self._sockets, ignore_errors=True)

    def _tell(self, method: str, pairs: set[frozenset[int]]) -> None:
        for pair in pairs:
            one, other = sorted(pair)
            for here, there in ((one, other), (other, one)):
                if self.is_running(here):
                    self.operate(here, method, self._enode(there))

    def _enode(self, index: int) -> str:
        return self.plan.signers[index].enode(LOOPBACK, self._port(index, 0)) + "?discport=0"

    def _prepare(self, index: int) -> Sequence[str]:
        data, key = self._data(index), self.plan.signers[index]
        password = data / "password"
        if not password.exists():
            _write_private(password, secrets.token_hex(16))
        common = ("--datadir", str(data), "--verbosity", "2")
        if not any((data / "keystore").glob("UTC--*")):
            # The password is random and as good as a key: a slow derivation would only cost time.
            given = ("account", "import", "--lightkdf", "--password", str(password), str(key.file))
            self._run_once(index, (*common, *given), "account")
        if not (data / "geth" / "chaindata").exists():
            genesis = str(self.folder / "genesis.json")
            self._run_once(index, (*common, "init", genesis), "block 0")
        self._write_peers(index, data / "config.toml")
        return self._arguments(index, data)

    def _write_peers(self, index: int, file: Path) -> None:
        peers = [
            self._enode(other)
            for other in range(len(self.plan.signers))
            if other != index and not self._is_cut(index, other)
        ]
        # A JSON array of strings is a TOML one too.
        text = f"[Node.P2P]\nNoDiscovery = true\nStaticNodes = {json.dumps(peers)}\n"
        file.write_text(text, "utf-8")

    def _arguments(self, index: int, data: Path) -> Sequence[str]:
        address = "0x" + self.plan.signers[index].address.hex()
        return (
            *("--config", str(data / "config.toml"), "--datadir", str(data)),
            *("--networkid", str(self.plan.chain_id), "--ipcpath", str(self._sockets / str(index))),
            *("--nodekey", str(self.plan.signers[index].file), "--nodiscover", "--nat", "none"),
            *("--netrestrict", f"{LOOPBACK}/32", "--port", str(self._port(index, 0))),
            *("--authrpc.addr", LOOPBACK, "--authrpc.port", str(self._port(index, 2))),
            *("--http", "--http.addr", LOOPBACK, "--http.port", str(self._port(index, 1))),
            *("--http.api", "eth,net,web3", "--allow-insecure-unlock"),
            # Proofs of state are asked for after finality; without the archive geth has none by then.
            *("--syncmode", "full", "--gcmode", "archive", "--cache", str(CACHE_MIB)),
            *("--mine", "--miner.etherbase", address, "--miner.gaslimit", str(GAS_LIMIT)),
            *("--miner.gasprice", "1", "--rpc.enabledeprecatedpersonal"),
            *("--txpool.nolocals", "--verbosity", "2"),
        )

    def _answered(self, index: int) -> None:
        """Begin to seal, with peers and on their newest block where there are any.

        Who seals alone on an old block makes a fork; two signers who each sealed the same height wait for each
        other for ever. geth throws a block away that comes before it mines: so it mines from the start, and cannot
        seal until its account is unlocked here. Price 0 it takes from an operator only, not from its arguments.
        """
        if self.plan.base_fee == 0:
            self.operate(index, "miner_setGasPrice", "0x0")
        others = [
            other
            for other in range(len(self.endpoints))
            if self.is_running(other) and other != index and not self._is_cut(index, other)
        ]
        deadline = time.monotonic() + JOINING_SECONDS
        while not self._has_joined(index, others) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        account = "0x" + self.plan.signers[index].address.hex()
        password = (self._data(index) / "password").read_text("ascii").strip()
        self.operate(index, "personal_unlockAccount", account, password, 0)
        # The block that it could not seal it would not try again: the next try has to be of another second.
        self._order(index, "miner_stop", mining=False)
        time.sleep(self.plan.period + NEXT_SECOND)
        self._order(index, "miner_start", mining=True)

    def _order(self, index: int, order: str, *, mining: bool) -> None:
        """Stop or start mining, and wait until that is done: geth carries out two orders in any order."""
        self.operate(index, order)
        self._until(
            lambda: self.operate(index, "eth_mining") is mining,
            READY_SECONDS,
            f"{order} is not done",
        )

    def _has_joined(self, index: int, others: Sequence[int]) -> bool:
        if self.peers(index) < len(others):
            return False
        try:
            highest = max(map(self.height, others), default=0)
            return self.height(index) >= highest - 1
        except LedgerError:
            return False  # one that starts at the same time does not answer yet

    def _is_cut(self, one: int, other: int) -> bool:
        return frozenset((one, other)) in self._cut


def _write_private(file: Path, text: str) -> None:
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(opened, "w") as written:
        written.write(text + "\n")


@contextmanager
def running_clique(
    folder: Path, client: Path, *, port_base: int | None = None
) -> Iterator[CliqueNetwork]:
    """Run a written network until the end of the block.

    Args:
        folder: where ``make_clique`` wrote it.
        client: geth 1.13.
        port_base: first port; ``None`` for the one it was written with, 0 for free ones.

    Raises:
        NetworkError: there is no network or no program, or a signer does not start; all are stopped then.
    """
    plan = load_clique(folder)
    check_program(client)
    base = choose_port_base(port_base, written=plan.port_base, nodes=len(plan.signers))
    with kept_running(CliqueNetwork(folder, client, plan, base)) as network:
        yield network
