"""Operators of a test ledger: invited, accepted and signed in the way people are."""

from dataclasses import dataclass

from harness.ledger import Ledger

from node.identity.login import SignedIn
from node.identity.people import Operator
from node.identity.permissions import Principal, Role
from node.identity.service import Identity, command_principal

PASSWORD = "copper lantern at dusk"
OFFICE = "192.0.2.10"
SHELL = command_principal("tester")


@dataclass(frozen=True)
class Person:
    """An operator who is signed in."""

    operator: Operator
    signed_in: SignedIn

    @property
    def principal(self) -> Principal:
        return self.signed_in.principal

    @property
    def id(self) -> str:
        return self.operator.operator_id

    @property
    def token(self) -> str:
        return self.signed_in.token


def join(ledger: Ledger, login: str, *roles: Role) -> Operator:
    """Invite somebody, who accepts."""
    invitations = ledger.node.identity.invitations
    token = invitations.invite(roles, by=SHELL)
    return invitations.accept(token, name=login.title(), login=login, password=PASSWORD)


def sign_in(
    identity: Identity, login: str, password: str = PASSWORD, source: str = OFFICE
) -> SignedIn:
    """Sign in without a second factor."""
    return identity.login.sign_in(login, password, code=None, source=source, agent="Firefox")


def person(ledger: Ledger, login: str, *roles: Role) -> Person:
    """Invite somebody, who accepts and signs in."""
    operator = join(ledger, login, *roles)
    return Person(operator, sign_in(ledger.node.identity, login))


def actions(ledger: Ledger) -> list[tuple[str, str]]:
    """Return (action, outcome) of the newest audit entries, oldest first."""
    from node.audit.trail import TrailQuery  # noqa: PLC0415 - one use

    page = ledger.node.trail.page(TrailQuery(limit=500))
    return [(each.entry.action, each.entry.outcome) for each in reversed(page.entries)]
