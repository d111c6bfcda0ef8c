#!/usr/bin/env python3
"""Write the parts of the documentation that follow from the code: commands, settings, errors, checks.

scripts/write_docs.py            write them
scripts/write_docs.py --check    fail when a committed page is not what the code says
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import click

from ledger.messages.catalogue import CATALOGUE
from ledger.messages.findings import FINDINGS
from ledger.messages.report import LAW, REPORT
from ledger.proof.report import CHECKS
from node.cli.main import COMMANDS, EXIT_CODES, cli
from node.settings import Settings
from node.words.errors import ERRORS as NODE_ERRORS

DOCS: Final = Path(__file__).resolve().parents[1] / "docs"
NOTICE: Final = "<!-- Written by scripts/write_docs.py; change the code instead. -->\n"


def commands() -> Iterator[str]:
    """Return every command with its options, as ``--help`` shows them."""
    yield "# Commands\n\nEvery command takes `--home` and `--lang` before its name; `--json` answers for machines.\n"
    yield "Exit codes: docs/errors.md.\n"
    context = click.Context(cli, info_name="lianzheng")
    for name in COMMANDS:
        command = cli.get_command(context, name)
        if command is not None:
            yield from _command(command, context, name)


def _command(command: click.Command, parent: click.Context, name: str) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent)
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None:
                yield from _command(found, context, child)
        return
    yield f"\n## `{context.command_path}`\n\n{command.help}\n"
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name != "help":
            names = ", ".join(parameter.opts)
            yield f"- `{names}`: {parameter.help or ''}"
        elif isinstance(parameter, click.Argument):
            yield f"- `{parameter.human_readable_name}`"


def settings() -> Iterator[str]:
    """Return every setting with its default and meaning."""
    yield "# Settings\n\n`lianzheng.toml` in the node's home; `LIANZHENG_NAME` in the environment overrides.\n"
    yield "The master key is not a setting: `keys/master.key`, or `LIANZHENG_MASTER_KEY`.\n"
    yield "| name | default | meaning |\n| --- | --- | --- |"
    for name, field in Settings.model_fields.items():
        default = "required" if field.is_required() else f"`{field.default}`"
        yield f"| `{name}` | {default} | {field.description} |"


def errors() -> Iterator[str]:
    """Return exit codes and every error code with message and remedy."""
    yield "# Errors\n\n## Exit codes\n\n| code | meaning |\n| --- | --- |\n| 0 | done |\n| 2 | wrong usage |"
    for family, code in EXIT_CODES:
        yield f"| {code} | {family.__name__}: {(family.__doc__ or '').splitlines()[0]} |"
    yield "| 130 | interrupted |\n\n`verify`: 0 proved, 1 refuted, 2 unreadable, 3 not provable.\n"
    yield "## Codes\n\n| code | 说明 | 处理 | meaning | remedy |\n| --- | --- | --- | --- | --- |"
    for code, message in sorted({**CATALOGUE, **NODE_ERRORS}.items()):
        if code not in FINDINGS and code not in REPORT:
            cells = (message.zh, message.remedy_zh, message.en, message.remedy_en)
            yield f"| `{code}` | " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def checks() -> Iterator[str]:
    """Return the numbered checks with the law they speak to, and every reason that a report can give."""
    yield "# Checks V1 to V17\n\nHow they are carried out: docs/spec/verification.md.\n"
    yield "| check | 核验项 | English | 依据 |\n| --- | --- | --- | --- |"
    for check in CHECKS:
        yield f"| {check} | {REPORT[check].zh} | {REPORT[check].en} | {LAW[check]} |"
    yield "\n## Reasons\n\n| code | 说明 | meaning |\n| --- | --- | --- |"
    for code, message in FINDINGS.items():
        yield f"| `{code}` | {message.zh} | {message.en} |"


PAGES: Final[Mapping[str, Callable[[], Iterator[str]]]] = {
    "commands.md": commands,
    "settings.md": settings,
    "errors.md": errors,
    "spec/checks.md": checks,
}


def main() -> None:
    """Write every page, or compare it with what is committed."""
    stale = []
    for name, write in PAGES.items():
        text = NOTICE + "\n".join(write()) + "\n"
        page = DOCS / name
        if "--check" not in sys.argv[1:]:
            page.write_text(text, "utf-8")
        elif not page.exists() or page.read_text("utf-8") != text:
            stale.append(name)
    if stale:
        sys.exit(
            f"docs/{', docs/'.join(stale)} are not what the code says: run scripts/write_docs.py"
        )
    print(f"{len(PAGES)} pages of documentation follow the code")


if __name__ == "__main__":
    main()
