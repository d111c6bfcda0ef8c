"""What pages show and do: filters, personal data only on request, four eyes, secrets that are shown once."""

import re

import pyotp
from harness.browsing import Browser, Console
from harness.people import actions
from harness.service import PASSWORD

from ledger.store import alarms, witnessed
from ledger.store.witnessed import WitnessedLog
from node.identity.permissions import Role

PERSON = "11010519491231002X"


def sealed(console: Console, **described: object) -> str:
    headers = console.api.token(Role.COLLECTOR)
    return str(console.api.seal(headers, **described)["id"])


def step_up(browser: Browser) -> None:
    assert browser.post("/step-up", {"password": PASSWORD}).status_code == 303


def test_a_search_for_a_person_never_stands_in_an_address_and_is_recorded(console: Console) -> None:
    wanted = sealed(console, persons=[PERSON], case="A-1")
    other = sealed(console, case="A-2")
    browser = console.signed_in(Role.SUPERVISOR)
    page = browser.post("/evidence", {"person": PERSON})
    assert page.status_code == 200
    assert wanted[:12] in page.text
    assert other[:12] not in page.text
    assert ("evidence.search-person", "done") in actions(console.api.ledger)
    plain = browser.post("/evidence", {"kind": "promise_to_pay", "since": "2026-01-01"})
    assert plain.headers["location"] == "/evidence?kind=promise_to_pay&since=2026-01-01"
    assert wanted[:12] in browser.get(plain.headers["location"]).text
    assert browser.get("/evidence?since=yesterday").status_code == 400


def test_pages_of_a_list_follow_each_other(console: Console) -> None:
    headers = console.api.token(Role.COLLECTOR)
    first, *_ = [console.api.seal(headers, fields={"n": n})["id"] for n in range(60)]
    browser = console.signed_in(Role.SUPERVISOR)
    page = browser.get("/evidence?kind=promise_to_pay").text
    assert first[:12] not in page
    following = re.search(r'href="(/evidence\?[^"]*cursor=[^"]+)"', page)
    assert following is not None
    assert first[:12] in browser.get(following[1].replace("&amp;", "&")).text


def test_clear_values_are_shown_on_request_and_the_reading_is_recorded(console: Console) -> None:
    wanted = sealed(console, fields={"amount_fen": 424242}, persons=[PERSON])
    browser = console.signed_in(Role.SUPERVISOR)
    page = f"/evidence/{wanted}"
    assert "424242" not in browser.get(page).text
    assert ("evidence.read-fields", "done") not in actions(console.api.ledger)
    assert "424242" in browser.post(f"{page}/fields", {}).text
    assert ("evidence.read-fields", "done") in actions(console.api.ledger)


def test_what_people_typed_is_escaped(console: Console) -> None:
    wanted = sealed(console, fields={"note": "<script>alert(1)</script>"})
    browser = console.signed_in(Role.SUPERVISOR)
    shown = browser.post(f"/evidence/{wanted}/fields", {}).text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown


def test_the_preview_of_a_package_leaves_out_what_is_withheld(console: Console) -> None:
    wanted = sealed(console, fields={"amount_fen": 424242, "agent": "A-17"})
    browser = console.signed_in(Role.COURT_LIAISON)
    builder = browser.get(f"/evidence/{wanted}/package").text
    assert 'value="agent" checked' in builder
    preview = browser.post(f"/evidence/{wanted}/package/preview", {"disclose": ["agent"]}).text
    assert "A-17" in preview
    assert "424242" not in preview
    refused = browser.post(f"/evidence/{wanted}/package", {"offered": ["agent"], "content": "on"})
    assert refused.status_code == 409


def test_a_case_is_found_by_its_number_and_held(console: Console) -> None:
    sealed(console, case="2026-000123")
    browser = console.signed_in(Role.COMPLIANCE)
    assert browser.post("/cases", {"case": "unknown"}).status_code == 404
    case = browser.post("/cases", {"case": "2026-000123"}).headers["location"]
    assert "2026-000123" not in case
    assert "complete" in browser.get(case).text
    browser.post(f"{case}/hold", {"hold": "on"})
    assert "Lift the hold" in browser.get(case).text
    assert ("case.hold", "done") in actions(console.api.ledger)


def test_an_erasure_takes_two_persons(console: Console) -> None:
    wanted = sealed(console)
    asking, deciding = console.signed_in(Role.COMPLIANCE), console.signed_in(Role.SUPERVISOR)
    asked = asking.post(f"/evidence/{wanted}/erasure", {"reason": "retention is over"})
    release = asked.headers["location"].partition("?")[0]
    assert "Waits for another person" in asking.get(release).text
    fields = {"decision": "approve", "reason": "checked", "here": release}
    assert asking.post(f"{release}/decision", fields).status_code == 403
    assert deciding.post(f"{release}/decision", fields).status_code == 303
    assert "Carry out" not in deciding.get(release).text
    assert asking.post(f"{release}/execution", {"here": release}).status_code == 303
    assert "erased" in asking.get(f"/evidence/{wanted}").text


def test_a_dangerous_action_asks_for_the_password_again_and_leads_back(console: Console) -> None:
    browser = console.signed_in(Role.ADMINISTRATOR)
    console.api.ledger.clock.move(15 * 60)
    away = browser.post("/operators/invitation", {"role": ["collector"], "here": "/operators"})
    assert away.headers["location"] == "/step-up?next=/operators"
    step_up(browser)
    made = browser.post("/operators/invitation", {"role": ["collector"], "here": "/operators"})
    assert "/invitation/" in made.text
    assert "/invitation/" not in browser.get("/operators").text


def test_an_administrator_changes_roles_and_closes_accounts(console: Console) -> None:
    person = console.api.operator("li", Role.COLLECTOR)
    browser, page = console.signed_in(Role.ADMINISTRATOR), f"/operators/{person.operator_id}"
    browser.post(f"{page}/roles", {"role": ["auditor"]})
    assert 'value="auditor" checked' in browser.get(page).text
    browser.post(f"{page}/state", {"state": "disabled"})
    assert "disabled" in browser.get(page).text
    browser.post(f"{page}/state", {"state": "enabled"})
    assert "/invitation/" in browser.post(f"{page}/reset", {}).text


def test_a_second_factor_is_set_up_with_a_code_and_recovery_codes(console: Console) -> None:
    browser = console.signed_in(Role.COLLECTOR, login="li")
    page = browser.post("/account/second-factor", {}).text
    assert "<svg" in page
    found = re.search(r'class="secret">([A-Z2-7]{32})<', page)
    assert found is not None
    assert browser.post("/account/second-factor/confirm", {"code": "000000"}).status_code == 400
    code = pyotp.TOTP(found[1]).at(console.api.ledger.clock.now())
    done = browser.post("/account/second-factor/confirm", {"code": code}).text
    assert len(re.findall(r"(?:[a-z2-7]{4}-){3}[a-z2-7]{4}", done)) == 10
    assert found[1] not in browser.get("/account").text


def test_a_token_is_shown_once_and_revoked(console: Console) -> None:
    browser = console.signed_in(Role.COLLECTOR)
    made = browser.post("/tokens", {"label": "import", "scope": ["evidence:seal"], "days": "30"})
    token = re.search(r"lz_([0-9a-f]{16})_[\w-]{43}", made.text)
    assert token is not None
    page = browser.get("/tokens").text
    assert token[0] not in page
    assert "import" in page
    assert browser.post(f"/tokens/{token[1]}/revocation", {}).status_code == 303
    assert "revoked" in browser.get("/tokens").text
    assert (
        browser.post("/tokens", {"label": "x", "scope": ["nothing"], "days": "1"}).status_code
        == 400
    )


def test_the_trail_is_checked_on_the_page(console: Console) -> None:
    browser = console.signed_in(Role.AUDITOR)
    assert "session.login" in browser.get("/audit").text
    assert "session.login" not in browser.get("/audit?action=operator.").text
    assert "No problem found" in browser.post("/audit/check", {}).text


def test_a_new_password_ends_every_session(console: Console) -> None:
    browser = console.signed_in(Role.COLLECTOR)
    wrong = browser.post("/account/password", {"current": "no", "new": "violet harbour at dawn"})
    assert wrong.status_code == 401
    fields = {"current": PASSWORD, "new": "violet harbour at dawn"}
    assert browser.post("/account/password", fields).status_code == 303
    assert browser.get("/").status_code == 303


def test_a_package_that_is_none_is_refuted_in_words(console: Console) -> None:
    browser = console.browser()
    headers = {"X-CSRF-Token": browser.csrf("/verify"), "HX-Request": "true"}
    answer = browser.client.post("/verify", content=b"no package", headers=headers)
    assert answer.status_code in (200, 400)
    assert "<html" not in answer.text


def test_a_change_of_keys_is_asked_for_approved_and_left_to_the_shell(console: Console) -> None:
    asking, deciding = console.signed_in(Role.ADMINISTRATOR), console.signed_in(Role.SUPERVISOR)
    assert "change the master key" in asking.get("/releases").text
    assert "change the master key" not in deciding.get("/releases").text
    fields = {"change": "key-change rotate-master", "reason": "yearly", "here": "/releases"}
    asked = asking.post("/releases", fields)
    release = asked.headers["location"].partition("?")[0]
    decision = {"decision": "approve", "reason": "checked", "here": release}
    assert deciding.post(f"{release}/decision", decision).status_code == 303
    page = asking.get(release).text
    assert f"lianzheng key rotate-master --release {release.rpartition('/')[2]}" in page
    assert "/execution" not in page
    fields["change"] = "key-change something"
    assert asking.post("/releases", fields).status_code == 400


def test_static_files_are_kept_under_their_digest_only(console: Console) -> None:
    browser = console.browser()
    named = re.findall(r'"(/static/[^"]+)"', browser.get("/login").text)
    assert len(named) >= 4
    for address in named:
        answer = browser.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        plain = address.partition("?")[0]
        for other in (plain, f"{plain}?v=0000"):
            assert browser.get(other).headers["cache-control"] == "no-cache"


def test_alarms_about_members_are_counted_listed_and_their_proofs_handed_out(
    console: Console,
) -> None:
    member, at = b"\x07" * 32, "2026-11-24T08:00:00.000Z"
    with console.api.ledger.node.database.write() as connection:
        alarms.add(connection, member, "peer-two-histories", "log/g0", at=at, proof=b'{"a":1}')
        alarms.add(connection, member, "peer-rolled-back", "log/g0 9 5", at=at, proof=None)
        alarms.add(connection, member, "peer-silent", "https://peer", at=at, proof=None)
        alarms.end(connection, member, "peer-silent", at=at)
    browser = console.signed_in(Role.SUPERVISOR)
    assert "2 alarms about members" in browser.get("/").text
    page = browser.get("/peers").text
    assert "two histories" in page
    assert page.count("/proof") == 1
    proof = browser.get("/peers/alarms/1/proof")
    assert (proof.status_code, proof.content) == (200, b'{"a":1}')
    for unknown in ("2", "99", "x", "9" * 40):
        assert browser.get(f"/peers/alarms/{unknown}/proof").status_code == 404


def test_a_member_s_closed_log_generations_are_shown_beside_the_present_one(
    console: Console,
) -> None:
    at = "2026-11-24T08:00:00.000Z"
    with console.api.ledger.node.database.write() as connection:
        for generation, size in ((0, 9), (1, 3)):
            name = f"lianzheng.example/bank-b/g{generation}"
            seen = WitnessedLog(name, b"\x09" * 32, generation, size, bytes(32), "", at, size)
            witnessed.write(connection, seen)
    page = console.signed_in(Role.SUPERVISOR).get("/peers").text
    assert page.count("lianzheng.example/bank-b/g1") == 1
    assert "closed generation g0: 9 seen, 9 mirrored" in page
