"""What needs four eyes, and what happens when it is released."""

from collections.abc import Callable

from node.identity.people import Release
from node.identity.permissions import Permission
from node.identity.releases import ReleaseKind, Releases
from node.wiring import Node

ERASURE = "erasure"


def register(node: Node) -> Releases:
    """Tell the releases of ``node`` what each kind does, and return them."""
    releases = node.identity.releases
    releases.register(ERASURE, ReleaseKind(Permission.ERASURE_REQUEST, _erase(node)))
    return releases


def _erase(node: Node) -> Callable[[Release], None]:
    def execute(release: Release) -> None:
        node.eraser.erase(bytes.fromhex(release.subject), reason=release.reason)

    return execute
