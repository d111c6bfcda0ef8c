"""openmined-psi beside ours: two lists of 100,000, how long until the customers' owner knows the intersection.

It needs another protobuf than the product, so it is installed into an environment of its own; where pip cannot,
it is left out and the output says so. It has two parties and no threshold: a list's owner alone can enumerate.
"""

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from measure import Row


SIZE: Final = 100_000
FALSE_POSITIVES: Final = 1e-9
PINNED: Final = Path(__file__).with_name("openmined-psi.txt")
_WHAT: Final = f"openmined-psi, {SIZE:,} × {SIZE:,}"


def rows(folder: Path) -> list["Row"]:
    """Install it beside, let it intersect, and return what it took."""
    from measure import Row  # noqa: PLC0415 - not there in the other environment

    try:
        python = _installed(folder)
    except subprocess.CalledProcessError as error:
        return [Row(_WHAT, f"left out: {_last_line(error)}", "", None, "printed")]
    done = subprocess.run([python, __file__], capture_output=True, text=True, check=True)
    return [Row(_WHAT, f"{float(done.stdout):.0f} s CPU", "", None, "printed")]


def _installed(folder: Path) -> str:
    environment = folder / "psi"
    _run(sys.executable, "-m", "venv", str(environment))
    python = str(environment / "bin" / "python")
    _run(
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--require-hashes",
        "--no-deps",
        "-r",
        str(PINNED),
    )
    return python


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


def _last_line(error: subprocess.CalledProcessError) -> str:
    return (str(error.stderr).strip().splitlines() or ["not installed"])[-1][:120]


def intersect() -> None:
    """Print the CPU seconds of both parties; runs in the other environment."""
    import private_set_intersection.python as psi  # type: ignore[import-not-found]  # noqa: PLC0415 - not installed here

    ours = [f"{number:018d}" for number in range(SIZE)]
    theirs = [f"{number:018d}" for number in range(0, 2 * SIZE, 2)]
    start = time.process_time()
    reveal = True  # who is in both, not only how many
    client, server = psi.client.CreateWithNewKey(reveal), psi.server.CreateWithNewKey(reveal)
    setup = server.CreateSetupMessage(FALSE_POSITIVES, SIZE, theirs, psi.DataStructure.RAW)
    answer = server.ProcessRequest(client.CreateRequest(ours))
    found = client.GetIntersection(setup, answer)
    if len(found) != SIZE // 2:
        raise RuntimeError("the intersection is wrong")
    print(time.process_time() - start)


if __name__ == "__main__":
    intersect()
