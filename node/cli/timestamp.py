"""``lianzheng timestamp``: the authorities, asking them at once, and the renewals in a package."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path

import click

from ledger.errors import ConfigurationError
from ledger.evidence.instants import format_instant
from ledger.primitives.tlog_proof import TlogProof
from ledger.proof import layout
from ledger.proof.bundle import open_bundle
from ledger.proof.renewal import check_renewals, renewals_from_bytes
from ledger.services.timestamping import Done
from ledger.store.authorities import AuthorityRow
from ledger.verifier.reading import load_trust, open_source
from node.cli.context import Context, as_json, pass_context, print_json
from node.stamping import make_timestamper, timestamp_standing
from node.wiring import Node


@click.group()
def timestamp() -> None:
    """时间戳机构：状态、立即请求、核验续期 Authorities: state, asking at once, renewals."""


@timestamp.command()
@as_json
@pass_context
def status(context: Context, *, machine: bool) -> None:
    """各机构与检查点的状态 How authorities and checkpoints stand."""
    with context.node() as node, node.database.read() as connection:
        found = timestamp_standing(connection, node.settings, node.clock)
    if machine:
        print_json(found.to_json())
        return
    columns = ("timestamp-authority", "timestamp-state", "timestamp-answered", "timestamp-retry")
    context.table("timestamp-title", columns, [_row(context, each) for each in found.states])
    context.say("timestamp-counts", bare=found.bare, due=found.due, expired=found.expired)


@timestamp.command()
@as_json
@pass_context
def now(context: Context, *, machine: bool) -> None:
    """立即向各机构请求并续期 Ask every authority, and renew what is due."""
    with context.node() as node:
        found = _ask(node)
    if machine:
        print_json({name: done.to_json() for name, done in found.items()})
        return
    for name, done in found.items():
        context.say("timestamp-done", authority=name, stamped=done.stamped, renewed=done.renewed)
        if done.code:
            click.secho(f"{context.word('warning')}: {done.code}", fg="yellow", err=True)


@timestamp.command()
@click.argument("package", type=click.Path(path_type=Path))
@click.option("--trust", type=click.Path(path_type=Path), required=True, help="信任文件 Trust file")
@as_json
@pass_context
def check(context: Context, package: Path, trust: Path, *, machine: bool) -> None:
    """核验证据包中的时间戳续期 Check the renewals that a package carries."""
    count, until = _check(package, load_trust(trust).timestamp_roots)
    shown = None if until is None else format_instant(until)
    if machine:
        print_json({"renewals": count, "valid_until": shown})
    elif shown is None:
        context.say("timestamp-no-renewals")
    else:
        context.say("timestamp-renewals-hold", count=count, until=shown)


def _ask(node: Node) -> dict[str, Done]:
    timestamper = make_timestamper(node)
    if not timestamper.authorities:
        raise ConfigurationError("timestamp-none-configured")
    return {each.name: timestamper.run(each, at_once=True) for each in timestamper.authorities}


def _check(package: Path, roots: tuple[bytes, ...]) -> tuple[int, datetime | None]:
    """Return how many renewals hold, and until when the newest certificates are valid."""
    with open_source(package) as source:
        bundle = open_bundle(source)
        if layout.TIMESTAMP_RENEWALS not in bundle:
            return 0, None
        text = TlogProof.parse(bundle.read(layout.LEAF_PROOF)).checkpoint.text
        renewals = renewals_from_bytes(bundle.read(layout.TIMESTAMP_RENEWALS))
    imprint = sha256(text.encode()).digest()
    return len(renewals), check_renewals(renewals, imprint_sha256=imprint, roots=roots)


def _row(context: Context, state: AuthorityRow) -> tuple[str, str, str | None, str | None]:
    said = context.word("timestamp-well" if state.answered_at else "timestamp-never")
    if state.failures:
        why = f"{state.code} {state.detail}".strip()
        said = context.word(
            "timestamp-failing", since=state.failing_since, count=state.failures, why=why
        )
    return state.name, said, state.answered_at, state.retry_at
