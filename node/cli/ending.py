"""Ending a command that checks something: what was found as its exit code, the reason on standard error."""

import sys
from typing import NoReturn

from ledger.errors import LedgerError
from ledger.proof.report import ExitCode


def end_with(error: LedgerError, code: ExitCode) -> NoReturn:
    """Say what is wrong and end."""
    from node.cli.main import report  # noqa: PLC0415 - the entry imports its commands

    report(error)
    sys.exit(code.value)
