"""Signing in at the institution's identity provider (OpenID Connect, authorisation code flow with PKCE).

* State and the browser's binding token are stored as digests, nonce and PKCE verifier encrypted; a flow is
  good once and for ten minutes. The binding token is a cookie: a callback that was prepared in another
  browser signs nobody in.
* An operator is made at the first login and gets name and roles anew at each: the provider's groups decide,
  and who is in no mapped group does not come in.
* When the person showed a password is what the provider says (``auth_time``), not when the browser came
  back: single sign-on proves no presence. For dangerous actions ``start(again=True)`` makes the provider ask.
* Accounts are matched by issuer and subject only. A login that a local account has is not taken over.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.primitives.canonical import JsonValue, decode, encode
from ledger.store.transactions import Begin
from node.audit.entries import AuditEntry
from node.audit.trail import Trail
from node.errors import NotAuthenticatedError, NotPermittedError
from node.identity import operators
from node.identity.freshness import Freshness
from node.identity.login import Login, SignedIn
from node.identity.permissions import Role
from node.identity.provider import LEEWAY_SECONDS, Provider
from node.identity.random_tokens import digest, random_id, random_token
from node.identity.tables import oidc_flow, operator

FLOW_LIVES: Final = timedelta(minutes=10)
_NONCE_BYTES: Final = 12
_MAX_FLOW_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class OidcStart:
    """Where to send the browser.

    Attributes:
        url: at the provider.
        binding: for a cookie of ten minutes (HttpOnly, Secure, SameSite=Lax), wanted back at the end.
    """

    url: str
    binding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Oidc:
    """Signs operators in through the provider.

    Attributes:
        begin: opens a write transaction.
        clock: this machine's time.
        trail: takes an entry for every login and refusal.
        freshness: told when roles change.
        provider: speaks to it.
        login: opens the session.
        key: 32 bytes, for flows at rest.
    """

    begin: Begin
    clock: Clock
    trail: Trail
    freshness: Freshness
    provider: Provider
    login: Login
    key: bytes

    def start(self, redirect_uri: str, *, again: bool = False) -> OidcStart:
        """Begin a login, or with ``again`` a step-up: the provider asks for password and code anew.

        Args:
            redirect_uri: the node's callback, as registered at the provider.
            again: whether the provider has to ask although the person is signed in there.

        Raises:
            UnavailableError: the provider does not answer.
        """
        state, nonce, verifier, binding = (random_token() for _ in range(4))
        url = self.provider.authorization_url(
            redirect_uri=redirect_uri, state=state, nonce=nonce, verifier=verifier, again=again
        )
        flow: JsonValue = {"nonce": nonce, "verifier": verifier, "redirect_uri": redirect_uri}
        now = self.clock.now()
        with self.begin() as connection:
            old = oidc_flow.c.created_at < format_instant(now - FLOW_LIVES)
            connection.execute(oidc_flow.delete().where(old))
            connection.execute(
                oidc_flow.insert().values(
                    state_hash=digest(state),
                    binding_hash=digest(binding),
                    sealed=self._seal(encode(flow), digest(state)),
                    created_at=format_instant(now),
                )
            )
        return OidcStart(url, binding)

    def complete(
        self,
        *,
        state: str,
        code: str,
        binding: str,
        source: str,
        agent: str,
        previous: str | None = None,
    ) -> SignedIn:
        """Finish a login that the provider sent back.

        Args:
            state: from the address.
            code: from the address.
            binding: from the cookie.
            source: address of the client.
            agent: name of the client.
            previous: session token that the client sent along; that session ends.

        Raises:
            NotAuthenticatedError: unknown or used flow, another browser, code or token refused.
            NotPermittedError: no group gives a role, or the account is disabled.
            UnavailableError: the provider does not answer.
        """
        try:
            flow = self._use_flow(state, binding)
            token = self.provider.exchange(
                code, redirect_uri=str(flow["redirect_uri"]), verifier=str(flow["verifier"])
            )
            claims = self.provider.claims(token, nonce=str(flow["nonce"]), now=self.clock.now())
            operator_id = self._admit(claims)
        except (NotAuthenticatedError, NotPermittedError) as error:
            details = {"why": error.code, "how": "oidc"}
            self.trail.record(AuditEntry("unknown", "session.login", None, details, "refused"))
            raise
        return self.login.open_session(
            operator_id,
            source=source,
            agent=agent,
            verified_at=_verified_at(claims, self.clock.now()),
            previous=previous,
        )

    def _use_flow(self, state: str, binding: str) -> Mapping[str, JsonValue]:
        oldest = format_instant(self.clock.now() - FLOW_LIVES)
        mine = oidc_flow.c.state_hash == digest(state)
        with self.begin() as connection:
            row = connection.execute(select(oidc_flow).where(mine).with_for_update()).first()
            connection.execute(oidc_flow.delete().where(mine))
        if row is None or row.created_at < oldest or row.binding_hash != digest(binding):
            raise NotAuthenticatedError("oidc-flow")
        nonce, sealed = row.sealed[:_NONCE_BYTES], row.sealed[_NONCE_BYTES:]
        data = AESGCM(self.key).decrypt(nonce, sealed, row.state_hash)
        flow = decode(data, max_bytes=_MAX_FLOW_BYTES)
        return flow if isinstance(flow, dict) else {}

    def _seal(self, data: bytes, state_hash: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, data, state_hash)

    def _admit(self, claims: Mapping[str, Any]) -> str:
        """Return the operator of the claims, made or brought up to date."""
        roles = self._roles(claims.get(self.provider.config.groups_claim))
        if not roles:
            raise NotPermittedError("oidc-no-role")
        subject = f"{self.provider.config.issuer}|{claims['sub']}"[:400]
        login = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])
        name = operators.checked_name(str(claims.get("name") or login)[: operators.MAX_NAME])
        with self.begin() as connection:
            query = select(operator).where(operator.c.subject == subject).with_for_update()
            row = connection.execute(query).first()
            if row is not None and row.disabled_at is not None:
                raise NotPermittedError("operator-disabled")
            text = operators.roles_to_text(roles)
            operator_id = random_id() if row is None else str(row.operator_id)
            if row is None:
                operators.insert(
                    connection,
                    operator_id=operator_id,
                    login=login,
                    name=name,
                    roles=roles,
                    created_at=format_instant(self.clock.now()),
                    subject=subject,
                )
            else:
                changed = operator.update().where(operator.c.operator_id == operator_id)
                connection.execute(changed.values(name=name, roles=text))
            if row is None or row.roles != text:
                action = "operator.join" if row is None else "operator.roles"
                details = {"after": text, "how": "oidc"}
                self.trail.record_in(
                    connection, AuditEntry(operator_id, action, operator_id, details)
                )
        self.freshness.forget()
        return operator_id

    def _roles(self, groups: object) -> frozenset[Role]:
        given: Iterable[object] = [groups] if isinstance(groups, str) else ()
        if isinstance(groups, list):
            given = groups
        known = self.provider.config.role_map
        return frozenset(
            known[group] for group in given if isinstance(group, str) and group in known
        )


def _verified_at(claims: Mapping[str, Any], now: datetime) -> str:
    """Return when the provider last asked the person; long ago when it does not say."""
    given = claims.get("auth_time")
    at = given if type(given) is int and 0 <= given <= now.timestamp() + LEEWAY_SECONDS else 0
    return format_instant(min(now, datetime.fromtimestamp(at, tz=UTC)))
