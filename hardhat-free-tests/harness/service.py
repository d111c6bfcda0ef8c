"""A running service over a ledger of the harness, with people and tokens, and a client that asks it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient
from harness.ledger import Ledger

from node.api.application import create_app
from node.identity.people import Operator
from node.identity.permissions import Permission, Role, permissions_of
from node.identity.service import command_principal
from node.service import Service, serving

PASSWORD = "correct horse battery 9"
ITEM = "application/vnd.lianzheng.item"


@dataclass
class Api:
    """A service and a client without credentials.

    Attributes:
        ledger: below.
        service: running, without a worker.
        client: speaks to the application in this process.
    """

    ledger: Ledger
    service: Service
    client: TestClient

    def operator(self, login: str, *roles: Role) -> Operator:
        """Make an operator as an invitation does."""
        invitations = self.ledger.node.identity.invitations
        token = invitations.invite(roles, by=command_principal("test"))
        return invitations.accept(token, name=login, login=login, password=PASSWORD)

    def token(self, *roles: Role, scopes: Iterable[Permission] | None = None) -> dict[str, str]:
        """Return the headers of a fresh operator's token with every scope of its roles."""
        login = f"o{len(self.ledger.node.identity.operators.list())}"
        owner = self.operator(login, *roles)
        made = self.ledger.node.identity.tokens.create(
            command_principal("test"),
            label=login,
            scopes=permissions_of(roles) if scopes is None else scopes,
            days=1,
            owner=owner,
        )
        return {"Authorization": f"Bearer {made.text}"}

    def sign_in(self, login: str) -> dict[str, str]:
        """Sign an operator in and return the headers of the session."""
        signed = self.ledger.node.identity.login.sign_in(
            login, PASSWORD, code=None, source="test", agent="test"
        )
        return {"Cookie": f"lianzheng-session={signed.token}", "X-CSRF-Token": signed.csrf}

    def seal(self, headers: dict[str, str], **described: Any) -> dict[str, Any]:
        """Seal an item without content and return the receipt."""
        item = {"kind": "promise_to_pay", "fields": {"amount_fen": 1}, **described}
        answer = self.client.post("/v1/evidence", json=item, headers=headers)
        assert answer.status_code == 201, answer.text
        receipt: dict[str, Any] = answer.json()
        return receipt


@contextmanager
def api_of(ledger: Ledger) -> Iterator[Api]:
    """Run a service over ``ledger``."""
    with serving(ledger.node, with_worker=False) as service:
        client = TestClient(create_app(service), raise_server_exceptions=False)
        with client:
            yield Api(ledger, service, client)
