"""Backups of a ledger of the harness, and restoring them as on another machine."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness.databases import PostgresDatabases
from harness.ledger import Ledger, open_ledger

from ledger.errors import LedgerError
from node.backup.restoring import Restored, restore
from node.backup.taking import back_up_keys, back_up_ledger

LARGE = b"a recording above what is kept in a row " * 5000


def back_up(ledger: Ledger, places: tuple[Path, Path]) -> None:
    """Back up the ledger, then its keys."""
    back_up_ledger(ledger.node.settings, places[0])
    back_up_keys(ledger.node.settings, places[1], prune=False)


def restored_elsewhere(
    ledger: Ledger, places: tuple[Path, Path], home: Path
) -> tuple[Ledger, Restored]:
    """Restore on another machine, as docs/operations.md says: keys come from elsewhere."""
    home.mkdir()
    shutil.copytree(ledger.home / "keys", home / "keys")
    if isinstance(ledger.databases, PostgresDatabases):
        shutil.copy(ledger.home / "lianzheng.toml", home / "lianzheng.toml")
        ledger.databases.attach_empty(home)
    done = restore(home, *places)
    restored = open_ledger(
        home, ledger.network, ledger.clock, ledger.databases, receipts=[*ledger.receipts]
    )
    ledger.others.append(restored)
    return restored, done


def refusal(act: Callable[[], Any]) -> LedgerError:
    """Return the error that ``act`` ends with."""
    with pytest.raises(LedgerError) as caught:
        act()
    return caught.value
