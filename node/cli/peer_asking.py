"""``lianzheng peer ask-package | fetch-package | statistics``: what courts and regulators ask of members."""

from pathlib import Path

import click

from ledger.errors import RefusedError
from ledger.evidence import shape
from ledger.primitives.canonical import encode
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.person import record
from node.consortium.members import find_member
from node.peer.client import PeerClient
from node.peer.neighbours import Neighbours
from node.wiring import Node

_member = click.argument("member", metavar="MEMBER")


@click.command("ask-package")
@_member
@click.argument("evidence_id", metavar="ID")
@click.option("--reason", required=True, help="案号与理由 Case number and reason")
@as_json
@pass_context
def ask_package(
    context: Context, member: str, evidence_id: str, reason: str, *, machine: bool
) -> None:
    """法院：请成员出具证据包 Court: ask a member for the package of an item, by its leaf hash."""
    with context.node() as node:
        record(node, "peer.ask-package", evidence_id[:64], {"member": member[:100]})
        body = encode({"evidence_id": evidence_id, "reason": reason})
        answer = _client(node, member).json("POST", "/peer/v1/package-requests", body)
    found = shape.mapping(answer, "answer")
    if machine:
        print_json(dict(found))
        return
    context.say("peer-asked", **found)


@click.command("fetch-package")
@_member
@click.argument("request_id", metavar="REQUEST")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="文件 File")
@as_json
@pass_context
def fetch_package(
    context: Context, member: str, request_id: str, output: Path, *, machine: bool
) -> None:
    """法院：取回已放行的证据包 Court: fetch a package that was released."""
    if output.exists():
        raise RefusedError("export-exists", file=output.name)
    with context.node() as node:
        path = f"/peer/v1/package-requests/{request_id}/package"
        _client(node, member).download(path, output)
    if machine:
        print_json({"file": str(output)})
        return
    context.say("peer-package-written", file=output)


@click.command()
@_member
@as_json
@pass_context
def statistics(context: Context, member: str, *, machine: bool) -> None:
    """监管：读取成员的统计 Regulator: read a member's counts."""
    with context.node() as node:
        answer = _client(node, member).json("GET", "/peer/v1/statistics")
    found = shape.mapping(answer, "answer")
    if machine:
        print_json(dict(found))
        return
    rows = list(found.items())
    context.table("peer-statistics", ("col-name", "col-value"), rows)


def _client(node: Node, text: str) -> PeerClient:
    member = find_member(node, text).member
    for each in Neighbours(node.settings).others():
        if each.log.member == member:
            return PeerClient(each, node.log_key, production=node.settings.production)
    raise RefusedError("member-not-found", member=text[:100])
