"""``lianzheng blacklist list|entries|entry|correct|withdraw|decide|amend|corroborate``: entries."""

from collections.abc import Sequence

import click

from blacklist.domain.entries.facts import Facts
from node import entry_view
from node.blacklist import acting
from node.blacklist.entries import make_entries
from node.blacklist.reporters import read_reporters
from node.cli.blacklist_facts import with_facts
from node.cli.blacklist_ids import ENTRY, LEAF, read_id
from node.cli.blacklist_person import GivenIdentifier, of_a_person
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.person import at_the_shell
from node.entry_view import EntryView, WaitingView

entry_argument = click.argument("entry")


@click.command("list")
@of_a_person
@with_facts
@click.option("--reason", required=True, help="申请理由（勿含个人信息） Why, no personal data")
@as_json
@pass_context
def list_person(
    context: Context, given: GivenIdentifier, facts: Facts, reason: str, *, machine: bool
) -> None:
    """申请登记（须第二人批准） Ask to list a person; another person decides."""
    with context.node() as node:
        identifier, by = given.read(context, node), at_the_shell()
        entry, release = acting.ask_to_list(make_entries(node), identifier, facts, reason, by)
    values = {"entry": entry.hex(), "release": release.release_id}
    context.done("listing-asked", values, machine=machine)


@click.command()
@as_json
@pass_context
def entries(context: Context, *, machine: bool) -> None:
    """列出本机构的登记 List this member's entries."""
    with context.node() as node:
        waiting, listed = entry_view.waiting_entries(node), entry_view.own_entries_on_chain(node)
    if machine:
        print_json({"waiting": jsons(waiting), "listed": jsons(listed)})
        return
    _print_waiting(context, waiting)
    _print_listed(context, listed)


@click.command()
@entry_argument
@as_json
@pass_context
def entry(context: Context, entry: str, *, machine: bool) -> None:
    """查看一条登记 Show an entry as the chain has it."""
    with context.node() as node:
        make_entries(node).follower.refresh()
        found = entry_view.read_entry(node, read_id(entry, ENTRY))
        reporter = read_reporters(node).of(bytes.fromhex(found.reporter))
    if machine:
        print_json({**found.to_json(), **reporter.to_json()})
        return
    _print_listed(context, [found])
    _print_disputes(context, found)
    if found.moved_to is not None:
        context.say("entry-moved-to", entry=found.moved_to)
    if not reporter.can_answer:
        context.say("entry-reporter-gone", reporter=reporter.name)


@click.command()
@entry_argument
@with_facts
@click.option("--reason", required=True, help="更正理由（勿含个人信息） Why, no personal data")
@as_json
@pass_context
def correct(context: Context, entry: str, facts: Facts, reason: str, *, machine: bool) -> None:
    """更正登记内容（对本人不利的须第二人批准） Replace what an own entry says."""
    with context.node() as node:
        entry_id, by = read_id(entry, ENTRY), at_the_shell()
        release = acting.correct(make_entries(node), entry_id, facts, reason, by)
    if release is None:
        context.done("entry-corrected", {"entry": entry}, machine=machine)
    else:
        values = {"entry": entry, "release": release.release_id}
        context.done("correction-asked", values, machine=machine)


@click.command()
@entry_argument
@click.option("--reasons", required=True, help="理由文件的存证编号 Evidence id of why")
@as_json
@pass_context
def withdraw(context: Context, entry: str, reasons: str, *, machine: bool) -> None:
    """撤销登记 End an own entry for ever."""
    leaf = read_id(reasons, LEAF)
    with context.node() as node:
        acting.withdraw(make_entries(node), read_id(entry, ENTRY), leaf, at_the_shell())
    context.done("entry-withdrawn", {"entry": entry}, machine=machine)


@click.command()
@entry_argument
@click.argument("decision", type=click.Choice(["upheld", "withdrawn"]))
@click.option(
    "--answer", required=True, help="书面答复的存证编号 Evidence id of the written answer"
)
@as_json
@pass_context
def decide(context: Context, entry: str, decision: str, answer: str, *, machine: bool) -> None:
    """就异议作出决定：维持或撤销 Decide a dispute: upheld or withdrawn."""
    entry_id, leaf = read_id(entry, ENTRY), read_id(answer, LEAF)
    with context.node() as node:
        acting.decide(make_entries(node), entry_id, decision, leaf, at_the_shell(), None)
    context.done("dispute-decided", {"entry": entry}, machine=machine)


@click.command()
@entry_argument
@click.option(
    "--answer", required=True, help="书面答复的存证编号 Evidence id of the written answer"
)
@with_facts
@as_json
@pass_context
def amend(context: Context, entry: str, answer: str, facts: Facts, *, machine: bool) -> None:
    """就异议作出决定：更正 Decide a dispute by a correction."""
    leaf = read_id(answer, LEAF)
    with context.node() as node:
        entry_id, by = read_id(entry, ENTRY), at_the_shell()
        acting.decide(make_entries(node), entry_id, "corrected", leaf, by, facts)
    context.done("dispute-decided", {"entry": entry}, machine=machine)


@click.command()
@entry_argument
@of_a_person
@click.option("--evidence", required=True, help="本机构依据的存证编号 Evidence id of what you know")
@as_json
@pass_context
def corroborate(
    context: Context, entry: str, evidence: str, given: GivenIdentifier, *, machine: bool
) -> None:
    """为他行登记佐证 Vouch for another member's entry."""
    entry_id, leaf = read_id(entry, ENTRY), read_id(evidence, LEAF)
    with context.node() as node:
        identifier = given.read(context, node)
        acting.corroborate(make_entries(node), entry_id, identifier, leaf, at_the_shell())
    context.done("entry-corroborated", {"entry": entry}, machine=machine)


def jsons(views: Sequence[EntryView | WaitingView]) -> list[dict[str, object]]:
    """Return views for machines."""
    return [each.to_json() for each in views]


def _print_waiting(context: Context, waiting: Sequence[WaitingView]) -> None:
    columns = ("col-entry", "col-type", "col-state", "col-due", "col-created")
    rows = [
        (
            each.entry[:16], context.word(f"identifier-type-{each.identifiers}"),
            context.word(f"own-state-{each.state}"), each.due_at, each.created_at,
        )
        for each in waiting
    ]  # fmt: skip
    context.table("entries-waiting", columns, rows)


def _print_listed(context: Context, listed: Sequence[EntryView]) -> None:
    columns = (
        "col-entry",
        "col-type",
        "col-standing",
        "col-listed",
        "col-expiry-month",
        "col-vouching",
    )
    rows = [
        (
            each.entry, context.word(f"identifier-type-{each.identifiers}"),
            context.word(f"standing-{each.standing}"), each.listed_at, each.expires,
            len(each.corroborators),
        )
        for each in listed
    ]  # fmt: skip
    context.table("entries-listed", columns, rows)


def _print_disputes(context: Context, found: EntryView) -> None:
    columns = ("col-disputed-at", "col-decide-by", "col-decision", "col-decided-at", "col-in-time")
    rows = [
        (
            each.disputed_at, each.decide_by,
            each.decision and context.word(f"decision-{each.decision}"), each.decided_at,
            None if each.in_time is None else context.word("yes" if each.in_time else "no"),
        )
        for each in found.disputes
    ]  # fmt: skip
    context.table("entry-disputes", columns, rows)
