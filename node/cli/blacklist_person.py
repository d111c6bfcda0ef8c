"""A person's identifier for a command: asked for, or from a file; never an argument that others could see."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from blacklist.domain.identifiers.identifier import Identifier, IdentifierType
from ledger.errors import MalformedError
from node.blacklist.naming import TypedIdentifier
from node.cli.context import Context
from node.cli.files import read_bounded
from node.wiring import Node

MAX_IDENTIFIER_BYTES = 1024
_OPTIONS = (
    click.argument("type", type=click.Choice([each.value for each in IdentifierType])),
    click.option(
        "--identifier-file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="从文件读取号码（否则提示输入） Read the identifier from a file; asked for otherwise",
    ),
    click.option("--issuer", help="出入境证件签发方 Issuer of a travel document"),
)


@dataclass(frozen=True, slots=True)
class GivenIdentifier:
    """How a command was told about a person.

    Attributes:
        kind: wire name of the type.
        file: that holds the identifier; ``None`` asks for it.
        issuer: of a travel document.
    """

    kind: str
    file: Path | None
    issuer: str | None

    def read(self, context: Context, node: Node) -> Identifier:
        """Return the identifier in its one spelling.

        Raises:
            MalformedError: not certainly one identifier of this type; the error never carries it.
        """
        if self.file is None:
            raw = click.prompt(context.word("ask-identifier"), hide_input=True, err=True)
        else:
            raw = _decoded(read_bounded(self.file, MAX_IDENTIFIER_BYTES))
        return TypedIdentifier(IdentifierType(self.kind), raw, self.issuer).read(node.clock.now())


def of_a_person(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command options for one person, which it receives as ``given``."""

    @wraps(command)
    def run(
        *arguments: Any,  # noqa: ANN401 - the command's own
        type: str,  # noqa: A002 - the argument's name
        identifier_file: Path | None,
        issuer: str | None,
        **rest: Any,  # noqa: ANN401 - the command's own
    ) -> None:
        command(*arguments, given=GivenIdentifier(type, identifier_file, issuer), **rest)

    found: Callable[..., None] = run
    for option in reversed(_OPTIONS):
        found = option(found)
    return found


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise MalformedError("identifier-encoding") from None
