"""The chain that the banks share: the embedded one, geth's Clique, or QBFT, each with an endpoint a bank."""

import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

LIANZHENG: Final = Path(sys.executable).with_name("lianzheng")
START_SECONDS: Final = 60.0
BUFFER: Final = 64 * 1024
CHAIN_ID: Final = 20_261_124


class Nodes(Protocol):
    """The chain's nodes: one a bank."""

    def stop(self, index: int) -> None:
        """Stop the node of a bank."""
        ...

    def start(self, index: int) -> None:
        """Start it again."""
        ...


@dataclass(frozen=True)
class SharedChain:
    """A chain.

    Attributes:
        endpoints: an address a bank.
        settings: of every bank's node.
        nodes: stops and starts a bank's node of the chain.
        plainly: what has to be said about it, Chinese and English.
    """

    endpoints: tuple[str, ...]
    settings: dict[str, str | int | bool]
    nodes: Nodes
    plainly: tuple[str, str]


@contextmanager
def shared_chain(
    kind: str, members: int, folder: Path, client: Path | None
) -> Iterator[SharedChain]:
    """Run a chain for ``members`` banks until the end of the block.

    Args:
        kind: ``anvil``, ``clique`` or ``qbft``.
        members: banks, one node each.
        folder: for its data.
        client: the program of a validator; ``None`` on ``anvil``.
    """
    if kind == "anvil":
        with _embedded(members, folder) as chain:
            yield chain
    elif client is None:
        sys.exit(f"{kind}: name the client's program with --client")
    elif kind == "clique":
        with _clique(members, folder, client) as chain:
            yield chain
    else:
        with _qbft(members, folder, client) as chain:
            yield chain


@contextmanager
def _embedded(members: int, folder: Path) -> Iterator[SharedChain]:
    port = free_port()
    command = [LIANZHENG, "chain", "dev", "--port", str(port), "--data", str(folder / "chain")]
    with (folder / "chain.log").open("wb") as log, ExitStack() as running:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        running.callback(_end, process)
        _wait_for(port, process)
        relays = Relays(port, members)
        running.callback(relays.close)
        yield SharedChain(
            endpoints=relays.endpoints,
            settings={"chain_kind": "dev", "finality": "instant"},
            nodes=relays,
            plainly=(
                "嵌入式链：一个进程，各银行只是各有一个入口；它不能防成员间串改",
                "embedded chain: ONE process with an entrance a bank; it protects no member from another",
            ),
        )


@contextmanager
def _clique(members: int, folder: Path, client: Path) -> Iterator[SharedChain]:
    from networks.clique import CliqueWishes, finality_blocks, make_clique  # noqa: PLC0415 - its own parts
    from networks.clique_running import running_clique  # noqa: PLC0415 - as above

    place = folder / "clique"
    make_clique(place, CliqueWishes(signers=members, chain_id=CHAIN_ID))
    with running_clique(place, client, port_base=0) as network:
        network.wait_for_blocks(2)
        yield SharedChain(
            endpoints=tuple(network.endpoints),
            settings={
                "chain_kind": "clique",
                "chain_id": CHAIN_ID,
                "finality": str(finality_blocks(members)),
            },
            nodes=network,
            plainly=(
                "geth Clique：每家银行一个签名节点；区块会分叉，达到确认数才算最终",
                "geth Clique: a signer a bank; blocks fork, and count as final after their confirmations",
            ),
        )


@contextmanager
def _qbft(members: int, folder: Path, client: Path) -> Iterator[SharedChain]:
    from networks.making import Wishes, make_network  # noqa: PLC0415 - its own parts
    from networks.running import running  # noqa: PLC0415 - as above

    place = folder / "qbft"
    wishes = Wishes(members=members, client="goquorum", mode="header", chain_id=CHAIN_ID)
    make_network(place, wishes, keep_keys=False)
    with running(place, client, port_base=0) as network:
        network.wait_for_blocks(2)
        yield SharedChain(
            endpoints=tuple(network.endpoints),
            settings={
                "chain_kind": "qbft-header",
                "chain_id": CHAIN_ID,
                "finality": "instant",
                "gas_price": 0,
            },
            nodes=network,
            plainly=(
                "QBFT：每家银行一个验证节点；三分之二签封的区块即为最终",
                "QBFT: a validator a bank; a block sealed by two thirds is final",
            ),
        )


class Relays:
    """An entrance a bank to one chain; closing one is what a bank sees when its node is down."""

    def __init__(self, port: int, count: int) -> None:
        self._target: Final = port
        self._ports: Final = [free_port() for _ in range(count)]
        self._open: Final[dict[int, socketserver.ThreadingTCPServer]] = {}
        self._connections: Final[dict[int, list[socket.socket]]] = {}
        for index in range(count):
            self.start(index)

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Their addresses."""
        return tuple(f"http://127.0.0.1:{port}" for port in self._ports)

    def start(self, index: int) -> None:
        """Open an entrance."""
        target = self._target
        connections = self._connections.setdefault(index, [])

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with socket.create_connection(("127.0.0.1", target)) as chain:
                    connections.append(self.request)
                    back = threading.Thread(target=_pour, args=(chain, self.request), daemon=True)
                    back.start()
                    _pour(self.request, chain)
                    back.join()

        server = socketserver.ThreadingTCPServer(
            ("127.0.0.1", self._ports[index]), Handler, bind_and_activate=False
        )
        server.allow_reuse_address = server.daemon_threads = True
        server.server_bind()
        server.server_activate()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self._open[index] = server

    def stop(self, index: int) -> None:
        """Close an entrance, and cut what goes through it."""
        server = self._open.pop(index)
        server.shutdown()
        for each in self._connections.pop(index, []):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        server.server_close()

    def close(self) -> None:
        """Close all."""
        for index in list(self._open):
            self.stop(index)


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(BUFFER):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("the embedded chain did not start")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=20)
