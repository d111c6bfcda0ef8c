"""What the demonstration says: a line a step, and a table at the end."""

import time
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table

from banks.bank import Bank

console: Final = Console()
_START: Final = time.monotonic()


def step(chinese: str, english: str, detail: str = "") -> None:
    """Print a step, with the seconds since the start."""
    seconds = f"{time.monotonic() - _START:5.0f}s"
    console.print(f"[dim]{seconds}[/] [green]✓[/] {chinese} {english}  [dim]{detail}[/]")


def table(banks: Sequence[Bank]) -> None:
    """Print what each bank has, as it sees it itself."""
    shown = Table(title="联盟 The consortium", title_justify="left")
    for column in (
        "银行 Bank",
        "已存 sealed",
        "已上链 anchored",
        "被共签 cosigned by",
        "告警 alarms",
    ):
        shown.add_column(column)
    for bank in banks:
        if not bank.serves:
            shown.add_row(bank.name, str(len(bank.sealed)), "已停 stopped", "", "")
            continue
        status, peers = bank.run("chain", "status"), bank.peers()
        cosigned = sum(1 for each in peers.values() if each["cosigned"])
        anchored = str(status.get("anchored_size", ""))
        shown.add_row(
            bank.name,
            str(len(bank.sealed)),
            anchored,
            f"{cosigned}/{len(peers)}",
            str(len(bank.alarms())),
        )
    console.print(shown)
