"""Sessions and API tokens: limits, revocation, scopes, and how fast they are found."""

import time

import pytest
from harness.ledger import Ledger
from harness.people import OFFICE, PASSWORD, SHELL, actions, join, person, sign_in
from sqlalchemy import text

from ledger.errors import LedgerError, LimitError, MalformedError, RefusedError
from node.errors import NotAuthenticatedError, NotPermittedError
from node.identity.permissions import Permission, Role
from node.identity.sessions import check_csrf, csrf_token


def session_error(ledger: Ledger, token: str) -> str:
    with pytest.raises(NotAuthenticatedError) as caught:
        ledger.node.identity.authenticator.by_session(token)
    return caught.value.code


def token_error(ledger: Ledger, token: str) -> str:
    with pytest.raises(NotAuthenticatedError) as caught:
        ledger.node.identity.authenticator.by_token(token)
    return caught.value.code


def make_token(ledger: Ledger, login: str, *scopes: Permission, days: int = 30) -> str:
    identity = ledger.node.identity
    owner = identity.operators.by_login(login)
    made = identity.tokens.create(SHELL, label="drop", scopes=scopes, days=days, owner=owner)
    return made.text


def test_a_session_ends_when_idle_and_altogether(ledger: Ledger) -> None:
    ann = person(ledger, "ann", Role.COLLECTOR)
    authenticator = ledger.node.identity.authenticator
    for _ in range(24):
        ledger.clock.move(29 * 60)
        assert authenticator.by_session(ann.token)
    ledger.clock.move(29 * 60)  # 12 h 5 min after the login
    assert session_error(ledger, ann.token) == "session-expired"
    idle = sign_in(ledger.node.identity, "ann").token
    ledger.clock.move(30 * 60 + 1)
    assert session_error(ledger, idle) == "session-expired"
    assert session_error(ledger, "invented") == "session-unknown"


def test_nothing_in_the_database_opens_a_session_or_is_a_token(ledger: Ledger) -> None:
    ann = person(ledger, "ann", Role.COLLECTOR)
    token = make_token(ledger, "ann", Permission.EVIDENCE_SEAL)
    secret = token.split("_", 2)[2]
    with ledger.node.database.read() as connection:
        for table in ("web_session", "api_token", "audit_entry", "operator"):
            for row in connection.execute(text(f"SELECT * FROM {table}")):  # noqa: S608 - our own names
                for cell in row:
                    data = cell if isinstance(cell, bytes) else str(cell).encode()
                    assert ann.token.encode() not in data
                    assert secret.encode() not in data
                    assert PASSWORD.encode() not in data


def test_people_see_and_end_their_own_sessions_and_administrators_all(ledger: Ledger) -> None:
    identity = ledger.node.identity
    ann, bob = person(ledger, "ann", Role.COLLECTOR), person(ledger, "bob", Role.COLLECTOR)
    second = sign_in(identity, "ann", source="192.0.2.99")
    assert {each.source for each in identity.sessions.of(ann.id)} == {OFFICE, "192.0.2.99"}
    with pytest.raises(NotPermittedError):
        identity.sessions.revoke(second.session.session_id, by=bob.principal)
    identity.sessions.revoke(second.session.session_id, by=ann.principal)
    assert session_error(ledger, second.token) == "session-unknown"
    assert identity.authenticator.by_session(ann.token)
    with pytest.raises(NotPermittedError):
        identity.sessions.revoke_all(ann.id, by=bob.principal)
    assert identity.sessions.revoke_all(ann.id, by=SHELL) == 1
    assert session_error(ledger, ann.token) == "session-unknown"
    with pytest.raises(RefusedError):
        identity.sessions.revoke("0" * 16, by=SHELL)


def test_a_login_ends_the_session_that_the_browser_had(ledger: Ledger) -> None:
    identity = ledger.node.identity
    ann = person(ledger, "ann", Role.COLLECTOR)
    new = identity.login.sign_in(
        "ann", PASSWORD, code=None, source=OFFICE, agent="x", previous=ann.token
    )
    assert session_error(ledger, ann.token) == "session-unknown"
    identity.login.sign_out(new.token)
    identity.login.sign_out(new.token)
    assert session_error(ledger, new.token) == "session-unknown"
    assert actions(ledger).count(("session.logout", "done")) == 1


def test_a_csrf_token_fits_its_session_only(ledger: Ledger) -> None:
    ann, bob = person(ledger, "ann", Role.COLLECTOR), person(ledger, "bob", Role.COLLECTOR)
    check_csrf(ann.token, ann.signed_in.csrf)
    for wrong in (bob.signed_in.csrf, "", "é", csrf_token("x")):
        with pytest.raises(NotPermittedError):
            check_csrf(ann.token, wrong)


def test_a_disabled_operator_is_out_at_once_in_this_process_and_soon_in_others(
    ledger: Ledger,
) -> None:
    ann = person(ledger, "ann", Role.COLLECTOR)
    token = make_token(ledger, "ann", Permission.EVIDENCE_READ)
    authenticator = ledger.node.identity.authenticator
    assert authenticator.by_session(ann.token)
    assert authenticator.by_token(token)
    with ledger.node.database.write() as connection:  # another process
        connection.execute(text("UPDATE operator SET disabled_at = '2026-11-24T08:00:00.000Z'"))
    assert authenticator.by_token(token)
    ledger.clock.move(5)
    assert token_error(ledger, token) == "operator-disabled"
    assert session_error(ledger, ann.token) == "operator-disabled"
    ledger.node.identity.operators.enable(ann.id, by=SHELL)
    assert authenticator.by_token(token)
    ledger.node.identity.operators.disable(ann.id, by=SHELL)
    assert token_error(ledger, token) == "operator-disabled"
    assert session_error(ledger, ann.token) == "session-unknown"


def test_a_token_may_what_scopes_and_present_roles_both_allow(ledger: Ledger) -> None:
    identity = ledger.node.identity
    ann = join(ledger, "ann", Role.SUPERVISOR)
    token = make_token(ledger, "ann", Permission.EVIDENCE_SEAL, Permission.CONTENT_READ)
    principal = identity.authenticator.by_token(token)
    assert principal.permissions == {Permission.EVIDENCE_SEAL, Permission.CONTENT_READ}
    assert principal.actor == f"{ann.operator_id}/{principal.token_id}"
    identity.operators.set_roles(ann.operator_id, [Role.COLLECTOR], by=SHELL)
    assert identity.authenticator.by_token(token).permissions == {Permission.EVIDENCE_SEAL}


def test_a_token_has_no_more_than_its_owner_and_makes_no_tokens(ledger: Ledger) -> None:
    identity = ledger.node.identity
    ann = person(ledger, "ann", Role.COLLECTOR)
    chief = person(ledger, "chief", Role.ADMINISTRATOR)
    with pytest.raises(NotPermittedError):
        make_token(ledger, "ann", Permission.CONTENT_READ)
    read = [Permission.EVIDENCE_READ]
    made = identity.tokens.create(ann.principal, label="x", scopes=read, days=1)
    by_token = identity.authenticator.by_token(made.text)
    with pytest.raises(NotPermittedError):
        identity.tokens.create(by_token, label="x", scopes=read, days=1)
    with pytest.raises(NotPermittedError):  # not even an administrator acts under another's name
        identity.tokens.create(chief.principal, label="x", scopes=read, days=1, owner=ann.operator)


@pytest.mark.parametrize(
    ("label", "scopes", "days", "family"),
    [
        ("x", [], 1, MalformedError),
        ("", [Permission.EVIDENCE_READ], 1, MalformedError),
        ("x", [Permission.EVIDENCE_READ], 0, LimitError),
        ("x", [Permission.EVIDENCE_READ], 366, LimitError),
    ],
)
def test_a_token_without_label_scope_or_end_is_refused(
    sqlite_ledger: Ledger,
    label: str,
    scopes: list[Permission],
    days: int,
    family: type[LedgerError],
) -> None:
    ann = person(sqlite_ledger, "ann", Role.COLLECTOR)
    with pytest.raises(family):
        sqlite_ledger.node.identity.tokens.create(
            ann.principal, label=label, scopes=scopes, days=days
        )


def test_tokens_expire_and_are_revoked(ledger: Ledger) -> None:
    identity = ledger.node.identity
    bob = person(ledger, "bob", Role.COLLECTOR)
    join(ledger, "ann", Role.COLLECTOR)
    short = make_token(ledger, "ann", Permission.EVIDENCE_READ, days=1)
    other = make_token(ledger, "ann", Permission.EVIDENCE_READ)
    assert identity.authenticator.by_token(other)
    name = other.split("_")[1]
    with pytest.raises(NotPermittedError):
        identity.tokens.revoke(name, by=bob.principal)
    identity.tokens.revoke(name, by=SHELL)
    identity.tokens.revoke(name, by=SHELL)
    assert token_error(ledger, other) == "token-revoked"
    ledger.clock.move(86400)
    assert token_error(ledger, short) == "token-expired"
    wrong = short[:-1] + ("A" if short[-1] != "A" else "B")
    for text_ in (wrong, "lz_x_y", "", "Bearer " + short):
        assert token_error(ledger, text_) == "token-unknown"
    listed = {each.token_id: each for each in identity.tokens.list()}
    assert listed[name].revoked_at is not None
    assert listed[name].last_used_at is not None


def test_a_request_with_a_known_token_costs_no_query(sqlite_ledger: Ledger) -> None:
    """The limit that the API has to keep is 1,000 requests a second; a cached look-up takes microseconds."""
    join(sqlite_ledger, "ann", Role.COLLECTOR)
    token = make_token(sqlite_ledger, "ann", Permission.EVIDENCE_READ)
    authenticator = sqlite_ledger.node.identity.authenticator
    authenticator.by_token(token)
    sqlite_ledger.node.database.dispose()
    began = time.perf_counter()
    for _ in range(2000):
        authenticator.by_token(token)
    assert time.perf_counter() - began < 0.5
