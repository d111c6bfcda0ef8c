"""geth 1.13: the last version that seals Clique. Found on this machine, or built with Go where Go is."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from networks.errors import NetworkError

VERSION: Final = "1.13."
MODULE: Final = "github.com/ethereum/go-ethereum/cmd/geth@v1.13.15"
BUILD_SECONDS: Final = 900


def find_geth() -> Path | None:
    """Return a geth that seals Clique: ``GETH``, on the path, in Go's folder; ``None`` where there is none."""
    return next((each for each in _candidates() if _seals_clique(each)), None)


def find_or_build_geth() -> Path:
    """Return a geth that seals Clique, built when there is none.

    Raises:
        NetworkError: there is none, and no Go that builds it.
    """
    found = find_geth()
    if found is not None:
        return found
    go = _go()
    if go is None:
        raise NetworkError(
            "geth 1.13 is not here, nor Go that would build it: name one by --client"
        )
    # Its dependencies link to names that newer Go hides.
    command = [go, "install", "-ldflags=-checklinkname=0", MODULE]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=BUILD_SECONDS)
    except (subprocess.SubprocessError, OSError) as error:
        message = f"geth cannot be built: {error}"
        raise NetworkError(message) from error
    found = find_geth()
    if found is None:
        raise NetworkError("geth was built, but is not where Go puts programs")
    return found


def _candidates() -> Iterator[Path]:
    for each in (os.environ.get("GETH"), shutil.which("geth")):
        if each:
            yield Path(each)
    yield Path.home() / "go" / "bin" / "geth"
    go = _go()
    if go is not None:
        asked = subprocess.run([go, "env", "GOPATH"], capture_output=True, text=True, check=False)
        yield Path(asked.stdout.strip() or "/nowhere") / "bin" / "geth"


def _go() -> str | None:
    usual = Path("/usr/local/go/bin/go")
    return shutil.which("go") or (str(usual) if usual.exists() else None)


def _seals_clique(program: Path) -> bool:
    if not program.is_file() or not os.access(program, os.X_OK):
        return False
    asked = subprocess.run([program, "version"], capture_output=True, text=True, check=False)
    return VERSION in asked.stdout
