"""What a member does in the registry: ``consortium propose``, ``vote``, ``suspend``, ``leave`` and others."""

import json
from collections.abc import Callable
from typing import Any

import click

from ledger.chain.changes import KINDS, Change
from ledger.chain.governing import Decided
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.person import at_the_shell
from node.consortium.applications import find_application
from node.consortium.deciding import Voice, decided_json, next_generation
from node.consortium.members import find_member
from node.wiring import Node


def act_in_registry(
    context: Context, act: Callable[[Node, Voice], Decided], *, machine: bool
) -> None:
    """Let this member's voice do something, and tell what came of it."""
    with context.node() as node:
        decided = act(node, Voice(node, at_the_shell().actor))
    if machine:
        print_json(decided_json(decided))
        return
    context.say("governed", block=decided.block)
    if decided.proposal is not None:
        context.say("proposal-opened", number=decided.proposal)
    for number in decided.executed:
        context.say("proposal-carried-out", number=number)


def _value(text: str) -> tuple[str, Any]:
    name, mark, value = text.partition("=")
    if not mark:
        raise click.BadParameter(text)
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


@click.command()
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("values", nargs=-1, metavar="NAME=VALUE…")
@as_json
@pass_context
def propose(context: Context, kind: str, values: tuple[str, ...], *, machine: bool) -> None:
    """提出任一变更（参数见 docs/consortium.md） Propose any change; members by id, name or origin."""
    given = dict(_value(each) for each in values)

    def act(node: Node, voice: Voice) -> Decided:
        if isinstance(given.get("member"), str):
            given["member"] = find_member(node, given["member"]).member.hex()
        return voice.propose(Change(kind, given))

    act_in_registry(context, act, machine=machine)


@click.command()
@click.argument("application")
@as_json
@pass_context
def admit(context: Context, application: str, *, machine: bool) -> None:
    """提议接纳一份申请 Propose to admit an application (id, name or origin)."""
    act_in_registry(
        context,
        lambda node, voice: voice.propose(find_application(node, application).application.change()),
        machine=machine,
    )


@click.command()
@click.argument("number", type=click.IntRange(1))
@as_json
@pass_context
def vote(context: Context, number: int, *, machine: bool) -> None:
    """对提案投赞成票；达到票数即执行 Vote for a proposal; carried out when that is enough."""
    act_in_registry(context, lambda _, voice: voice.vote(number), machine=machine)


@click.command("withdraw-vote")
@click.argument("number", type=click.IntRange(1))
@as_json
@pass_context
def withdraw_vote(context: Context, number: int, *, machine: bool) -> None:
    """撤回赞成票 Take the vote back."""
    act_in_registry(context, lambda _, voice: voice.withdraw_vote(number), machine=machine)


@click.command()
@click.argument("number", type=click.IntRange(1))
@as_json
@pass_context
def execute(context: Context, number: int, *, machine: bool) -> None:
    """执行票数已足的提案 Carry out a proposal that has enough votes by now."""
    act_in_registry(context, lambda _, voice: voice.execute(number), machine=machine)


@click.command()
@click.argument("member")
@as_json
@pass_context
def suspend(context: Context, member: str, *, machine: bool) -> None:
    """提议中止成员资格 Propose to suspend a member."""
    _about(context, "suspend-member", member, machine=machine)


@click.command()
@click.argument("member")
@as_json
@pass_context
def reinstate(context: Context, member: str, *, machine: bool) -> None:
    """提议恢复成员资格 Propose to reinstate a member."""
    _about(context, "reinstate-member", member, machine=machine)


@click.command("open-generation")
@click.argument("member")
@as_json
@pass_context
def open_generation(context: Context, member: str, *, machine: bool) -> None:
    """提议为遗失日志的成员开启新世代 Propose a new generation for a member that lost its log."""
    act_in_registry(
        context, lambda node, voice: voice.propose(next_generation(node, member)), machine=machine
    )


@click.command()
@click.argument("url")
@as_json
@pass_context
def endpoint(context: Context, url: str, *, machine: bool) -> None:
    """变更本机构登记的节点地址 Move this member's registered endpoint; needs no vote."""
    act_in_registry(context, lambda _, voice: voice.set_endpoint(url), machine=machine)


def _about(context: Context, kind: str, member: str, *, machine: bool) -> None:
    act_in_registry(
        context,
        lambda node, voice: voice.propose(
            Change(kind, {"member": find_member(node, member).member.hex()})
        ),
        machine=machine,
    )
