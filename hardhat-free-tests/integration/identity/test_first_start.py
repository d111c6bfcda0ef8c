"""The first administrator, invitations, and links for lost passwords."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from harness.ledger import Ledger
from harness.people import PASSWORD, SHELL, actions, join, person, sign_in

from ledger.errors import LedgerError, RefusedError
from node.errors import NotAuthenticatedError, NotPermittedError
from node.identity.people import Operator
from node.identity.permissions import Role


def first_token(ledger: Ledger) -> str:
    address = ledger.node.identity.invitations.invitation("https://bank.example/")
    assert address is not None
    assert address.startswith("https://bank.example/invitation/")
    return address.rpartition("/")[2]


def accept(ledger: Ledger, token: str, login: str = "ann") -> Operator:
    return ledger.node.identity.invitations.accept(
        token, name="Ann Archer", login=login, password=PASSWORD
    )


def test_whoever_opens_the_first_link_becomes_administrator_and_it_is_gone(ledger: Ledger) -> None:
    token = first_token(ledger)
    operator = accept(ledger, token)
    assert operator.roles == {Role.ADMINISTRATOR}
    assert ledger.node.identity.invitations.invitation("https://bank.example") is None
    with pytest.raises(RefusedError):
        accept(ledger, token, "bob")
    assert sign_in(ledger.node.identity, "ANN").principal.operator_id == operator.operator_id


def test_each_start_makes_a_new_link_and_ends_the_one_before(ledger: Ledger) -> None:
    old, new = first_token(ledger), first_token(ledger)
    with pytest.raises(RefusedError):
        accept(ledger, old)
    assert accept(ledger, new)


def test_a_link_is_good_for_a_day(ledger: Ledger) -> None:
    token = first_token(ledger)
    ledger.clock.move(timedelta(hours=24).total_seconds())
    with pytest.raises(RefusedError):
        accept(ledger, token)


def test_the_first_link_dies_with_the_first_account(ledger: Ledger) -> None:
    token = first_token(ledger)
    join(ledger, "bob", Role.COLLECTOR)
    with pytest.raises(RefusedError):
        accept(ledger, token)


def test_of_two_who_open_one_link_at_once_one_gets_in(ledger: Ledger) -> None:
    token, start = first_token(ledger), Barrier(2)

    def work(login: str) -> bool:
        start.wait()
        try:
            accept(ledger, token, login)
        except LedgerError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, ("ann", "bob"))) == [False, True]
    assert len(ledger.node.identity.operators.list()) == 1


def test_a_refused_password_or_login_does_not_use_the_link_up(ledger: Ledger) -> None:
    join(ledger, "taken", Role.COLLECTOR)
    invitations = ledger.node.identity.invitations
    token = invitations.invite([Role.AUDITOR], by=SHELL)
    for login, password in (("ann", "short"), ("taken", PASSWORD), ("a b", PASSWORD)):
        with pytest.raises(LedgerError):
            invitations.accept(token, name="Ann", login=login, password=password)
    assert invitations.look(token).roles == {Role.AUDITOR}
    assert accept(ledger, token).roles == {Role.AUDITOR}


def test_only_administrators_invite(ledger: Ledger) -> None:
    bob = person(ledger, "bob", Role.SUPERVISOR)
    with pytest.raises(NotPermittedError):
        ledger.node.identity.invitations.invite([Role.COLLECTOR], by=bob.principal)
    with pytest.raises(NotPermittedError):
        ledger.node.identity.invitations.reset(bob.id, by=bob.principal)


def test_a_lost_password_is_chosen_anew_and_sessions_end(ledger: Ledger) -> None:
    identity = ledger.node.identity
    bob = person(ledger, "bob", Role.COLLECTOR)
    token = identity.invitations.reset(bob.id, by=SHELL)
    with pytest.raises(RefusedError):
        accept(ledger, token)  # it makes no account
    identity.invitations.accept_reset(token, password="quiet river under stars")
    with pytest.raises(NotAuthenticatedError):
        identity.authenticator.by_session(bob.token)
    with pytest.raises(NotAuthenticatedError):
        sign_in(identity, "bob")
    assert sign_in(identity, "bob", "quiet river under stars")
    with pytest.raises(RefusedError):
        identity.invitations.accept_reset(token, password="quiet river under stars")
    assert ("operator.reset", "done") in actions(ledger)
