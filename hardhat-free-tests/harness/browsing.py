"""A browser's side of the console without a browser: cookies, forms with their hidden fields, redirects."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from fastapi.testclient import TestClient
from harness.ledger import Ledger
from harness.service import PASSWORD, Api
from httpx2 import Response

from node.api.application import create_app
from node.console.pages import add_console
from node.identity.permissions import Role
from node.service import serving

FORM = "application/x-www-form-urlencoded"


@dataclass
class Browser:
    """Looks at pages and fills in forms.

    Attributes:
        client: keeps the cookies.
        headers: of every request.
    """

    client: TestClient
    headers: dict[str, str] = field(default_factory=lambda: {"Accept": "text/html"})

    def get(self, path: str) -> Response:
        return self.client.get(path, headers=self.headers, follow_redirects=False)

    def csrf(self, page: str) -> str:
        """Return the hidden token of a page's forms."""
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.get(page).text)
        assert found is not None, page
        return found[1]

    def post(self, path: str, fields: dict[str, object], *, csrf: str | None = None) -> Response:
        """Send a form; with the token of ``/account`` or ``/login`` unless told."""
        if csrf is None:
            csrf = self.csrf("/verify")
        data = urlencode({"csrf": csrf, **fields}, doseq=True)
        return self.client.post(
            path,
            content=data,
            headers={**self.headers, "Content-Type": FORM},
            follow_redirects=False,
        )

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        answer = self.post("/login", {"login": login, "password": password})
        assert answer.status_code == 303, answer.text


@dataclass
class Console:
    """A service with its pages.

    Attributes:
        api: the service, and makers of operators and evidence.
    """

    api: Api

    def browser(self, language: str = "en") -> Browser:
        """Return a browser without cookies."""
        return Browser(
            TestClient(self.api.client.app, raise_server_exceptions=True),
            {"Accept": "text/html", "Accept-Language": language},
        )

    def signed_in(self, *roles: Role, login: str = "") -> Browser:
        """Return the browser of a fresh operator."""
        name = login or f"p{len(self.api.ledger.node.identity.operators.list())}"
        self.api.operator(name, *roles)
        found = self.browser()
        found.sign_in(name)
        return found


@contextmanager
def console_of(ledger: Ledger) -> Iterator[Console]:
    """Run a service with its pages over ``ledger``."""
    with serving(ledger.node, with_worker=False) as service:
        app = add_console(create_app(service), service)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield Console(Api(ledger, service, client))
