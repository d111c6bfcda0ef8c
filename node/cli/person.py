"""Who stands at the shell: the system's user for most commands, a person who signs in for decisions."""

import getpass
from collections.abc import Mapping

import click

from node.audit.entries import AuditEntry, Detail
from node.cli.context import Context
from node.errors import NotAuthenticatedError
from node.identity.permissions import Principal
from node.identity.service import Identity, command_principal
from node.wiring import Node

SOURCE = "command"
"""Stands for an address in the lock-out: the node's own shell."""


def at_the_shell() -> Principal:
    """Return the principal of the system's user."""
    try:
        return command_principal(getpass.getuser())
    except (KeyError, OSError):  # a container without an entry for its user
        return command_principal("unknown")


def record(
    node: Node,
    action: str,
    subject: str | None = None,
    details: Mapping[str, Detail] | None = None,
) -> None:
    """Let the audit trail know what somebody at the shell does."""
    node.trail.record(AuditEntry(at_the_shell().actor, action, subject, details or {}))


def signed_in(context: Context, identity: Identity, login: str) -> Principal:
    """Ask for password and code, and return the operator.

    Raises:
        NotAuthenticatedError: they are wrong.
        TooManyRequestsError: too early after failures.
    """
    password = click.prompt(context.word("ask-password"), hide_input=True, err=True)
    try:
        return identity.login.verify_person(login, password, code=None, source=SOURCE)
    except NotAuthenticatedError as error:
        if error.code != "second-factor-needed":
            raise
    code = click.prompt(context.word("ask-code"), err=True)
    return identity.login.verify_person(login, password, code=code, source=SOURCE)
