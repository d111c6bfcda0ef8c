"""Identity as one object: the parts, put together over one database, clock and audit trail.

The floors above register what kinds of release do (``releases.register``); everything else is ready.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from ledger.ports.clock import Clock
from ledger.store.transactions import Begin
from node.audit.trail import Trail
from node.identity.authenticator import Authenticator
from node.identity.first_start import Invitations
from node.identity.freshness import Freshness
from node.identity.lockout import Lockout
from node.identity.login import Login
from node.identity.oidc_settings import oidc_config
from node.identity.operators import Operators
from node.identity.pending import PendingSignIns
from node.identity.permissions import PERMISSIONS, Permission, Principal, Role
from node.identity.random_tokens import derive_key
from node.identity.releases import Releases
from node.identity.second_factor import SecondFactor
from node.identity.sessions import SessionLimits, Sessions
from node.identity.tokens import Tokens
from node.settings import Settings

if TYPE_CHECKING:
    from node.identity.oidc import Oidc


@dataclass
class Identity:
    """People and programs of a node; parts are built when they are first needed.

    Attributes:
        begin: opens a write transaction.
        read: opens a transaction for reading.
        clock: this machine's time.
        purpose_key: 32 bytes; one key for each purpose is derived from it.
        settings: as read.
        trail: takes the entries.
    """

    begin: Begin
    read: Begin
    clock: Clock
    purpose_key: bytes = field(repr=False)
    settings: Settings
    trail: Trail

    @cached_property
    def freshness(self) -> Freshness:
        """Counts changes to who may do what."""
        return Freshness()

    @cached_property
    def operators(self) -> Operators:
        """Lists and changes accounts."""
        return Operators(self.begin, self.read, self.clock, self.trail, self.freshness)

    @cached_property
    def invitations(self) -> Invitations:
        """Makes and accepts links."""
        return Invitations(self.begin, self.clock, self.trail, self.freshness)

    @cached_property
    def second_factor(self) -> SecondFactor:
        """Enrols and checks codes."""
        key = derive_key(self.purpose_key, "totp")
        return SecondFactor(self.begin, self.clock, self.trail, key)

    @cached_property
    def sessions(self) -> Sessions:
        """Lists and ends sessions."""
        limits = SessionLimits(
            idle=timedelta(minutes=self.settings.session_idle_minutes),
            absolute=timedelta(hours=self.settings.session_hours),
        )
        return Sessions(self.begin, self.read, self.clock, self.trail, self.freshness, limits)

    @cached_property
    def login(self) -> Login:
        """Signs people in and out."""
        return Login(
            begin=self.begin,
            clock=self.clock,
            trail=self.trail,
            freshness=self.freshness,
            lockout=Lockout(derive_key(self.purpose_key, "lockout")),
            second_factor=self.second_factor,
            sessions=self.sessions,
            pending=PendingSignIns(derive_key(self.purpose_key, "pending-sign-in"), self.clock),
        )

    @cached_property
    def tokens(self) -> Tokens:
        """Makes and revokes API tokens."""
        return Tokens(self.begin, self.read, self.clock, self.trail, self.freshness)

    @cached_property
    def authenticator(self) -> Authenticator:
        """Finds who asks."""
        return Authenticator(self.read, self.begin, self.clock, self.freshness, self.sessions)

    @cached_property
    def releases(self) -> Releases:
        """Takes requests and decisions by four eyes."""
        return Releases(self.begin, self.read, self.clock, self.trail)

    @cached_property
    def oidc(self) -> "Oidc | None":
        """Signs people in at the identity provider; ``None`` when none is set.

        Raises:
            ConfigurationError: its settings do not fit.
        """
        if not self.settings.oidc_issuer:
            return None
        # The libraries behind it take a third of a second to import, and most commands do without.
        from node.identity.oidc import Oidc  # noqa: PLC0415 - see above
        from node.identity.provider import Provider  # noqa: PLC0415 - see above

        return Oidc(
            begin=self.begin,
            clock=self.clock,
            trail=self.trail,
            freshness=self.freshness,
            provider=Provider(oidc_config(self.settings)),
            login=self.login,
            key=derive_key(self.purpose_key, "oidc"),
        )


def command_principal(user: str) -> Principal:
    """Return the principal of a person at the node's own shell, who could read the database anyway.

    It may what an administrator may, and work the blacklist as a compliance officer does; but it decides no
    release: that needs a person who signed in.
    """
    allowed = PERMISSIONS[Role.ADMINISTRATOR] | {
        Permission.AUDIT_READ,
        Permission.BLACKLIST_QUERY,
        Permission.BLACKLIST_LIST,
        Permission.BLACKLIST_DESK,
    }
    safe = "".join(c for c in user if c.isascii() and (c.isalnum() or c in "._-"))[:40]
    name = f"command:{safe or 'unknown'}"
    return Principal(name, name, frozenset({Role.ADMINISTRATOR}), allowed, "command")
