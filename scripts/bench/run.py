#!/usr/bin/env python3
"""``make bench``: every part in a process of its own, so that memory and caches are its own.

scripts/bench/run.py                 everything
scripts/bench/run.py --only PART     one of: sealing, bulk, bulk-slow, postgres, postgres-slow, api, api-postgres, million, proofs, verify, gas,
                                     consortium, blacklist, blacklist-http, blacklist-psi, blacklist-million (minutes, so only
                                     when it is named)
scripts/bench/run.py --json          for machines
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "hardhat-free-tests"), str(ROOT / "scripts" / "demo")]

from measure import Row, print_rows  # noqa: E402 - after the path

FOLDER: Final = ROOT / ".bench"


def sealing_part(folder: Path) -> list[Row]:
    """One large file."""
    import sealing  # noqa: PLC0415 - each part loads only what it measures

    return sealing.rows(folder)


def bulk_part(folder: Path) -> list[Row]:
    """Many small statements on SQLite."""
    import bulk  # noqa: PLC0415

    return bulk.rows(folder / "home", "", _named("SQLite"))


def postgres_part(folder: Path) -> list[Row]:
    """Many small statements on PostgreSQL."""
    import bulk  # noqa: PLC0415
    from harness.postgres import find_tools, running  # noqa: PLC0415

    tools = find_tools()
    if tools is None:
        return [Row("bulk sealing, PostgreSQL", "skipped: not installed", "", None, "≥ 5,000/s")]
    with running(tools, DURABLE) as server:
        server.run("CREATE DATABASE bench")
        return bulk.rows(folder / "home", server.url("bench"), _named("PostgreSQL"))


def api_part(folder: Path) -> list[Row]:
    """The service over HTTP, on SQLite."""
    import api  # noqa: PLC0415

    return api.rows(folder / "home", "", "SQLite")


def api_postgres_part(folder: Path) -> list[Row]:
    """The service over HTTP, on PostgreSQL."""
    import api  # noqa: PLC0415
    from harness.postgres import find_tools, running  # noqa: PLC0415

    tools = find_tools()
    if tools is None:
        return [Row("API bulk, PostgreSQL", "skipped: not installed", "", None, "≥ 5,000/s")]
    with running(tools, DURABLE) as server:
        server.run("CREATE DATABASE bench")
        return api.rows(folder / "home", server.url("bench"), "PostgreSQL")


def million_part(folder: Path) -> list[Row]:
    """Pages of a large ledger."""
    import million  # noqa: PLC0415

    return million.rows(folder / "home")


def proofs_part(folder: Path) -> list[Row]:
    """Proofs from ten million leaves."""
    import proofs  # noqa: PLC0415

    return proofs.rows(folder)


def verify_part(folder: Path) -> list[Row]:
    """The court's verifier."""
    import verifying  # noqa: PLC0415

    return verifying.rows(folder)


def gas_part(folder: Path) -> list[Row]:
    """Anchoring."""
    import gas  # noqa: PLC0415

    del folder
    return gas.rows()


def consortium_part(folder: Path) -> list[Row]:
    """Members among themselves."""
    import consortium  # noqa: PLC0415

    return consortium.rows(folder)


def blacklist_part(folder: Path) -> list[Row]:
    """The blacklist's cryptography."""
    import oprf  # noqa: PLC0415

    del folder
    return oprf.rows()


def blacklist_http_part(folder: Path) -> list[Row]:
    """A query end to end."""
    import asking  # noqa: PLC0415

    return asking.rows(folder)


def blacklist_psi_part(folder: Path) -> list[Row]:
    """Two lists of 100,000, by the blacklist's protocol and by another library."""
    import oprf  # noqa: PLC0415
    import psi  # noqa: PLC0415

    return [*oprf.screening_rows(folder, psi.SIZE), *psi.rows(folder)]


def blacklist_million_part(folder: Path) -> list[Row]:
    """A million customers."""
    import oprf  # noqa: PLC0415

    return oprf.screening_rows(folder, oprf.MILLION)


PARTS: Final[dict[str, Callable[[Path], list[Row]]]] = {
    "sealing": sealing_part,
    "bulk": bulk_part,
    "bulk-slow": bulk_part,
    "postgres": postgres_part,
    "postgres-slow": postgres_part,
    "api": api_part,
    "api-postgres": api_postgres_part,
    "million": million_part,
    "proofs": proofs_part,
    "verify": verify_part,
    "gas": gas_part,
    "consortium": consortium_part,
    "blacklist": blacklist_part,
    "blacklist-http": blacklist_http_part,
    "blacklist-psi": blacklist_psi_part,
    "blacklist-million": blacklist_million_part,
}
LONG: Final = frozenset({"blacklist-million"})
"""Parts that take many minutes: only when they are named."""


DURABLE: Final = ("shared_buffers=128MB",)
"""PostgreSQL's own defaults otherwise: fsync and synchronous commits are on."""


def _named(name: str) -> str:
    return f"{name}, 5 ms added to each fsync" if "LD_PRELOAD" in os.environ else name


def main() -> None:
    """Run the parts one after another and print one table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--here", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    if options.here:
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            print_rows(PARTS[options.here](Path(folder)), machine=True)
        return
    rows: list[Row] = []
    every = [part for part in PARTS if part not in LONG]
    for part in [options.only] if options.only else every:
        print(f"measuring {part}…", file=sys.stderr)
        rows += _in_a_process(part)
    print_rows(rows, machine=options.json)


def _in_a_process(part: str) -> list[Row]:
    environment = dict(os.environ)
    if part.endswith("-slow"):
        environment["LD_PRELOAD"] = str(_slow_fsync())
    command = [sys.executable, __file__, "--here", part]
    # A long part says how far it is.
    errors = None if part in LONG else subprocess.PIPE
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True, check=False
    )
    if done.returncode:
        return [Row(part, "failed: " + (done.stderr or "see above").strip()[-200:], "", None, "")]
    return [Row(**row) for row in json.loads(done.stdout.splitlines()[-1])]


def _slow_fsync() -> Path:
    """Compile the library that slows fsync down."""
    library, source = FOLDER / "slow_fsync.so", Path(__file__).with_name("slow_fsync.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
    return library


if __name__ == "__main__":
    main()
