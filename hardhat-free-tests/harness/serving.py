"""``lianzheng serve`` and ``lianzheng worker`` as processes that can be killed, and who asks them."""

import http.client
import json
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from harness.commands import Cli, free_port
from harness.rpc_node import until

from node.identity.permissions import Permission, Role
from node.identity.service import command_principal
from node.wiring import open_node

SCOPES = (Permission.EVIDENCE_SEAL, Permission.EVIDENCE_READ, Permission.EVIDENCE_EXPORT)
ROLES = (Role.COLLECTOR, Role.COURT_LIAISON)


@dataclass
class Served:
    """A node that serves, or did.

    Attributes:
        cli: commands on its home.
        port: where it listens.
        process: of ``serve``.
        arguments: with which it is started again.
    """

    cli: Cli
    port: int
    process: "subprocess.Popen[str]"
    arguments: tuple[str, ...] = ()
    others: "list[subprocess.Popen[str]]" = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """End the process as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=30)

    def start_again(self) -> None:
        """Start the process again and wait until it answers."""
        self.process = _start(self.cli, self.arguments)
        self.until_answering()

    def worker(self) -> "subprocess.Popen[str]":
        """Start a worker beside the service."""
        process = self.cli.start("worker", "--json-logs")
        self.others.append(process)
        return process

    def until_answering(self, seconds: float = 30.0) -> None:
        def answers() -> bool:
            assert self.process.poll() is None, self.process.communicate()
            try:
                return self.ask("GET", "/healthz")[0] == http.client.OK
            except OSError:
                return False

        until(answers, seconds, pause=0.1)

    def ask(
        self,
        method: str,
        path: str,
        value: Any = None,
        *,
        token: str = "",
        body: bytes | None = None,
        media_type: str = "application/json",
    ) -> tuple[int, Any]:
        """Ask, and return the status and the JSON answer; ``OSError`` when the answer does not come."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        data = json.dumps(value).encode() if value is not None else body
        if data is not None:
            headers["Content-Type"] = media_type
        try:
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            text = answer.read()
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()
        is_json = "json" in (answer.headers["content-type"] or "") and "ndjson" not in str(
            answer.headers["content-type"]
        )
        return answer.status, json.loads(text) if is_json and text else text

    def stop(self) -> None:
        """End everything in order."""
        for process in [self.process, *self.others]:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=60)


def make_token(
    cli: Cli, roles: Iterable[Role] = ROLES, scopes: Iterable[Permission] = SCOPES
) -> str:
    """Make an operator and a token, as an administrator at the node's shell does."""
    shell = command_principal("test")
    with open_node(cli.home) as node:
        invitation = node.identity.invitations.invite(roles, by=shell)
        owner = node.identity.invitations.accept(
            invitation, name="档案系统", login="archive", password="correct horse battery 9"
        )
        made = node.identity.tokens.create(
            shell, label="archive", scopes=scopes, days=1, owner=owner
        )
    return made.text


@contextmanager
def serving(cli: Cli, *arguments: str, seconds: float = 0.5) -> Iterator[Served]:
    """Serve a founded node until the end of the block."""
    port = free_port()
    environment = {
        **cli.environment,
        "LIANZHENG_LISTEN_PORT": str(port),
        "LIANZHENG_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "LIANZHENG_WORKER_SECONDS": str(seconds),
    }
    own = replace(cli, environment=environment, inside=False)
    served = Served(own, port, _start(own, arguments), arguments)
    try:
        served.until_answering()
        yield served
    finally:
        served.stop()


def _start(cli: Cli, arguments: tuple[str, ...]) -> "subprocess.Popen[str]":
    log = (cli.home / "serve.log").open("a", encoding="utf-8")
    with log:
        return cli.start("serve", "--json-logs", *arguments, stdout=log, stderr=log)


def until_anchored(served: Served, token: str, ids: Iterable[str], seconds: float = 60.0) -> None:
    """Wait until every item is anchored; none may be unknown."""
    deadline = time.monotonic() + seconds
    for evidence_id in ids:
        while True:
            status, found = served.ask("GET", f"/v1/evidence/{evidence_id}", token=token)
            assert status == http.client.OK, found
            if found["status"] == "anchored":
                break
            assert time.monotonic() < deadline, found
            time.sleep(0.1)
