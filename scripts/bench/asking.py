"""A query end to end: five banks with their nodes on an embedded chain, asked over HTTP, threshold 3.

The time of a query over the API is measured as a client sees it. Beside it, in a process that does what the
caller's node does: how long the other holders' answers take (HTTP, signatures, their logs and their
arithmetic), and how long the caller's own log takes (record key, transaction).
"""

import http.client
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any, Final

from harness.commands import development_chain
from harness.entry_members import identifier, specimen
from harness.founders import Institution, found_together, make_institution
from harness.rpc_node import until
from harness.serving import Served
from measure import Row

from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.querying import Person
from ledger.ports.record_keys import RecordKey
from node.blacklist.entries import make_entries
from node.identity.permissions import Permission, Role
from node.identity.service import command_principal

BANKS: Final = 5
QUERIES: Final = 40
WARMING: Final = 5
QUIET: Final = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
"""Nobody reads the nodes' logs, and a full pipe would stop them."""


def rows(folder: Path) -> list[Row]:
    """Measure queries over the API, and what they consist of."""
    with development_chain(folder) as url, _serving(folder, url) as banks:
        token = _token(banks[0])
        over_http = [_ask(banks[0].port, token, number) for number in range(QUERIES)][WARMING:]
        parts = _parts(banks[0])
    shown = {name: f"{1000 * median(times[WARMING:]):.1f} ms" for name, times in parts.items()}
    return [
        Row("blacklist query over HTTP, t = 3", f"{1000 * median(over_http):.1f} ms", "", None, "< 50 ms"),
        Row("  slowest of its kind", f"{1000 * max(over_http):.1f} ms", "", None, "printed"),
        Row("  the same inside the caller's node", shown["whole"], "", None, "printed"),
        Row("    waiting for two other holders", shown["others"], "", None, "printed"),
        Row("    the caller's own log", shown["log"], "", None, "printed"),
    ]  # fmt: skip


@contextmanager
def _serving(folder: Path, url: str) -> Iterator[Sequence[Institution]]:
    """Found a consortium whose nodes run and hold a key for ID numbers."""
    banks = [make_institution(folder, url, at, origin="bench.example") for at in range(BANKS)]
    found_together(folder, banks, threshold=3)
    first, *others = banks
    contract = first.cli.ok("blacklist", "deploy", "--phase-seconds", "120")["contract"]
    for each in others:
        each.cli.ok("blacklist", "join", contract)
    with ExitStack() as ending:
        for each in banks:
            command = replace(each.cli, inside=False)
            served = Served(command, each.port, command.start("serve", "--json-logs", **QUIET))
            ending.callback(served.stop)
            served.until_answering(60)
        first.cli.ok("blacklist", "generate-key", "id")
        until(lambda: all(map(_holds, banks)), 300, pause=1.0)
        yield banks


def _holds(bank: Institution) -> bool:
    keys = bank.cli.ok("blacklist", "status")["keys"]
    return bool(keys) and keys[0]["held_here"]


def _token(bank: Institution) -> str:
    with bank.node() as node:
        shell, people = command_principal("bench"), node.identity
        invitation = people.invitations.invite([Role.COMPLIANCE], by=shell)
        owner = people.invitations.accept(
            invitation, name="bench", login="bench", password=secrets.token_hex(16)
        )
        scopes = [Permission.BLACKLIST_QUERY]
        return people.tokens.create(shell, label="bench", scopes=scopes, days=1, owner=owner).text


def _ask(port: int, token: str, number: int) -> float:
    """Return the seconds of one query about somebody who is not listed."""
    asked = {
        "identifiers": [{"type": "id", "identifier": specimen(number)}],
        "purpose": "query",
        "authorisation": f"bench-{number}",
    }
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    start = time.perf_counter()
    connection.request("POST", "/v1/blacklist/query", json.dumps(asked), headers)
    answer = connection.getresponse()
    data = answer.read()
    took = time.perf_counter() - start
    if answer.status != http.HTTPStatus.OK:
        sys.exit(f"a query was refused: {data.decode()}")
    return took


@dataclass
class TimedKeys:
    """A key store whose time is added up."""

    keys: Any
    times: list[float] = field(default_factory=list)

    def create(self, count: int) -> Sequence[RecordKey]:
        """See ``ports.record_keys``."""
        start = time.perf_counter()
        made: Sequence[RecordKey] = self.keys.create(count)
        self.times.append(time.perf_counter() - start)
        return made


@dataclass
class TimedColleagues:
    """The other holders, and when they were asked and had answered."""

    others: Any
    spans: list[tuple[float, float]] = field(default_factory=list)

    def evaluate(self, asked: bytes, body: bytes) -> bytes:
        """See ``ports.colleagues``."""
        start = time.perf_counter()
        answer: bytes = self.others.evaluate(asked, body)
        self.spans.append((start, time.perf_counter()))
        return answer


def _parts(bank: Institution) -> dict[str, list[float]]:
    parts: dict[str, list[float]] = {"whole": [], "others": [], "log": []}
    with bank.node() as node:
        entries = make_entries(node)
        entries.follower.refresh()
        inquirer = entries.querying.inquirer
        keys = TimedKeys(inquirer.record_keys)
        colleagues = TimedColleagues(inquirer.asker.colleagues.others)  # type: ignore[attr-defined]  # the own share is left out
        own = replace(inquirer.asker.colleagues, others=colleagues)  # type: ignore[type-var]  # as above
        asker = replace(inquirer.asker, colleagues=own)
        querying = replace(
            entries.querying, inquirer=replace(inquirer, record_keys=keys, asker=asker)
        )
        for number in range(QUERIES):
            colleagues.spans.clear()
            person = Person((identifier(specimen(number)),), f"bench-{number}", "")
            start = time.perf_counter()
            querying.query(person, Purpose.QUERY, "bench")
            parts["whole"].append(time.perf_counter() - start)
            ended = sorted(end for _, end in colleagues.spans)
            parts["others"].append(ended[1] - min(begun for begun, _ in colleagues.spans))
            parts["log"].append(keys.times[-1])
    return parts
