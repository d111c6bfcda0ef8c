"""A PostgreSQL server of our own: in a temporary folder, on a loopback port, gone at the end."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pg8000.dbapi

SETTINGS = ("fsync=off", "full_page_writes=off", "max_connections=60", "shared_buffers=16MB")
"""Nothing here survives a power cut, and nothing has to; commits stay synchronous."""


@dataclass(frozen=True)
class Server:
    """A running server with trust authentication."""

    port: int
    control: tuple[str, ...] = ()
    options: str = ""

    def crash(self) -> None:
        """End the server at once, as a power cut would, and start it again: it recovers from its log."""
        _run([*self.control, "-m", "immediate", "stop"])
        _run([*self.control, "-o", self.options, "start"])

    def url(self, name: str) -> str:
        return f"postgresql+pg8000://postgres@127.0.0.1:{self.port}/{name}"

    def run(self, statement: str) -> None:
        """Run one statement outside a transaction."""
        connection = pg8000.dbapi.connect(
            user="postgres", host="127.0.0.1", port=self.port, database="postgres"
        )
        connection.autocommit = True
        try:
            connection.cursor().execute(statement)
        finally:
            connection.close()


def find_tools() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs; ``None`` when it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


def _as_server(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root, so that root hands it to the user ``postgres``."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


@contextmanager
def running(tools: Path, settings: Sequence[str] = SETTINGS) -> Iterator[Server]:
    """Run a server in a folder of its own, which the user ``postgres`` can reach."""
    with tempfile.TemporaryDirectory(prefix="lianzheng-postgres-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        with _started(tools, Path(folder), settings) as server:
            yield server


DURABLE = ("max_connections=60", "shared_buffers=16MB")
"""PostgreSQL's own defaults otherwise: what it has acknowledged survives ``crash``."""


@contextmanager
def restartable(tools: Path) -> Iterator[Server]:
    """Run a server that keeps what it acknowledged, so that it may crash."""
    with running(tools, DURABLE) as server:
        yield server


@contextmanager
def _started(tools: Path, folder: Path, settings: Sequence[str]) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    initdb = [str(tools / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-N"]
    _run([*initdb, "-E", "UTF8", "--locale=C"])
    options = " ".join(f"-c {setting}" for setting in settings)
    options += f" -p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
    control = [str(tools / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
    _run([*control, "-o", options, "start"])
    try:
        yield Server(port, tuple(control), options)
    finally:
        _run([*control, "-m", "immediate", "stop"])


def _run(command: list[str]) -> None:
    done = subprocess.run(
        _as_server(command), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        check=False, cwd="/",
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
