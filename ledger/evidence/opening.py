"""The opening of a log generation: the first leaf of a log that the members' vote began.

A voted generation starts from an empty log. Its first statement names what it continues: the head at which
the vote ended the generation before, and where the vote stands on chain. So whoever reads the new log finds
the old one, and what of it this node still had.

That the vote took place is not the statement's word: the anchor contract takes anchors of the voted
generation only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.evidence import shape
from ledger.evidence.statement import Statement
from ledger.primitives.canonical import JsonValue

_CONTINUES: Final = {"origin", "size", "root", "kept", "carried"}
_VOTE: Final = {"proposal", "transaction", "block"}


@dataclass(frozen=True, slots=True)
class GenerationVote:
    """A vote that ended a member's log at a head and opened the next generation, as the chain has it.

    Attributes:
        generation: that it opened.
        old_size: leaves of the anchored head of the generation before; 0 when nothing was anchored.
        old_root: 32 bytes; zero when nothing was anchored.
        proposal: its number in the registry.
        transaction: 32-byte hash of the one that carried the vote out.
        block: number of the block in which that stands.
    """

    generation: int
    old_size: int
    old_root: bytes
    proposal: int
    transaction: bytes
    block: int


@dataclass(frozen=True, slots=True)
class LogOpening:
    """What an ``opening`` statement says.

    Attributes:
        origin: of the checkpoints of the generation that was ended.
        vote: that ended it.
        kept: leaves of that generation whose places this node still had; fewer than ``vote.old_size`` when
            it lost some.
        carried: statements with a place behind its last proved anchor, which get one in the new log.
    """

    origin: str
    vote: GenerationVote
    kept: int
    carried: int

    def to_json(self) -> Mapping[str, JsonValue]:
        """Return the ``extra`` members of the statement."""
        return {
            "continues": {
                "origin": self.origin,
                "size": self.vote.old_size,
                "root": self.vote.old_root.hex(),
                "kept": self.kept,
                "carried": self.carried,
            },
            "vote": {
                "proposal": self.vote.proposal,
                "transaction": self.vote.transaction.hex(),
                "block": self.vote.block,
            },
        }


def opening_of(statement: Statement, generation: int) -> LogOpening:
    """Read what an ``opening`` statement of ``generation`` says.

    Raises:
        MalformedError: the statement has no such members.
    """
    found = shape.members(statement.extra.get("continues"), "extra.continues", _CONTINUES)
    vote = shape.members(statement.extra.get("vote"), "extra.vote", _VOTE)
    return LogOpening(
        origin=shape.text(found["origin"], "extra.continues.origin"),
        vote=GenerationVote(
            generation=generation,
            old_size=shape.integer(found["size"], "extra.continues.size", minimum=0),
            old_root=shape.hex_bytes(found["root"], "extra.continues.root", 32),
            proposal=shape.integer(vote["proposal"], "extra.vote.proposal", minimum=1),
            transaction=shape.hex_bytes(vote["transaction"], "extra.vote.transaction", 32),
            block=shape.integer(vote["block"], "extra.vote.block", minimum=0),
        ),
        kept=shape.integer(found["kept"], "extra.continues.kept", minimum=0),
        carried=shape.integer(found["carried"], "extra.continues.carried", minimum=0),
    )
