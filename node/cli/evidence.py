"""``lianzheng evidence``: seal, list, show, export, erase."""

import sys
from pathlib import Path
from typing import Any, BinaryIO

import click

from ledger.errors import RefusedError
from ledger.evidence.kinds import KINDS
from ledger.services.certifying import ExportOptions
from ledger.store.finding import Wanted
from node import evidence_view, logs
from node.audit.entries import AuditEntry
from node.batches import seal_batch
from node.cli.capturing import record_stream
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.exporting import export_package
from node.cli.person import at_the_shell, record
from node.cli.releasing import release_option, released
from node.cli.sealing import describe, print_batch, print_receipts, seal_files
from node.cli.watching import watch_folder
from node.release_kinds import ERASURE
from node.retention import retention_of


@click.group()
def evidence() -> None:
    """存证：封存、查看、导出、擦除 Evidence: seal, view, export, erase."""


@evidence.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--kind", help="类型 Kind: " + " ".join(KINDS))
@click.option("--case", help="案件号 The bank's case number")
@click.option("--fields", type=click.File("rb"), help="字段 JSON 文件或 - Fields: JSON file or -")
@click.option(
    "--details", type=click.File("rb"), help="取证、保管链等 JSON Capture, custody…: JSON file or -"
)
@click.option("--duplicate-reason", help="重复存证理由 Why the same content is sealed again")
@click.option("--batch", type=click.File("rb"), help="每行一项的 NDJSON 文件 One item a line")
@as_json
@pass_context
def seal(
    context: Context,
    /,
    files: tuple[Path, ...],
    batch: BinaryIO | None,
    *,
    machine: bool,
    **described: Any,  # noqa: ANN401 - click's values of the other options
) -> None:
    """封存文件或承诺 Seal files, or a promise by its fields."""
    with context.node() as node:
        if batch is None:
            receipts = seal_files(node, files, describe(**described))
            record(node, "evidence.seal", details={"count": len(receipts)})
            print_receipts(context, receipts, node.settings.maximum_merge_delay, machine=machine)
            return
        folder = Path(getattr(batch, "name", "")).parent
        outcomes = seal_batch(node, batch, folder, actor=at_the_shell().actor)
        if not print_batch(context, outcomes, machine=machine):
            raise RefusedError("batch-partly")


@evidence.command()
@click.option("--device", required=True, help="设备编号 Id of what records")
@click.option("--kind", required=True, help="类型 Kind: " + " ".join(KINDS))
@click.option("--case", help="案件号 The bank's case number")
@click.option("--clock-offset-ms", type=int, help="时钟偏差毫秒 Its clock minus a reference")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="文件 File")
@as_json
@pass_context
def capture(
    context: Context, output: Path, *, machine: bool, device: str, clock_offset_ms: int | None,
    kind: str, case: str | None,
) -> None:  # fmt: skip
    """录制标准输入，边录边散列，结束后存证 Record standard input, hash it on the way, seal it."""
    described = describe(fields=None, details=None, kind=kind, case=case)
    with context.node() as node:
        full = record_stream(
            node, output, described, device=device, clock_offset_ms=clock_offset_ms
        )
        receipts = seal_files(node, [output], full)
        print_receipts(context, receipts, node.settings.maximum_merge_delay, machine=machine)


@evidence.command()
@click.option("--once", is_flag=True, help="看一轮后结束 Look once, then end")
@as_json
@pass_context
def watch(context: Context, *, once: bool, machine: bool) -> None:
    """监视文件夹并存证 Seal the files of the watched folder (watch_folder)."""
    logs.configure(machine=machine or not sys.stderr.isatty())
    with context.node() as node:
        watch_folder(context, node, once=once, machine=machine)


@evidence.command("list")
@click.option("--case", help="案件号 Of one case")
@click.option("--kind", help="类型 Of one kind")
@click.option(
    "--limit",
    type=click.IntRange(1, evidence_view.MAX_LISTED),
    default=50,
    show_default=True,
    help="条数 How many",
)
@as_json
@pass_context
def list_(
    context: Context, case: str | None, kind: str | None, limit: int, *, machine: bool
) -> None:
    """列出最近的存证 List the newest items."""
    with context.node() as node, node.database.read() as connection:
        wanted = Wanted(case=None if case is None else node.lookups.case(case), kind=kind)
        views = evidence_view.page(connection, wanted, limit=limit).views
    if machine:
        print_json([each.to_json() for each in views])
        return
    columns = ("col-id", "col-kind", "col-sealed", "col-case-number", "col-size", "col-status")
    rows = [
        (v.row.leaf_hash.hex()[:16], v.row.kind, v.row.sealed_at, v.row.case_number,
         v.row.content_size, context.word("status-erased" if v.erased else f"status-{v.status}"))
        for v in views
    ]  # fmt: skip
    context.table("evidence-list", columns, rows)


@evidence.command()
@click.argument("identifier", metavar="ID")
@as_json
@pass_context
def show(context: Context, identifier: str, *, machine: bool) -> None:
    """查看一份存证 Show one item."""
    with context.node() as node, node.database.read() as connection:
        found = evidence_view.view(connection, evidence_view.resolve(connection, identifier))
    if machine:
        print_json(found.detail())
        return
    context.detail(found.detail())


@evidence.command()
@click.argument("identifier", metavar="ID")
@as_json
@pass_context
def status(context: Context, identifier: str, *, machine: bool) -> None:
    """查看存证进度 Show how far an item has come."""
    with context.node() as node, node.database.read() as connection:
        found = evidence_view.view(connection, evidence_view.resolve(connection, identifier))
    if machine:
        print_json(
            {"id": found.row.leaf_hash.hex(), "status": found.status, "erased": found.erased}
        )
        return
    context.say(f"status-{found.status}")
    if found.erased:
        context.say("status-erased")


@evidence.command()
@click.argument("identifier", metavar="ID")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="证据包 Package to write"
)
@click.option("--withhold", multiple=True, metavar="FIELD", help="省略字段 Field to leave out")
@click.option("--without-content", is_flag=True, help="不含内容 Leave the content out")
@as_json
@pass_context
def export(
    context: Context,
    identifier: str,
    output: Path,
    withhold: tuple[str, ...],
    *,
    without_content: bool,
    machine: bool,
) -> None:
    """导出证据包 Export the package for a court."""
    options = ExportOptions(frozenset(withhold), with_content=not without_content)
    with context.node() as node:
        row, report = export_package(node, identifier, output, options)
    size, unproved = output.stat().st_size, report.unproved
    if machine:
        print_json(
            {"file": str(output), "size": size, "id": row.leaf_hash.hex(), "unproved": unproved}
        )
    else:
        context.say("exported", file=output, size=size)
        if unproved:
            context.say("exported-unproved", checks=", ".join(unproved))


@evidence.command()
@click.argument("identifier", metavar="ID")
@click.option("--reason", required=True, help="理由（勿含个人信息） Why, without personal data")
@release_option
@as_json
@pass_context
def erase(
    context: Context, identifier: str, reason: str, release: str | None, *, machine: bool
) -> None:
    """擦除明文与内容，证明保留 Erase clear values and content; proofs stay."""
    with context.node() as node:
        with node.database.read() as connection:
            row = evidence_view.resolve(connection, identifier)
        subject = row.leaf_hash.hex()
        with released(node.settings, release, kind=ERASURE, subject=subject):
            record(node, "evidence.erase", subject)
            done = node.eraser.erase(row.leaf_hash, reason=reason)
    if machine:
        print_json({"id": row.leaf_hash.hex(), "complete_after": done.complete_after})
        return
    context.say("erased", after=done.complete_after)


@evidence.command()
@click.option("--after", default=0, help="续页游标 Cursor of the page before")
@click.option("--limit", default=100, show_default=True, help="条数 How many")
@as_json
@pass_context
def due(context: Context, after: int, limit: int, *, machine: bool) -> None:
    """列出保存期限已满、可擦除的存证（从不自动擦除） List what may be erased; never erases."""
    with context.node() as node:
        page = retention_of(node).due(after=after, limit=limit)
    if machine:
        print_json({"items": [each.to_json() for each in page.items], "after": page.following})
        return
    columns = ("col-id", "col-kind", "col-sealed", "col-case-number")
    rows = [(d.leaf_hash.hex()[:16], d.kind, d.sealed_at, d.case_number) for d in page.items]
    context.table("evidence-due", columns, rows)
    if page.following is not None:
        context.say("evidence-due-more", after=page.following)


@evidence.command()
@click.argument("identifier", metavar="ID")
@click.option("--lift", is_flag=True, help="解除 Lift it")
@pass_context
def hold(context: Context, identifier: str, *, lift: bool) -> None:
    """对所属案件设或解除法律保全 Put the item's case under legal hold."""
    with context.node() as node, node.database.write() as connection:
        row = evidence_view.resolve(connection, identifier)
        evidence_view.set_hold(connection, row, hold=not lift)
        action = "case.lift-hold" if lift else "case.hold"
        case_id = None if row.case_id is None else row.case_id.hex()
        node.trail.record_in(connection, AuditEntry(at_the_shell().actor, action, case_id))
    context.say("hold-lifted" if lift else "hold-set")
