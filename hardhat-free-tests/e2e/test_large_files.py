"""A file of 5 GiB: memory does not grow with it."""

import subprocess
from pathlib import Path

import pytest
from harness.commands import LIANZHENG, Cli

pytestmark = [pytest.mark.anvil, pytest.mark.slow]
MEMORY_KIB = 200 * 1024


def _seal(cli: Cli, file: Path) -> int:
    """Seal and return the largest resident size of the child, in KiB."""
    done = subprocess.run(
        ["/usr/bin/env", "python3", "-c", _MEASURE, str(LIANZHENG), str(file)],
        env=cli._environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return int(done.stdout.splitlines()[-1])


_MEASURE = """
import resource, subprocess, sys
code = subprocess.call([sys.argv[1], "evidence", "seal", sys.argv[2], "--kind", "call_recording"])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


def _sparse(folder: Path, size: int) -> Path:
    file = folder / "long.wav"
    with file.open("wb") as grown:
        grown.truncate(size)
    return file


def test_memory_does_not_grow_with_a_file_of_300_mib(offline: Cli, tmp_path: Path) -> None:
    assert _seal(offline, _sparse(tmp_path, 300 << 20)) < MEMORY_KIB


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_five_gibibytes_are_sealed_in_the_same_memory(offline: Cli, tmp_path: Path) -> None:
    assert _seal(offline, _sparse(tmp_path, 5 << 30)) < MEMORY_KIB
