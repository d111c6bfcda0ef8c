"""``lianzheng restore``: into an empty home and empty databases."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from node.backup.restoring import restore as restore_backups
from node.cli.backup import check_apart
from node.cli.context import Context, as_json, pass_context, print_json


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--keys",
    type=click.Path(path_type=Path, file_okay=False),
    help="密钥库备份；其上级目录时取最新 A backup of the key store, or the folder of several: the newest",
)
@as_json
@pass_context
def restore(context: Context, folder: Path | None, keys: Path | None, *, machine: bool) -> None:
    """从备份恢复到空的 --home；先核对全部备份 Restore into an empty --home, checked first."""
    check_apart(folder, keys)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(context.word("restore-working"), total=None)
        done = restore_backups(
            context.home, folder, keys, lambda count: bar.update(task, completed=count)
        )
    found = done.to_json()
    if machine:
        print_json(found)
        return
    context.facts("restore-done", {_SHOWN[name]: found[name] for name in _SHOWN})
    context.say("restore-next", home=context.home)


_SHOWN = {
    "ledger_taken_at": "backup-taken-at",
    "log_size": "backup-log-size",
    "objects": "backup-objects",
    "keys_taken_at": "restore-keys-taken-at",
    "keys_destroyed_again": "restore-destroyed",
    "records_without_key": "restore-without-key",
}
