"""Signing in, stepping up, second factors, and growing delays."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
import pytest
from harness.ledger import Ledger
from harness.people import OFFICE, PASSWORD, SHELL, actions, join, person, sign_in
from sqlalchemy import text

from ledger.errors import LedgerError, RefusedError
from node.errors import NotAuthenticatedError, TooManyRequestsError
from node.identity.login import Login, SignedIn
from node.identity.permissions import Role

STRANGER = "203.0.113.5"


def code_of(error: pytest.ExceptionInfo[LedgerError]) -> str:
    return error.value.code


def fail(ledger: Ledger, login: str, source: str = OFFICE) -> str:
    with pytest.raises(LedgerError) as caught:
        sign_in(ledger.node.identity, login, "wrong password here", source)
    return code_of(caught)


def with_code(ledger: Ledger, login: str, code: str | None) -> SignedIn:
    return ledger.node.identity.login.sign_in(
        login, PASSWORD, code=code, source=OFFICE, agent="Firefox"
    )


def test_wrong_unknown_and_disabled_get_one_answer(ledger: Ledger) -> None:
    ann = join(ledger, "ann", Role.COLLECTOR)
    join(ledger, "bob", Role.COLLECTOR)
    ledger.node.identity.operators.disable(ann.operator_id, by=SHELL)
    assert fail(ledger, "bob") == fail(ledger, "nobody") == fail(ledger, "a b c") == "login-failed"
    with pytest.raises(NotAuthenticatedError) as caught:
        sign_in(ledger.node.identity, "ann")
    assert code_of(caught) == "login-failed"
    assert ("session.login", "refused") in actions(ledger)


def test_guesses_are_delayed_longer_and_longer(ledger: Ledger) -> None:
    join(ledger, "ann", Role.COLLECTOR)
    assert [fail(ledger, "ann") for _ in range(6)] == ["login-failed"] * 6
    waits = []
    for _ in range(3):
        with pytest.raises(TooManyRequestsError) as caught:
            sign_in(ledger.node.identity, "ann")
        waits.append(caught.value.params["seconds"])
        ledger.clock.move(float(str(waits[-1])))
        assert fail(ledger, "ann") == "login-failed"
    assert waits == [2, 4, 8]
    ledger.clock.move(60)
    assert sign_in(ledger.node.identity, "ann")
    assert fail(ledger, "ann") == "login-failed"  # forgiven: free attempts again


def test_delays_outlive_the_process(ledger: Ledger) -> None:
    join(ledger, "ann", Role.COLLECTOR)
    for _ in range(6):
        fail(ledger, "ann")
    assert fail(ledger.restarted(), "ann") == "login-delayed"


def test_a_stranger_delays_strangers_and_not_the_operator(ledger: Ledger) -> None:
    person(ledger, "ann", Role.COLLECTOR)  # has signed in from the office
    for n in range(40):
        fail(ledger, "ann", f"203.0.113.{n}")
    assert fail(ledger, "ann", "203.0.113.99") == "login-delayed"
    assert sign_in(ledger.node.identity, "ann", source=OFFICE)


def test_one_source_that_tries_many_accounts_is_delayed(ledger: Ledger) -> None:
    found = [fail(ledger, f"guess{n}", STRANGER) for n in range(23)]
    assert found[:21] == ["login-failed"] * 21
    assert found[21:] == ["login-delayed"] * 2
    assert fail(ledger, "guess0", OFFICE) == "login-failed"


def test_own_success_does_not_clear_the_way_for_guesses_at_others(ledger: Ledger) -> None:
    join(ledger, "ann", Role.COLLECTOR)
    join(ledger, "mallory", Role.COLLECTOR)
    for n in range(21):
        fail(ledger, f"ann{n}", STRANGER)
    ledger.clock.move(2)
    sign_in(ledger.node.identity, "mallory", source=STRANGER)
    fail(ledger, "ann", STRANGER)
    assert fail(ledger, "ann", STRANGER) == "login-delayed"


def test_parallel_guesses_count_as_many(ledger: Ledger) -> None:
    join(ledger, "ann", Role.COLLECTOR)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: fail(ledger, "ann"), range(16)))
    assert found.count("login-failed") <= 6


def test_a_second_factor_is_asked_for_after_the_password_and_each_code_counts_once(
    ledger: Ledger,
) -> None:
    ann = person(ledger, "ann", Role.COLLECTOR)
    factor, now = ledger.node.identity.second_factor, ledger.clock.now
    enrolment = factor.begin(ann.id)
    totp = pyotp.TOTP(enrolment.secret)
    assert "Lianzheng" in enrolment.uri
    recovery = factor.confirm(ann.id, totp.at(now()))
    assert len(set(recovery)) == 10

    with pytest.raises(NotAuthenticatedError) as caught:
        with_code(ledger, "ann", None)
    assert code_of(caught) == "second-factor-needed"
    with pytest.raises(NotAuthenticatedError) as caught:
        with_code(ledger, "ann", totp.at(now()))  # the one that confirmed
    assert code_of(caught) == "second-factor-wrong"
    ledger.clock.move(30)
    code = totp.at(now())
    assert with_code(ledger, "ann", code)
    with pytest.raises(NotAuthenticatedError):
        with_code(ledger, "ann", code)
    assert with_code(ledger, "ann", recovery[3].upper().replace("-", " "))
    with pytest.raises(NotAuthenticatedError):
        with_code(ledger, "ann", recovery[3])


def test_codes_cannot_be_guessed_by_who_knows_the_password(ledger: Ledger) -> None:
    ann = person(ledger, "ann", Role.COLLECTOR)
    factor = ledger.node.identity.second_factor
    totp = pyotp.TOTP(factor.begin(ann.id).secret)
    factor.confirm(ann.id, totp.at(ledger.clock.now()))
    for _ in range(6):
        with pytest.raises(NotAuthenticatedError):
            with_code(ledger, "ann", None)  # right password, no code: clears nothing
        with pytest.raises(NotAuthenticatedError):
            with_code(ledger, "ann", "000000")
    with pytest.raises(TooManyRequestsError):
        with_code(ledger, "ann", "000001")


def test_a_wrong_code_confirms_nothing_and_a_secret_is_no_ones_plain_text(ledger: Ledger) -> None:
    ann = person(ledger, "ann", Role.COLLECTOR)
    factor = ledger.node.identity.second_factor
    secret = factor.begin(ann.id).secret
    with pytest.raises(NotAuthenticatedError):
        factor.confirm(ann.id, "000000")
    assert sign_in(ledger.node.identity, "ann")  # not on yet
    with ledger.node.database.read() as connection:
        stored = connection.scalar(text("SELECT totp_secret FROM operator"))
    assert secret.encode() not in bytes(stored)
    factor.confirm(ann.id, pyotp.TOTP(secret).at(ledger.clock.now()))
    with pytest.raises(RefusedError):
        factor.begin(ann.id)
    factor.remove(ann.id, by=SHELL)
    assert sign_in(ledger.node.identity, "ann")


def test_stepping_up_gives_a_new_token_and_is_recent(ledger: Ledger) -> None:
    identity = ledger.node.identity
    ann = person(ledger, "ann", Role.COLLECTOR)
    ledger.clock.move(601)
    _, session = identity.authenticator.by_session(ann.token)
    with pytest.raises(NotAuthenticatedError) as caught:
        identity.sessions.require_recent(session)
    assert code_of(caught) == "step-up-needed"
    with pytest.raises(NotAuthenticatedError):
        identity.login.step_up(ann.token, password="wrong password here", source=OFFICE)
    up = identity.login.step_up(ann.token, password=PASSWORD, source=OFFICE)
    identity.sessions.require_recent(up.session)
    with pytest.raises(NotAuthenticatedError):
        identity.authenticator.by_session(ann.token)
    assert identity.authenticator.by_session(up.token)[1].session_id == session.session_id


def test_hashes_follow_the_librarys_parameters(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(ledger, "ann", Role.COLLECTOR)

    def stored() -> str:
        with ledger.node.database.read() as connection:
            return str(connection.scalar(text("SELECT password_hash FROM operator")))

    before = stored()
    sign_in(ledger.node.identity, "ann")
    assert stored() == before
    monkeypatch.setattr("node.identity.passwords.is_outdated", lambda _stored: True)
    sign_in(ledger.node.identity, "ann")
    assert stored() != before
    assert sign_in(ledger.node.identity, "ann")


def test_a_changed_password_ends_all_sessions(ledger: Ledger) -> None:
    ann = person(ledger, "ann", Role.COLLECTOR)
    operators = ledger.node.identity.operators
    with pytest.raises(NotAuthenticatedError):
        operators.change_password(ann.id, current="wrong password here", new="quiet river stars")
    with pytest.raises(RefusedError):
        operators.change_password(ann.id, current=PASSWORD, new="short")
    operators.change_password(ann.id, current=PASSWORD, new="quiet river under stars")
    with pytest.raises(NotAuthenticatedError):
        ledger.node.identity.authenticator.by_session(ann.token)


@pytest.mark.parametrize("change", ["password", "disable"])
def test_a_login_under_way_does_not_outlive_a_changed_password_or_a_closed_account(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    identity = ledger.node.identity
    ann = join(ledger, "ann", Role.COLLECTOR)
    accept = Login._accept

    def accept_then_change(*arguments: Any) -> Any:
        verified = accept(*arguments)
        if change == "disable":
            identity.operators.disable(ann.operator_id, by=SHELL)
        else:
            token = identity.invitations.reset(ann.operator_id, by=SHELL)
            identity.invitations.accept_reset(token, password="quiet river under stars")
        return verified

    monkeypatch.setattr(Login, "_accept", accept_then_change)
    with pytest.raises(NotAuthenticatedError):
        sign_in(identity, "ann")
    assert identity.sessions.of(ann.operator_id) == []
