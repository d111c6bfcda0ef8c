"""The institution's identity provider over HTTP: discovery, authorisation address, code exchange, ID token.

* Requests go to the issuer's own origin only; a discovery document that points elsewhere is refused, and
  redirects are not followed.
* Plain HTTP only to this machine (tests, a provider behind a local proxy).
* ID tokens: signature under an allow list of algorithms, then iss, aud and azp, exp, iat, nonce, as OpenID
  Connect Core 1.0 §3.1.3.7 demands.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from ledger.errors import ConfigurationError, UnavailableError
from node.errors import NotAuthenticatedError
from node.identity.oidc_settings import OidcConfig

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Never ``none``, and no HMAC: the client's secret is no signing key."""
LEEWAY_SECONDS: Final = 60
TIMEOUT_SECONDS: Final = 10
MAX_DOCUMENT_BYTES: Final = 1 << 20
KEYS_LIVE: Final = timedelta(minutes=10)
"""A key that the provider withdraws is believed no longer than this."""
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What discovery found."""

    authorization: str
    token: str
    jwks: str


class Provider:
    """Speaks to the provider.

    Args:
        config: how the node stands to it.
    """

    def __init__(self, config: OidcConfig) -> None:
        _check_address(config.issuer, config.issuer)
        self.config: Final = config
        self._endpoints: Endpoints | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    def authorization_url(
        self, *, redirect_uri: str, state: str, nonce: str, verifier: str, again: bool
    ) -> str:
        """Return where the browser goes, with state, nonce and the PKCE challenge (S256).

        ``again`` makes the provider ask for the password, and say when it did (OpenID Connect Core §3.1.2.1).

        Raises:
            UnavailableError: the provider does not answer.
            ConfigurationError: its discovery document is not acceptable.
        """
        with self._client(redirect_uri) as client:
            url, _ = client.create_authorization_url(
                self._discovered().authorization,
                state=state,
                nonce=nonce,
                code_verifier=verifier,
                **({"prompt": "login", "max_age": "0"} if again else {}),
            )
        return str(url)

    def exchange(self, code: str, *, redirect_uri: str, verifier: str) -> str:
        """Return the ID token for an authorisation code.

        Raises:
            NotAuthenticatedError: the provider refuses the code.
            UnavailableError: it does not answer.
        """
        endpoint = self._discovered().token
        try:
            with self._client(redirect_uri) as client:
                found = client.fetch_token(
                    endpoint,
                    code=code,
                    code_verifier=verifier,
                    grant_type="authorization_code",
                    timeout=TIMEOUT_SECONDS,
                    allow_redirects=False,
                )
        except OAuthError as error:
            raise NotAuthenticatedError("oidc-refused", why=str(error.error)[:64]) from error
        except (requests.RequestException, ValueError) as error:
            raise UnavailableError("oidc-unreachable", issuer=self.config.issuer) from error
        token = found.get("id_token")
        if not isinstance(token, str):
            raise NotAuthenticatedError("oidc-token", why="missing")
        return token

    def claims(self, id_token: str, *, nonce: str, now: datetime) -> Mapping[str, Any]:
        """Verify an ID token and return its claims.

        Raises:
            NotAuthenticatedError: signature, algorithm, iss, aud, azp, exp, iat or nonce is wrong.
            UnavailableError: the provider's keys cannot be fetched.
        """
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.config.issuer},
            aud={"essential": True, "value": self.config.client},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = self._decoded(id_token, now)
            registry.validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise NotAuthenticatedError("oidc-token", why=_why(error)) from error
        audience = claims["aud"]
        party = claims.get("azp", None if isinstance(audience, list) else self.config.client)
        alone = not isinstance(audience, list) or audience == [self.config.client]
        if not alone and party != self.config.client:
            raise NotAuthenticatedError("oidc-token", why="azp")
        return claims

    def _decoded(self, id_token: str, now: datetime) -> dict[str, Any]:
        """Check the signature; once more with fresh keys, for a key that is newer than ours."""
        fresh = self._keys is None or not timedelta(0) <= now - self._keys[0] < KEYS_LIVE
        try:
            return jwt.decode(id_token, self._key_set(now), algorithms=ALGORITHMS).claims
        except (JoseError, ValueError):
            if fresh:
                raise
            self._keys = None
            return jwt.decode(id_token, self._key_set(now), algorithms=ALGORITHMS).claims

    def _key_set(self, now: datetime) -> KeySet:
        if self._keys is not None and timedelta(0) <= now - self._keys[0] < KEYS_LIVE:
            return self._keys[1]
        document = self._fetch(self._discovered().jwks)
        try:
            keys = KeySet.import_key_set(document)  # type: ignore[arg-type]  # checked by the library
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise ConfigurationError("oidc-discovery", member="jwks_uri") from error
        self._keys = now, keys
        return keys

    def _discovered(self) -> Endpoints:
        if self._endpoints is None:
            issuer = self.config.issuer
            document = self._fetch(issuer.rstrip("/") + "/.well-known/openid-configuration")
            if document.get("issuer") != issuer:
                raise ConfigurationError("oidc-discovery", member="issuer")
            found = [str(document.get(name, "")) for name in _ENDPOINTS]
            for address in found:
                _check_address(address, issuer)
            self._endpoints = Endpoints(*found)
        return self._endpoints

    def _fetch(self, url: str) -> dict[str, Any]:
        try:
            answer = requests.get(url, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True)
            with answer:
                data = answer.raw.read(MAX_DOCUMENT_BYTES + 1, decode_content=True)
                answer.raise_for_status()
                if answer.is_redirect or len(data) > MAX_DOCUMENT_BYTES:
                    raise ConfigurationError("oidc-discovery", member=urlsplit(url).path)
                document = json.loads(data)
        except (requests.RequestException, OSError, ValueError) as error:
            raise UnavailableError("oidc-unreachable", issuer=self.config.issuer) from error
        if not isinstance(document, dict):
            raise ConfigurationError("oidc-discovery", member=urlsplit(url).path)
        return document

    def _client(self, redirect_uri: str) -> OAuth2Session:
        return OAuth2Session(
            self.config.client,
            self.config.secret or None,
            token_endpoint_auth_method="client_secret_basic" if self.config.secret else "none",
            scope="openid profile email",
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )


def _check_address(address: str, issuer: str) -> None:
    """Refuse an address that is not the issuer's own, or not encrypted.

    Raises:
        ConfigurationError: it is not acceptable.
    """
    parts, own = urlsplit(address), urlsplit(issuer)
    encrypted = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
    if not encrypted or (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
        raise ConfigurationError("oidc-address", address=address[:100])


def _why(error: Exception) -> str:
    """Return a short reason: the claim that failed, or the kind of failure."""
    return str(getattr(error, "claim", None) or getattr(error, "error", None) or "form")[:40]
