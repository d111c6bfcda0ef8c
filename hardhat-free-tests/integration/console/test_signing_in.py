"""Signing in and out in the browser, invitations, the language, and forms that are not ours."""

import pyotp
from harness.browsing import Console
from harness.service import PASSWORD

from node.identity.permissions import Role
from node.identity.service import command_principal


def test_a_stranger_is_led_to_the_login_and_back(console: Console) -> None:
    console.api.operator("li", Role.SUPERVISOR)
    browser = console.browser()
    away = browser.get("/evidence")
    assert away.status_code == 303
    assert away.headers["location"] == "/login?next=/evidence"
    answer = browser.post(
        "/login",
        {"login": "li", "password": PASSWORD, "next": "/evidence"},
        csrf=browser.csrf("/login"),
    )
    assert answer.headers["location"] == "/evidence"
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert browser.get("/").status_code == 200


def test_the_way_back_never_leaves_the_console(console: Console) -> None:
    console.api.operator("li", Role.SUPERVISOR)
    browser = console.browser()
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        fields = {"login": "li", "password": PASSWORD, "next": elsewhere}
        answer = browser.post("/login", fields, csrf=browser.csrf("/login"))
        assert answer.headers["location"] == "/"
        browser.client.cookies.clear()


def test_a_wrong_password_is_a_page_in_words(console: Console) -> None:
    console.api.operator("li", Role.SUPERVISOR)
    browser = console.browser("zh")
    answer = browser.post("/login", {"login": "li", "password": "no"}, csrf=browser.csrf("/login"))
    assert answer.status_code == 401
    assert "账号、密码或账户状态不符" in answer.text
    assert 'value="no"' not in answer.text


def test_the_one_time_code_is_asked_for_when_there_is_a_second_factor(console: Console) -> None:
    person = console.api.operator("li", Role.SUPERVISOR)
    identity = console.api.ledger.node.identity
    enrolment = identity.second_factor.begin(person.operator_id)
    clock = console.api.ledger.clock
    codes = identity.second_factor.confirm(
        person.operator_id, pyotp.TOTP(enrolment.secret).at(clock.now())
    )
    browser = console.browser()
    asked = browser.post(
        "/login", {"login": "li", "password": PASSWORD}, csrf=browser.csrf("/login")
    )
    assert 'autocomplete="one-time-code"' in asked.text
    assert PASSWORD not in asked.text
    pending = asked.headers["set-cookie"]
    assert "HttpOnly" in pending
    assert "Path=/login;" in pending
    fields = {"code": "000000", "next": "/evidence"}
    wrong = browser.post("/login/code", fields, csrf=browser.csrf("/login"))
    assert wrong.status_code == 401
    assert 'autocomplete="one-time-code"' in wrong.text
    fields["code"] = codes[0]
    done = browser.post("/login/code", fields, csrf=browser.csrf("/login"))
    assert (done.status_code, done.headers["location"]) == (303, "/evidence")
    assert browser.get("/account").status_code == 200


def test_a_code_alone_or_too_late_begins_the_sign_in_anew(console: Console) -> None:
    person = console.api.operator("li", Role.SUPERVISOR)
    identity, clock = console.api.ledger.node.identity, console.api.ledger.clock
    secret = identity.second_factor.begin(person.operator_id).secret
    codes = identity.second_factor.confirm(person.operator_id, pyotp.TOTP(secret).at(clock.now()))
    browser = console.browser()
    fields = {"code": codes[0]}
    alone = browser.post("/login/code", fields, csrf=browser.csrf("/login"))
    assert alone.status_code == 401
    assert 'name="password"' in alone.text
    browser.post("/login", {"login": "li", "password": PASSWORD}, csrf=browser.csrf("/login"))
    clock.move(6 * 60)
    late = browser.post("/login/code", fields, csrf=browser.csrf("/login"))
    assert late.status_code == 401
    assert "took too long" in late.text
    browser.post("/login", {"login": "li", "password": PASSWORD}, csrf=browser.csrf("/login"))
    identity.operators.change_password(person.operator_id, current=PASSWORD, new=PASSWORD + " 2")
    changed = browser.post("/login/code", fields, csrf=browser.csrf("/login"))
    assert changed.status_code == 401
    assert 'name="password"' in changed.text


def test_codes_that_are_tried_are_counted_like_passwords(console: Console) -> None:
    person = console.api.operator("li", Role.SUPERVISOR)
    identity, clock = console.api.ledger.node.identity, console.api.ledger.clock
    secret = identity.second_factor.begin(person.operator_id).secret
    identity.second_factor.confirm(person.operator_id, pyotp.TOTP(secret).at(clock.now()))
    browser = console.browser()
    browser.post("/login", {"login": "li", "password": PASSWORD}, csrf=browser.csrf("/login"))
    tried = [
        browser.post("/login/code", {"code": "000000"}, csrf=browser.csrf("/login")).status_code
        for _ in range(8)
    ]
    assert tried[0] == 401
    assert tried[-1] == 429


def test_an_invitation_makes_an_account_that_signs_in(console: Console) -> None:
    invitations = console.api.ledger.node.identity.invitations
    token = invitations.invite([Role.COLLECTOR], by=command_principal("test"))
    browser, page = console.browser(), f"/invitation/{token}"
    fields = {"name": "Wang Fang", "login": "wang", "password": "short"}
    assert "at least 12" in browser.get(page).text.lower()
    refused = browser.post(page, fields, csrf=browser.csrf(page))
    assert refused.status_code == 409
    assert "Wang Fang" in refused.text
    fields["password"] = PASSWORD
    joined = browser.post(page, fields, csrf=browser.csrf(page))
    assert joined.headers["location"].startswith("/login?next=/account/second-factor")
    browser.sign_in("wang")
    offered = browser.get("/account/second-factor")
    assert offered.status_code == 200
    assert "Later" in offered.text
    assert browser.get(page).status_code == 404


def test_signing_out_ends_the_session(console: Console) -> None:
    browser = console.signed_in(Role.SUPERVISOR)
    token = browser.client.cookies["lianzheng-session"]
    browser.post("/logout", {})
    browser.client.cookies.set("lianzheng-session", token)
    assert browser.get("/").headers["location"] == "/login"


def test_a_form_of_another_site_is_refused(console: Console) -> None:
    console.api.operator("li", Role.SUPERVISOR)
    browser = console.browser()
    fields = {"login": "li", "password": PASSWORD}
    assert browser.post("/login", fields, csrf="00" * 32).status_code == 403
    browser.get("/login")
    assert browser.post("/login", fields, csrf="00" * 32).status_code == 403


def test_the_language_is_remembered(console: Console) -> None:
    browser = console.browser("zh")
    assert 'lang="zh-CN"' in browser.get("/login").text
    browser.get("/language/en?next=/login")
    assert '<html lang="en">' in browser.get("/login").text
    assert browser.get("/language/fr").status_code == 400


def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_machines(
    console: Console,
) -> None:
    browser = console.browser()
    page = browser.get("/nowhere")
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    machine = console.api.client.get("/v1/nowhere", headers={"Accept": "text/html"})
    assert machine.headers["content-type"] == "application/problem+json"


def test_pages_allow_no_script_or_style_of_others(console: Console) -> None:
    answer = console.browser().get("/login")
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "<style" not in answer.text
    assert "style=" not in answer.text
