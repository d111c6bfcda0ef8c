"""The commands of docs/consortium.md are commands, with options that exist."""

import re
import shlex

import click
import pytest
from architecture.sources import ROOT

from node.cli.main import cli

PAGE = (ROOT / "docs" / "consortium.md").read_text("utf-8")
LINES = [
    line
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_walk_through_is_a_command(line: str) -> None:
    program, *words = shlex.split(line)
    assert program == "lianzheng"
    context = click.Context(cli)
    command: click.Command = cli
    while isinstance(command, click.Group):
        found = command.get_command(context, words.pop(0))
        assert found is not None, line
        command = found
    command.make_context(command.name, words, parent=context)  # raises for what it does not know


def test_every_command_of_the_consortium_stands_in_the_walk_through() -> None:
    group = cli.get_command(click.Context(cli), "consortium")
    assert isinstance(group, click.Group)
    named = {shlex.split(line)[2] for line in LINES if " consortium " in line}
    assert named == set(group.commands)
