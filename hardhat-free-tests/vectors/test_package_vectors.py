"""The package vectors, one file per corruption: any verifier in any language must say the same.

``scripts/make_vectors.py`` writes them and explains their form.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ledger.proof.report import Verdict
from ledger.proof.trust import read_trust
from ledger.proof.verify import verify_package
from node.memory_package import MemoryPackage

FOLDER = Path(__file__).parent / "package"
VERIFIER = Path(__file__).resolve().parents[2] / "scripts" / "build_verifier.py"
VECTORS = sorted(path for path in FOLDER.glob("*.json") if path.name != "trust.json")


def corrupted(vector: dict[str, Any]) -> bytes:
    base = (FOLDER / "base.zip").read_bytes()
    data = bytearray(base[: vector.get("cut", len(base))])
    for offset, text in vector.get("edits", []):
        data[offset : offset + len(text) // 2] = bytes.fromhex(text)
    return bytes.fromhex(vector.get("prefix", "")) + data + bytes.fromhex(vector.get("suffix", ""))


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_the_verifier_says_what_the_vector_says(path: Path) -> None:
    vector = json.loads(path.read_text("utf-8"))
    trust = read_trust((FOLDER / "trust.json").read_bytes())
    report = verify_package(MemoryPackage(corrupted(vector)), trust)
    found = {
        each.value: [f.check for f in report.findings if f.verdict is each] for each in Verdict
    }
    assert {"exit_code": report.exit_code.value, **found} == vector["expected"]


def test_only_the_unchanged_package_is_proved() -> None:
    codes = {p.stem: json.loads(p.read_text("utf-8"))["expected"]["exit_code"] for p in VECTORS}
    assert [name for name, code in codes.items() if code == 0] == ["unchanged"]
    assert set(codes.values()) == {0, 1}


def test_the_stand_alone_verifier_agrees_on_the_unchanged_package(tmp_path: Path) -> None:
    subprocess.run([sys.executable, VERIFIER], check=True, capture_output=True)
    archive = VERIFIER.parents[1] / "build" / "verify.pyz"
    package = tmp_path / "package.zip"
    package.write_bytes((FOLDER / "base.zip").read_bytes())
    command = [sys.executable, "-I", "-S", archive, package, "--trust", FOLDER / "trust.json"]
    done = subprocess.run(command, check=False, capture_output=True)
    assert done.returncode == 0, done.stdout.decode()
