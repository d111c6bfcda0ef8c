"""``lianzheng backup``: of ledger and contents, and apart from them of the key store."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.progress import Progress

from ledger.errors import RefusedError
from node.backup.manifest import BackupKind
from node.backup.taking import Taken, back_up_keys, back_up_ledger
from node.cli.context import Context, as_json, pass_context, print_json
from node.settings import Settings, load_settings


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--keys",
    type=click.Path(path_type=Path, file_okay=False),
    help="密钥库备份目录，须与账本备份分开 Folder of the key store's backups, kept apart",
)
@click.option(
    "--prune", is_flag=True, help="删除早于 key_backup_days 的密钥库备份 Delete key backups too old"
)
@as_json
@pass_context
def backup(
    context: Context, folder: Path | None, keys: Path | None, *, prune: bool, machine: bool
) -> None:
    """备份账本、内容与设置（增量），或以 --keys 备份密钥库 Back up, while the node runs."""
    check_apart(folder, keys)
    settings = load_settings(context.home)
    taken = [] if folder is None else [_ledger(context, settings, folder)]
    if keys is not None:
        # After the ledger, so that the key of every record in it is there.
        taken.append(back_up_keys(settings, keys, prune=prune))
    if machine:
        print_json([each.to_json() for each in taken])
    else:
        _print(context, taken)
    sys.exit(14 if any(each.manifest.missing for each in taken) else 0)


def check_apart(folder: Path | None, keys: Path | None) -> None:
    """Check that something is named, and that the two lie apart.

    Raises:
        RefusedError: nothing is named, or one folder lies in the other.
    """
    if folder is None and keys is None:
        raise RefusedError("backup-nowhere")
    if folder is not None and keys is not None:
        first, second = folder.resolve(), keys.resolve()
        if first.is_relative_to(second) or second.is_relative_to(first):
            raise RefusedError("backup-folders-together")


_SHOWN: Final[Mapping[BackupKind, Mapping[str, str]]] = {
    "ledger": {
        "backup-folder": "folder",
        "backup-taken-at": "taken_at",
        "backup-log-size": "log_size",
        "backup-objects": "objects",
        "backup-copied": "copied",
    },
    "keys": {
        "backup-folder": "folder",
        "backup-taken-at": "taken_at",
        "backup-removed": "removed",
    },
}
"""What people see of a backup of each kind: names of the catalogue, and of the answer for machines."""


def _ledger(context: Context, settings: Settings, folder: Path) -> Taken:
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(context.word("backup-copying"), total=None)
        return back_up_ledger(settings, folder, lambda done: bar.update(task, completed=done))


def _print(context: Context, taken: list[Taken]) -> None:
    for each in taken:
        found = each.to_json()
        shown = {word: found[name] for word, name in _SHOWN[each.manifest.kind].items()}
        if each.manifest.missing:
            shown["backup-missing"] = ", ".join(each.manifest.missing[:10])
        title = "backup-ledger" if each.manifest.kind == "ledger" else "backup-keys"
        context.facts(title, shown)
    context.say("backup-keys-apart")
