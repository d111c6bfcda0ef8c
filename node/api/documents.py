"""What routes say about themselves in the OpenAPI document: answers of each status, how callers sign in."""

from collections.abc import Mapping
from typing import Any, Final

from node.api.models import ProblemAnswer
from node.api.problems import MEDIA_TYPE

NDJSON: Final = "application/x-ndjson"

SECURITY: Final[Mapping[str, Any]] = {
    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "lz_ID_SECRET"},
    "session": {"type": "apiKey", "in": "cookie", "name": "lianzheng-session"},
}
SIGNED_IN: Final[Mapping[str, Any]] = {"security": [{"token": []}, {"session": []}]}

_MEANINGS: Final[Mapping[int, str]] = {
    400: "Malformed; names the field.",
    401: "Nobody who is known.",
    403: "Somebody who may not.",
    404: "Not there.",
    409: "A rule forbids it now.",
    413: "Over a limit.",
    429: "Too often.",
    503: "Something outside does not answer; try again.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the descriptions of problems with these statuses, with those that every route can have."""
    return {
        status: {
            "description": _MEANINGS[status],
            "content": {MEDIA_TYPE: {"schema": ProblemAnswer.model_json_schema()}},
        }
        for status in sorted({400, 401, 403, 503, *statuses})
    }


def content(media_type: str, description: str) -> dict[int | str, dict[str, Any]]:
    """Return the description of an answer that is no JSON."""
    return {200: {"content": {media_type: {}}, "description": description}}


def body(media_type: str, schema: Mapping[str, Any], example: object = None) -> dict[str, Any]:
    """Return the description of a body that the route reads itself, as it arrives."""
    content: dict[str, Any] = {"schema": dict(schema)}
    if example is not None:
        content["example"] = example
    return {"requestBody": {"required": True, "content": {media_type: content}}}
