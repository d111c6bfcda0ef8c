"""Sealing over HTTP: single items, contents, bulk, resumed uploads."""

import json
from collections.abc import Iterator

import pytest
from harness.auditor import audit
from harness.service import ITEM, Api

from node.identity.permissions import Role

CONTENT = bytes(range(256)) * 1000


def framed(described: dict[str, object], content: bytes) -> bytes:
    return json.dumps(described).encode() + b"\n" + content


def test_a_recording_comes_back_byte_by_byte_and_its_reading_is_recorded(api: Api) -> None:
    headers = api.token(Role.SUPERVISOR)
    body = framed({"kind": "call_recording", "case": "C-1", "file_name": "通话.wav"}, CONTENT)
    answer = api.client.post(
        "/v1/evidence", content=body, headers={**headers, "Content-Type": ITEM}
    )
    assert answer.status_code == 201, answer.text
    place = answer.headers["location"]
    assert api.client.get(f"{place}/content", headers=headers).content == CONTENT
    fields = api.client.get(f"{place}/fields", headers=headers).json()["fields"]
    assert {"name": "file_name", "value": "通话.wav"}.items() <= fields[1].items()
    auditor = api.token(Role.AUDITOR)
    entries = api.client.get("/v1/audit?action=evidence.", headers=auditor).json()["entries"]
    assert [each["action"] for each in entries] == [
        "evidence.read-fields",
        "evidence.read-content",
        "evidence.seal",
    ]
    audit(api.ledger)


def test_a_content_that_comes_slowly_and_in_odd_pieces_is_sealed_as_it_is(api: Api) -> None:
    headers = {**api.token(Role.COLLECTOR, Role.SUPERVISOR), "Content-Type": ITEM}

    def pieces() -> Iterator[bytes]:
        body = framed({"kind": "call_recording"}, CONTENT)
        for at in range(0, len(body), 7919):
            yield body[at : at + 7919]

    answer = api.client.post("/v1/evidence", content=pieces(), headers=headers)
    place = f"/v1/evidence/{answer.json()['id']}/content"
    assert api.client.get(place, headers=headers).content == CONTENT


def test_the_same_idempotency_key_is_answered_with_the_same_receipt(api: Api) -> None:
    headers = {**api.token(Role.COLLECTOR), "Idempotency-Key": "k-1"}
    item = {"kind": "promise_to_pay", "fields": {"n": 1}}
    first = api.client.post("/v1/evidence", json=item, headers=headers)
    again = api.client.post("/v1/evidence", json=item, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {**first.json(), "replayed": True}
    other = api.client.post("/v1/evidence", json={**item, "case": "C"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "request-key-reused")
    audit(api.ledger)


def test_bulk_lines_are_answered_one_by_one_in_order(api: Api) -> None:
    headers = api.token(Role.COLLECTOR)
    lines = [
        json.dumps({"kind": "promise_to_pay", "fields": {"n": n}, "case": "C"}) for n in range(5)
    ]
    lines[2] = '{"kind": "no-such-kind"}'
    lines[3] = '{"kind": "call_recording", "file": "/etc/passwd"}'
    answer = api.client.post("/v1/evidence/bulk", content="\n".join(lines), headers=headers)
    answers = [json.loads(line) for line in answer.text.splitlines()]
    assert [each["line"] for each in answers] == [1, 2, 3, 4, 5]
    assert [each.get("case_number") for each in answers] == [1, 2, None, None, 3]
    assert [answers[2]["problem"]["code"], answers[3]["problem"]["code"]] == [
        "statement-kind",
        "item-member",
    ]
    audit(api.ledger)


def test_too_many_bulk_lines_are_refused_whole(api: Api) -> None:
    answer = api.client.post(
        "/v1/evidence/bulk", content="{}\n" * 10_001, headers=api.token(Role.COLLECTOR)
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "bulk-too-many")


def test_a_broken_upload_goes_on_where_it_stopped_and_seals_the_whole_content(api: Api) -> None:
    headers = api.token(Role.COLLECTOR, Role.SUPERVISOR)
    described = {"kind": "call_recording", "case": "C-1", "file_name": "a.wav"}
    place = api.client.post("/v1/uploads", json=described, headers=headers).headers["location"]
    half = len(CONTENT) // 2
    sent = api.client.patch(
        place, content=CONTENT[:half], headers={**headers, "Upload-Offset": "0"}
    )
    assert sent.json()["offset"] == half
    wrong = api.client.patch(place, content=b"x", headers={**headers, "Upload-Offset": "3"})
    assert (wrong.status_code, wrong.json()["params"]) == (409, {"offset": half})
    reached = api.client.get(place, headers=headers).json()["offset"]
    api.client.patch(
        place, content=CONTENT[reached:], headers={**headers, "Upload-Offset": str(reached)}
    )
    receipt = api.client.post(f"{place}/finish", headers=headers).json()
    content = api.client.get(f"/v1/evidence/{receipt['id']}/content", headers=headers)
    assert content.content == CONTENT
    again = api.client.post(f"{place}/finish", headers=headers).json()
    assert again == {**receipt, "replayed": True}
    assert len(list(api.ledger.node.vault.object_ids())) == 1
    audit(api.ledger)


def test_nobody_else_goes_on_with_an_upload(api: Api) -> None:
    place = api.client.post(
        "/v1/uploads", json={"kind": "call_recording"}, headers=api.token(Role.COLLECTOR)
    ).headers["location"]
    answer = api.client.get(place, headers=api.token(Role.COLLECTOR))
    assert answer.status_code == 404


def test_a_cancelled_upload_leaves_nothing(api: Api) -> None:
    headers = api.token(Role.COLLECTOR)
    place = api.client.post(
        "/v1/uploads", json={"kind": "call_recording"}, headers=headers
    ).headers["location"]
    api.client.patch(place, content=CONTENT, headers={**headers, "Upload-Offset": "0"})
    assert api.client.delete(place, headers=headers).status_code == 204
    assert list(api.ledger.node.vault.object_ids()) == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"kind": "promise_to_pay"', "request-invalid"),
        (b"[]", "request-invalid"),
        (b'{"kind": "promise_to_pay", "fields": {"amount": 1.5}}', "canonical-float"),
        (b'{"kind": "promise_to_pay", "nonsense": 1}', "item-member"),
        (b'{"kind": "promise_to_pay"}', "nothing-to-seal"),
        (b'{"kind": 7}', "statement-form"),
    ],
)
def test_bad_items_are_problems_with_a_code_and_a_remedy(api: Api, body: bytes, code: str) -> None:
    headers = {**api.token(Role.COLLECTOR), "Content-Type": "application/json"}
    answer = api.client.post("/v1/evidence", content=body, headers=headers)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code in {400, 409}, answer.json()["code"]) == (True, code)
    assert answer.json()["remedy"]


def test_an_empty_content_is_refused(api: Api) -> None:
    headers = {**api.token(Role.COLLECTOR), "Content-Type": ITEM}
    answer = api.client.post("/v1/evidence", content=b'{"kind": "letter"}\n', headers=headers)
    assert answer.json()["code"] == "content-empty"
