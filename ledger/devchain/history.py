"""What the journal says happened: blocks, the transactions in them, and those still waiting.

Pure: entries go in, in the journal's order. The raw bytes of every mined transaction are kept, because a
restarted process is fed with them again.
"""

from collections.abc import Iterable
from typing import Final

from eth_utils.crypto import keccak

from ledger.devchain.journal import BlockMade, Entry, Founded, Refused, Submitted
from ledger.errors import IntegrityError


class History:
    """The chain as far as it is durable.

    Attributes:
        founded: ``None`` before the first start.
        blocks: block 1 first.
        pending: hash to raw bytes of transactions that are neither mined nor refused, oldest first.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.founded: Founded | None = None
        self.blocks: Final[list[BlockMade]] = []
        self.pending: Final[dict[str, bytes]] = {}
        self._mined: Final[dict[str, bytes]] = {}
        for entry in entries:
            self.apply(entry)

    @property
    def height(self) -> int:
        """Number of the last block."""
        return len(self.blocks)

    @property
    def time(self) -> int:
        """Unix seconds of the last block."""
        if self.blocks:
            return self.blocks[-1].time
        return self.founded.time if self.founded else 0

    def knows(self, transaction: str) -> bool:
        """Say whether the transaction waits or is mined."""
        return transaction in self.pending or transaction in self._mined

    def raw(self, transaction: str) -> bytes:
        """Return the bytes of a mined transaction."""
        return self._mined[transaction]

    def apply(self, entry: Entry) -> None:
        """Take the next entry.

        Raises:
            IntegrityError: it cannot follow what came before.
        """
        match entry:
            case Founded():
                if self.founded is not None:
                    raise IntegrityError("devchain-history", number=0)
                self.founded = entry
            case Submitted():
                name = hash_of(entry.raw)
                if name not in self._mined:
                    self.pending.setdefault(name, entry.raw)
            case Refused():
                self.pending.pop(entry.transaction, None)
            case BlockMade():
                self._take_block(entry)

    def _take_block(self, block: BlockMade) -> None:
        if block.number != self.height + 1 or block.time <= self.time or self.founded is None:
            raise IntegrityError("devchain-history", number=block.number)
        if any(name not in self.pending for name in block.transactions):
            raise IntegrityError("devchain-history", number=block.number)
        for name in block.transactions:
            self._mined[name] = self.pending.pop(name)
        for name in block.dropped:
            self.pending.pop(name, None)
        self.blocks.append(block)


def hash_of(raw: bytes) -> str:
    """Return the name of a transaction: keccak-256 of its bytes, in hex with 0x."""
    return "0x" + bytes(keccak(raw)).hex()
