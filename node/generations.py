"""Beginning the log generation that the members voted for this member.

What the chain says is compared before anything is written: the registry's generation, the vote that opened
it, in a final block, and the head at which that vote ended the old log.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from ledger.errors import IntegrityError, RefusedError
from ledger.evidence.log import LogIdentity
from ledger.evidence.opening import GenerationVote
from ledger.services.composing import Author
from ledger.services.opening import Begun, Opener
from ledger.services.sequencing import current_log
from ledger.store import statements
from node.audit.entries import AuditEntry
from node.platform_facts import observe
from node.wiring import Node


@dataclass(frozen=True, slots=True)
class VotedGeneration:
    """A generation that may be begun.

    Attributes:
        vote: that opened it.
        missing: leaves of the old log's anchored head that this database does not have. Another member's
            mirror may still have their hashes (``recovering``); after the beginning nobody asks for them.
    """

    vote: GenerationVote
    missing: int


def find_voted(node: Node) -> VotedGeneration:
    """Return the generation that the members voted after the one that this node is in.

    Raises:
        RefusedError: none was voted, the node is in it already, or the vote is not final yet.
        IntegrityError: what the chain's node says does not fit together.
        ConfigurationError: this node belongs to no consortium.
        UnavailableError: the chain does not answer.
    """
    from node.consortium.members import registry_of  # noqa: PLC0415 - the ABI codec, which most commands do without

    registry = registry_of(node)
    with node.database.read() as connection:
        log = current_log(connection)
    here, voted = log.identity.generation, node.chain.generation(log.identity.member)
    if voted == here:
        raise RefusedError(_why_none(node, here), generation=here)
    if voted < here:
        raise RefusedError("log-generation-moved", here=here, chain=voted)
    vote = _read_vote(node, registry, log.identity, voted)
    final = node.chain.final()
    if final is None or final.number < vote.block:
        at = None if final is None else final.number
        raise RefusedError("generation-not-final", block=vote.block, final=at)
    head = node.chain.head(log.identity.member, voted - 1)
    if (head.size, head.root) != (vote.old_size, vote.old_root):
        raise IntegrityError("generation-head-differs", voted=vote.old_size, anchored=head.size)
    kept = log.size if here == voted - 1 else 0
    return VotedGeneration(vote, max(0, vote.old_size - kept))


def begin_voted(node: Node, vote: GenerationVote, *, actor: str) -> Begun:
    """Begin the generation that ``vote`` opened, and let the audit trail know.

    The caller knows from people that no other copy of this node lives.

    Raises:
        RefusedError: another process was first.
        UnavailableError: the chain does not answer.
    """

    def remember(connection: Connection, begun: Begun) -> None:
        details = {"generation": begun.generation, "carried": begun.opening.carried}
        entry = AuditEntry(actor, "log.begin-generation", begun.leaf_hash.hex(), details)
        node.trail.record_in(connection, entry)

    opener = Opener(
        begin=node.database.write,
        signer=node.evidence_key,
        author=Author(node.log, observe(), node.settings.maximum_merge_delay),
        clock=node.clock,
        fence=node.fence,
        not_before=node.not_before.current,
        also=remember,
    )
    return opener.open(vote)


def begun_json(begun: Begun) -> dict[str, object]:
    """Return what was begun for machines."""
    return {
        "generation": begun.generation,
        "origin": begun.origin,
        "evidence_id": begun.leaf_hash.hex(),
        "watching": begun.watching,
        **begun.opening.to_json(),
    }


def _why_none(node: Node, generation: int) -> str:
    with node.database.read() as connection:
        first = statements.at_places(connection, generation, 0, 1)
    opened = bool(first) and first[0][1].kind == "opening"
    return "generation-begun" if opened else "generation-not-voted"


def _read_vote(node: Node, registry: bytes, log: LogIdentity, generation: int) -> GenerationVote:
    from ledger.chain.voting import read_generation_vote  # noqa: PLC0415 - as above

    found = read_generation_vote(node.settings.chain_url, registry, log.member, generation)
    if found is None:
        raise IntegrityError("generation-vote-missing", generation=generation)
    return found
