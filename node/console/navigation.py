"""The console's sections, and who sees which."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from node.identity.permissions import Permission


@dataclass(frozen=True, slots=True)
class Section:
    """A section.

    Attributes:
        path: of its first page.
        word: its name in the catalogue.
        permission: to see it; ``None`` for everybody who signed in.
    """

    path: str
    word: str
    permission: Permission | None


SECTIONS: Final = (
    Section("/", "ui-dashboard", Permission.EVIDENCE_READ),
    Section("/evidence", "ui-evidence", Permission.EVIDENCE_READ),
    Section("/upload", "ui-upload", Permission.EVIDENCE_SEAL),
    Section("/cases", "ui-cases", Permission.EVIDENCE_READ),
    Section("/blacklist", "ui-blacklist", Permission.BLACKLIST_READ),
    Section("/peers", "ui-peers", Permission.EVIDENCE_READ),
    Section("/releases", "ui-releases", Permission.EVIDENCE_READ),
    Section("/verify", "ui-verify", None),
    Section("/consortium", "consortium", Permission.EVIDENCE_READ),
    Section("/audit", "ui-audit", Permission.AUDIT_READ),
    Section("/operators", "ui-operators", Permission.OPERATORS_MANAGE),
    Section("/tokens", "ui-tokens", None),
    Section("/settings", "ui-settings", Permission.SETTINGS_READ),
)


def entries(allowed: AbstractSet[Permission]) -> Sequence[Section]:
    """Return the sections of somebody with these permissions."""
    return [each for each in SECTIONS if each.permission is None or each.permission in allowed]
