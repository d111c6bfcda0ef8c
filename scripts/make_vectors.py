#!/usr/bin/env python3
"""Write the package vectors: a package that proves everything, its trust file, and one file per corruption.

Each vector names a change of ``base.zip`` in bytes and the verdict, so that a verifier in any language can be tested:
``edits`` are [offset, hex] of equal length, ``cut`` keeps that many bytes, ``prefix`` and ``suffix`` are hex.

    scripts/make_vectors.py            make a new base package, and vectors from it
    scripts/make_vectors.py --check    make the vectors from the committed base, and compare
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "hardhat-free-tests"), str(ROOT / "scripts" / "demo")]

from tampering import changed_files, flip_bit  # noqa: E402 - after the path

from ledger.proof.report import Report, Verdict  # noqa: E402
from ledger.proof.trust import read_trust  # noqa: E402
from ledger.proof.verify import verify_package  # noqa: E402
from node.memory_package import MemoryPackage  # noqa: E402 - after the path

FOLDER: Final = ROOT / "hardhat-free-tests" / "vectors" / "package"
BASE, TRUST = FOLDER / "base.zip", FOLDER / "trust.json"
Vector = dict[str, Any]


def main() -> None:
    """Write the vectors, or compare them with what is committed."""
    if "--check" not in sys.argv[1:]:
        make_base()
    expected = {name: json.dumps(vector, indent=1) + "\n" for name, vector in vectors()}
    if "--check" in sys.argv[1:]:
        found = {
            path.stem: path.read_text("utf-8") for path in FOLDER.glob("*.json") if path != TRUST
        }
        if found != expected:
            sys.exit(
                "the package vectors are not what the verifier says: run scripts/make_vectors.py"
            )
    else:
        for path in FOLDER.glob("*.json"):
            if path != TRUST:
                path.unlink()
        for name, text in expected.items():
            (FOLDER / f"{name}.json").write_text(text, "utf-8")
    print(f"{len(expected)} package vectors are what the verifier says")


def make_base() -> None:
    """Make a package on a QBFT-sealed chain, with two cosignatures and a timestamp."""
    from harness.databases import SqliteDatabases  # noqa: PLC0415 - only to make it
    from harness.ledger import TestClock, make_template, migrate, open_ledger  # noqa: PLC0415
    from harness.network import Network  # noqa: PLC0415
    from harness.packages import complete, open_case  # noqa: PLC0415
    from harness.trusting import trust_bytes  # noqa: PLC0415

    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "bank"
        make_template(home)
        migrate(home)
        ledger = open_ledger(home, Network("qbft-header"), TestClock(), SqliteDatabases(home))
        receipt = ledger.seal(
            b"evidence" * 700, case=bytes(32), fields={"debtor": "李明", "amount_fen": 500000}
        )
        ledger.anchor()
        case = open_case(ledger, ledger.export(receipt))
        complete(case, int(ledger.clock.now().timestamp()))
        BASE.write_bytes(case.package())
        TRUST.write_bytes(trust_bytes(case.trust))
        ledger.close()


def vectors() -> Iterator[tuple[str, Vector]]:
    """Yield each vector with its verdict."""
    base, trust = BASE.read_bytes(), read_trust(TRUST.read_bytes())

    def judged(change: Vector) -> Vector:
        return {
            **change,
            "expected": verdict(verify_package(MemoryPackage(apply(base, change)), trust)),
        }

    yield "unchanged", judged({"why": "the package as it was handed out"})
    for path, changed in changed_files(base):
        name = "changed-" + path.removeprefix("data/").replace("/", "-").replace(
            "证据目录", "catalogue"
        )
        why = f"one byte of {path} changed, every checksum repaired"
        yield name.replace(".", "-"), judged({"why": why, "edits": edits(base, changed)})
    for number, position in enumerate(range(5, len(base) * 8, len(base) * 8 // 12)):
        why = f"raw bit {position} flipped"
        yield (
            f"bit-{number:02d}",
            judged({"why": why, "edits": edits(base, flip_bit(base, position))}),
        )
    yield "truncated", judged({"why": "the last byte is missing", "cut": len(base) - 1})
    yield "empty", judged({"why": "no byte at all", "cut": 0})
    yield "trailing-byte", judged({"why": "a byte behind the end", "suffix": "00"})
    yield "preceding-byte", judged({"why": "a byte before the beginning", "prefix": "00"})


def apply(base: bytes, change: Vector) -> bytes:
    """Return the bytes that a vector describes."""
    data = bytearray(base[: change.get("cut", len(base))])
    for offset, text in change.get("edits", []):
        data[offset : offset + len(text) // 2] = bytes.fromhex(text)
    return (
        bytes.fromhex(change.get("prefix", ""))
        + bytes(data)
        + bytes.fromhex(change.get("suffix", ""))
    )


def edits(base: bytes, changed: bytes) -> list[list[object]]:
    """Return the runs of bytes in which two archives of equal length differ."""
    if len(base) != len(changed):
        message = "an edit keeps the length"
        raise ValueError(message)
    runs: list[list[int]] = []
    for offset in (at for at in range(len(base)) if base[at] != changed[at]):
        if runs and offset == runs[-1][1]:
            runs[-1][1] += 1
        else:
            runs.append([offset, offset + 1])
    return [[start, changed[start:end].hex()] for start, end in runs]


def verdict(report: Report) -> Vector:
    """Return what a verifier must say: the exit code, and how each check ended."""
    return {
        "exit_code": report.exit_code.value,
        **{each.value: [f.check for f in report.findings if f.verdict is each] for each in Verdict},
    }


if __name__ == "__main__":
    main()
