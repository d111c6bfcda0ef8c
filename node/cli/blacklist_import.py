"""``lianzheng blacklist import``: a list that was kept in clear, brought in row by row."""

from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from node.blacklist.entries import make_entries
from node.blacklist.importing import Imported, bring_in, read_list, write_files
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.person import at_the_shell


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--out",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path(),
    help="待告知与被拒清单的文件夹 Folder of backlog and rejected rows",
)
@as_json
@pass_context
def import_list(context: Context, file: Path, out: Path, *, machine: bool) -> None:
    """导入原有名单：逐行申请登记，缺告知的列入待告知清单 Bring in a list that was kept in clear."""
    rows = read_list(file)
    with context.node() as node, Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(file.name, total=len(rows))
        entries, by = make_entries(node), at_the_shell()
        done = bring_in(entries, rows, by, lambda at: bar.update(task, completed=at))
    files = write_files(done, out, file.stem)
    if machine:
        print_json(_json(done, *files))
        return
    context.facts("import-done", _shown(done, *files))
    context.say("import-next")


def _json(done: Imported, backlog: Path, rejected: Path) -> dict[str, object]:
    return {
        "asked": [asdict(each) for each in done.asked],
        "backlog": len(done.backlog),
        "rejected": len(done.rejected),
        "backlog_file": str(backlog),
        "rejected_file": str(rejected),
    }


def _shown(done: Imported, backlog: Path, rejected: Path) -> dict[str, object]:
    return {
        "import-asked": len(done.asked),
        "import-backlog": f"{len(done.backlog)} ({backlog})",
        "import-rejected": f"{len(done.rejected)} ({rejected})",
    }
