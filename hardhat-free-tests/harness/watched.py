"""A watched folder of a ledger in memory, and who drops files there."""

import json
from pathlib import Path
from typing import Any

from harness.ledger import Ledger

from node.watching.filing import Filing
from node.watching.opening import make_watcher
from node.watching.watcher import Looked, Watcher

SETTLE = 10.0
BODY = bytes(range(256)) * 40
"""10,240 bytes: its digests stand in the statement."""


class WatchedFolder:
    """The folder ``incoming`` in a ledger's home, with a watcher whose clock is the ledger's."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.root = ledger.home / "incoming"
        self.root.mkdir(exist_ok=True)
        self.filing: Any = Filing(self.root)
        self.watcher = self.restart()

    def restart(self, ledger: Ledger | None = None, filing: Any = None) -> Watcher:
        """Make a new watcher, as after a crash: it remembers nothing."""
        self.ledger = ledger or self.ledger
        self.filing = filing or Filing(self.root)
        node = self.ledger.node
        settings = node.settings.model_copy(
            update={"watch_folder": self.root, "watch_settle_seconds": SETTLE}
        )
        node.__dict__["settings"] = settings
        self.watcher = make_watcher(node, now=self._seconds, filing=self.filing)
        return self.watcher

    def _seconds(self) -> float:
        return self.ledger.clock.moment.timestamp()

    def drop(self, name: str, body: bytes = BODY, **described: Any) -> Path:
        """Put a file there with its sidecar; without one when nothing is said about it."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        if described:
            path.with_name(path.name + ".json").write_text(json.dumps(described), "utf-8")
        return path

    def look(self, seconds: float = SETTLE) -> Looked:
        """Look, let ``seconds`` pass, look again."""
        self.watcher.look()
        self.ledger.clock.move(seconds)
        return self.watcher.look()

    def receipt(self, name: str) -> Any:
        return json.loads((self.root / "sealed" / (name + ".receipt.json")).read_bytes())

    def problem(self, name: str) -> Any:
        return json.loads((self.root / (name + ".problem.json")).read_bytes())

    def left(self) -> set[str]:
        """Names that lie in the folder itself."""
        return {each.name for each in self.root.iterdir() if each.name != "sealed"}
