"""The running program: service, worker and HTTP server in one process, or the worker alone."""

import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event

import uvicorn
from fastapi import FastAPI

from ledger.errors import ConfigurationError
from node.api.application import create_app
from node.console.pages import add_console
from node.http_protocol import BoundedProtocol
from node.metrics import Metrics
from node.service import Service, serving
from node.settings import Settings
from node.tracing import tracing
from node.wiring import open_node
from node.worker import Worker

KEEP_ALIVE_SECONDS = 30
SWITCH_SECONDS = 0.0005
BACKLOG = 512
CONNECTIONS = 1000
"""Open at once; more are answered 503, so that file descriptors are left for the node's own work."""
GRACE_SECONDS = 20
"""For requests that run when the process is told to end."""


def serve(home: Path, *, with_worker: bool, started: Callable[[Service], None]) -> None:
    """Serve the node in ``home`` until a signal ends it.

    Args:
        home: of the node.
        with_worker: also sequence and anchor in this process.
        started: is told once everything runs and connections are taken.

    Raises:
        ConfigurationError: there is no node, it cannot be opened, or its port is taken.
    """
    # A request passes through several threads; five milliseconds a step, Python's default, would add up
    # whenever another thread computes.
    sys.setswitchinterval(SWITCH_SECONDS)
    with (
        open_node(home, spare_keys=True) as node,
        serving(node, with_worker=with_worker) as service,
        _listening(node.settings) as opened,
    ):
        started(service)
        uvicorn.Server(_config(add_console(create_app(service), service), node.settings)).run(
            sockets=[opened]
        )


def work(home: Path) -> None:
    """Run the worker alone until a signal ends it.

    Raises:
        ConfigurationError: there is no node, or it cannot be opened.
    """
    ended = Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: ended.set())
    with (
        open_node(home) as node,
        tracing(node.settings.otlp_endpoint) as traced,
        Worker(node, Metrics(), traced),
    ):
        ended.wait()


def _listening(settings: Settings) -> socket.socket:
    place = settings.listen_host, settings.listen_port
    family = socket.AF_INET6 if ":" in settings.listen_host else socket.AF_INET
    try:
        return socket.create_server(place, family=family, backlog=BACKLOG)
    except OSError as error:
        raise ConfigurationError("cannot-listen", port=place[1], why=error.strerror) from error


def _config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.listen_host,
        port=settings.listen_port,
        log_config=None,
        access_log=False,
        server_header=False,
        # Who asks is counted by address: a header that anybody can send must not change it.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        http=BoundedProtocol,
        limit_concurrency=CONNECTIONS,
        ssl_certfile=settings.tls_certificate and str(settings.home / settings.tls_certificate),
        ssl_keyfile=settings.tls_key and str(settings.home / settings.tls_key),
    )
