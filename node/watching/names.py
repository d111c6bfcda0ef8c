"""What the names in a watched folder mean.

* ``NAME.json`` describes ``NAME``. A JSON file is content itself when it is described (by ``NAME.json.json``
  or the manifest) and does not describe a file that lies beside it.
* ``NAME.receipt.json`` and ``NAME.problem.json`` are written by the watcher, and never content.
* Hidden names and names of unfinished copies are not looked at.
"""

import os
from collections.abc import Collection
from typing import Final

SIDECAR: Final = ".json"
RECEIPT: Final = ".receipt.json"
PROBLEM: Final = ".problem.json"
MANIFEST: Final = "manifest.csv"
SEALED: Final = "sealed"
"""Folder in the watched one that sealed files are moved to."""
UNFINISHED: Final = (".part", ".tmp", ".filepart")
MAX_NAME_BYTES: Final = 255 - 30
"""What a name may have, so that ``~`` with 16 digits and the longest ending fit into a file system's 255."""


def is_passed_over(name: str) -> bool:
    """Tell whether a name is hidden, unfinished, or the watcher's own."""
    lower = name.lower()
    return name.startswith(".") or lower.endswith((*UNFINISHED, RECEIPT, PROBLEM))


def contents(names: Collection[str], listed: Collection[str]) -> list[str]:
    """Return those of the ``names`` in one folder that are contents, in order.

    Args:
        names: of the folder's files.
        listed: names that its manifest describes.
    """
    found = set(names)
    return sorted(
        name
        for name in found
        if not is_passed_over(name) and name != MANIFEST and _is_content(name, found, listed)
    )


def _is_content(name: str, found: set[str], listed: Collection[str]) -> bool:
    if not name.lower().endswith(SIDECAR):
        return True
    describes = name[: -len(SIDECAR)] in found
    return not describes and (name + SIDECAR in found or name in listed)


def is_too_long(name: str) -> bool:
    """Tell whether a name leaves no room for the names of receipt and problem."""
    return len(os.fsencode(name)) > MAX_NAME_BYTES
