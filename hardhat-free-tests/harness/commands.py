"""The command line as a user runs it: subprocesses, on the embedded chain."""

import io
import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from node.cli.main import main

LIANZHENG = Path(sys.executable).with_name("lianzheng")
ROOT = Path(__file__).resolve().parents[2]
CHAIN_MEMORY = 4 << 30


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass(frozen=True)
class Answer:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Cli:
    """A node's home, and the commands on it.

    Attributes:
        home: of the node.
        url: of the chain.
        environment: more variables.
        inside: run the same entry point in this process: it saves a second of imports a command.
    """

    home: Path
    url: str = "http://127.0.0.1:1"
    environment: Mapping[str, str] = field(default_factory=dict)
    inside: bool = False

    def start(self, *arguments: str | Path, **options: Any) -> "subprocess.Popen[str]":
        """Start a command."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(
            [LIANZHENG, *map(str, arguments)], env=self._environment(), text=True, **pipes | options
        )

    def run(self, *arguments: str | Path, given: str | None = None, **options: Any) -> Answer:
        """Run a command to its end; no traceback may reach a user."""
        if self.inside:
            return self._run_inside([str(each) for each in arguments], given)
        done = subprocess.run(
            [LIANZHENG, *map(str, arguments)], env=self._environment(), input=given, text=True,
            capture_output=True, check=False, timeout=120, **options,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return Answer(done.returncode, done.stdout, done.stderr)

    def _run_inside(self, arguments: list[str], given: str | None) -> Answer:
        out, err = io.StringIO(), io.StringIO()
        stdin = io.TextIOWrapper(io.BytesIO((given or "").encode()))
        code = 0
        with (
            patch.dict(os.environ, self._environment(), clear=True),
            patch.object(sys, "argv", ["lianzheng", *arguments]),
            patch.object(sys, "stdin", stdin),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            try:
                main()
            except SystemExit as ended:
                code = int(ended.code or 0)
        return Answer(code, out.getvalue(), err.getvalue())

    def ok(self, *arguments: str | Path, given: str | None = None) -> Any:
        """Run a command with ``--json`` and return its answer; it must succeed."""
        done = self.run(*arguments, "--json", given=given)
        assert done.code == 0, done.err
        return done.json

    def seal(self, *arguments: str | Path, given: str | None = None) -> Any:
        """Seal and return the only receipt."""
        (receipt,) = self.ok("evidence", "seal", *arguments, given=given)
        return receipt

    def anchor(self) -> Any:
        """Run rounds until the proof is frozen."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            done = self.ok("anchor", "run")
            if done["frozen"]:
                return done
            time.sleep(0.2)
        raise AssertionError(done)

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("LIANZHENG_")}
        own = {"LIANZHENG_HOME": str(self.home), "LIANZHENG_CHAIN_URL": self.url}
        return {**kept, **own, **self.environment}


@dataclass
class DevelopmentChain:
    """``lianzheng chain dev`` under a memory limit; it can be killed and started again on its data.

    Attributes:
        folder: of data and log.
        port: where it listens.
    """

    folder: Path
    port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [LIANZHENG, "chain", "dev", "--port", str(self.port)]
        command += ["--data", str(self.folder / "chain")]
        with (self.folder / "chain.log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=_limit)  # noqa: PLW1509 - no threads yet
        self._process = process
        deadline = time.monotonic() + 30
        while not answers(self.port):
            assert process.poll() is None, (self.folder / "chain.log").read_text("utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=20)

    def stop(self) -> None:
        """End it in order."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=20)


@contextmanager
def development_chain(folder: Path) -> Iterator[str]:
    """Run an embedded chain until the end of the block and yield its URL."""
    chain = DevelopmentChain(folder)
    try:
        chain.start()
        yield chain.url
    finally:
        chain.stop()


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (CHAIN_MEMORY, CHAIN_MEMORY))


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
