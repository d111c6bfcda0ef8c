"""Voted log generations of a ledger on the chain in memory."""

from harness.ledger import Ledger
from sqlalchemy import Connection

from ledger.evidence.opening import GenerationVote
from ledger.services.composing import Author
from ledger.services.opening import Begun, Opener
from node.platform_facts import observe


def vote(ledger: Ledger) -> GenerationVote:
    """Let the members open the next generation at the head that the chain has."""
    institution = ledger.network.institutions[ledger.chain.account]
    old = ledger.network.state.heads.get((institution.member, institution.generation))
    institution.generation += 1
    return GenerationVote(
        generation=institution.generation,
        old_size=old.size if old else 0,
        old_root=old.root if old else bytes(32),
        proposal=7,
        transaction=b"t" * 32,
        block=len(ledger.network.blocks) - 1,
    )


def opener(ledger: Ledger) -> Opener:
    """Return what begins generations on a node, with nothing else in its transaction."""
    node = ledger.node
    return Opener(
        begin=node.database.write,
        signer=node.evidence_key,
        author=Author(node.log, observe(), node.settings.maximum_merge_delay),
        clock=ledger.clock,
        fence=node.fence,
        not_before=node.not_before.current,
        also=_nothing_more,
    )


def begin(ledger: Ledger, voted: GenerationVote | None = None) -> Begun:
    """Begin the generation that was voted, or is voted now."""
    return opener(ledger).open(voted or vote(ledger))


def _nothing_more(_connection: Connection, _begun: Begun) -> None:
    """Do nothing else in the transaction."""
