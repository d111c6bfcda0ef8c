"""Every page for every role: who is let in, who is not, and no form without its token."""

import itertools

import pytest
from fastapi.routing import APIRoute
from harness.browsing import Browser, Console

from node.console.pages import PAGES
from node.identity.permissions import PERMISSIONS, Permission, Role

OPEN = {
    ("GET", "/login"), ("POST", "/login"), ("POST", "/login/code"), ("POST", "/logout"),
    ("GET", "/language/{language}"),
    ("GET", "/invitation/{token}"), ("POST", "/invitation/{token}"), ("GET", "/oidc/start"),
    ("GET", "/oidc/callback"), ("GET", "/verify"), ("POST", "/verify"),
}  # fmt: skip
SIGNED_IN: dict[tuple[str, str], Permission | None] = {
    ("GET", "/"): None,
    ("GET", "/step-up"): None,
    ("POST", "/step-up"): None,
    ("GET", "/account"): None,
    ("POST", "/account/password"): None,
    ("GET", "/account/second-factor"): None,
    ("POST", "/account/second-factor"): None,
    ("POST", "/account/second-factor/confirm"): None,
    ("POST", "/account/second-factor/remove"): None,
    ("POST", "/account/sessions/{session_id}"): None,
    ("GET", "/tokens"): None,
    ("POST", "/tokens"): None,
    ("POST", "/tokens/{token_id}/revocation"): None,
    ("POST", "/releases/{release_id}/execution"): None,
    ("GET", "/dashboard/state"): Permission.EVIDENCE_READ,
    ("GET", "/evidence"): Permission.EVIDENCE_READ,
    ("POST", "/evidence"): Permission.EVIDENCE_READ,
    ("GET", "/evidence/{evidence_id}"): Permission.EVIDENCE_READ,
    ("POST", "/evidence/{evidence_id}/fields"): Permission.CONTENT_READ,
    ("POST", "/evidence/{evidence_id}/erasure"): Permission.ERASURE_REQUEST,
    ("POST", "/evidence/{evidence_id}/hold"): Permission.HOLD_SET,
    ("GET", "/evidence/{evidence_id}/package"): Permission.EVIDENCE_EXPORT,
    ("POST", "/evidence/{evidence_id}/package"): Permission.EVIDENCE_EXPORT,
    ("POST", "/evidence/{evidence_id}/package/preview"): Permission.CONTENT_READ,
    ("POST", "/evidence/{evidence_id}/package/report"): Permission.EVIDENCE_EXPORT,
    ("GET", "/cases"): Permission.EVIDENCE_READ,
    ("POST", "/cases"): Permission.EVIDENCE_READ,
    ("GET", "/cases/{case_id}"): Permission.EVIDENCE_READ,
    ("POST", "/cases/{case_id}/hold"): Permission.HOLD_SET,
    ("GET", "/upload"): Permission.EVIDENCE_SEAL,
    ("GET", "/releases"): Permission.EVIDENCE_READ,
    ("GET", "/peers"): Permission.EVIDENCE_READ,
    ("GET", "/peers/alarms/{number}/proof"): Permission.EVIDENCE_READ,
    ("POST", "/releases"): Permission.CHANGE_REQUEST,
    ("GET", "/releases/{release_id}"): Permission.EVIDENCE_READ,
    ("POST", "/releases/{release_id}/decision"): Permission.RELEASE_DECIDE,
    ("GET", "/consortium"): Permission.EVIDENCE_READ,
    ("POST", "/consortium/proposals"): Permission.CONSORTIUM_GOVERN,
    ("POST", "/consortium/proposals/{number}/vote"): Permission.CONSORTIUM_GOVERN,
    ("POST", "/consortium/proposals/{number}/withdrawal"): Permission.CONSORTIUM_GOVERN,
    ("POST", "/consortium/proposals/{number}/execution"): Permission.CONSORTIUM_GOVERN,
    ("GET", "/blacklist"): Permission.BLACKLIST_READ,
    ("GET", "/blacklist/query"): Permission.BLACKLIST_QUERY,
    ("POST", "/blacklist/query"): Permission.BLACKLIST_QUERY,
    ("GET", "/blacklist/hits"): Permission.BLACKLIST_QUERY,
    ("GET", "/blacklist/hits/{hit_id}"): Permission.BLACKLIST_QUERY,
    ("POST", "/blacklist/hits/{hit_id}/review"): Permission.BLACKLIST_QUERY,
    ("GET", "/blacklist/entries"): Permission.BLACKLIST_READ,
    ("GET", "/blacklist/listing"): Permission.BLACKLIST_LIST,
    ("POST", "/blacklist/listing"): Permission.BLACKLIST_LIST,
    ("GET", "/blacklist/checklist"): Permission.BLACKLIST_LIST,
    ("GET", "/blacklist/entries/{entry_id}"): Permission.BLACKLIST_READ,
    ("GET", "/blacklist/entries/{entry_id}/correction"): Permission.BLACKLIST_LIST,
    ("POST", "/blacklist/entries/{entry_id}/correction"): Permission.BLACKLIST_LIST,
    ("POST", "/blacklist/entries/{entry_id}/withdrawal"): Permission.BLACKLIST_LIST,
    ("POST", "/blacklist/entries/{entry_id}/decision"): Permission.BLACKLIST_LIST,
    ("POST", "/blacklist/entries/{entry_id}/corroboration"): Permission.BLACKLIST_LIST,
    ("GET", "/blacklist/desk"): Permission.BLACKLIST_DESK,
    ("POST", "/blacklist/desk/report"): Permission.BLACKLIST_DESK,
    ("POST", "/blacklist/desk/statement"): Permission.BLACKLIST_DESK,
    ("POST", "/blacklist/desk/answer"): Permission.BLACKLIST_DESK,
    ("POST", "/blacklist/desk/requests"): Permission.BLACKLIST_DESK,
    ("POST", "/blacklist/desk/requests/{request_id}"): Permission.BLACKLIST_DESK,
    ("GET", "/blacklist/use"): Permission.BLACKLIST_READ,
    ("GET", "/blacklist/audits"): Permission.BLACKLIST_READ,
    ("GET", "/blacklist/screenings"): Permission.BLACKLIST_QUERY,
    ("GET", "/blacklist/screenings/state"): Permission.BLACKLIST_QUERY,
    ("GET", "/blacklist/screenings/tables/{job_id}"): Permission.BLACKLIST_QUERY,
    ("POST", "/blacklist/screenings/tables/{job_id}"): Permission.BLACKLIST_QUERY,
    ("POST", "/blacklist/screenings/{job_id}/cancel"): Permission.BLACKLIST_QUERY,
    ("GET", "/blacklist/monitoring"): Permission.BLACKLIST_QUERY,
    ("POST", "/blacklist/monitoring"): Permission.BLACKLIST_QUERY,
    ("POST", "/blacklist/monitoring/end"): Permission.BLACKLIST_QUERY,
    ("POST", "/blacklist/monitoring/{item_id}/end"): Permission.BLACKLIST_QUERY,
    ("GET", "/operators"): Permission.OPERATORS_MANAGE,
    ("POST", "/operators/invitation"): Permission.OPERATORS_MANAGE,
    ("GET", "/operators/{operator_id}"): Permission.OPERATORS_MANAGE,
    ("POST", "/operators/{operator_id}/roles"): Permission.OPERATORS_MANAGE,
    ("POST", "/operators/{operator_id}/state"): Permission.OPERATORS_MANAGE,
    ("POST", "/operators/{operator_id}/reset"): Permission.OPERATORS_MANAGE,
    ("POST", "/operators/{operator_id}/second-factor"): Permission.OPERATORS_MANAGE,
    ("POST", "/operators/{operator_id}/sessions"): Permission.OPERATORS_MANAGE,
    ("GET", "/audit"): Permission.AUDIT_READ,
    ("POST", "/audit/check"): Permission.AUDIT_READ,
    ("GET", "/settings"): Permission.SETTINGS_READ,
}
SAMPLES = {
    "{evidence_id}": "ab" * 32,
    "{case_id}": "ab" * 16,
    "{release_id}": "ab" * 8,
    "{operator_id}": "ab" * 8,
    "{session_id}": "ab" * 8,
    "{token_id}": "ab" * 8,
    "{entry_id}": "ab" * 32,
    "{hit_id}": "ab" * 16,
    "{item_id}": "ab" * 16,
    "{job_id}": "ab" * 16,
    "{request_id}": "ab" * 16,
    "{number}": "1",
}
LET_IN = frozenset({200, 303, 400, 401, 404, 409, 503})
"""Anything but a refusal; what is asked for need not be there."""


def routes() -> list[tuple[str, str]]:
    found = [route for page in PAGES for route in page.router.routes]
    return [(m, r.path) for r in found if isinstance(r, APIRoute) for m in r.methods]


def path_of(template: str) -> str:
    for name, value in SAMPLES.items():
        template = template.replace(name, value)
    return template


@pytest.fixture(scope="module")
def browsers(module_console: Console) -> dict[Role, Browser]:
    return {role: module_console.signed_in(role) for role in Role}


def test_every_page_says_whom_it_lets_in() -> None:
    assert sorted(routes()) == sorted({*OPEN, *SIGNED_IN})


@pytest.mark.parametrize(("role", "route"), list(itertools.product(Role, SIGNED_IN)), ids=str)
def test_a_role_sees_what_its_permissions_allow(
    browsers: dict[Role, Browser], role: Role, route: tuple[str, str]
) -> None:
    (method, template), needed = route, SIGNED_IN[route]
    browser, path = browsers[role], path_of(template)
    answer = browser.get(path) if method == "GET" else browser.post(path, {})
    if needed is not None and needed not in PERMISSIONS[role]:
        assert answer.status_code == 403
        assert needed.value in answer.text
    else:
        assert answer.status_code in LET_IN, answer.text


@pytest.mark.parametrize("route", SIGNED_IN, ids=str)
def test_strangers_are_led_to_the_login(module_console: Console, route: tuple[str, str]) -> None:
    method, template = route
    browser, path = module_console.browser(), path_of(template)
    answer = browser.get(path) if method == "GET" else browser.post(path, {})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


@pytest.mark.parametrize(
    "route", sorted(each for each in [*OPEN, *SIGNED_IN] if each[0] == "POST"), ids=str
)
def test_no_form_is_taken_without_its_token(
    browsers: dict[Role, Browser], route: tuple[str, str]
) -> None:
    needed = SIGNED_IN.get(route)
    role = next((r for r in Role if needed is None or needed in PERMISSIONS[r]), None)
    assert role is not None
    path = path_of(route[1]).replace("{token}", "x")
    answer = browsers[role].post(path, {}, csrf="00" * 32)
    assert answer.status_code == 403
    assert "out of date" in answer.text


def test_a_token_of_a_program_opens_no_page(module_console: Console) -> None:
    headers = module_console.api.token(Role.AUDITOR)
    answer = module_console.browser().client.get("/audit", headers=headers, follow_redirects=False)
    assert answer.status_code == 303


def test_only_sections_that_somebody_may_see_are_offered(browsers: dict[Role, Browser]) -> None:
    collector = browsers[Role.COLLECTOR].get("/").text
    assert 'href="/upload"' in collector
    assert 'href="/operators"' not in collector
    assert 'href="/operators"' in browsers[Role.ADMINISTRATOR].get("/").text
