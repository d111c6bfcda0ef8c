"""Requests between members: what is signed cannot be changed, kept, or sent to somebody else."""

import time
from dataclasses import replace

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from node.errors import NotAuthenticatedError
from node.peer import signatures
from node.peer.client import check_endpoint, tile_number
from node.peer.signatures import RECIPIENT, SignedRequest, sign, verify

RECEIVER, OTHER = b"\x01" * 32, b"\x02" * 32
BODY = b"old 0\n\nnote\n"
URL = "http://bank.example/peer/v1/add-checkpoint?x=1"


class Signer:
    """A key in memory."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.public_key = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, message: bytes) -> bytes:
        return self.key.sign(message)


def _signed(body: bytes | None = BODY, method: str = "POST") -> tuple[SignedRequest, Signer]:
    signer = Signer()
    prepared = requests.Request(method, URL, data=body).prepare()
    sign(prepared, signer, RECEIVER)
    return SignedRequest(method, URL, dict(prepared.headers)), signer


@pytest.mark.parametrize(("body", "method"), [(BODY, "POST"), (None, "GET"), (b"", "POST")])
def test_a_signed_request_names_its_key(body: bytes | None, method: str) -> None:
    request, signer = _signed(body, method)
    key, nonce = verify(request, body or b"", RECEIVER)
    assert key == signer.public_key
    assert len(nonce) == 32
    assert verify(_signed(body, method)[0], body or b"", RECEIVER)[1] != nonce


def test_whatever_is_changed_is_noticed() -> None:
    request, _ = _signed()
    headers = dict(request.headers)
    for changed, body in (
        (replace(request, method="PUT"), BODY),
        (replace(request, url=URL.replace("add-checkpoint", "witnessed")), BODY),
        (replace(request, url=URL + "2"), BODY),
        (request, BODY + b"x"),
        (request, b""),
        (replace(request, headers={**headers, RECIPIENT: OTHER.hex()}), BODY),
        (replace(request, headers={k: v for k, v in headers.items() if k != "Signature"}), BODY),
        (replace(request, headers={k: v for k, v in headers.items() if k != "Content-Digest"}), BODY),
        (replace(request, headers={k: v for k, v in headers.items() if k != RECIPIENT}), BODY),
        (replace(request, headers={**headers, "Signature": "lianzheng=:AAAA:"}), BODY),
        (replace(request, headers={**headers, "Signature-Input": "nonsense"}), BODY),
    ):  # fmt: skip
        with pytest.raises(NotAuthenticatedError, match="peer-signature"):
            verify(changed, body, RECEIVER)


def test_a_request_for_one_member_is_refused_by_another() -> None:
    request, _ = _signed()
    with pytest.raises(NotAuthenticatedError, match="peer-recipient"):
        verify(request, BODY, OTHER)


def test_an_old_request_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Past(signatures.datetime):  # type: ignore[name-defined,misc]
        @classmethod
        def now(cls, tz: object = None) -> object:
            return super().fromtimestamp(time.time() - 200, tz)

    with monkeypatch.context() as earlier:
        earlier.setattr(signatures, "datetime", Past)
        request, _ = _signed()
    with pytest.raises(NotAuthenticatedError, match="peer-signature"):
        verify(request, BODY, RECEIVER)


def test_another_key_than_the_named_one_is_noticed() -> None:
    request, signer = _signed()
    headers = dict(request.headers)
    named = headers["Signature-Input"].replace(signer.public_key.hex(), Signer().public_key.hex())
    with pytest.raises(NotAuthenticatedError):
        verify(replace(request, headers={**headers, "Signature-Input": named}), BODY, RECEIVER)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "000"), (7, "007"), (1234067, "x001/x234/067"), (1000, "x001/000"), (999, "999")],
)
def test_tiles_are_named_as_c2sp_does(number: int, text: str) -> None:
    assert tile_number(number) == text


@pytest.mark.parametrize(
    ("endpoint", "production", "allowed"),
    [
        ("http://127.0.0.1:8000", False, True),
        ("http://127.0.0.1:8000", True, False),
        ("https://127.0.0.1", True, False),
        ("http://169.254.169.254", False, False),
        ("http://0.0.0.0:80", False, False),
        ("https://[fe80::1]", False, False),
        ("file:///etc/passwd", False, False),
        ("http://user@10.0.0.1", False, False),
        ("https://10.0.0.1:8443", True, True),
        ("http://10.0.0.1", True, False),
        ("", False, False),
    ],
)
def test_only_addresses_of_nodes_are_asked(
    endpoint: str,
    production: bool,
    allowed: bool,
) -> None:
    if allowed:
        check_endpoint(endpoint, production=production)
        return
    with pytest.raises(Exception, match="peer-endpoint"):
        check_endpoint(endpoint, production=production)
