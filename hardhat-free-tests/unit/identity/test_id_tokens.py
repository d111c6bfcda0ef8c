"""ID tokens: what OpenID Connect Core 1.0 §3.1.3.7 demands, one wrong thing at a time."""

import hmac
import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from ledger.errors import ConfigurationError
from node.errors import NotAuthenticatedError
from node.identity.oidc_settings import OidcConfig
from node.identity.permissions import Role
from node.identity.provider import Provider

ISSUER = "https://login.bank.example/realms/staff"
CONFIG = OidcConfig(ISSUER, "lianzheng", "", "groups", {"team": Role.COLLECTOR})
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
AT = int(NOW.timestamp())
CLAIMS: dict[str, Any] = {
    "iss": ISSUER, "aud": "lianzheng", "sub": "7", "exp": AT + 300, "iat": AT, "nonce": "n-1",
}  # fmt: skip
NONE, HS256 = b'{"alg":"none"}', b'{"alg":"HS256","kid":"1"}'
KEY = RSAKey.generate_key(2048, {"kid": "1"})
OTHER = RSAKey.generate_key(2048, {"kid": "1"})


@pytest.fixture
def provider() -> Provider:
    found = Provider(CONFIG)
    found._keys = NOW, KeySet([KEY])
    return found


def token(key: Any = KEY, alg: str = "RS256", **changed: Any) -> str:
    claims = {name: value for name, value in {**CLAIMS, **changed}.items() if value is not None}
    return jwt.encode({"alg": alg, "kid": "1"}, claims, key, algorithms=[alg])


def test_a_good_token_gives_its_claims(provider: Provider) -> None:
    assert provider.claims(token(), nonce="n-1", now=NOW)["sub"] == "7"
    several = token(aud=["lianzheng", "other"], azp="lianzheng")
    assert provider.claims(several, nonce="n-1", now=NOW)["sub"] == "7"
    assert provider.claims(token(aud=["lianzheng"]), nonce="n-1", now=NOW)["sub"] == "7"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"iss": "https://login.other.example"}, "iss"),
        ({"aud": "other"}, "aud"),
        ({"aud": ["other", "third"]}, "aud"),
        ({"aud": ["lianzheng", "other"]}, "azp"),
        ({"aud": ["lianzheng", "other"], "azp": "other"}, "azp"),
        ({"exp": AT - 61}, "exp"),
        ({"exp": None}, "exp"),
        ({"iat": AT + 3600}, "iat"),
        ({"nonce": "n-2"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"sub": None}, "sub"),
    ],
)
def test_a_wrong_claim_is_refused(provider: Provider, changed: dict[str, Any], why: str) -> None:
    with pytest.raises(NotAuthenticatedError) as caught:
        provider.claims(token(**changed), nonce="n-1", now=NOW)
    assert caught.value.code == "oidc-token"
    assert why in str(caught.value.params["why"]) or "expired" in str(caught.value.params["why"])


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def unsigned() -> str:
    return f"{encoded(NONE)}.{encoded(json.dumps(CLAIMS).encode())}."


def hmac_under_the_public_key() -> str:
    text = f"{encoded(HS256)}.{encoded(json.dumps(CLAIMS).encode())}"
    return f"{text}.{encoded(hmac.digest(KEY.as_pem(private=False), text.encode(), 'sha256'))}"


@pytest.mark.parametrize(
    "forged", [unsigned, hmac_under_the_public_key, lambda: token(OTHER), lambda: "a.b.c"]
)
def test_a_forged_token_is_refused(
    provider: Provider, forged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "_fetch", lambda _url: KeySet([KEY]).as_dict(private=False))
    monkeypatch.setattr(provider, "_endpoints", type("E", (), {"jwks": "x"})())
    with pytest.raises(NotAuthenticatedError):
        provider.claims(forged(), nonce="n-1", now=NOW)


@pytest.mark.parametrize(
    "issuer", ["http://login.bank.example", "ftp://login.bank.example", "login"]
)
def test_a_provider_without_encryption_is_refused(issuer: str) -> None:
    with pytest.raises(ConfigurationError):
        Provider(OidcConfig(issuer, "lianzheng", "", "groups", {}))


def test_keys_at_another_origin_are_refused(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = {
        "issuer": ISSUER,
        "authorization_endpoint": ISSUER + "/auth",
        "token_endpoint": ISSUER + "/token",
        "jwks_uri": "https://evil.example/keys",
    }
    monkeypatch.setattr(provider, "_fetch", lambda _url: document)
    with pytest.raises(ConfigurationError) as caught:
        provider.exchange("code", redirect_uri="https://x", verifier="v")
    assert caught.value.code == "oidc-address"


def test_a_discovery_document_of_another_issuer_is_refused(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "_fetch", lambda _url: {"issuer": ISSUER + "/"})
    with pytest.raises(ConfigurationError):
        provider.exchange("code", redirect_uri="https://x", verifier="v")
