"""A million sealed items: pages of the list and of a search, over HTTP, and the memory of the service."""

import json
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

import api
from measure import Row

from node.batches import seal_lines
from node.preparing import apart
from node.wiring import open_node

ITEMS = 1_000_000
ASKED = 60


def rows(home: Path) -> list[Row]:
    """Seal ``ITEMS`` promises on SQLite, then ask for pages."""
    token = api.found(home, "")
    start = time.perf_counter()
    with open_node(home) as node, apart(home, home) as preparer:
        sealed = sum(1 for _ in seal_lines(_lines(), node.intake, preparer))
        node.sequencer.run()
    rate = sealed / (time.perf_counter() - start)
    with api.serving(home) as process:
        _pages(token, ASKED)
        before = api.resident(process.pid)
        listed = _pages(token, ASKED)
        searched = _searches(token)
        after = api.resident(process.pid)
    return [
        Row("sealing 1,000,000 items, SQLite", f"{rate:.0f}/s", "", None, "printed"),
        Row("  a page of the list, p95", f"{listed * 1000:.1f} ms", "", None, "< 50 ms"),
        Row("  a search by person, p95", f"{searched * 1000:.1f} ms", "", None, "< 50 ms"),
        Row("  resident memory", f"{after:.0f} MiB", f"{before:.0f} MiB before", None, "< 500 MiB"),
    ]


def _lines() -> Iterator[bytes]:
    for number in range(ITEMS):
        item = {
            "kind": "promise_to_pay" if number % 10 else "payment_record",
            "case": f"C-{number // 8}",
            "persons": [f"P-{number // 8}"],
            "fields": {"amount_fen": 500000 + number},
        }
        yield json.dumps(item).encode()


def _pages(token: str, count: int) -> float:
    """Walk through the list, and return the 95th percentile of a page in seconds."""
    connection, times, cursor = api.connection_to(), [], ""
    for number in range(count):
        kind = "&kind=payment_record" if number % 2 else ""
        path = f"/v1/evidence?limit=50{kind}{cursor}"
        start = time.perf_counter()
        _, answer = api.ask(connection, "GET", path, token)
        times.append(time.perf_counter() - start)
        following = json.loads(answer)["next"]
        cursor = f"&cursor={following}" if following else ""
    return quantiles(times, n=20)[18]


def _searches(token: str) -> float:
    connection, times = api.connection_to(), []
    for _ in range(ASKED):
        person = f"P-{secrets.randbelow(ITEMS // 8)}"
        body = json.dumps({"person": person}).encode()
        start = time.perf_counter()
        _, answer = api.ask(connection, "POST", "/v1/evidence/search", token, body)
        times.append(time.perf_counter() - start)
        if len(re.findall(rb'"id"', answer)) == 0:
            raise RuntimeError(answer[:200])
    return quantiles(times, n=20)[18]
