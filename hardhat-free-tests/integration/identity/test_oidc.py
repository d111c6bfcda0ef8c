"""Login at a provider built on another implementation's server side (oidc-provider-mock, Authlib)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from harness.identity_provider import RunningProvider, running_provider
from harness.ledger import Ledger
from harness.people import OFFICE, SHELL, actions, join

from ledger.errors import ConfigurationError, LedgerError, RefusedError, UnavailableError
from node.errors import NotAuthenticatedError, NotPermittedError
from node.identity.login import SignedIn
from node.identity.oidc import Oidc
from node.identity.oidc_settings import oidc_config
from node.identity.permissions import Role
from node.identity.service import Identity

CALLBACK = "https://console.bank.example/oidc/callback"


@pytest.fixture(scope="module")
def provider() -> Iterator[RunningProvider]:
    with running_provider() as found:
        yield found


def identity_of(ledger: Ledger, issuer: str, **more: str) -> Identity:
    ledger.clock.moment = datetime.now(tz=UTC)  # the provider's tokens are made by the real clock
    (ledger.home / "oidc.secret").write_text("s3cret\n")
    settings = {
        "oidc_secret_file": "oidc.secret",
        "oidc_issuer": issuer,
        "oidc_client": "lianzheng",
        "oidc_role_map": "team=collector, legal=compliance",
        **more,
    }
    node = ledger.node
    node.settings = node.settings.model_copy(update=settings)
    node.__dict__.pop("identity", None)  # built anew, with these settings
    return node.identity


def oidc_of(ledger: Ledger, issuer: str) -> Oidc:
    oidc = identity_of(ledger, issuer).oidc
    assert oidc is not None
    return oidc


def sign_in(oidc: Oidc, provider: RunningProvider, subject: str, **changed: str) -> SignedIn:
    start = oidc.start(CALLBACK)
    back = provider.authorize(start.url, subject, **changed)
    return complete(oidc, back, start.binding)


def complete(oidc: Oidc, back: dict[str, str], binding: str, **changed: Any) -> SignedIn:
    given = {"state": back["state"], "code": back["code"], "binding": binding, **changed}
    return oidc.complete(**given, source=OFFICE, agent="Firefox")


def refused(call: Any) -> str:
    with pytest.raises(LedgerError) as caught:
        call()
    assert isinstance(caught.value, NotAuthenticatedError | NotPermittedError)
    why = caught.value.params.get("why")
    return caught.value.code + (f":{why}" if why else "")


def test_groups_give_roles_at_each_login(ledger: Ledger, provider: RunningProvider) -> None:
    oidc = oidc_of(ledger, provider.issuer)
    first = sign_in(oidc, provider, "u-1")
    assert first.principal.roles == {Role.COLLECTOR, Role.COMPLIANCE}
    (operator,) = ledger.node.identity.operators.list()
    assert (operator.login, operator.name, operator.has_password) == ("ann", "Ann Archer", False)
    assert operator.subject == f"{provider.issuer}|u-1"
    ledger.node.identity.operators.set_roles(operator.operator_id, [Role.SUPERVISOR], by=SHELL)
    again = sign_in(oidc, provider, "u-1")
    assert again.principal.operator_id == operator.operator_id
    assert again.principal.roles == {Role.COLLECTOR, Role.COMPLIANCE}
    assert ledger.node.identity.authenticator.by_session(again.token)[0] == again.principal
    assert ("operator.join", "done") in actions(ledger)


def test_the_address_carries_state_nonce_and_a_pkce_challenge(
    sqlite_ledger: Ledger, provider: RunningProvider
) -> None:
    oidc = oidc_of(sqlite_ledger, provider.issuer)
    start = oidc.start(CALLBACK)
    query = {name: values[0] for name, values in parse_qs(urlsplit(start.url).query).items()}
    assert query["code_challenge_method"] == "S256"
    assert query["redirect_uri"] == CALLBACK
    flow = oidc._use_flow(query["state"], start.binding)
    assert flow["nonce"] == query["nonce"]
    assert create_s256_code_challenge(str(flow["verifier"])) == query["code_challenge"]
    assert len({flow["nonce"], flow["verifier"], query["state"], start.binding}) == 4


def test_who_is_in_no_mapped_group_stays_outside(ledger: Ledger, provider: RunningProvider) -> None:
    oidc = oidc_of(ledger, provider.issuer)
    assert refused(lambda: sign_in(oidc, provider, "u-2")) == "oidc-no-role"
    assert ledger.node.identity.operators.list() == []
    assert actions(ledger) == [("session.login", "refused")]


def test_a_local_account_is_not_taken_over(ledger: Ledger, provider: RunningProvider) -> None:
    join(ledger, "local", Role.ADMINISTRATOR)
    oidc = oidc_of(ledger, provider.issuer)
    with pytest.raises(RefusedError) as caught:
        sign_in(oidc, provider, "u-3")
    assert caught.value.code == "operator-login-taken"


def test_a_disabled_operator_does_not_come_back_through_the_provider(
    ledger: Ledger, provider: RunningProvider
) -> None:
    oidc = oidc_of(ledger, provider.issuer)
    ann = sign_in(oidc, provider, "u-1").principal
    ledger.node.identity.operators.disable(ann.operator_id, by=SHELL)
    assert refused(lambda: sign_in(oidc, provider, "u-1")) == "operator-disabled"


def test_single_sign_on_is_no_step_up_but_asking_again_is(
    ledger: Ledger, provider: RunningProvider
) -> None:
    with running_provider("--asked-ago", "3600") as remembering:
        session = sign_in(oidc_of(ledger, remembering.issuer), remembering, "u-1").session
    with pytest.raises(NotAuthenticatedError) as caught:
        ledger.node.identity.sessions.require_recent(session)
    assert caught.value.code == "step-up-needed"

    oidc = oidc_of(ledger, provider.issuer)
    before = sign_in(oidc, provider, "u-3")
    start = oidc.start(CALLBACK, again=True)
    assert parse_qs(urlsplit(start.url).query)["prompt"] == ["login"]
    back = provider.authorize(start.url, "u-3")
    after = complete(oidc, back, start.binding, previous=before.token)
    ledger.node.identity.sessions.require_recent(after.session)
    with pytest.raises(NotAuthenticatedError):
        ledger.node.identity.authenticator.by_session(before.token)


def test_a_wrong_nonce_is_refused(ledger: Ledger, provider: RunningProvider) -> None:
    oidc = oidc_of(ledger, provider.issuer)
    found = refused(lambda: sign_in(oidc, provider, "u-1", nonce="planted"))
    assert found == "oidc-token:nonce"


def test_a_token_for_another_audience_is_refused(sqlite_ledger: Ledger) -> None:
    with running_provider("--audience", "somebody-else") as wrong:
        oidc = oidc_of(sqlite_ledger, wrong.issuer)
        assert refused(lambda: sign_in(oidc, wrong, "u-1")) == "oidc-token:aud"


def test_an_expired_token_is_refused(ledger: Ledger, provider: RunningProvider) -> None:
    oidc = oidc_of(ledger, provider.issuer)
    ledger.clock.move(2 * 3600)
    assert refused(lambda: sign_in(oidc, provider, "u-1")).startswith("oidc-token:")


def test_a_flow_is_good_once_and_a_code_too(ledger: Ledger, provider: RunningProvider) -> None:
    oidc = oidc_of(ledger, provider.issuer)
    start = oidc.start(CALLBACK)
    back = provider.authorize(start.url, "u-1")
    assert complete(oidc, back, start.binding)
    assert refused(lambda: complete(oidc, back, start.binding)) == "oidc-flow"
    other = oidc.start(CALLBACK)
    state = provider.authorize(other.url, "u-1")["state"]
    replayed = refused(lambda: complete(oidc, back, other.binding, state=state))
    assert replayed == "oidc-refused:invalid_grant"


def test_a_callback_in_another_browser_signs_nobody_in(
    ledger: Ledger, provider: RunningProvider
) -> None:
    oidc = oidc_of(ledger, provider.issuer)
    mine, theirs = oidc.start(CALLBACK), oidc.start(CALLBACK)
    back = provider.authorize(mine.url, "u-1")
    assert refused(lambda: complete(oidc, back, theirs.binding)) == "oidc-flow"
    assert refused(lambda: complete(oidc, back, mine.binding)) == "oidc-flow"  # used up


def test_a_flow_lives_ten_minutes(ledger: Ledger, provider: RunningProvider) -> None:
    oidc = oidc_of(ledger, provider.issuer)
    start = oidc.start(CALLBACK)
    back = provider.authorize(start.url, "u-1")
    ledger.clock.move(601)
    assert refused(lambda: complete(oidc, back, start.binding)) == "oidc-flow"


def test_a_provider_that_is_gone_is_an_outage(sqlite_ledger: Ledger) -> None:
    oidc = oidc_of(sqlite_ledger, "http://localhost:1")
    with pytest.raises(UnavailableError):
        oidc.start(CALLBACK)


@pytest.mark.parametrize(
    "wrong",
    [
        {"oidc_client": ""},
        {"oidc_role_map": "team=chief"},
        {"oidc_role_map": "team"},
        {"oidc_secret_file": "missing.secret"},
    ],
)
def test_settings_that_do_not_fit_are_named(sqlite_ledger: Ledger, wrong: dict[str, str]) -> None:
    identity = identity_of(sqlite_ledger, "https://login.bank.example", **wrong)
    with pytest.raises(ConfigurationError) as caught:
        _ = identity.oidc
    assert caught.value.params["name"] == next(iter(wrong))


def test_the_secret_comes_from_its_file(sqlite_ledger: Ledger) -> None:
    identity = identity_of(sqlite_ledger, "https://login.bank.example")
    assert oidc_config(identity.settings).secret == "s3cret"


def test_without_an_issuer_there_is_no_provider(sqlite_ledger: Ledger) -> None:
    assert sqlite_ledger.node.identity.oidc is None
