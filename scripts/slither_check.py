"""Run slither over the contracts where it is installed, and say so where it is not.

Rules:

* The sources go to slither as the same standard JSON input, with the same compiler, that makes the artifacts.
* Findings of medium or high impact fail the run. Each one that is kept has its reason in a comment next to an
  inline ``slither-disable`` in the source.
* slither is not a dependency: its licence (AGPL) keeps it outside, in an environment of its own.

Run as ``python scripts/slither_check.py``; put slither on PATH first.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from compile_contracts import ROOT, SETTINGS, SOLC, read_sources

OUTPUTS = [
    "abi",
    "evm.bytecode",
    "evm.deployedBytecode",
    "evm.methodIdentifiers",
    "userdoc",
    "devdoc",
]


def main() -> int:
    """Return slither's verdict as an exit code; 0 when it is not installed."""
    slither = shutil.which("slither")
    if slither is None:
        print("slither is not on PATH: static analysis of the contracts skipped")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        request = Path(folder) / "contracts.json"
        request.write_text(json.dumps(_request()), encoding="utf-8")
        # slither looks for the inline comments in the files, by paths relative to where it runs.
        return subprocess.run(
            [
                slither,
                str(request),
                "--compile-force-framework=solc-json",
                f"--solc={SOLC}",
                "--exclude-informational",
                "--exclude-optimization",
                "--exclude-low",
                "--fail-medium",
            ],
            cwd=ROOT,
            check=False,
        ).returncode


def _request() -> dict[str, object]:
    return {
        "language": "Solidity",
        "sources": {path: {"content": text} for path, text in read_sources().items()},
        "settings": {**SETTINGS, "outputSelection": {"*": {"*": OUTPUTS, "": ["ast"]}}},
    }


if __name__ == "__main__":
    sys.exit(main())
