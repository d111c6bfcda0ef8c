"""The two databases that every integration test runs on."""

import itertools
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from harness.ledger import migrate
from harness.postgres import Server

from node.key_places import key_store_file
from node.settings import write_settings

_NUMBERS = itertools.count(1)


@dataclass
class SqliteDatabases:
    """Files in the home, copied from a migrated template."""

    template: Path

    def attach(self, home: Path) -> None:
        """See ``Databases``."""
        if not (self.template / "ledger.db").exists():
            migrate(self.template)
        shutil.copy(self.template / "ledger.db", home / "ledger.db")
        shutil.copy(key_store_file(self.template), key_store_file(home))

    def copy(self, source: Path, target: Path) -> None:
        """See ``Databases``; the files were copied with the home."""


@dataclass
class PostgresDatabases:
    """Databases of a server, made from migrated templates."""

    server: Server
    template: Path
    made: list[str] = field(default_factory=list)

    def attach(self, home: Path) -> None:
        """See ``Databases``."""
        if not self.made:
            self._create("template_ledger", None)
            self._create("template_keys", None)
            self._point(self.template, "template_ledger", "template_keys")
            migrate(self.template)
        name = self._make(home, "template_ledger", "template_keys")
        (home / "database.txt").write_text(name, "ascii")

    def copy(self, source: Path, target: Path) -> None:
        """See ``Databases``."""
        name = (source / "database.txt").read_text("ascii")
        copy = self._make(target, f"ledger_{name}", f"keys_{name}")
        (target / "database.txt").write_text(copy, "ascii")

    def attach_empty(self, home: Path) -> None:
        """Give a home databases without any table."""
        self._make(home, "template0", "template0")

    def _make(self, home: Path, ledger: str, keys: str) -> str:
        name = str(next(_NUMBERS))
        self._create(f"ledger_{name}", ledger)
        self._create(f"keys_{name}", keys)
        self._point(home, f"ledger_{name}", f"keys_{name}")
        return name

    def _point(self, home: Path, ledger: str, keys: str) -> None:
        urls = {"database_url": self.server.url(ledger), "key_store_url": self.server.url(keys)}
        write_settings(home, dict(urls))

    def _create(self, name: str, template: str | None) -> None:
        self.server.run(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        self.made.append(name)
