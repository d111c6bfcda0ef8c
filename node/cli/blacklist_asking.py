"""``lianzheng blacklist query|hits|review``: asking about a person, and what a person makes of a hit."""

from collections.abc import Sequence

import click

from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.querying import Person
from blacklist.store.hits import ReviewOutcome
from node import entry_view
from node.blacklist.asking import ask_about
from node.blacklist.entries import make_entries
from node.blacklist.reporters import read_reporters
from node.blacklist.reviewing import review as record_review
from node.cli.blacklist_ids import HIT, read_id
from node.cli.blacklist_person import GivenIdentifier, of_a_person
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.person import at_the_shell
from node.entry_view import FoundView, HitView


@click.command()
@of_a_person
@click.option(
    "--authorisation", required=True, help="个人书面授权编号 Number of the person's authorisation"
)
@click.option("--reference", default="", help="本机构客户编号 Your own number of the customer")
@as_json
@pass_context
def query(
    context: Context, given: GivenIdentifier, authorisation: str, reference: str, *, machine: bool
) -> None:
    """查询一人 Ask about one person; a hit waits for a person's review."""
    with context.node() as node:
        person = Person((given.read(context, node),), authorisation, reference)
        entries = make_entries(node)
        entries.follower.refresh()
        kept = ask_about(entries, person, Purpose.QUERY, at_the_shell())
        reporters = read_reporters(node)
    found = [entry_view.found_view(each) for each in kept]
    said = [reporters.of(bytes.fromhex(each.reporter)) for each in found]
    if machine:
        pairs = zip(found, said, strict=True)
        print_json([{**each.to_json(), **reporter.to_json()} for each, reporter in pairs])
        return
    _print_found(context, found)
    for name in sorted({each.name for each in said if not each.can_answer}):
        context.say("entry-reporter-gone", reporter=name)


@click.command()
@click.option("--all", "every", is_flag=True, help="含已复核的 Reviewed ones too")
@click.option("--before", help="上一页给出的游标 Cursor that the page before gave")
@as_json
@pass_context
def hits(context: Context, before: str | None, *, every: bool, machine: bool) -> None:
    """列出命中记录 List hits that wait for a person."""
    with context.node() as node:
        page = entry_view.hits_for(node, at_the_shell(), unreviewed=not every, before=before)
    if machine:
        print_json({"items": [each.to_json() for each in page.items], "before": page.before})
        return
    _print_hits(context, page.items)
    if page.before is not None:
        context.say("trail-more", before=page.before)


@click.command()
@click.argument("hit")
@click.argument("outcome", type=click.Choice([each.value for each in ReviewOutcome]))
@click.option("--note", required=True, help="复核说明 What was looked at, and why")
@as_json
@pass_context
def review(context: Context, hit: str, outcome: str, note: str, *, machine: bool) -> None:
    """人工复核命中并存证 Record a person's review of a hit, sealed."""
    with context.node() as node:
        leaf = record_review(node, read_id(hit, HIT), ReviewOutcome(outcome), note, at_the_shell())
    context.done("hit-reviewed", {"leaf": leaf.hex()}, machine=machine)


def _print_found(context: Context, found: list[FoundView]) -> None:
    if not found:
        context.say("query-nothing")
        return
    columns = ("col-entry", "col-reporter", "col-standing", "col-ground", "col-severity", "col-hit")
    rows = [
        (
            each.entry[:16], each.reporter[:12], context.word(f"standing-{each.standing}"),
            context.word(f"ground-{each.ground}"), context.word(f"severity-{each.severity}"),
            each.hit or context.word("hit-hint"),
        )
        for each in found
    ]  # fmt: skip
    context.table("query-found", columns, rows)
    context.say("query-review")


def _print_hits(context: Context, found: Sequence[HitView]) -> None:
    columns = (
        "col-hit",
        "col-found-at",
        "col-reference",
        "col-ground",
        "col-standing",
        "col-review",
    )
    rows = [
        (
            each.hit, each.found_at, each.reference, each.ground and context.word(f"ground-{each.ground}"),
            context.word(f"standing-{each.standing_now}"),
            each.outcome and context.word(f"outcome-{each.outcome}"),
        )
        for each in found
    ]  # fmt: skip
    context.table("hits", columns, rows)
