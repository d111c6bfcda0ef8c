"""Reads vector files, so that tests are parametrised by file name."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SHARED = HERE.parents[2] / "shared" / "vectors"
"""The full sets, on machines that have them beside the checkout."""


def cases(topic: str) -> list[tuple[str, dict[str, Any]]]:
    """Return (name, content) of every case of a topic, from the project and from the full set."""
    found = {path.stem: path for path in sorted((HERE / topic).rglob("*.json"))}
    for path in sorted((SHARED / topic).rglob("*.json")):
        name = "-".join(path.relative_to(SHARED / topic).with_suffix("").parts)
        found.setdefault(name, path)
    return list(_load(found))


def _load(found: dict[str, Path]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, path in found.items():
        yield name, json.loads(path.read_text(encoding="utf-8"))
