"""What needs four eyes, and what happens when it is released.

* ``erasure``: of the item that the subject names.
* ``court-package``: the package of the item that the subject names, for the court that asked.
* ``key-change``: the subject says which (``KEY_CHANGES``); a command at the node's shell carries it out, for
  it prints a recovery sheet.
* ``blacklist-listing``: of the entry that the subject names; the node's next round carries it out.
* ``blacklist-correction``: of that entry, to what the details say; the node's next round carries it out. Of
  these two kinds rounds go on with what is claimed.
* ``rule-change``: the subject says which rules (``RULES``). The request holds the rules as they are set when
  it is made, so that the decider sees them; carrying it out puts exactly those in force, or nothing when
  the settings have changed since.
"""

from collections.abc import Callable, Mapping
from typing import Final

from blacklist.store import own_entries
from blacklist.store.own_entries import OwnState
from ledger.errors import MalformedError, RefusedError, UnavailableError
from ledger.store import statements
from node.audit.entries import Detail
from node.identity.people import Release
from node.identity.permissions import Permission
from node.identity.releases import ReleaseKind, Releases
from node.peer.courts import COURT_PACKAGE
from node.wiring import Node

ERASURE: Final = "erasure"
KEY_CHANGE: Final = "key-change"
RULE_CHANGE: Final = "rule-change"
LISTING: Final = "blacklist-listing"
CORRECTION: Final = "blacklist-correction"
ROTATE_MASTER: Final = "rotate-master"
WRAP_MASTER: Final = "wrap-master"
ROTATE_EVIDENCE: Final = "rotate-evidence"
ROTATE_LOG: Final = "rotate-log"
ROTATE_ANCHOR: Final = "rotate-anchor"
LEAVE: Final = "leave-consortium"
RETENTION: Final = "retention"
KEY_CHANGES: Final = (
    ROTATE_MASTER,
    WRAP_MASTER,
    ROTATE_EVIDENCE,
    ROTATE_LOG,
    ROTATE_ANCHOR,
    LEAVE,
)
RULES: Final = (RETENTION,)
_DIGEST: Final = 32


def register(node: Node) -> Releases:
    """Tell the releases of ``node`` what each kind does, and return them."""
    releases, change = node.identity.releases, Permission.CHANGE_REQUEST
    erasure = ReleaseKind(Permission.ERASURE_REQUEST, _erase(node), _known(node))
    releases.register(ERASURE, erasure)
    packages = ReleaseKind(Permission.EVIDENCE_EXPORT, _hand_out, _known(node))
    releases.register(COURT_PACKAGE, packages)
    releases.register(KEY_CHANGE, ReleaseKind(change, None, _one_of(KEY_CHANGES)))
    releases.register(LISTING, ReleaseKind(Permission.BLACKLIST_LIST, None, _asked_for(node)))
    correction = ReleaseKind(Permission.BLACKLIST_LIST, None, _own(node))
    releases.register(CORRECTION, correction)
    releases.register(RULE_CHANGE, ReleaseKind(change, _adopt(node), _rules(node)))
    return releases


def retention_in_force(node: Node) -> Mapping[str, Detail]:
    """Return the retention periods that were put in force last; empty when none ever were."""
    found = node.identity.releases.newest_done(RULE_CHANGE, RETENTION)
    return {} if found is None else found.details


def _erase(node: Node) -> Callable[[Release], None]:
    def execute(release: Release) -> None:
        leaf_hash = bytes.fromhex(release.subject)
        try:
            node.eraser.erase(leaf_hash, reason=release.reason)
        except UnavailableError:
            # Sealed is decided: the worker carries it out as soon as key store and vault answer.
            if not node.eraser.decided(leaf_hash):
                raise

    return execute


def _hand_out(_release: Release) -> None:
    """From here on the court may fetch the package: it is made while it is fetched."""


def _known(node: Node) -> Callable[[str], Mapping[str, Detail]]:
    def about(subject: str) -> Mapping[str, Detail]:
        leaf_hash = _leaf_hash(subject)
        with node.database.read() as connection:
            if statements.by_leaf_hash(connection, leaf_hash) is None:
                raise RefusedError("evidence-unknown", id=subject[:12])
        return {}

    return about


def _asked_for(node: Node) -> Callable[[str], Mapping[str, Detail]]:
    def about(subject: str) -> Mapping[str, Detail]:
        with node.database.read() as connection:
            own = own_entries.find(connection, _leaf_hash(subject))
        if own is None or own.state is not OwnState.ASKED:
            raise RefusedError("entry-not-waiting", entry=subject[:12])
        return {}

    return about


def _own(node: Node) -> Callable[[str], Mapping[str, Detail]]:
    def about(subject: str) -> Mapping[str, Detail]:
        with node.database.read() as connection:
            own = own_entries.find(connection, _leaf_hash(subject))
        if own is None:
            raise RefusedError("entry-unknown", entry=subject[:12])
        return {}

    return about


def _leaf_hash(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != _DIGEST or found.hex() != text:
        raise MalformedError("release-form", member="subject")
    return found


def _one_of(subjects: tuple[str, ...]) -> Callable[[str], Mapping[str, Detail]]:
    def about(subject: str) -> Mapping[str, Detail]:
        if subject not in subjects:
            raise MalformedError("release-form", member="subject")
        return {}

    return about


def _rules(node: Node) -> Callable[[str], Mapping[str, Detail]]:
    def about(subject: str) -> Mapping[str, Detail]:
        _one_of(RULES)(subject)
        return dict(node.settings.retention)

    return about


def _adopt(node: Node) -> Callable[[Release], None]:
    def execute(release: Release) -> None:
        if release.details != node.settings.retention:
            raise RefusedError("release-rules-differ")

    return execute
