"""The anchor that made a head, out of its block on this member's own chain node."""

from ledger.chain.anchor_search import FoundAnchor, find_anchoring
from ledger.ports.chain import AnchorHead
from node.settings import Settings


def anchor_of_head(settings: Settings, member: bytes, head: AnchorHead) -> FoundAnchor:
    """Return the anchor of ``head``, with the proof that it stands in its block.

    Raises:
        IntegrityError: the block has no such anchor, or the node's answers contradict each other.
        UnavailableError: the chain does not answer.
    """
    return find_anchoring(
        settings.chain_url,
        settings.chain_kind,
        bytes.fromhex(settings.anchor or ""),
        number=head.block_number,
        member=member,
        size=head.size,
    )
