"""A letter for a command: from a file, or typed at a prompt; never an argument that others could see."""

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from node.blacklist.letters import LETTER, MAX_LETTER_BYTES, SIGNED, Letter
from node.cli.context import Context
from node.cli.files import read_bounded

_OPTIONS = (
    click.option(
        "--file",
        "letter_file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="书面材料文件（否则提示输入文字） File with what was written; asked for otherwise",
    ),
    click.option("--signed", is_flag=True, help="文件为签署件 The file is a signed document"),
)


@dataclass(frozen=True, slots=True)
class GivenLetter:
    """How a command was told what a person wrote.

    Attributes:
        file: that holds it; ``None`` asks for it.
        signed: whether it is a signed document.
    """

    file: Path | None
    signed: bool

    def read(self, context: Context) -> Letter:
        """Return the letter."""
        kind = SIGNED if self.signed else LETTER
        if self.file is None:
            text = click.prompt(context.word("ask-letter"), err=True)
            return Letter(kind, "text/plain", text.encode())
        guessed, _ = mimetypes.guess_type(self.file.name)
        content = read_bounded(self.file, MAX_LETTER_BYTES)
        return Letter(kind, guessed or "application/octet-stream", content)


def with_letter(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command options for a letter, which it receives as ``given_letter``."""

    @wraps(command)
    def run(
        *arguments: Any,  # noqa: ANN401 - the command's own
        letter_file: Path | None,
        signed: bool,
        **rest: Any,  # noqa: ANN401 - the command's own
    ) -> None:
        command(*arguments, given_letter=GivenLetter(letter_file, signed), **rest)

    found: Callable[..., None] = run
    for option in reversed(_OPTIONS):
        found = option(found)
    return found
