"""``lianzheng blacklist desk``: reports, statements, disputes and requests of the persons concerned."""

from collections.abc import Sequence
from pathlib import Path

import click

from blacklist.store.person_requests import RequestKind, RequestOutcome
from node import desk_view
from node.blacklist.desk import make_desk
from node.blacklist.entries import make_entries
from node.blacklist.person_reports import PersonReport, make_report
from node.blacklist.person_rights import REQUEST_BYTES, settle_request, take_request
from node.blacklist.report_page import render_report
from node.cli.blacklist_ids import ENTRY, LEAF, read_id
from node.cli.blacklist_letters import GivenLetter, with_letter
from node.cli.blacklist_person import GivenIdentifier, of_a_person
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.person import at_the_shell
from node.desk_view import OpenDisputeView, RequestView, StatementView

_entry = click.argument("entry")


@click.group()
def desk() -> None:
    """个人窗口：报告、声明、异议、请求 The person's desk: reports, statements, disputes, requests."""


@desk.command()
@of_a_person
@click.option(
    "--application", required=True, help="本人申请编号 Your number of the person's application"
)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="文件 File")
@as_json
@pass_context
def report(
    context: Context, given: GivenIdentifier, application: str, output: Path, *, machine: bool
) -> None:
    """为本人出具报告（HTML，中文在前） Write a person's report; identify the person first."""
    with context.node() as node:
        identifier, entries = given.read(context, node), make_entries(node)
        entries.follower.refresh()
        found = make_report(entries, identifier, application, at_the_shell())
    _write(output, render_report(found))
    if machine:
        print_json(_report_json(found, output))
        return
    code = "report-written-chargeable" if found.chargeable else "report-written"
    context.say(code, file=output, number=found.number, year=found.year, count=len(found.entries))


@desk.command()
@_entry
@with_letter
@as_json
@pass_context
def dispute(context: Context, entry: str, given_letter: GivenLetter, *, machine: bool) -> None:
    """受理对登记的异议（先存证后上链） Take a person's dispute: sealed first, then on chain."""
    _take(context, entry, given_letter, disputes=True, machine=machine)


@desk.command()
@_entry
@with_letter
@as_json
@pass_context
def statement(context: Context, entry: str, given_letter: GivenLetter, *, machine: bool) -> None:
    """记载本人声明（不提异议） Record a person's statement beside an entry, without a dispute."""
    _take(context, entry, given_letter, disputes=False, machine=machine)


@desk.command()
@as_json
@pass_context
def disputes(context: Context, *, machine: bool) -> None:
    """列出未决异议与剩余天数，本机构须答复者在前 List open disputes; first those to answer here."""
    with context.node() as node:
        make_entries(node).follower.refresh()
        found = desk_view.open_disputes(node)
    if machine:
        print_json([each.to_json() for each in found])
        return
    _print_disputes(context, found)


@desk.command()
@_entry
@as_json
@pass_context
def answer(context: Context, entry: str, *, machine: bool) -> None:
    """显示异议的决定与致本人函的文字 Show what was decided, with the text for the person's letter."""
    with context.node() as node:
        make_entries(node).follower.refresh()
        found = desk_view.read_answer(node, read_id(entry, ENTRY))
    if machine:
        print_json({**found.to_json(), "letter": desk_view.letter_text(found)})
        return
    click.echo(desk_view.letter_text(found))


@desk.command()
@click.argument("kind", type=click.Choice([each.value for each in RequestKind]))
@of_a_person
@with_letter
@click.option("--entry", help="所涉登记编号 Entry that it is about")
@as_json
@pass_context
def request(
    context: Context,
    kind: str,
    entry: str | None,
    given: GivenIdentifier,
    given_letter: GivenLetter,
    *,
    machine: bool,
) -> None:
    """登记查阅、更正或删除请求 Record a request for access, correction or deletion."""
    entry_id = None if entry is None else read_id(entry, ENTRY)
    with context.node() as node:
        identifier, letter, by = (
            given.read(context, node),
            given_letter.read(context),
            at_the_shell(),
        )
        taken = take_request(
            make_entries(node), RequestKind(kind), identifier, letter, entry_id, by
        )
        found = desk_view.request_view(node, taken)
    if machine:
        print_json(found.to_json())
        return
    context.say("desk-request-taken", request=found.request, due=found.due_at)


@desk.command()
@click.option("--all", "every", is_flag=True, help="含已办结的 Settled ones too")
@as_json
@pass_context
def requests(context: Context, *, every: bool, machine: bool) -> None:
    """列出个人请求与期限 List persons' requests with their due dates."""
    with context.node() as node:
        found = desk_view.read_requests(node, unsettled=not every)
    if machine:
        print_json([each.to_json() for each in found])
        return
    _print_requests(context, found)


@desk.command()
@click.argument("request")
@click.argument("outcome", type=click.Choice([each.value for each in RequestOutcome]))
@click.option(
    "--answer", required=True, help="书面答复的存证编号 Evidence id of the written answer"
)
@pass_context
def settle(context: Context, request: str, outcome: str, answer: str) -> None:
    """办结个人请求；同意删除即撤销登记 Settle a request; a granted deletion ends the entry."""
    request_id, leaf = read_id(request, REQUEST_BYTES), read_id(answer, LEAF)
    with context.node() as node:
        settle_request(make_desk(node), request_id, RequestOutcome(outcome), leaf, at_the_shell())
    context.say("desk-request-settled")


def _take(
    context: Context, entry: str, given: GivenLetter, *, disputes: bool, machine: bool
) -> None:
    entry_id = read_id(entry, ENTRY)
    with context.node() as node:
        letter, by = given.read(context), at_the_shell()
        said = make_desk(node).take(entry_id, letter, disputes=disputes, by=by)
    found: StatementView = desk_view.statement_view(said)
    if machine:
        print_json(found.to_json())
        return
    context.say("desk-taken", leaf=found.leaf_hash, state=context.word(f"desk-state-{found.state}"))


def _write(output: Path, page: str) -> None:
    """Write a person's report readable by its owner only."""
    output.touch(mode=0o600)
    output.chmod(0o600)
    output.write_text(page, "utf-8")


def _report_json(found: PersonReport, output: Path) -> dict[str, object]:
    return {
        "file": str(output),
        "number": found.number,
        "year": found.year,
        "chargeable": found.chargeable,
        "entries": [each.found.listed.entry.hex() for each in found.entries],
        "inquiries": len(found.inquiries),
        "missing": found.missing,
    }


def _print_disputes(context: Context, found: Sequence[OpenDisputeView]) -> None:
    columns = (
        "col-entry",
        "col-reporter",
        "col-to-answer",
        "col-decide-by",
        "col-days",
        "col-statement",
    )
    rows = [
        (
            each.entry,
            each.reporter if each.can_answer else f"{each.reporter} ({context.word('reporter-gone')})",
            context.word("yes" if each.own else "no"), each.decide_by,
            context.word("standing-overdue") if each.overdue else each.days_left,
            context.word("yes" if each.statement_here else "no"),
        )
        for each in found
    ]  # fmt: skip
    context.table("desk-disputes", columns, rows)


def _print_requests(context: Context, found: Sequence[RequestView]) -> None:
    columns = (
        "col-request-number",
        "col-kind",
        "col-entry",
        "col-reporter",
        "col-due-at",
        "col-days",
        "col-outcome",
    )
    rows = [
        (
            each.request, context.word(f"request-kind-{each.kind}"), each.entry, each.reporter,
            each.due_at, each.days_left, each.outcome and context.word(f"request-outcome-{each.outcome}"),
        )
        for each in found
    ]  # fmt: skip
    context.table("desk-requests", columns, rows)
