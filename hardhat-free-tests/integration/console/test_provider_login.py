"""Signing in at the identity provider, through the console's pages."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from harness.browsing import Browser, Console, console_of
from harness.identity_provider import RunningProvider, running_provider
from harness.ledger import Ledger

HOST = "https://console.bank.example"


@pytest.fixture(scope="module")
def provider() -> Iterator[RunningProvider]:
    with running_provider() as found:
        yield found


@pytest.fixture
def console(ledger: Ledger, provider: RunningProvider) -> Iterator[Console]:
    ledger.clock.moment = datetime.now(tz=UTC)  # the provider's tokens are made by the real clock
    (ledger.home / "oidc.secret").write_text("s3cret\n")
    settings = {
        "public_url": HOST,
        "oidc_secret_file": "oidc.secret",
        "oidc_issuer": provider.issuer,
        "oidc_client": "lianzheng",
        "oidc_role_map": "team=collector",
    }
    ledger.node.settings = ledger.node.settings.model_copy(update=settings)
    ledger.node.__dict__.pop("identity", None)  # built anew, with these settings
    with console_of(ledger) as running:
        yield running


def browser_of(console: Console) -> Browser:
    client = TestClient(console.api.client.app, base_url=HOST)
    return Browser(client, {"Accept": "text/html", "Accept-Language": "en"})


def test_who_signs_in_at_the_provider_lands_on_the_start_page(
    console: Console, provider: RunningProvider
) -> None:
    browser = browser_of(console)
    assert 'href="/oidc/start"' in browser.get("/login").text
    away = browser.get("/oidc/start")
    assert away.headers["location"].startswith(provider.issuer)
    back = provider.authorize(away.headers["location"], "u-1")
    landed = browser.get(f"/oidc/callback?state={back['state']}&code={back['code']}")
    assert landed.status_code == 200
    session = next(c for c in landed.headers.get_list("set-cookie") if "session" in c)
    assert "Secure" in session
    assert "SameSite=strict" in session
    assert "Ann Archer" in browser.get("/").text


def test_a_callback_that_another_browser_began_is_refused(
    console: Console, provider: RunningProvider
) -> None:
    away = browser_of(console).get("/oidc/start")
    back = provider.authorize(away.headers["location"], "u-1")
    victim = browser_of(console)
    refused = victim.get(f"/oidc/callback?state={back['state']}&code={back['code']}")
    assert refused.status_code == 401
    assert "another browser" in refused.text
    assert victim.get("/oidc/callback?error=access_denied").status_code == 401


def test_who_is_in_no_mapped_group_does_not_come_in(
    console: Console, provider: RunningProvider
) -> None:
    browser = browser_of(console)
    back = provider.authorize(browser.get("/oidc/start").headers["location"], "u-2")
    refused = browser.get(f"/oidc/callback?state={back['state']}&code={back['code']}")
    assert refused.status_code == 403
    assert browser.get("/").status_code == 303


def test_without_a_provider_there_is_no_such_page(ledger: Ledger) -> None:
    with console_of(ledger) as console:
        browser = console.browser()
        assert browser.get("/oidc/start").status_code == 404
        assert browser.get("/oidc/callback?state=a&code=b").status_code == 404
