"""An OpenID Connect provider in a process of its own: oidc-provider-mock, with a few wrong ways on demand.

``python identity_provider.py PORT [OPTIONS]`` serves it. A process, because the package and its
libraries warn about their own deprecations, which would fail the tests.
"""

import argparse
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import requests

USERS = {
    "u-1": {"name": "Ann Archer", "preferred_username": "ann", "groups": ["team", "legal"]},
    "u-2": {"name": "Bob Baker", "preferred_username": "bob", "groups": ["canteen"]},
    "u-3": {"name": "Eve", "preferred_username": "local", "groups": "team"},
}


@dataclass(frozen=True)
class RunningProvider:
    """A provider that listens.

    Attributes:
        issuer: as in its tokens.
    """

    issuer: str

    def authorize(self, url: str, subject: str, **changed: str) -> dict[str, str]:
        """Agree at the provider's form, as ``subject``; return what the callback gets.

        Args:
            url: where the node sent the browser.
            subject: who signs in.
            changed: parameters that somebody changed on the way.
        """
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        changed_url = urlunsplit(parts._replace(query=urlencode({**query, **changed})))
        answer = requests.post(
            changed_url, data={"sub": subject}, allow_redirects=False, timeout=10
        )
        callback = urlsplit(answer.headers["Location"])
        return {name: values[0] for name, values in parse_qs(callback.query).items()}


@contextmanager
def running_provider(*options: str) -> Iterator[RunningProvider]:
    """Serve the provider until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", __file__, str(port), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    issuer = f"http://localhost:{port}"
    try:
        _wait(issuer)
        yield RunningProvider(issuer)
    finally:
        process.terminate()
        process.wait(10)


def _wait(issuer: str) -> None:
    for _ in range(200):
        try:
            requests.get(issuer + "/jwks", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(issuer)


def serve() -> None:
    """Serve in this process."""
    # Only the serving process imports the package.
    from oidc_provider_mock import User, app  # noqa: PLC0415
    from oidc_provider_mock import _app as inside  # noqa: PLC0415
    from werkzeug.serving import make_server  # noqa: PLC0415

    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--audience")
    parser.add_argument("--asked-ago", type=int, help="seconds since the person was asked")
    given = parser.parse_args()
    if given.audience:
        inside.OpenIDCode.get_audiences = lambda *_: [given.audience]
    if given.asked_ago:
        inside.AuthorizationCode.get_auth_time = lambda _: int(time.time()) - given.asked_ago
    users = [User(sub=sub, claims=dict(claims)) for sub, claims in USERS.items()]
    make_server("localhost", given.port, app(user_claims=users, require_nonce=True)).serve_forever()


if __name__ == "__main__":
    serve()
