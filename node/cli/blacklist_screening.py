"""``lianzheng blacklist screen|screenings``: a file or table of customers, and how far each job is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.progress import Progress

from blacklist.domain.screening.monitoring import MonitoringPurpose
from blacklist.services.screening import JOB_BYTES, OpenJob, Screening
from node.blacklist import screening
from node.blacklist.entries import Entries, make_entries
from node.blacklist.screening_jobs import cancel
from node.cli.blacklist_ids import read_id
from node.cli.blacklist_monitoring import PURPOSES
from node.cli.blacklist_table import GivenTable, of_a_table
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.person import at_the_shell
from node.screening_view import ScreeningView, read_screenings, screening_view

_SHOWN: Final = {
    "job": "col-job",
    "rows": "col-rows",
    "rejected": "col-rejected",
    "asked": "col-asked",
    "hits": "col-hits",
    "results": "col-results",
    "rejects": "col-rejects",
}


@click.command()
@of_a_table
@click.option(
    "--out",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path(),
    help="结果文件夹（默认当前文件夹） Folder of the results (the present one by default)",
)
@click.option("--monitor", type=PURPOSES, help="此后持续监测，用途 Watch them afterwards, for this")
@click.option("--resume", help="继续此任务 Go on with this job")
@as_json
@pass_context
def screen(
    context: Context, given: GivenTable, out: Path, monitor: str | None, resume: str | None,
    *, machine: bool,
) -> None:  # fmt: skip
    """筛查文件或数据表 Screen a file or a table; hits wait for a person's review."""
    with context.node() as node:
        entries = make_entries(node)
        opened = _open(entries, given, out, monitor, resume)
        found = _run(context, entries, opened, given)
    if machine:
        print_json(found)
        return
    context.facts("screening-done", _shown(found))
    context.say("query-review")


@click.command()
@as_json
@pass_context
def screenings(context: Context, *, machine: bool) -> None:
    """列出筛查任务 List screenings, and how far each is."""
    with context.node() as node:
        found = read_screenings(node)
    if machine:
        print_json([each.to_json() for each in found])
        return
    _print(context, found)


@click.command()
@click.argument("job")
@pass_context
def cancel_screening(context: Context, job: str) -> None:
    """取消筛查任务 Cancel a screening; the key of a table that the node holds is destroyed."""
    with context.node() as node:
        cancel(node, read_id(job, JOB_BYTES), at_the_shell())
    context.say("screening-ended")


def _open(
    entries: Entries, given: GivenTable, out: Path, monitor: str | None, resume: str | None
) -> OpenJob:
    watch, by = None if monitor is None else MonitoringPurpose(monitor), at_the_shell()
    if resume is None:
        return screening.start(entries, given.source(), given.mapping(), out, by, watch)
    if given.names_columns() or watch is not None:
        raise click.UsageError("任务保留其列。 A job keeps its columns: leave them out.")
    return Screening(entries.querying).open(read_id(resume, JOB_BYTES))


def _run(
    context: Context, entries: Entries, opened: OpenJob, given: GivenTable
) -> dict[str, object]:
    """Work on a job and return what came of it, with where its files are."""
    job = opened.job.job
    click.echo(context.word("screening-begun", job=job.hex()), err=True)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(context.word("screening-running"), total=None)
        done = screening.run(
            entries, opened, given.source(), at_the_shell(),
            lambda rows: bar.update(task, completed=rows, description=f"{rows:,}"),
        )  # fmt: skip
    results, rejects = screening.paths(Path(opened.folder), job)
    return {**screening_view(done).to_json(), "results": str(results), "rejects": str(rejects)}


def _shown(found: dict[str, object]) -> dict[str, object]:
    return {word: found[name] for name, word in _SHOWN.items()}


def _print(context: Context, found: Sequence[ScreeningView]) -> None:
    columns = (
        "col-job", "col-state", "col-rows", "col-rejected", "col-asked", "col-hits", "col-started",
        "col-started-by", "col-finished",
    )  # fmt: skip
    rows = [
        (
            each.job, context.word(f"screening-state-{each.state}"), each.rows, each.rejected,
            each.asked, each.hits, each.started_at,
            each.started_by, each.finished_at,
        )
        for each in found
    ]  # fmt: skip
    context.table("screenings", columns, rows)
