"""Institutions that found a consortium on the embedded chain, each with a home of its own."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from harness.commands import Cli, free_port

from node.settings import write_settings
from node.wiring import Node, open_node


@dataclass
class Institution:
    """A node's home.

    Attributes:
        cli: its commands.
        name: registered.
        port: where it would serve.
    """

    cli: Cli
    name: str
    port: int

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def member(self) -> str:
        with self.node() as node:
            member: str = node.settings.member
            return member

    @contextmanager
    def node(self) -> Iterator[Node]:
        with open_node(self.cli.home) as node:
            yield node

    def ok(self, *arguments: str | Path) -> Any:
        """Run a command of ``consortium``."""
        return self.cli.ok("consortium", *arguments)

    def refused(self, *arguments: str | Path) -> str:
        """Run a command of ``consortium`` that must fail, and return what it said."""
        done = self.cli.run("consortium", *arguments, "--json")
        assert done.code != 0, done.out
        return done.err

    def seal(self, folder: Path, text: str) -> Any:
        """Seal a file and return its receipt."""
        file = folder / f"{text}.txt"
        file.write_text(text)
        return self.cli.seal("--kind", "letter", file)

    def seal_and_anchor(self, folder: Path, text: str) -> Any:
        """Seal a file, anchor it, and return its receipt."""
        receipt = self.seal(folder, text)
        self.cli.anchor()
        return receipt

    def verified(self, receipt: Any, folder: Path) -> int:
        """Export a package, verify it under a fresh trust file, and return the verifier's exit code."""
        package, trust = folder / f"{receipt['id'][:12]}.zip", folder / "trust.json"
        package.unlink(missing_ok=True)
        trust.unlink(missing_ok=True)
        self.cli.ok("evidence", "export", receipt["id"], "-o", package)
        self.cli.ok("trust", "export", "-o", trust)
        code: int = self.cli.run("verify", package, "--trust", trust).code
        return code


def make_institution(folder: Path, url: str, number: int, *, origin: str) -> Institution:
    """Make a node: keys and settings, on a chain that has no contracts yet."""
    cli = Cli(folder / f"home-{number}", url, inside=True)
    name, port = f"第{number}银行", free_port()
    cli.ok("init", "--name", name, "--origin", f"{origin}/bank-{number}")
    endpoint = f"http://127.0.0.1:{port}"
    write_settings(
        cli.home,
        {"chain_url": url, "endpoint": endpoint, "listen_port": port},
    )
    return Institution(cli, name, port)


def begin_together(
    folder: Path,
    founders: Sequence[Institution],
    *,
    threshold: int,
    roles: Mapping[int, Sequence[str]] = MappingProxyType({}),
) -> Path:
    """Make cards and a founding file that nobody has signed; the first founder will deploy.

    Args:
        folder: for the documents.
        founders: in any order.
        threshold: votes that a proposal needs.
        roles: by port, where not ``member``.
    """
    named: list[str] = []
    for each in founders:
        card = folder / f"card-{each.port}.json"
        asked = [part for role in roles.get(each.port, ()) for part in ("--role", role)]
        each.ok("card", "--out", card, *asked)
        named += ["--founder", str(card)]
    file = folder / "founding.json"
    founders[0].ok("init", *named, "--threshold", str(threshold), "--out", file)
    return file


def found_together(
    folder: Path,
    founders: Sequence[Institution],
    *,
    threshold: int,
    roles: Mapping[int, Sequence[str]] = MappingProxyType({}),
) -> Path:
    """Go the whole way from cards to logs, and return the founding file; see ``begin_together``."""
    file = begin_together(folder, founders, threshold=threshold, roles=roles)
    for each in founders:
        each.ok("sign", file)
    founders[0].ok("found", file)
    for each in founders:
        assert each.ok("join", file)["admitted"]
    return file
