"""Every route for every role: who is let in, who is not, and nobody without being known."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from harness.bank_service import take_part
from harness.entry_members import specimen
from harness.ledger import Ledger
from harness.service import Api, api_of

from node.api import (
    account,
    blacklist,
    blacklist_desk,
    blacklist_entries,
    blacklist_monitoring,
    blacklist_screening,
    blacklist_screenings,
    blacklist_watching,
    cases,
    consortium,
    evidence,
    log,
    operations,
    packages,
    people,
    releases,
    sealing,
    sessions,
    uploads,
    watching,
)
from node.identity.permissions import PERMISSIONS, Permission, Role

MODULES = (
    operations, account, blacklist, blacklist_desk, blacklist_entries, blacklist_monitoring,
    blacklist_screening, blacklist_screenings, blacklist_watching, cases, consortium,
    evidence, log, packages, people, releases, sealing, sessions, uploads, watching,
)  # fmt: skip
SAMPLES = {
    "evidence_id": "ab" * 32,
    "case_id": "ab" * 16,
    "upload_id": "ab" * 16,
    "operator_id": "ab" * 8,
    "token_id": "ab" * 8,
    "release_id": "ab" * 8,
    "session_id": "ab" * 8,
    "entry_id": "ab" * 32,
    "hit_id": "ab" * 16,
    "job_id": "ab" * 16,
    "item_id": "ab" * 16,
    "request_id": "ab" * 16,
    "file": "results",
    "alarm_id": "1",
    "generation": "0",
    "level": "0",
    "number": "000",
    "number:path": "000",
}
OPEN = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("POST", "/v1/verify"),
    ("POST", "/v1/invitations"),
    ("POST", "/v1/session"),
    ("GET", "/v1/trust"),
    ("GET", "/v1/consortium"),
    ("GET", "/v1/consortium/applications"),
    ("POST", "/v1/consortium/applications"),
    ("GET", "/v1/log/checkpoint"),
    ("GET", "/v1/log/g{generation}/checkpoint"),
    ("GET", "/v1/log/g{generation}/tile/{level}/{number:path}"),
    ("GET", "/v1/log/tile/{level}/{number:path}"),
}
NEEDS = {
    ("POST", "/v1/evidence"): Permission.EVIDENCE_SEAL,
    ("POST", "/v1/evidence/bulk"): Permission.EVIDENCE_SEAL,
    ("GET", "/v1/evidence"): Permission.EVIDENCE_READ,
    ("POST", "/v1/evidence/search"): Permission.EVIDENCE_READ,
    ("GET", "/v1/evidence/{evidence_id}"): Permission.EVIDENCE_READ,
    ("GET", "/v1/evidence/{evidence_id}/history"): Permission.EVIDENCE_READ,
    ("GET", "/v1/evidence/{evidence_id}/custody"): Permission.EVIDENCE_READ,
    ("GET", "/v1/evidence/{evidence_id}/receipt"): Permission.EVIDENCE_READ,
    ("GET", "/v1/evidence/{evidence_id}/proof"): Permission.EVIDENCE_READ,
    ("GET", "/v1/evidence/{evidence_id}/fields"): Permission.CONTENT_READ,
    ("GET", "/v1/evidence/{evidence_id}/content"): Permission.CONTENT_READ,
    ("POST", "/v1/evidence/{evidence_id}/package"): Permission.EVIDENCE_EXPORT,
    ("POST", "/v1/evidence/{evidence_id}/erasure"): Permission.ERASURE_REQUEST,
    ("POST", "/v1/uploads"): Permission.EVIDENCE_SEAL,
    ("GET", "/v1/uploads/{upload_id}"): Permission.EVIDENCE_SEAL,
    ("PATCH", "/v1/uploads/{upload_id}"): Permission.EVIDENCE_SEAL,
    ("POST", "/v1/uploads/{upload_id}/finish"): Permission.EVIDENCE_SEAL,
    ("DELETE", "/v1/uploads/{upload_id}"): Permission.EVIDENCE_SEAL,
    ("POST", "/v1/cases/find"): Permission.EVIDENCE_READ,
    ("GET", "/v1/cases/{case_id}"): Permission.EVIDENCE_READ,
    ("PUT", "/v1/cases/{case_id}/hold"): Permission.HOLD_SET,
    ("DELETE", "/v1/cases/{case_id}/hold"): Permission.HOLD_SET,
    ("GET", "/v1/releases"): Permission.EVIDENCE_READ,
    ("GET", "/v1/peers"): Permission.EVIDENCE_READ,
    ("GET", "/v1/peers/alarms"): Permission.EVIDENCE_READ,
    ("GET", "/v1/peers/alarms/{alarm_id}/proof"): Permission.EVIDENCE_READ,
    ("POST", "/v1/releases"): None,
    ("POST", "/v1/releases/{release_id}/decision"): Permission.RELEASE_DECIDE,
    ("POST", "/v1/releases/{release_id}/execution"): None,
    ("GET", "/v1/operators"): Permission.OPERATORS_MANAGE,
    ("POST", "/v1/operators/invitations"): Permission.OPERATORS_MANAGE,
    ("PUT", "/v1/operators/{operator_id}/roles"): Permission.OPERATORS_MANAGE,
    ("POST", "/v1/operators/{operator_id}/disable"): Permission.OPERATORS_MANAGE,
    ("POST", "/v1/operators/{operator_id}/enable"): Permission.OPERATORS_MANAGE,
    ("POST", "/v1/operators/{operator_id}/reset"): Permission.OPERATORS_MANAGE,
    ("DELETE", "/v1/operators/{operator_id}/second-factor"): Permission.OPERATORS_MANAGE,
    ("POST", "/v1/account/second-factor"): None,
    ("POST", "/v1/account/second-factor/confirm"): None,
    ("DELETE", "/v1/account/second-factor"): None,
    ("POST", "/v1/account/password"): None,
    ("GET", "/v1/sessions"): None,
    ("DELETE", "/v1/sessions/{session_id}"): None,
    ("GET", "/v1/tokens"): None,
    ("POST", "/v1/tokens"): None,
    ("DELETE", "/v1/tokens/{token_id}"): None,
    ("GET", "/v1/session"): None,
    ("GET", "/v1/blacklist"): Permission.BLACKLIST_READ,
    ("POST", "/v1/blacklist/query"): Permission.BLACKLIST_QUERY,
    ("GET", "/v1/blacklist/hits"): Permission.BLACKLIST_QUERY,
    ("POST", "/v1/blacklist/hits/{hit_id}/review"): Permission.BLACKLIST_QUERY,
    ("GET", "/v1/blacklist/entries"): Permission.BLACKLIST_READ,
    ("POST", "/v1/blacklist/entries"): Permission.BLACKLIST_LIST,
    ("GET", "/v1/blacklist/entries/{entry_id}"): Permission.BLACKLIST_READ,
    ("POST", "/v1/blacklist/entries/{entry_id}/correction"): Permission.BLACKLIST_LIST,
    ("POST", "/v1/blacklist/entries/{entry_id}/withdrawal"): Permission.BLACKLIST_LIST,
    ("POST", "/v1/blacklist/entries/{entry_id}/decision"): Permission.BLACKLIST_LIST,
    ("POST", "/v1/blacklist/entries/{entry_id}/amendment"): Permission.BLACKLIST_LIST,
    ("POST", "/v1/blacklist/entries/{entry_id}/corroboration"): Permission.BLACKLIST_LIST,
    ("POST", "/v1/blacklist/reports"): Permission.BLACKLIST_DESK,
    ("GET", "/v1/blacklist/disputes"): Permission.BLACKLIST_READ,
    ("POST", "/v1/blacklist/entries/{entry_id}/dispute"): Permission.BLACKLIST_DESK,
    ("POST", "/v1/blacklist/entries/{entry_id}/statement"): Permission.BLACKLIST_DESK,
    ("GET", "/v1/blacklist/entries/{entry_id}/answer"): Permission.BLACKLIST_DESK,
    ("POST", "/v1/blacklist/monitoring/end"): Permission.BLACKLIST_QUERY,
    ("GET", "/v1/blacklist/requests"): Permission.BLACKLIST_DESK,
    ("POST", "/v1/blacklist/requests"): Permission.BLACKLIST_DESK,
    ("POST", "/v1/blacklist/requests/{request_id}/settlement"): Permission.BLACKLIST_DESK,
    ("GET", "/v1/blacklist/use"): Permission.BLACKLIST_READ,
    ("GET", "/v1/blacklist/audits"): Permission.BLACKLIST_READ,
    ("POST", "/v1/blacklist/tables"): Permission.BLACKLIST_QUERY,
    ("GET", "/v1/blacklist/screenings"): Permission.BLACKLIST_QUERY,
    ("POST", "/v1/blacklist/screenings"): Permission.BLACKLIST_QUERY,
    ("GET", "/v1/blacklist/screenings/{job_id}"): Permission.BLACKLIST_QUERY,
    ("DELETE", "/v1/blacklist/screenings/{job_id}"): Permission.BLACKLIST_QUERY,
    ("POST", "/v1/blacklist/screening"): Permission.BLACKLIST_QUERY,
    ("GET", "/v1/blacklist/monitoring"): Permission.BLACKLIST_QUERY,
    ("POST", "/v1/blacklist/monitoring"): Permission.BLACKLIST_QUERY,
    ("DELETE", "/v1/blacklist/monitoring/{item_id}"): Permission.BLACKLIST_QUERY,
    ("GET", "/v1/blacklist/screenings/{job_id}/{file}"): Permission.BLACKLIST_QUERY,
    ("GET", "/v1/audit"): Permission.AUDIT_READ,
    ("GET", "/metrics"): Permission.METRICS_READ,
    # The last: afterwards nobody is signed in.
    ("DELETE", "/v1/session"): None,
}
"""``None``: being known is enough; the service below decides what may be seen or done."""
WRONG = {"login-failed", "second-factor-wrong"}
"""Said to somebody who is known and shows a wrong password or code."""
LEAF = "ab" * 32
GIVEN = {"type": "id", "identifier": specimen(1)}
FACTS = {
    "ground": "forged-documents", "severity": "serious", "proofs": [], "evidence": LEAF,
    "basis": "consent", "basis_evidence": LEAF, "conduct_ended": "2026-09-30",
}  # fmt: skip
ENTRY = "/v1/blacklist/entries/{entry_id}"
WRITTEN = {"content": "d29yZHM="}
ON_CHAIN = {f"{ENTRY}/correction", f"{ENTRY}/dispute", f"{ENTRY}/statement"}
"""Ask the chain first, which is not here."""
BODIES: dict[str, Any] = {
    "/v1/blacklist/query": {"identifiers": [GIVEN], "purpose": "query", "authorisation": "a"},
    "/v1/blacklist/screening": {"rows": [{"identifiers": [GIVEN], "authorisation": "a"}]},
    "/v1/blacklist/monitoring": {"person": GIVEN, "authorisation": "a", "purpose": "loan"},
    "/v1/blacklist/monitoring/end": {"reference": "C-1"},
    "/v1/blacklist/hits/{hit_id}/review": {"outcome": "same-person", "note": "n"},
    "/v1/blacklist/entries": {"person": GIVEN, "facts": FACTS, "reason": "r"},
    "/v1/blacklist/reports": {"person": GIVEN, "application": "a"},
    f"{ENTRY}/dispute": WRITTEN,
    f"{ENTRY}/statement": WRITTEN,
    "/v1/blacklist/requests": {"kind": "access", "person": GIVEN, "letter": WRITTEN},
    "/v1/blacklist/requests/{request_id}/settlement": {"outcome": "granted", "answer": LEAF},
    f"{ENTRY}/correction": {"facts": FACTS, "reason": "r"},
    f"{ENTRY}/withdrawal": {"reasons": LEAF},
    f"{ENTRY}/decision": {"decision": "upheld", "answer": LEAF},
    f"{ENTRY}/amendment": {"answer": LEAF, "facts": FACTS},
    f"{ENTRY}/corroboration": {"person": GIVEN, "evidence": LEAF},
    "/v1/evidence/search": {},
    "/v1/cases/find": {"case": "C-1"},
    "/v1/evidence/{evidence_id}/package": {},
    "/v1/evidence/{evidence_id}/erasure": {"reason": "r"},
    "/v1/releases": {"kind": "key-change", "subject": "rotate-master", "reason": "r"},
    "/v1/releases/{release_id}/decision": {"reason": "r", "approve": True},
    "/v1/operators/invitations": {"roles": ["collector"]},
    "/v1/operators/{operator_id}/roles": {"roles": ["collector"]},
    "/v1/account/second-factor/confirm": {"code": "000000"},
    "/v1/account/password": {"current": "not mine", "new": "quiet river under stars"},
    "/v1/tokens": {"label": "l", "scopes": ["evidence:read"], "days": 1},
    "/v1/evidence": {"kind": "promise_to_pay", "fields": {"n": 1}},
    "/v1/uploads": {"kind": "call_recording"},
}


def routes() -> Iterator[tuple[str, str]]:
    """Every route of the program, with its prefix."""
    for module in MODULES:
        prefix = "" if module is operations else "/v1"
        for route in module.router.routes:
            assert isinstance(route, APIRoute)
            for method in route.methods:
                yield method, prefix + route.path


@pytest.fixture(scope="module")
def shared(request: pytest.FixtureRequest) -> Iterator[Api]:
    """One service for all requests of the matrix: they are many, and none depends on another."""
    make = request.getfixturevalue("module_ledger")
    take_part(make)
    with api_of(make) as running:
        yield running


@pytest.fixture(scope="module")
def headers(shared: Api) -> dict[Role, dict[str, str]]:
    """A signed-in operator for each role."""
    found = {}
    for role in Role:
        shared.operator(role.value, role)
        found[role] = shared.sign_in(role.value)
    return found


def ask(api: Api, method: str, path: str, headers: dict[str, str]) -> Any:
    address = path
    for name, value in SAMPLES.items():
        address = address.replace("{" + name + "}", value)
    more = {"Upload-Offset": "0"} if method == "PATCH" else {}
    body = BODIES.get(path)
    extra = {"json": body} if body is not None and method in {"POST", "PUT"} else {}
    return api.client.request(method, address, headers={**headers, **more}, **extra)


def test_the_table_names_every_route() -> None:
    assert {*routes()} == OPEN | NEEDS.keys()


@pytest.mark.parametrize("role", Role)
def test_a_role_is_let_in_exactly_where_its_permissions_say(
    shared: Api, headers: dict[Role, dict[str, str]], role: Role
) -> None:
    wrong = []
    for (method, path), permission in NEEDS.items():
        answer = ask(shared, method, path, headers[role])
        allowed = permission is None or permission in PERMISSIONS[role]
        refused = answer.status_code == 403 and answer.json()["code"] == "not-permitted"
        if permission is not None and refused == allowed:
            wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:90]}")
        unknown = answer.status_code == 401 and answer.json()["code"] not in WRONG
        if (answer.status_code >= 500 and path not in ON_CHAIN) or unknown:
            wrong.append(f"{method} {path}: {answer.status_code}")
    assert wrong == []


def test_nobody_is_let_in_without_being_known(shared: Api) -> None:
    for method, path in NEEDS:
        for given in (
            {},
            {"Authorization": "Bearer lz_" + "0" * 16 + "_x"},
            {"Cookie": "lianzheng-session=x"},
        ):
            assert ask(shared, method, path, given).status_code == 401, (method, path, given)


def test_a_session_changes_nothing_without_its_csrf_token(
    shared: Api, headers: dict[Role, dict[str, str]]
) -> None:
    fresh = {role: shared.sign_in(role.value) for role in headers}
    for (method, path), permission in NEEDS.items():
        if method == "GET":
            continue
        role = next(r for r in Role if permission is None or permission in PERMISSIONS[r])
        for token in ({}, {"X-CSRF-Token": "wrong"}):
            given = {"Cookie": fresh[role]["Cookie"], **token}
            answer = ask(shared, method, path, given)
            assert answer.status_code in {401, 403}, (method, path, answer.text)
            assert "csrf" in answer.json()["code"]


def test_a_token_does_no_more_than_its_scopes(api: Api) -> None:
    narrow = api.token(Role.SUPERVISOR, scopes=[Permission.EVIDENCE_READ])
    assert api.client.get("/v1/evidence", headers=narrow).status_code == 200
    answer = api.client.post("/v1/evidence", json={"kind": "promise_to_pay"}, headers=narrow)
    assert answer.json()["code"] == "not-permitted"


def test_an_erasure_takes_two_persons_and_happens_once(api: Api, ledger: Ledger) -> None:
    for login, role in (("asks", Role.COMPLIANCE), ("decides", Role.SUPERVISOR)):
        api.operator(login, role)
    asks, decides = api.sign_in("asks"), api.sign_in("decides")
    receipt = api.seal(api.token(Role.COLLECTOR))
    place = f"/v1/evidence/{receipt['id']}"
    asked = api.client.post(f"{place}/erasure", json={"reason": "person"}, headers=asks).json()
    release = f"/v1/releases/{asked['release_id']}"
    early = api.client.post(f"{release}/execution", headers=asks)
    assert early.status_code == 409
    agreed = api.client.post(
        f"{release}/decision", json={"approve": True, "reason": "ok"}, headers=decides
    )
    assert agreed.json()["state"] == "approved"
    done = api.client.post(f"{release}/execution", headers=asks)
    assert done.status_code == 200, done.text
    assert api.client.post(f"{release}/execution", headers=asks).status_code == 409
    assert api.client.get(place, headers=asks).json()["erased"] is True
    assert api.client.get(f"{place}/fields", headers=decides).json() == {"fields": []}
    assert ledger.size() == 0
