"""Static files and their digests, which stand in the addresses that pages name."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).parent / "static"
SHOWN: Final = 16


@cache
def digests() -> Mapping[str, str]:
    """Return the beginning of each file's SHA-256, read once."""
    files = [each for each in STATIC.iterdir() if each.is_file()]
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest()[:SHOWN] for f in files}


def address(name: str) -> str:
    """Return where a page finds a static file."""
    return f"/static/{name}?v={digests()[name]}"
