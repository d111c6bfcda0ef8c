#!/usr/bin/env python3
"""Several banks on this machine, each with its own node, keys, database, port and entrance to a shared chain.

scripts/consortium.py up --members 4 --chain anvil|clique|qbft [--client PATH] [--data DIR] [--stay]

They found a consortium and admit one more by vote; each seals evidence, all watch and cosign each other, and all
anchor. A bank and a node of the chain are stopped in turn; the others go on, and both catch up. One bank shows two
histories and is convicted by a file that anybody can check. Without ``--chain`` it takes the strongest chain that
this machine has, and says which. Exit code 0 only when everything held.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from banks.bank import Bank  # noqa: E402 - after the path
from banks.chains import shared_chain  # noqa: E402 - as above
from banks.story import NAMES, Story  # noqa: E402 - as above
from banks.telling import console, step, table  # noqa: E402 - as above

FEWEST: Final = 4
"""One goes away, one loses its chain node, one cheats, and one is left to deploy."""


def main() -> None:
    """Run the demonstration."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("command", choices=["up"])
    parser.add_argument("--members", type=int, default=FEWEST, choices=range(FEWEST, len(NAMES)))
    parser.add_argument("--chain", choices=["anvil", "clique", "qbft"])
    parser.add_argument("--client", type=Path, help="the program of a validator (geth)")
    parser.add_argument("--data", type=Path, help="folder for all data; a temporary one by default")
    parser.add_argument("--stay", action="store_true", help="go on running until Ctrl-C")
    given = parser.parse_args()
    kind, client = strongest(given.chain, given.client)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as ending:
        folder = given.data
        if folder is None:
            folder = Path(tempfile.mkdtemp(prefix="lianzheng-"))
            ending.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        sys.exit(run(folder, kind, client, given.members, stay=given.stay, ending=ending))


def strongest(kind: str | None, client: Path | None) -> tuple[str, Path | None]:
    """Return the chain to take and the program of its nodes."""
    if kind == "anvil":
        return kind, None
    named = client or _found(os.environ.get("LIANZHENG_GOQUORUM"))
    if kind == "qbft" or (kind is None and named is not None and client is None):
        return "qbft", named
    geth = client or _found(shutil.which("geth"), str(Path.home() / "go" / "bin" / "geth"))
    if kind == "clique" or geth is not None:
        return "clique", geth
    return "anvil", None


def _found(*places: str | None) -> Path | None:
    return next((Path(each) for each in places if each and Path(each).is_file()), None)


def run(
    folder: Path, kind: str, client: Path | None, members: int, *, stay: bool, ending: ExitStack
) -> int:
    """Start chain and banks, tell the story, and print the table."""
    chain = ending.enter_context(shared_chain(kind, members, folder, client))
    step("共享链已启动", "the chain runs", kind)
    console.print("       " + "\n       ".join(chain.plainly))
    # The newcomer has no node of the chain yet: it uses the first bank's.
    entrances = (*chain.endpoints, chain.endpoints[0])
    banks = [
        Bank(NAMES[at], folder / f"bank-{at + 1}", entrance, chain.settings)
        for at, entrance in enumerate(entrances)
    ]
    for bank in banks:
        ending.callback(bank.stop)
    held = Story(banks, chain, folder).tell()
    table(banks)
    console.print(
        "[green]一切如愿 everything held[/]"
        if held
        else "[red]未全部成立 something did not hold[/]"
    )
    if stay:
        for bank in banks:
            console.print(f"  {bank.name}: {bank.endpoint}  {bank.home}")
        signal.pause()
    return 0 if held else 1


if __name__ == "__main__":
    main()
