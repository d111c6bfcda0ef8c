"""All pages on one application, with their static files."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from node.console import dashboard, failures, joining, provider_login, signing_in
from node.console.chain_watch import ChainWatch
from node.service import Service

STATIC: Final = Path(__file__).parent / "static"
ROUTERS: Final = (signing_in.router, joining.router, provider_login.router, dashboard.router)


def add_console(app: FastAPI, service: Service) -> FastAPI:
    """Add the console to the application of a running service."""
    app.state.chain_watch = ChainWatch(service.node)
    for each in ROUTERS:
        app.include_router(each)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    failures.install(app)
    return app
