"""``lianzheng``: the command line, its global options, and how errors leave it.

Exit codes (docs/errors.md): 0 done; 2 wrong usage; 10 malformed input; 11 refused by a rule; 12 conflict,
try again; 13 something outside does not answer, try again; 14 stored data is damaged; 15 configuration;
16 not signed in or not permitted; 17 too many requests.
``verify`` has its own: 0 proved, 1 refuted, 2 unreadable, 3 not provable.
"""

import os
import sys
from importlib import import_module
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
from ledger.messages.catalogue import LANGUAGES
from node.cli.context import Context
from node.errors import NotAuthenticatedError, NotPermittedError, TooManyRequestsError
from node.words.catalogue import remedy, word

EXIT_CODES: Final[tuple[tuple[type[LedgerError], int], ...]] = (
    (MalformedError, 10),
    (RefusedError, 11),
    (ConflictError, 12),
    (UnavailableError, 13),
    (IntegrityError, 14),
    (ConfigurationError, 15),
    (NotAuthenticatedError, 16),
    (NotPermittedError, 16),
    (TooManyRequestsError, 17),
)


COMMANDS: Final = (
    "init", "chain", "evidence", "anchor", "log", "timestamp", "trust", "peer", "verify",
    "consortium", "blacklist", "serve", "worker", "operator", "token", "release", "audit", "key", "backup",
    "restore", "doctor",
)  # fmt: skip
"""Each is a module of this package that holds a command of the same name."""


class LazyGroup(click.Group):
    """Imports a command's module when the command is used: nobody waits for what they did not ask for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the work."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, or ``None`` when there is none of this name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"node.cli.{cmd_name}"), cmd_name)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
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
    except OSError as error:
        failed = UnavailableError("file-unwritable", file=error.filename or "?", why=error.strerror)
        report(failed)
        sys.exit(exit_code(failed))


def report(error: LedgerError) -> None:
    """Say on stderr what happened and what to do, in Chinese and English."""
    for language in LANGUAGES:
        words = (
            word(error.code, language, error.params),
            remedy(error.code, language, error.params),
        )
        click.echo(f"[{error.code}] " + " ".join(w for w in words if w), err=True)


def exit_code(error: LedgerError) -> int:
    """Return the exit code of an error's family."""
    return next((code for family, code in EXIT_CODES if isinstance(error, family)), 1)
