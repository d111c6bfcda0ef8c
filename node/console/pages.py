"""All pages on one application, with their static files."""

from typing import Final

from fastapi import FastAPI, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from node.console import (
    account_pages,
    audit_pages,
    blacklist_desk,
    blacklist_entry_pages,
    blacklist_monitoring,
    blacklist_pages,
    blacklist_screenings,
    blacklist_watching,
    case_pages,
    consortium_pages,
    dashboard,
    failures,
    finding,
    joining,
    operator_pages,
    package_pages,
    peer_pages,
    provider_login,
    release_pages,
    settings_page,
    showing,
    signing_in,
    uploading,
)
from node.console.assets import STATIC, digests
from node.console.chain_watch import ChainWatch
from node.service import Service

KEPT: Final = "public, max-age=31536000, immutable"
PAGES: Final = (
    signing_in,
    joining,
    provider_login,
    dashboard,
    finding,
    package_pages,
    showing,
    case_pages,
    uploading,
    blacklist_pages,
    blacklist_entry_pages,
    blacklist_screenings,
    blacklist_watching,
    blacklist_monitoring,
    blacklist_desk,
    peer_pages,
    release_pages,
    consortium_pages,
    operator_pages,
    account_pages,
    audit_pages,
    settings_page,
)


class Assets(StaticFiles):
    """Static files that are kept for a year under their digest: after an upgrade pages name another one."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """See Starlette."""
        answer = await super().get_response(path, scope)
        named = scope["query_string"] == f"v={digests().get(path)}".encode()
        answer.headers["Cache-Control"] = KEPT if named else "no-cache"
        return answer


def add_console(app: FastAPI, service: Service) -> FastAPI:
    """Add the console to the application of a running service."""
    app.state.chain_watch = ChainWatch(service.node)
    for each in PAGES:
        app.include_router(each.router)
    app.mount("/static", Assets(directory=STATIC), name="static")
    failures.install(app)
    return app
