"""Who reported an entry, and whether it is still a member: one that has left decides nothing any more."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.errors import ConfigurationError, UnavailableError
from node.consortium import members
from node.wiring import Node

UNSEEN: Final = "unseen"
"""Status while the registry is silent."""
_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Reporter:
    """A member as a reporter.

    Attributes:
        name: as registered; the beginning of its id while the registry is silent.
        status: ``active``, ``suspended`` or ``left``; ``UNSEEN``.
    """

    name: str
    status: str

    @property
    def can_answer(self) -> bool:
        """Whether it can decide a dispute now, as far as is known."""
        return self.status in ("active", UNSEEN)

    def to_json(self) -> dict[str, object]:
        """Return it for machines, beside what it reported."""
        return {"reporter_name": self.name, "reporter_status": self.status}


@dataclass(frozen=True, slots=True)
class Reporters:
    """All members that ever were."""

    known: Mapping[bytes, Reporter]

    def of(self, member: bytes) -> Reporter:
        """Return a member."""
        return self.known.get(member) or Reporter(member.hex()[:_SHOWN], UNSEEN)


def read_reporters(node: Node) -> Reporters:
    """Return the members as the registry lists them; nobody while it is silent."""
    try:
        found = members.all_members(node)
    except (UnavailableError, ConfigurationError):
        return Reporters({})
    return Reporters({each.member: Reporter(each.name, each.status) for each in found})
