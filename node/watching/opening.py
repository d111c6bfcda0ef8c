"""The watcher of a node, as its settings name it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ledger.errors import ConfigurationError
from node.running import exclusive
from node.watching.filing import Filing
from node.watching.sealing import FileSealer
from node.watching.watcher import Watcher
from node.wiring import Node

LOCK_FILE: Final = "watching.lock"


def watched_folder(node: Node) -> Path | None:
    """Return the folder that the settings name; ``None`` when none is watched."""
    folder = node.settings.watch_folder
    return None if folder is None else node.settings.home / folder


def make_watcher(
    node: Node, *, now: Callable[[], float] = time.monotonic, filing: Filing | None = None
) -> Watcher:
    """Return the watcher of a node.

    Args:
        node: whose ledger takes the files in.
        now: seconds of a clock that never steps back.
        filing: writes and moves; made from the settings unless given.

    Raises:
        ConfigurationError: no folder is to be watched.
    """
    root = watched_folder(node)
    if root is None:
        raise ConfigurationError("watch-off")
    chosen = filing or Filing(root)
    sealer = FileSealer(root, node.intake, node.lookups, node.trail, chosen)
    return Watcher(root, sealer, chosen, settle_seconds=node.settings.watch_settle_seconds, now=now)


@contextmanager
def watching_alone(node: Node) -> Iterator[None]:
    """Hold the right to watch: two that move the same files would be in each other's way.

    Raises:
        RefusedError: another process of this node watches.
    """
    with exclusive(node.settings.home, lock=LOCK_FILE, code="watch-running"):
        yield
