"""What the node can observe about the system that makes statements, each fact with its method.

Nothing is called "clean" or "secure". What was not observed is written down as unrecorded.
"""

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from ledger.primitives.canonical import JsonValue

_ROOT: Final = Path(__file__).resolve().parents[1]
_PACKAGES: Final = ("contracts", "ledger", "blacklist", "node")
_SYNCHRONIZED: Final = Path("/run/systemd/timesync/synchronized")


def observe() -> dict[str, JsonValue]:
    """Return name, version, release digest, clock and host facts."""
    return {
        "name": "lianzheng",
        "version": version("lianzheng"),
        "release": release_digest(),
        "clock": _clock(),
        "host": [
            {"fact": "kernel", "value": platform.release(), "method": "uname"},
            {"fact": "machine", "value": platform.machine(), "method": "uname"},
            {"fact": "python", "value": platform.python_version(), "method": "interpreter"},
            {"fact": "malware_scan", "value": None, "method": "unrecorded"},
        ],
    }


@cache
def release_digest() -> str:
    """Return SHA-256 (hex) over names and contents of the installed program's files."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for file in sorted((_ROOT / package).rglob("*.py")):
            digest.update(f"{file.relative_to(_ROOT).as_posix()}\n".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _clock() -> JsonValue:
    if _SYNCHRONIZED.exists():
        return {"offset_ms": None, "synchronized": True, "method": "systemd-timesyncd"}
    return {"offset_ms": None, "synchronized": None, "method": "unrecorded"}
