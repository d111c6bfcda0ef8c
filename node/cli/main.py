"""``lianzheng``: the command line, its global options, and how errors leave it.

Exit codes (docs/errors.md): 0 done; 2 wrong usage; 10 malformed input; 11 refused by a rule; 12 conflict,
try again; 13 something outside does not answer, try again; 14 stored data is damaged; 15 configuration.
``verify`` has its own: 0 proved, 1 refuted, 2 unreadable, 3 not provable.
"""

import os
import sys
from pathlib import Path
from typing import Final

import click

from ledger.errors import (
    ConfigurationError,
    ConflictError,
    IntegrityError,
    LedgerError,
    MalformedError,
    RefusedError,
    UnavailableError,
)
from ledger.messages.catalogue import LANGUAGES, remedy, text
from node.cli.anchor import anchor
from node.cli.chain import chain
from node.cli.context import Context
from node.cli.evidence import evidence
from node.cli.init import init
from node.cli.log import log
from node.cli.trust import trust
from node.cli.verify import verify

EXIT_CODES: Final[tuple[tuple[type[LedgerError], int], ...]] = (
    (MalformedError, 10),
    (RefusedError, 11),
    (ConflictError, 12),
    (UnavailableError, 13),
    (IntegrityError, 14),
    (ConfigurationError, 15),
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    envvar="LIANZHENG_HOME",
    default=Path("~/.lianzheng"),
    help="节点目录 Folder of the node  [~/.lianzheng]",
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    envvar="LIANZHENG_LANGUAGE",
    default="zh",
    help="语言 Language  [zh]",
)
@click.version_option(package_name="lianzheng", message="lianzheng %(version)s")
@click.pass_context
def cli(context: click.Context, home: Path, lang: str) -> None:
    """联证：存证、上链、出证。 Lianzheng: seal evidence, anchor it, prove it."""
    context.obj = Context(home.expanduser(), lang)


for command in (init, chain, evidence, anchor, log, trust, verify):
    cli.add_command(command)


def main() -> None:
    """Run the command line; no traceback of a foreseen error reaches a user."""
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except LedgerError as error:
        report(error)
        sys.exit(exit_code(error))
    except BrokenPipeError:
        # The reader (head, less) has gone; nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def report(error: LedgerError) -> None:
    """Say on stderr what happened and what to do, in Chinese and English."""
    for language in LANGUAGES:
        words = (
            text(error.code, language, error.params),
            remedy(error.code, language, error.params),
        )
        click.echo(f"[{error.code}] " + " ".join(w for w in words if w), err=True)


def exit_code(error: LedgerError) -> int:
    """Return the exit code of an error's family."""
    return next((code for family, code in EXIT_CODES if isinstance(error, family)), 1)
