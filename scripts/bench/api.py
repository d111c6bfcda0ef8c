"""The service over HTTP, as a process of its own: single items, bulk, a large upload beside them."""

import http.client
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from threading import Event, Thread

from measure import SIGNATURES_OF_THE_MARKS, Row, signatures_a_second

from ledger.evidence.log import LogIdentity
from ledger.store import logs
from node.founding import create_node
from node.identity.permissions import Permission, Role
from node.identity.service import command_principal
from node.settings import write_settings
from node.wiring import open_node

PORT = 8931
CLIENTS = 16
SINGLES = 3000
BULK = 10_000
BULKS = 4
UPLOAD = 1024**3
ITEM = "application/vnd.lianzheng.item"


def rows(home: Path, url: str, name: str) -> list[Row]:
    """Measure the API on a database, with authentication and validation."""
    token = found(home, url)
    with serving(home) as process:
        bulk = _bulk(token)
        single, alone = _singles(token, SINGLES)
        p99 = _beside_an_upload(token)
        memory = resident(process.pid)
    signed = signatures_a_second()
    return [
        Row(
            f"API bulk, {name}",
            f"{bulk:.0f}/s",
            f"{signed:.0f}/s (Ed25519 signatures)",
            bulk / signed,
            f"≥ 5,000/s where 49,000 are signed ({5000 / SIGNATURES_OF_THE_MARKS:.2f})",
        ),
        Row(f"API single items, {CLIENTS} clients, {name}", f"{single:.0f}/s", "", None, "≥ 500/s"),
        Row("  p99 of a single seal", f"{alone * 1000:.1f} ms", "", None, "printed"),
        Row(
            "  p99 while 1 GiB is uploaded, one client", f"{p99 * 1000:.1f} ms", "", None, "< 25 ms"
        ),
        Row("  resident memory of the process", f"{memory:.0f} MiB", "", None, "< 500 MiB"),
    ]


def found(home: Path, url: str) -> str:
    """Found a node that can seal without a chain, and return an API token."""
    create_node(home, name="示范银行", origin="bench.example/log")
    write_settings(home, {"database_url": url, "listen_port": PORT})
    with open_node(home) as node:
        identity = LogIdentity(bytes.fromhex(node.settings.member), node.settings.origin, 0)
        with node.database.write() as connection:
            logs.begin_generation(connection, identity, started_at="2026-01-01T00:00:00.000Z")
        shell, people = command_principal("bench"), node.identity
        invitation = people.invitations.invite([Role.COLLECTOR], by=shell)
        owner = people.invitations.accept(
            invitation, name="bench", login="bench", password=secrets.token_hex(16)
        )
        scopes = [Permission.EVIDENCE_SEAL, Permission.EVIDENCE_READ]
        made = people.tokens.create(shell, label="bench", scopes=scopes, days=1, owner=owner)
        return made.text


@contextmanager
def serving(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the service until the end of the block."""
    start = "import sys; from node.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", start, "--home", str(home), "serve", "--json-logs"]
    with (home / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _until_ready()
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _until_ready() -> None:
    for _ in range(200):
        try:
            if ask(connection_to(), "GET", "/readyz")[0] == http.client.OK:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError("the service does not become ready")


def _bulk(token: str) -> float:
    """Seal ``BULKS`` requests of 10,000 lines, each answered before the next."""
    connection = connection_to()
    ask(connection, "POST", "/v1/evidence/bulk", token, _lines(0, 1), "application/x-ndjson")
    bodies = [_lines(at * BULK, BULK) for at in range(1, BULKS + 1)]
    start, sealed = time.perf_counter(), 0
    for body in bodies:
        status, answer = ask(
            connection, "POST", "/v1/evidence/bulk", token, body, "application/x-ndjson"
        )
        sealed += answer.count(b'"receipt"') if status == http.client.OK else 0
    return sealed / (time.perf_counter() - start)


def _singles(token: str, count: int, clients: int = CLIENTS) -> tuple[float, float]:
    """Return items a second and the 99th percentile of one, in seconds."""

    def client(number: int) -> list[float]:
        connection, times = connection_to(), []
        for at in range(count // clients):
            body = json.dumps(_item(f"s{number}-{at}-{os.urandom(4).hex()}")).encode()
            start = time.perf_counter()
            status, answer = ask(connection, "POST", "/v1/evidence", token, body)
            times.append(time.perf_counter() - start)
            if status != http.client.CREATED:
                raise RuntimeError(answer[:200])
        return times

    start = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times = [each for found in pool.map(client, range(clients)) for each in found]
    return len(times) / (time.perf_counter() - start), quantiles(times, n=100)[98]


def _beside_an_upload(token: str) -> float:
    """Return the 99th percentile of a single seal while 1 GiB streams in."""
    ended = Event()

    def upload() -> None:
        # A process of its own: what is measured is the service, not this one's lock.
        subprocess.run([sys.executable, __file__, token, str(UPLOAD)], check=True)
        ended.set()

    thread = Thread(target=upload)
    thread.start()
    time.sleep(1)
    connection, times = connection_to(), []
    while not ended.is_set():
        body = json.dumps(_item(os.urandom(6).hex())).encode()
        start = time.perf_counter()
        ask(connection, "POST", "/v1/evidence", token, body)
        times.append(time.perf_counter() - start)
        time.sleep(0.02)
    thread.join()
    return quantiles(times, n=100)[98]


def upload(token: str, size: int) -> None:
    """Send one content of ``size`` bytes."""
    connection, block = connection_to(), os.urandom(1024 * 1024)
    first = json.dumps({"kind": "call_recording"}).encode() + b"\n"

    def pieces() -> Iterator[bytes]:
        yield first
        for number in range(size // len(block)):
            yield number.to_bytes(8, "big") + block[8:]

    headers = {"Content-Length": str(len(first) + size)}
    status, answer = ask(connection, "POST", "/v1/evidence", token, pieces(), ITEM, headers)
    if status != http.client.CREATED:
        raise RuntimeError(answer[:200])


def _item(name: str) -> dict[str, object]:
    fields = {"debtor": name, "amount_fen": 500000, "due": "2026-12-05"}
    return {"kind": "promise_to_pay", "case": f"C-{name[:3]}", "fields": fields}


def _lines(first: int, count: int) -> bytes:
    lines = []
    for number in range(first, first + count):
        fields = {"debtor": f"D-{number}", "amount_fen": 500000 + number, "due": "2026-12-05"}
        item = {"kind": "promise_to_pay", "case": f"C-{number // 4}", "fields": fields}
        lines.append(json.dumps(item))
    return "\n".join(lines).encode()


def connection_to() -> http.client.HTTPConnection:
    """Return a connection to the service."""
    return http.client.HTTPConnection("127.0.0.1", PORT, timeout=300)


def ask(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    token: str = "",
    body: bytes | Iterator[bytes] | None = None,
    media_type: str = "application/json",
    more: dict[str, str] | None = None,
) -> tuple[int, bytes]:
    """Ask, and return status and body."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if body is not None:
        headers["Content-Type"] = media_type
    connection.request(method, path, body, {**headers, **(more or {})})
    answer = connection.getresponse()
    return answer.status, answer.read()


def resident(pid: int) -> float:
    """Return the most memory that a process had, in MiB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text("ascii"))
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    upload(sys.argv[1], int(sys.argv[2]))
