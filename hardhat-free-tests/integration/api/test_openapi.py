"""The API keeps to its own document: no defect, and no answer that the document does not name."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from harness.bank_service import take_part
from harness.ledger import Ledger
from harness.service import Api, api_of
from hypothesis import HealthCheck, given, settings
from integration.api.test_permissions import NEEDS, OPEN
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from node.identity.permissions import Role

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@schemathesis.serializer("application/x-ndjson", "application/zip")
def as_it_is(_context: Any, value: Any) -> dict[str, bytes]:
    """Bodies that the document calls text or bytes are sent as they are."""
    return {"data": value if isinstance(value, bytes) else str(value).encode()}


@pytest.fixture(scope="module")
def running(module_ledger: Ledger) -> Iterator[Api]:
    take_part(module_ledger)
    with api_of(module_ledger) as api:
        yield api


@pytest.fixture(scope="module")
def everything(running: Api) -> dict[str, str]:
    """A token with every permission, and something to find."""
    headers = running.token(*Role)
    running.seal(headers, case="C-1", persons=["110101199003078890"])
    running.ledger.anchor()
    return headers


CHAIN = {
    ("GET", "/v1/trust"),
    ("GET", "/v1/consortium"),
    ("POST", "/v1/blacklist/entries/{entry_id}/correction"),
    ("POST", "/v1/blacklist/entries/{entry_id}/dispute"),
    ("POST", "/v1/blacklist/entries/{entry_id}/statement"),
}
"""Ask the chain, which is not here; ``test_blacklist``, ``e2e`` and ``integration/consortium`` ask them."""
OPERATIONS = sorted((OPEN | NEEDS.keys()) - CHAIN)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_one_that_the_document_names(
    running: Api, everything: dict[str, str], method: str, path: str
) -> None:
    document = schemathesis.openapi.from_asgi("/v1/openapi.json", running.client.app)
    template = path.replace(":path", "")

    @given(case=document[template][method].as_strategy())
    @settings(max_examples=20, suppress_health_check=[*HealthCheck])
    def every_answer(case: Any) -> None:
        case.call_and_validate(headers=everything, checks=CHECKS)

    every_answer()


def test_every_route_says_how_to_sign_in_and_how_it_fails(running: Api) -> None:
    document = running.client.get("/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            if path != "/healthz":
                assert "503" in operation["responses"], (method, path)


def test_the_examples_of_the_document_are_sealed_as_they_stand(
    running: Api, everything: dict[str, str]
) -> None:
    document = running.client.get("/v1/openapi.json").json()
    content = document["paths"]["/v1/evidence"]["post"]["requestBody"]["content"]
    example = content["application/json"]["example"]
    answer = running.client.post("/v1/evidence", json=example, headers=everything)
    assert answer.status_code == 201
    lines = document["paths"]["/v1/evidence/bulk"]["post"]["requestBody"]["content"]
    bulk = lines["application/x-ndjson"]["example"]
    answer = running.client.post("/v1/evidence/bulk", content=bulk, headers=everything)
    assert "problem" not in answer.text
