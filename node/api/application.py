"""The application: routes of the API, problems, and what goes around every request."""

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

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
    peers,
    people,
    problems,
    releases,
    sealing,
    sessions,
    uploads,
    watching,
)
from node.api.documents import SECURITY
from node.api.middleware import Around
from node.api.problems import SMALL_BYTES
from node.service import Service

DESCRIPTION = "证据存证、上链与出证。 Evidence: sealed, anchored, proved."


def create_app(service: Service) -> FastAPI:
    """Return the API of a running service."""
    app = FastAPI(
        title="Lianzheng 联证",
        version=version("lianzheng"),
        description=DESCRIPTION,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        # Of every route that does not say otherwise.
        max_body_size=SMALL_BYTES,
    )
    app.state.service = service
    app.include_router(operations.router)
    # Paths with a fixed last part before those with an id in the same place.
    for each in (
        sealing,
        uploads,
        evidence,
        packages,
        releases,
        cases,
        log,
        people,
        account,
        sessions,
        consortium,
        watching,
        blacklist,
        blacklist_entries,
        blacklist_screening,
        blacklist_screenings,
        blacklist_monitoring,
        blacklist_watching,
        blacklist_desk,
    ):
        app.include_router(each.router, prefix="/v1")
    app.include_router(peers.router)
    problems.install(app)
    app.add_middleware(Around, metrics=service.metrics, tracing=service.tracing)
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]  # FastAPI's documented way
    return app


def _document(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        for operations in document["paths"].values():
            for operation in operations.values():
                # FastAPI's own form of what we answer with a 400 problem.
                operation["responses"].pop("422", None)
        document.setdefault("components", {})["securitySchemes"] = dict(SECURITY)
        app.openapi_schema = document
    return app.openapi_schema
