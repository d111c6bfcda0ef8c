"""Why this member's account may not anchor: what the registry says about the member, in words of its own."""

from ledger.chain.registry import read_members
from ledger.errors import RefusedError, UnavailableError
from node.consortium.members import registry_of
from node.wiring import Node

NOT_A_MEMBER = "key-not-a-member"


def explained(node: Node, error: RefusedError) -> RefusedError:
    """Return a clearer refusal when the member was suspended, has left, or only reads; else ``error``."""
    if error.code != NOT_A_MEMBER:
        return error
    own = bytes.fromhex(node.settings.member)
    try:
        members = read_members(node.settings.chain_url, registry_of(node))
    except UnavailableError:
        return error
    for each in members:
        if each.member != own:
            continue
        if each.status == "suspended":
            return RefusedError("member-suspended")
        if each.status == "left":
            return RefusedError("member-left", block=each.until)
        if "member" not in each.roles:
            return RefusedError("member-reads-only", roles=", ".join(each.roles))
    return error
