"""Accounts, and releases by four eyes."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from harness.ledger import Ledger
from harness.people import SHELL, Person, actions, join, person

from ledger.errors import LedgerError, MalformedError, RefusedError, UnavailableError
from node.errors import NotPermittedError
from node.identity.people import Release
from node.identity.permissions import Permission, Role
from node.identity.releases import ReleaseKind, Releases


@pytest.fixture
def done() -> list[Release]:
    return []


@pytest.fixture
def people(ledger: Ledger) -> tuple[Person, Person]:
    """One who asks and could also decide, and one who decides."""
    ann = person(ledger, "ann", Role.COMPLIANCE, Role.SUPERVISOR)
    return ann, person(ledger, "bob", Role.SUPERVISOR)


@pytest.fixture
def releases(ledger: Ledger, done: list[Release]) -> Releases:
    found = ledger.node.identity.releases
    found.register("erasure", ReleaseKind(Permission.ERASURE_REQUEST, done.append))
    return found


def ask(releases: Releases, by: Person, kind: str = "erasure") -> str:
    made = releases.request(
        by.principal, kind=kind, subject="e1", reason="asked for", details={"days": 30}
    )
    return made.release_id


def code(error: pytest.ExceptionInfo[LedgerError]) -> str:
    return error.value.code


def test_one_asks_another_approves_and_it_is_carried_out_once(
    ledger: Ledger, releases: Releases, people: tuple[Person, Person], done: list[Release]
) -> None:
    ann, bob = people
    name = ask(releases, ann)
    with pytest.raises(RefusedError):
        releases.execute(name, ann.principal)  # not approved yet
    approved = releases.decide(name, bob.principal, approve=True, reason="checked")
    assert (approved.state, approved.decided_by) == ("approved", bob.id)
    assert releases.execute(name, ann.principal).state == "done"
    with pytest.raises(RefusedError):
        releases.execute(name, ann.principal)
    assert [each.details for each in done] == [{"days": 30}]
    steps = [action for action, _ in actions(ledger) if action.startswith("release.")]
    assert steps == ["release.request", "release.approve", "release.claim", "release.done"]


def test_nobody_decides_their_own_request(
    ledger: Ledger, releases: Releases, people: tuple[Person, Person]
) -> None:
    ann, _ = people
    name = ask(releases, ann)
    for approve in (True, False):
        with pytest.raises(NotPermittedError) as caught:
            releases.decide(name, ann.principal, approve=approve, reason="mine")
        assert code(caught) == "release-own"
    assert releases.get(name).state == "open"
    assert ("release.decide", "refused") in actions(ledger)


def test_neither_a_token_nor_a_bare_command_nor_who_may_not_decides(
    ledger: Ledger, releases: Releases, people: tuple[Person, Person]
) -> None:
    ann, bob = people
    name = ask(releases, ann)
    identity = ledger.node.identity
    scopes = [Permission.RELEASE_DECIDE]
    token = identity.tokens.create(bob.principal, label="x", scopes=scopes, days=1)
    clerk = person(ledger, "clerk", Role.COLLECTOR)
    for by in (identity.authenticator.by_token(token.text), SHELL, clerk.principal):
        with pytest.raises(NotPermittedError):
            releases.decide(name, by, approve=True, reason="why not")
    assert releases.get(name).state == "open"


def test_who_lost_the_role_a_moment_ago_decides_nothing(
    ledger: Ledger, releases: Releases, people: tuple[Person, Person]
) -> None:
    ann, bob = people
    name = ask(releases, ann)
    ledger.node.identity.operators.set_roles(bob.id, [Role.COLLECTOR], by=SHELL)
    with pytest.raises(NotPermittedError):
        releases.decide(name, bob.principal, approve=True, reason="with an old session")


def test_a_refused_or_expired_request_is_never_carried_out(
    ledger: Ledger, releases: Releases, people: tuple[Person, Person], done: list[Release]
) -> None:
    ann, bob = people
    refused, late, open_ = ask(releases, ann), ask(releases, ann), ask(releases, ann)
    releases.decide(refused, bob.principal, approve=False, reason="not ours")
    releases.decide(late, bob.principal, approve=True, reason="fine")
    ledger.clock.move(7 * 86400)
    for name in (refused, late):
        with pytest.raises(RefusedError):
            releases.execute(name, ann.principal)
    with pytest.raises(RefusedError) as caught:
        releases.decide(open_, bob.principal, approve=True, reason="late")
    assert code(caught) == "release-expired"
    with pytest.raises(RefusedError):
        releases.decide(refused, bob.principal, approve=True, reason="again")
    assert done == []


def test_of_many_who_carry_it_out_at_once_one_does(
    releases: Releases, people: tuple[Person, Person], done: list[Release]
) -> None:
    ann, bob = people
    name = ask(releases, ann)
    releases.decide(name, bob.principal, approve=True, reason="fine")
    start = Barrier(4)

    def work(_: int) -> bool:
        start.wait()
        try:
            releases.execute(name, ann.principal)
        except LedgerError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(work, range(4))) == [False, False, False, True]
    assert len(done) == 1


def test_what_fails_is_failed_and_what_crashes_stays_claimed(
    releases: Releases, people: tuple[Person, Person]
) -> None:
    ann, bob = people
    failure: list[Exception] = [UnavailableError("file-unwritable", file="x", why="full")]

    def execute(_: Release) -> None:
        raise failure[0]

    releases.register("erasure", ReleaseKind(Permission.ERASURE_REQUEST, execute))
    failed, crashed = ask(releases, ann), ask(releases, ann)
    for name in (failed, crashed):
        releases.decide(name, bob.principal, approve=True, reason="fine")
    with pytest.raises(UnavailableError):
        releases.execute(failed, ann.principal)
    assert releases.get(failed).state == "failed"
    failure[0] = RuntimeError()
    with pytest.raises(RuntimeError):
        releases.execute(crashed, ann.principal)
    assert releases.get(crashed).state == "claimed"
    with pytest.raises(RefusedError):
        releases.execute(crashed, ann.principal)
    assert [each.release_id for each in releases.list("claimed")] == [crashed]


def test_requests_need_the_permission_a_known_kind_and_a_reason(
    releases: Releases, people: tuple[Person, Person]
) -> None:
    ann, bob = people
    with pytest.raises(NotPermittedError):
        ask(releases, bob)
    with pytest.raises(MalformedError):
        ask(releases, ann, kind="unknown")
    for subject, reason in (("", "r"), ("x" * 129, "r"), ("x", " "), ("x", "r" * 501)):
        with pytest.raises(MalformedError):
            releases.request(ann.principal, kind="erasure", subject=subject, reason=reason)
    with pytest.raises(RefusedError):
        releases.get("0" * 16)


def test_the_last_administrator_stays_one(ledger: Ledger) -> None:
    operators = ledger.node.identity.operators
    ann, bob = person(ledger, "ann", Role.ADMINISTRATOR), person(ledger, "bob", Role.ADMINISTRATOR)
    operators.disable(bob.id, by=ann.principal)
    for change in (
        lambda: operators.disable(ann.id, by=SHELL),
        lambda: operators.set_roles(ann.id, [Role.AUDITOR], by=SHELL),
    ):
        with pytest.raises(RefusedError) as caught:
            change()
        assert code(caught) == "operator-last-administrator"
    operators.enable(bob.id, by=ann.principal)
    operators.disable(ann.id, by=bob.principal)


def test_two_administrators_who_disable_each_other_leave_one(ledger: Ledger) -> None:
    operators = ledger.node.identity.operators
    ann, bob = person(ledger, "ann", Role.ADMINISTRATOR), person(ledger, "bob", Role.ADMINISTRATOR)
    start = Barrier(2)

    def work(pair: tuple[Person, Person]) -> None:
        start.wait()
        try:
            operators.disable(pair[0].id, by=pair[1].principal)
        except LedgerError:
            return

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, ((ann, bob), (bob, ann))))
    assert len([each for each in operators.list() if each.disabled_at is None]) == 1


def test_nobody_gives_themselves_roles_and_only_administrators_give_any(ledger: Ledger) -> None:
    operators = ledger.node.identity.operators
    ann = person(ledger, "ann", Role.ADMINISTRATOR)
    bob = person(ledger, "bob", Role.SUPERVISOR)
    with pytest.raises(RefusedError):
        operators.set_roles(ann.id, [Role.ADMINISTRATOR, Role.AUDITOR], by=ann.principal)
    with pytest.raises(NotPermittedError):
        operators.set_roles(ann.id, [Role.AUDITOR], by=bob.principal)
    operators.set_roles(bob.id, [Role.AUDITOR], by=ann.principal)
    assert operators.get(bob.id).roles == {Role.AUDITOR}
    with pytest.raises(MalformedError):
        operators.set_roles(bob.id, [], by=ann.principal)
    with pytest.raises(RefusedError):
        operators.get("0" * 16)
    with pytest.raises(RefusedError):
        join(ledger, "BOB", Role.COLLECTOR)
