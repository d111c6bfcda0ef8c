"""One's own account over the API: password, second factor, sessions; and what an administrator does."""

from typing import Any

import pyotp
import pytest
from harness.people import actions
from harness.service import PASSWORD, Api

from node.identity.permissions import Role

NEW = "quiet river under stars"


def ask(api: Api, method: str, path: str, headers: dict[str, str], body: Any = None) -> Any:
    given = {} if body is None else {"json": body}
    return api.client.request(method, f"/v1/{path}", headers=headers, **given)


def code(answer: Any) -> str:
    return str(answer.json()["code"])


@pytest.fixture
def ann(api: Api) -> dict[str, str]:
    api.operator("ann", Role.COLLECTOR)
    return api.sign_in("ann")


@pytest.fixture
def chief(api: Api) -> dict[str, str]:
    api.operator("chief", Role.ADMINISTRATOR)
    return api.sign_in("chief")


def test_a_second_factor_is_set_up_used_and_turned_off(api: Api, ann: dict[str, str]) -> None:
    begun = ask(api, "POST", "account/second-factor", ann)
    assert begun.status_code == 201
    assert begun.json()["uri"].startswith("otpauth://totp/")
    confirm = "account/second-factor/confirm"
    assert code(ask(api, "POST", confirm, ann, {"code": "no"})) == "second-factor-wrong"
    digits = pyotp.TOTP(begun.json()["secret"]).at(api.ledger.clock.now())
    codes = ask(api, "POST", confirm, ann, {"code": digits}).json()["recovery_codes"]
    assert len(codes) == 10
    assert code(ask(api, "POST", "account/second-factor", ann)) == "second-factor-exists"
    sign_in = {"login": "ann", "password": PASSWORD}
    assert code(ask(api, "POST", "session", {}, sign_in)) == "second-factor-needed"
    assert ask(api, "POST", "session", {}, {**sign_in, "code": codes[0]}).status_code == 201
    assert ask(api, "DELETE", "account/second-factor", ann).status_code == 204
    api.client.cookies.clear()
    assert ask(api, "POST", "session", {}, sign_in).status_code == 201


def test_a_new_password_ends_every_session(api: Api, ann: dict[str, str]) -> None:
    wrong = ask(api, "POST", "account/password", ann, {"current": "guess", "new": NEW})
    assert code(wrong) == "login-failed"
    assert ask(api, "GET", "session", ann).status_code == 200
    done = ask(api, "POST", "account/password", ann, {"current": PASSWORD, "new": NEW})
    assert done.status_code == 204
    assert ask(api, "GET", "session", ann).status_code == 401


def test_a_token_changes_nothing_of_its_owners_account(api: Api) -> None:
    token = api.token(*Role)
    for method, path, body in (
        ("POST", "account/second-factor", None),
        ("POST", "account/second-factor/confirm", {"code": "1"}),
        ("DELETE", "account/second-factor", None),
        ("POST", "account/password", {"current": PASSWORD, "new": NEW}),
    ):
        answer = ask(api, method, path, token, body)
        assert (answer.status_code, code(answer)) == (403, "session-needed")


def test_what_outlives_a_session_wants_a_password_shown_lately(
    api: Api, ann: dict[str, str]
) -> None:
    api.ledger.clock.move(11 * 60)
    for method, path in (
        ("POST", "account/second-factor"),
        ("DELETE", "account/second-factor"),
    ):
        assert code(ask(api, method, path, ann)) == "step-up-needed"


def test_people_see_and_end_their_own_sessions_and_administrators_everybodys(
    api: Api, ann: dict[str, str], chief: dict[str, str]
) -> None:
    other = api.sign_in("ann")
    mine = ask(api, "GET", "sessions", ann).json()
    assert len(mine) == 2
    everybody = ask(api, "GET", "sessions", chief).json()
    assert len(everybody) == 3
    (own,) = [each for each in everybody if each not in mine]
    refused = ask(api, "DELETE", f"sessions/{own['session_id']}", ann)
    assert code(refused) == "not-permitted"
    for session in mine:
        assert ask(api, "DELETE", f"sessions/{session['session_id']}", chief).status_code == 204
    assert ask(api, "GET", "session", ann).status_code == 401
    assert ask(api, "GET", "session", other).status_code == 401
    gone = ask(api, "DELETE", f"sessions/{mine[0]['session_id']}", chief)
    assert (gone.status_code, code(gone)) == (404, "session-none")


def test_an_administrator_resets_closes_and_opens_an_account(
    api: Api, ann: dict[str, str], chief: dict[str, str]
) -> None:
    name = ask(api, "GET", "session", ann).json()["operator_id"]
    link = ask(api, "POST", f"operators/{name}/reset", chief).json()["link"]
    invitations = api.ledger.node.identity.invitations
    invitations.accept_reset(link.rpartition("/")[2], password=NEW)
    assert ask(api, "GET", "session", ann).status_code == 401
    assert ask(api, "DELETE", f"operators/{name}/second-factor", chief).status_code == 204
    assert ask(api, "POST", f"operators/{name}/disable", chief).status_code == 204
    login = {"login": "ann", "password": NEW}
    assert ask(api, "POST", "session", {}, login).status_code == 401
    assert ask(api, "POST", f"operators/{name}/enable", chief).status_code == 204
    assert ask(api, "POST", "session", {}, login).status_code == 201
    done = actions(api.ledger)
    for action in ("invitation.reset", "second-factor.off", "operator.enable"):
        assert (action, "done") in done


def test_custody_is_shown_as_it_was_sealed(api: Api, ann: dict[str, str]) -> None:
    steps = [
        {"at": "2026-11-24T07:00:00.000Z", "action": "captured", "giver": "", "holder": "pbx-2",
         "sha256": None},
        {"at": "2026-11-24T07:10:00.000Z", "action": "transferred", "giver": "pbx-2",
         "holder": "archive", "sha256": None},
    ]  # fmt: skip
    sealed = api.seal(ann, custody=steps)
    found = ask(api, "GET", f"evidence/{sealed['id']}/custody", ann).json()
    assert found == {"entries": steps}
    plain = api.seal(ann)
    assert ask(api, "GET", f"evidence/{plain['id']}/custody", ann).json() == {"entries": []}


def test_an_upload_that_begins_or_is_cancelled_is_in_the_trail(
    api: Api, ann: dict[str, str]
) -> None:
    begun = ask(api, "POST", "uploads", ann, {"kind": "call_recording"}).json()
    assert ask(api, "DELETE", f"uploads/{begun['upload_id']}", ann).status_code == 204
    done = [action for action, _ in actions(api.ledger)]
    assert done[-2:] == ["upload.start", "upload.cancel"]
