"""What ``evidence watch`` does: looks until it is stopped, or once."""

import time
from dataclasses import asdict
from typing import Final

import click

from ledger.errors import ConflictError, LedgerError, UnavailableError
from node.cli.context import Context, print_json
from node.cli.sealing import explain
from node.watching.opening import make_watcher, watched_folder, watching_alone
from node.watching.watcher import Looked, Watcher
from node.wiring import Node

_MARGIN: Final = 0.05
"""So that what was seen first counts as settled at the second look."""


def watch_folder(context: Context, node: Node, *, once: bool, machine: bool) -> None:
    """Look at the watched folder until Ctrl-C, or once: that is twice, to see what is finished.

    Raises:
        ConfigurationError: no folder is set, or it cannot be read.
        RefusedError: another process watches.
        UnavailableError: ``once``, and the node cannot seal now.
    """
    watcher = make_watcher(node)
    with watching_alone(node):
        if once:
            watcher.look()
            time.sleep(node.settings.watch_settle_seconds + _MARGIN)
            _tell(context, _until_done(watcher), machine=machine)
            return
        if not machine:
            context.say("watching", folder=watched_folder(node))
        while True:
            _look(context, watcher, machine=machine)
            time.sleep(node.settings.watch_seconds)


def _until_done(watcher: Watcher) -> Looked:
    total = watcher.look()
    while total.more:
        following = watcher.look()
        total = Looked(
            total.sealed + following.sealed,
            total.problems + following.problems,
            following.waiting,
            following.more,
        )
    return total


def _look(context: Context, watcher: Watcher, *, machine: bool) -> None:
    try:
        looked = watcher.look()
    except (UnavailableError, ConflictError) as error:
        _complain(context, error, machine=machine)
        return
    if looked.sealed or looked.problems:
        _tell(context, looked, machine=machine)


def _tell(context: Context, looked: Looked, *, machine: bool) -> None:
    if machine:
        print_json(asdict(looked))
    else:
        context.say(
            "watched", sealed=looked.sealed, problems=looked.problems, waiting=looked.waiting
        )


def _complain(context: Context, error: LedgerError, *, machine: bool) -> None:
    if machine:
        print_json({"error": error.code})
    else:
        click.echo(explain(error, context.language), err=True)
