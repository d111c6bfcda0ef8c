"""The other members as the registry on chain says: who they are, where they answer, which keys count now."""

from dataclasses import dataclass, field, replace
from threading import Lock
from time import monotonic
from typing import Final

from ledger.errors import ConfigurationError, UnavailableError
from ledger.evidence.log import LogIdentity
from ledger.proof.trust import KeyRecord, TrustedMember
from node.errors import NotAuthenticatedError, NotPermittedError
from node.settings import Settings

FRESH_SECONDS: Final = 15.0
"""Within this time a suspended member is no longer listened to."""
STALE_SECONDS: Final = 600.0
"""How long the last reading stands while the chain is silent; then nobody is a neighbour."""
EVIDENCE: Final = "evidence"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A member of the consortium.

    Attributes:
        member: with its name and every key it ever had.
        log: present generation of its log.
        endpoint: base address of its node; empty when it has none.
        active: neither suspended nor gone.
        roles: names of ``ledger.chain.registry.ROLES``.
    """

    member: TrustedMember
    log: LogIdentity
    endpoint: str
    active: bool
    roles: tuple[str, ...]

    @property
    def present(self) -> TrustedMember:
        """The member with the keys that count now."""
        return replace(self.member, keys=tuple(each for each in self.member.keys if _counts(each)))


def _counts(record: KeyRecord) -> bool:
    return record.until is None and record.compromised_since is None


def evidence_key(peer: Neighbour) -> bytes:
    """Return the evidence key that counts now.

    Raises:
        NotPermittedError: it has none.
    """
    for record in peer.present.keys:
        if record.purpose == EVIDENCE:
            return record.key
    raise NotPermittedError("peer-not-active")


@dataclass
class Neighbours:
    """Reads the members from the chain and remembers them for a moment; safe for threads.

    Attributes:
        settings: name the chain, its registry, and this member.
    """

    settings: Settings
    _found: tuple[Neighbour, ...] | None = field(default=None, init=False)
    _read_at: float = field(default=0.0, init=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def all(self) -> tuple[Neighbour, ...]:
        """Return every institution that was ever admitted, this one too.

        Raises:
            UnavailableError: the chain does not answer, and has not for long.
            ConfigurationError: the contracts are not set, or not there.
        """
        with self._lock:
            age = monotonic() - self._read_at
            if self._found is None or age > FRESH_SECONDS:
                try:
                    self._found, self._read_at = self._read(), monotonic()
                except UnavailableError:
                    if self._found is None or age > STALE_SECONDS:
                        raise
            return self._found

    def others(self) -> tuple[Neighbour, ...]:
        """Return the other members that are active and take part with a log.

        Raises:
            UnavailableError: see ``all``.
            ConfigurationError: see ``all``.
        """
        own = bytes.fromhex(self.settings.member)
        return tuple(each for each in self.all() if each.active and each.log.member != own)

    def active(self, member: bytes) -> Neighbour:
        """Return another active member by its id.

        Raises:
            UnavailableError: it is none now; or see ``all``.
        """
        for each in self.others():
            if each.log.member == member:
                return each
        raise UnavailableError("peer-unavailable", peer=member.hex()[:12], why="not a member now")

    def with_log_key(self, key: bytes) -> Neighbour:
        """Return the active member whose present log key is ``key``.

        Raises:
            NotAuthenticatedError: nobody's.
            UnavailableError: see ``all``.
        """
        for each in self.others():
            if each.present.key("log", key) is not None:
                return each
        raise NotAuthenticatedError("peer-unknown")

    def own_is_active(self) -> bool:
        """Tell whether this member is active: only then it cosigns.

        Raises:
            UnavailableError: see ``all``.
        """
        own = bytes.fromhex(self.settings.member)
        return any(each.active for each in self.all() if each.log.member == own)

    def _read(self) -> tuple[Neighbour, ...]:
        from ledger.chain.registry import read_members  # noqa: PLC0415 - the ABI codec, which most commands do without

        if self.settings.registry is None:
            raise ConfigurationError("chain-not-configured")
        found = read_members(self.settings.chain_url, bytes.fromhex(self.settings.registry))
        return tuple(
            Neighbour(
                member=TrustedMember(each.member, each.origin, each.origin, each.keys),
                log=LogIdentity(each.member, each.origin, each.generation),
                endpoint=each.endpoint.rstrip("/"),
                active=each.status == "active",
                roles=each.roles,
            )
            for each in found
        )
