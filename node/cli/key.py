"""``lianzheng key``: the master key: its state, its recovery sheet, handing it over, changing it."""

import sys
from collections.abc import Mapping

import click
from rich.console import Console
from rich.progress import Progress

from ledger.evidence.instants import format_instant
from ledger.ports.master_key import master_key_id
from node import recovery_sheet
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.releasing import release_option, released
from node.key_rotation import Rotated, rotate
from node.key_wrapping import wrap_master_key
from node.release_kinds import KEY_CHANGE, ROTATE_MASTER, WRAP_MASTER
from node.settings import load_settings
from node.wiring import Node


@click.group()
def key() -> None:
    """主密钥：状态、恢复单、封装、更换 The master key: status, sheet, wrapping, change."""


@key.command()
@as_json
@pass_context
def status(context: Context, *, machine: bool) -> None:
    """查看主密钥状态（不显示密钥） Show its state, never the key."""
    with context.node() as node:
        keys = node.master_keys
    confirmed = recovery_sheet.confirmed_at(context.home, keys.present)
    found = {
        "master_key": master_key_id(keys.present).hex(),
        "changing": keys.following is not None,
        "sheet_confirmed": confirmed,
    }
    if machine:
        print_json(found)
    else:
        print_status(context, found)


@key.command("confirm-sheet")
@pass_context
def confirm_sheet(context: Context) -> None:
    """核对恢复单：从标准输入读取密钥，或其首尾两组 Compare the sheet: key, or first and last group."""
    if sys.stdin.isatty():
        context.say("key-sheet-prompt")
    given = sys.stdin.readline()
    with context.node() as node:
        now = format_instant(node.clock.now())
        recovery_sheet.confirm(context.home, node.master_keys.newest, given, at=now)
    context.say("key-sheet-confirmed")


@key.command()
@click.option("--remove", is_flag=True, help="随后删除明文主密钥文件 Then delete the key in clear")
@release_option
@as_json
@pass_context
def wrap(context: Context, release: str | None, *, remove: bool, machine: bool) -> None:
    """由密钥服务封装主密钥 Have the key service wrap it."""
    settings = load_settings(context.home)
    with released(settings, release, kind=KEY_CHANGE, subject=WRAP_MASTER):
        path = wrap_master_key(settings, remove=remove)
    if machine:
        print_json({"file": str(path), "removed": remove})
        return
    context.say("key-wrapped", file=path)
    context.say("key-clear-removed" if remove else "key-clear-left")


@key.command("rotate-master")
@release_option
@as_json
@pass_context
def rotate_master(context: Context, release: str | None, *, machine: bool) -> None:
    """更换主密钥，内容不动；可随时中断后重来 Change it; contents stay as they are."""
    with (
        context.node() as node,
        released(node.settings, release, kind=KEY_CHANGE, subject=ROTATE_MASTER),
    ):
        done = _rotate(context, node)
    if machine:
        print_json({"files": done.files, "promoted": done.promoted})
        return
    context.say("key-rotated" if done.promoted else "key-rotated-environment")


def _rotate(context: Context, node: Node) -> Rotated:
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(context.word("key-rotating"), total=node.record_keys.count() or None)
        return rotate(
            node,
            sheet=lambda new: print_sheet(context, new),
            progress=lambda count: bar.update(task, completed=count),
        )


def print_status(context: Context, found: Mapping[str, object]) -> None:
    """Print the master key's state for people."""
    shown = {
        "key-master-key": found["master_key"],
        "key-changing": context.word("yes" if found["changing"] else "no"),
        "key-sheet-confirmed": found["sheet_confirmed"] or context.word("no"),
    }
    context.facts("key-status", shown)


def print_sheet(context: Context, new: bytes) -> None:
    """Print the new recovery sheet on stderr: it is for people also when the answer is for machines."""
    for line in (context.word("key-new-sheet"), "    " + recovery_sheet.groups(new)):
        click.echo(line, err=True)
