"""What every command shares: the home, the language, and the two ways of answering."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.table import Table

from node.wiring import Node, open_node
from node.words.catalogue import word


@dataclass(frozen=True)
class Context:
    """Options that stand before the command.

    Attributes:
        home: of the node.
        language: ``zh`` or ``en``.
    """

    home: Path
    language: str

    @contextmanager
    def node(self) -> Iterator[Node]:
        """Open the node in the home.

        Raises:
            ConfigurationError: there is none, or it cannot be opened.
        """
        with open_node(self.home) as node:
            yield node

    def word(self, code: str, **params: object) -> str:
        """Return a text of the catalogue in the chosen language."""
        return word(code, self.language, params)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Print rows for people; columns are codes of the catalogue."""
        table = Table(title=self.word(title), title_justify="left")
        for column in columns:
            table.add_column(self.word(column), overflow="fold")
        for row in rows:
            table.add_row(*("" if cell is None else str(cell) for cell in row))
        Console().print(table)

    def facts(self, title: str, values: Mapping[str, object]) -> None:
        """Print names and values for people; names are codes of the catalogue."""
        self.table(title, ("col-name", "col-value"), [(self.word(k), v) for k, v in values.items()])

    def detail(self, found: Mapping[str, object]) -> None:
        """Print one item for people."""
        shown = {_DETAIL.get(name, name): value for name, value in found.items()}
        shown["col-status"] = self.word(f"status-{found['status']}")
        authority = shown.pop("timestamp-authority", None)
        if shown["not-after"] is not None:
            at = shown["not-after"]
            shown["not-after"] = self.word("not-after-source", at=at, authority=authority)
        shown["fields"] = ", ".join(found["fields"]) if isinstance(found["fields"], list) else ""
        shown["status-erased"] = self.word("yes" if found["erased"] else "no")
        self.facts("evidence-detail", shown)

    def say(self, code: str, **params: object) -> None:
        """Print one line for people."""
        click.echo(self.word(code, **params))

    def done(self, code: str, values: Mapping[str, object], *, machine: bool) -> None:
        """Say what was done: a line for people, its values for machines."""
        if machine:
            print_json(values)
        else:
            self.say(code, **values)


def print_json(value: object) -> None:
    """Print one JSON value for machines."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


_DETAIL: Final = {
    "id": "col-id",
    "kind": "col-kind",
    "sealed_at": "col-sealed",
    "case_number": "col-case-number",
    "content_size": "col-size",
    "status": "col-status",
    "leaf_index": "place",
    "anchored_size": "anchored-size",
    "erased": "status-erased",
    "not_before": "not-before",
    "not_after": "not-after",
    "timestamp_authority": "timestamp-authority",
}
"""Members of an item under the catalogue's names; the others are called the same in both."""

as_json = click.option("--json", "machine", is_flag=True, help="机器可读输出 Output for machines")
pass_context = click.make_pass_decorator(Context)
