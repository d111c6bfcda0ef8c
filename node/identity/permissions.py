"""Who may do what: permissions, the roles that bundle them, and the principal that has them (pure).

* A permission names one thing that can be done; routes and commands ask for permissions, never for roles.
* A role is a bundle that a person is given; a person may have several.
* Duties are apart: who manages operators reads no content, who audits changes nothing, and who asks for
  something that cannot be taken back does not decide it (``releases.py``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeAlias

from node.errors import NotPermittedError


class Permission(StrEnum):
    """One thing that can be done."""

    EVIDENCE_SEAL = "evidence:seal"
    EVIDENCE_READ = "evidence:read"
    """Metadata, status, proofs: no personal data."""
    CONTENT_READ = "content:read"
    """Clear values and content: personal data; each read leaves an audit entry."""
    EVIDENCE_EXPORT = "evidence:export"
    HOLD_SET = "hold:set"
    ERASURE_REQUEST = "erasure:request"
    CHANGE_REQUEST = "change:request"
    """Ask for a change of keys or rules, and carry it out once another person has approved it."""
    CONSORTIUM_GOVERN = "consortium:govern"
    """Speak for the institution in the registry: propose, vote, carry out."""
    RELEASE_DECIDE = "release:decide"
    AUDIT_READ = "audit:read"
    OPERATORS_MANAGE = "operators:manage"
    SETTINGS_READ = "settings:read"
    METRICS_READ = "metrics:read"
    ANCHOR_RUN = "anchor:run"
    BLACKLIST_READ = "blacklist:read"
    """Keys, entries by number, use and audits: no personal data."""
    BLACKLIST_QUERY = "blacklist:query"
    """Ask about persons, screen, monitor, and review hits."""
    BLACKLIST_LIST = "blacklist:list"
    """Ask for listings, and change, withdraw, decide or vouch for entries."""
    BLACKLIST_DESK = "blacklist:desk"
    """Serve the person concerned: reports, statements, disputes."""


class Role(StrEnum):
    """A bundle of permissions that a person is given."""

    COLLECTOR = "collector"
    SUPERVISOR = "supervisor"
    COMPLIANCE = "compliance"
    AUDITOR = "auditor"
    COURT_LIAISON = "court_liaison"
    ADMINISTRATOR = "administrator"


PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    # Works cases: seals what was said and done, and sees that it arrived. Reading recordings back is not
    # needed to work a case, and is what a bribed collector would sell.
    Role.COLLECTOR: frozenset({Permission.EVIDENCE_SEAL, Permission.EVIDENCE_READ}),
    # Answers for a team: listens to its recordings and is the second pair of eyes for what cannot be undone.
    Role.SUPERVISOR: frozenset(
        {
            Permission.EVIDENCE_SEAL,
            Permission.EVIDENCE_READ,
            Permission.CONTENT_READ,
            Permission.RELEASE_DECIDE,
            Permission.METRICS_READ,
            Permission.BLACKLIST_READ,
            Permission.BLACKLIST_QUERY,
        }
    ),
    # Speaks for the persons concerned: asks for erasures, sets holds, works the blacklist and its desk. Does
    # not decide releases, so that the usual requester can never be the usual approver.
    Role.COMPLIANCE: frozenset(
        {
            Permission.EVIDENCE_READ,
            Permission.CONTENT_READ,
            Permission.HOLD_SET,
            Permission.ERASURE_REQUEST,
            Permission.AUDIT_READ,
            Permission.BLACKLIST_READ,
            Permission.BLACKLIST_QUERY,
            Permission.BLACKLIST_LIST,
            Permission.BLACKLIST_DESK,
        }
    ),
    # Reads everything, the audit trail included, and changes nothing.
    Role.AUDITOR: frozenset(
        {
            Permission.EVIDENCE_READ,
            Permission.CONTENT_READ,
            Permission.AUDIT_READ,
            Permission.SETTINGS_READ,
            Permission.METRICS_READ,
            Permission.BLACKLIST_READ,
        }
    ),
    # Hands packages to courts, reads what goes into them, and holds what a court has asked for.
    Role.COURT_LIAISON: frozenset(
        {
            Permission.EVIDENCE_READ,
            Permission.CONTENT_READ,
            Permission.EVIDENCE_EXPORT,
            Permission.HOLD_SET,
        }
    ),
    # Runs the node and its accounts. No content: whoever can make accounts must not read with them.
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.EVIDENCE_READ,
            Permission.CHANGE_REQUEST,
            Permission.CONSORTIUM_GOVERN,
            Permission.OPERATORS_MANAGE,
            Permission.SETTINGS_READ,
            Permission.METRICS_READ,
            Permission.ANCHOR_RUN,
            Permission.BLACKLIST_READ,
        }
    ),
}

Via: TypeAlias = Literal["session", "token", "command"]


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Return what all of ``roles`` allow together."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks, as authenticated.

    Attributes:
        operator_id: 16 hex digits; ``command:<system user>`` for a person at the node's own shell.
        name: as shown to people.
        roles: of the operator, at present.
        permissions: what this request may do; for a token at most its scopes.
        via: how the principal was authenticated.
        token_id: of the API token; ``None`` for sessions and commands.
    """

    operator_id: str
    name: str
    roles: frozenset[Role]
    permissions: frozenset[Permission]
    via: Via
    token_id: str | None = None

    def require(self, permission: Permission) -> None:
        """Return when the principal has ``permission``.

        Raises:
            NotPermittedError: it has not.
        """
        if permission not in self.permissions:
            raise NotPermittedError("not-permitted", permission=permission.value)

    @property
    def actor(self) -> str:
        """The name under which the audit trail knows the principal; says when a token acted."""
        return self.operator_id if self.token_id is None else f"{self.operator_id}/{self.token_id}"
