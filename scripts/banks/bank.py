"""A bank of the demonstration: its home, its commands, its served node, and its archive that seals."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from banks.chains import LIANZHENG, free_port
from node.settings import write_settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "demo"))

from bank import Client, Person, join, program

T = TypeVar("T")
WORKER_SECONDS: Final = 1
START_SECONDS: Final = 60.0
WAIT_SECONDS: Final = 180.0


@dataclass
class Bank:
    """A bank.

    Attributes:
        name: for people.
        home: its node's folder.
        chain_url: its entrance to the chain.
        settings: of the chain.
        port: where its node listens.
    """

    name: str
    home: Path
    chain_url: str
    settings: dict[str, str | int | bool]
    port: int = field(default_factory=free_port)
    archive: Client | None = None
    officer: Person | None = None
    sealed: list[str] = field(default_factory=list)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def endpoint(self) -> str:
        """Where its node answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def file(self) -> str:
        """Its folder's name, for files about it."""
        return self.home.name

    @property
    def serves(self) -> bool:
        """Whether its node runs."""
        return self._process is not None

    def prepare(self, origin: str) -> None:
        """Make keys and settings; there are no contracts yet."""
        self.run("init", "--name", self.name, "--origin", origin)
        own = {
            "chain_url": self.chain_url,
            "endpoint": self.endpoint,
            "public_url": self.endpoint,
            "listen_port": self.port,
            "worker_seconds": WORKER_SECONDS,
        }
        write_settings(self.home, {**self.settings, **own})

    def run(self, *arguments: str | Path) -> Any:  # noqa: ANN401 - JSON
        """Run a command with ``--json`` and return its answer; a failure ends the demo in its own words."""
        done = self.attempt(*arguments)
        if done.returncode:
            sys.exit(f"{self.name}: {' '.join(map(str, arguments))}: {done.stderr}")
        return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else None

    def attempt(self, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run a command that may fail."""
        command = [LIANZHENG, "--home", self.home, *arguments, "--json"]
        return subprocess.run(
            [str(each) for each in command],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def start(self) -> None:
        """Serve; the first time its staff make accounts, and a token for the archive."""
        log = self.home / "serve.log"
        with log.open("ab") as output:
            environment = {**os.environ, "LIANZHENG_HOME": str(self.home)}
            self._process = subprocess.Popen(
                [LIANZHENG, "serve", "--json-logs"], env=environment, stdout=output, stderr=output
            )
        self.until(self._answers, START_SECONDS)
        if self.archive is None:
            self._open_accounts(self._link(log))

    def stop(self) -> None:
        """End the node in order."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=60)
            self._process = None

    def seal(self, text: str) -> str:
        """Seal a promise to pay and return its id."""
        fields = {"debtor": "李明", "note": text, "amount_fen": 500000}
        answer = self._client.seal(
            {"kind": "promise_to_pay", "case": "贷后-0001", "fields": fields}
        )
        self.sealed.append(answer["id"])
        return str(answer["id"])

    def approve(self, release: str) -> None:
        """Let the supervisor, who signed in, approve what somebody else asked for."""
        if self.officer is None:
            sys.exit(f"{self.name} has no staff yet")
        asked = {"approve": True, "reason": "材料齐备"}
        self.officer.client.ask("POST", f"/v1/releases/{release}/decision", asked)

    def status_of(self, evidence_id: str) -> str:
        """Return how far an item has come."""
        return str(self._client.ask("GET", f"/v1/evidence/{evidence_id}")["status"])

    def until_anchored(self, evidence_id: str) -> None:
        """Wait until an item is under a final anchor."""
        self.until(lambda: self.status_of(evidence_id) == "anchored")

    def peers(self) -> dict[str, Any]:
        """Return the other members as this one sees them, by name."""
        return {each["name"]: each for each in self._client.ask("GET", "/v1/peers")}

    def alarms(self) -> list[Any]:
        """Return the alarms about other members, newest first."""
        return list(self._client.ask("GET", "/v1/peers/alarms"))

    def until(self, holds: Callable[[], T], seconds: float = WAIT_SECONDS) -> T:
        """Wait until something holds, and return it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := holds():
                return found
            time.sleep(0.3)
        sys.exit(f"{self.name}: gave up after {seconds:.0f} s; see {self.home / 'serve.log'}")

    @property
    def _client(self) -> Client:
        if self.archive is None:
            sys.exit(f"{self.name} does not serve yet")
        return self.archive

    def _answers(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            sys.exit(
                f"{self.name} did not start: {(self.home / 'serve.log').read_text('utf-8')[-2000:]}"
            )
        import urllib.request  # noqa: PLC0415 - one use

        try:
            with urllib.request.urlopen(self.endpoint + "/healthz", timeout=5) as answer:  # noqa: S310
                return bool(answer.status)
        except OSError:
            return False

    def _open_accounts(self, link: str) -> None:
        administrator = join(self.endpoint, link, name="管理员", login="admin")
        asked = {"roles": ["supervisor", "court_liaison"]}
        invitation = administrator.client.ask("POST", "/v1/operators/invitations", asked)
        self.officer = join(self.endpoint, invitation["link"], name="主管", login="officer")
        self.archive = program(self.officer, ["evidence:seal", "evidence:read", "evidence:export"])

    def _link(self, log: Path) -> str:
        def found() -> str:
            for line in log.read_text("utf-8").splitlines():
                if "/invitation/" in line:
                    return line[line.index("http", line.index("：") + 1) :]
            return ""

        return self.until(found, START_SECONDS)
