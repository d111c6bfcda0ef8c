"""Packages on their way out: in clear, in a folder that only this user may read, no longer than it takes."""

import shutil
from pathlib import Path
from time import time
from typing import Final

KEPT_SECONDS: Final = 3600
"""Longer than any download; what is older was left by a crash."""


def outgoing_folder(home: Path) -> Path:
    """Return the folder where packages lie until they are handed out."""
    folder = home / "outgoing"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def empty_outgoing(home: Path) -> None:
    """Remove what a crash left; packages of the last hour may still be on their way."""
    for each in outgoing_folder(home).iterdir():
        if time() - each.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(each, ignore_errors=True)
