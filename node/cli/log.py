"""``lianzheng log``: the checkpoint, and the audit of everything."""

import sys
from dataclasses import asdict

import click
from rich.console import Console
from rich.progress import Progress

from ledger.services.auditing import AuditReport
from node.auditing import audit_node
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.person import at_the_shell, record
from node.generations import VotedGeneration, begin_voted, begun_json, find_voted
from node.log_view import latest_checkpoint
from node.recovering import recover_log


@click.group()
def log() -> None:
    """日志：检查点、审计 The log: checkpoint, audit."""


@log.command()
@click.option("--generation", type=click.IntRange(0), help="已结束的世代 A closed generation")
@as_json
@pass_context
def checkpoint(context: Context, generation: int | None, *, machine: bool) -> None:
    """打印最新检查点（C2SP 签名文） Print the newest checkpoint."""
    with context.node() as node, node.database.read() as connection:
        found = latest_checkpoint(connection, generation)
    if machine:
        print_json(
            None
            if found is None
            else {"size": found.size, "root": found.root.hex(), "note": found.note}
        )
    elif found is None:
        context.say("no-checkpoint")
    else:
        click.echo(found.note, nl=False)


@log.command()
@click.option("--yes", is_flag=True, help="不再询问 Ask nothing")
@as_json
@pass_context
def recover(context: Context, *, yes: bool, machine: bool) -> None:
    """恢复旧备份后，由其他成员的镜像补回缺失位置 Recover the tail from the others' mirrors."""
    if not yes:
        click.confirm(context.word("recover-ask"), abort=True, err=True)
    with context.node() as node:
        done = recover_log(node)
        record(node, "log.recover", None, {"lost": len(done.lost), "after": done.after})
    if machine:
        print_json(asdict(done))
        return
    context.say("recover-done", before=done.before, after=done.after, lost=len(done.lost))


@log.command("begin-generation")
@click.option("--yes", is_flag=True, help="不再询问 Ask nothing")
@as_json
@pass_context
def begin_generation(context: Context, *, yes: bool, machine: bool) -> None:
    """成员表决后开启新的日志世代 Begin the log generation that the members voted."""
    with context.node() as node:
        found = find_voted(node)
        if not yes:
            click.confirm(ask_to_begin(context, found), abort=True, err=True)
        begun = begin_voted(node, found.vote, actor=at_the_shell().actor)
    if machine:
        print_json(begun_json(begun))
        return
    context.say("generation-done", origin=begun.origin, carried=begun.opening.carried)
    context.say("generation-watching" if begun.watching else "generation-goes-on")


def ask_to_begin(context: Context, found: VotedGeneration) -> str:
    """Return the question before a generation is begun: what the old log had, and what is missing here."""
    code = "generation-ask-missing" if found.missing else "generation-ask"
    return context.word(code, size=found.vote.old_size, missing=found.missing)


@log.command()
@click.option(
    "--sample",
    type=click.FloatRange(0, 1),
    default=1.0,
    help="解密核对的内容比例 Share of contents",
)
@click.option("--resume", is_flag=True, help="从上次停下处继续 Go on where it stopped")
@click.option(
    "--sweep", is_flag=True, help="清除崩溃遗留的无主对象 Remove what crashes left in the vault"
)
@as_json
@pass_context
def audit(context: Context, sample: float, *, resume: bool, sweep: bool, machine: bool) -> None:
    """重新读取并核验全部日志、保管库与上链 Re-read and check everything."""
    with context.node() as node, Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(context.word("audit-title"), total=None)
        report = audit_node(
            node,
            sample=sample,
            resume=resume,
            sweep=sweep,
            progress=lambda done, size: bar.update(task, completed=done, total=size),
        )
    print_report(context, report, machine=machine)
    sys.exit(14 if report.problems else 0)


def print_report(context: Context, report: AuditReport, *, machine: bool) -> None:
    """Print what an audit saw."""
    if machine:
        print_json(report.to_json())
        return
    context.facts("audit-title", report.for_people())
    rows = [(problem.where, context.word(problem.code)) for problem in report.problems]
    if rows:
        context.table("audit-title", ("col-where", "col-problem"), rows)
    found = [(each.where, context.word(each.code)) for each in report.findings]
    if found:
        context.table("audit-findings", ("col-where", "col-finding"), found)
    if not report.compared:
        context.say("audit-not-compared")
    context.say("audit-problems" if rows else "audit-sound", count=len(rows))
