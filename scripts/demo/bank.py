"""A bank's service as a process, and its staff as clients of the API: standard library only."""

import json
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

LIANZHENG: Final = Path(sys.executable).with_name("lianzheng")
ITEM: Final = "application/vnd.lianzheng.item"
START_SECONDS: Final = 30.0


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def serving(environment: dict[str, str], log: Path) -> Iterator[str]:
    """Run ``lianzheng serve`` until the end of the block; hand out the first administrator's link."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [LIANZHENG, "serve", "--json-logs"], env=environment, stdout=output, stderr=output
        )
        try:
            yield _link(process, log)
        finally:
            process.terminate()
            process.wait(timeout=60)


def _link(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for line in log.read_text("utf-8").splitlines():
            if "/invitation/" in line:
                return line[line.index("http", line.index("：") + 1) :]
        time.sleep(0.1)
    sys.exit("the service did not start: " + log.read_text("utf-8"))


@dataclass
class Client:
    """Somebody who asks the API.

    Attributes:
        address: of the service.
        headers: that show who asks.
    """

    address: str
    headers: dict[str, str]

    def ask(self, method: str, path: str, value: object = None) -> Any:  # noqa: ANN401 - JSON
        """Ask with a JSON body and return the JSON answer."""
        body = None if value is None else json.dumps(value).encode()
        data = self.send(method, path, body, "application/json")
        return json.loads(data) if data else None

    def send(self, method: str, path: str, body: bytes | None, media_type: str) -> bytes:
        """Ask and return the bytes of the answer; a problem ends the demo in its own words."""
        headers = {**self.headers, "Content-Type": media_type}
        request = urllib.request.Request(  # noqa: S310 - our own address
            self.address + path, data=body, method=method, headers=headers
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
                cookie = answer.headers.get("Set-Cookie")
                if cookie:
                    self.headers["Cookie"] = cookie.partition(";")[0]
                data: bytes = answer.read()
                return data
        except urllib.error.HTTPError as error:
            sys.exit(f"{method} {path}: {error.code} {error.read().decode()}")

    def seal(self, described: dict[str, Any], content: bytes | None = None) -> Any:  # noqa: ANN401 - JSON
        """Seal an item; a content follows its description on the same connection."""
        if content is None:
            return self.ask("POST", "/v1/evidence", described)
        framed = json.dumps(described).encode() + b"\n" + content
        return json.loads(self.send("POST", "/v1/evidence", framed, ITEM))


@dataclass(frozen=True)
class Person:
    """An account that the demo made.

    Attributes:
        login: to sign in with.
        password: random; printed only when the data is kept.
        client: signed in.
    """

    login: str
    password: str
    client: Client


def join(address: str, invitation: str, *, name: str, login: str) -> Person:
    """Accept an invitation and sign in, as a person does in the console."""
    password = secrets.token_urlsafe(15)
    account = {"invitation": invitation.rpartition("/")[2], "name": name, "login": login}
    client = Client(address, {})
    client.ask("POST", "/v1/invitations", {**account, "password": password})
    signed = client.ask("POST", "/v1/session", {"login": login, "password": password})
    client.headers["X-CSRF-Token"] = signed["csrf"]
    return Person(login, password, client)


def program(person: Person, scopes: list[str]) -> Client:
    """Make an API token for a person's program and return the client that uses it."""
    asked = {"label": "demo", "scopes": scopes, "days": 1}
    token = person.client.ask("POST", "/v1/tokens", asked)["token"]
    return Client(person.client.address, {"Authorization": f"Bearer {token}"})
