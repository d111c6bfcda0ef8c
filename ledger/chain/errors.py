"""What nodes answer when they refuse, and what we make of it: the one table of foreign error texts.

Clients do not agree on codes, only roughly on words. A row is (pattern in the message, from the beginning
of a word; what it means). Read in the sources of Besu, GoQuorum 24.4, geth 1.13 and anvil 1.7; the tests hold
the texts as each client writes them.
"""

import re
from enum import Enum
from typing import Final

from ledger.errors import UnavailableError

DETAIL_CHARACTERS: Final = 200
"""Of a node's own words, in ours."""


class Meaning(Enum):
    """What a node's refusal of a transaction means for us."""

    ALREADY_KNOWN = "already known"
    """The same bytes are in the pool or mined: a success."""
    NONCE_USED = "nonce used"
    """Another transaction took the nonce, perhaps an earlier attempt of ours: look for it."""
    UNDERPRICED = "underpriced"
    """The replacement pays too little: raise the price on the next round."""
    NO_FUNDS = "no funds"
    """The account cannot pay: a person has to fund it."""
    NOT_ALLOWED = "not allowed"
    """The network's permissioning refuses the account."""
    REVERTED = "reverted"
    """The contract refused."""
    UNSUPPORTED = "unsupported"
    """The node does not know the method, or no longer has the state."""
    BUSY = "busy"
    """The node cannot now (time limit, rate limit, first synchronisation): ask again."""
    OTHER = "other"
    """Unknown words: treated as an outage, tried again, and shown to people."""


_TABLE: Final = tuple(
    (re.compile(rf"\b(?:{words})", re.IGNORECASE), meaning)
    for words, meaning in (
        # "Unknown transaction type" is not a known transaction: rows begin at a word.
        ("already known|known transaction|already imported", Meaning.ALREADY_KNOWN),
        ("transaction already imported", Meaning.ALREADY_KNOWN),
        ("nonce too low", Meaning.NONCE_USED),
        ("underpriced|insufficient gas price to replace", Meaning.UNDERPRICED),
        ("gas price below (configured minimum|current base fee)", Meaning.UNDERPRICED),
        ("max fee per gas less than block base fee", Meaning.UNDERPRICED),
        ("insufficient funds|upfront cost exceeds account balance", Meaning.NO_FUNDS),
        ("sender account not authorized", Meaning.NOT_ALLOWED),
        ("account does not have permission", Meaning.NOT_ALLOWED),
        ("execution reverted", Meaning.REVERTED),
        ("timeout|timed out|(initial sync|indexing) is (still )?in progress", Meaning.BUSY),
        ("rate limit|too many requests|limit exceeded", Meaning.BUSY),
        ("method not (found|enabled)|not supported", Meaning.UNSUPPORTED),
        ("does not exist/is not available", Meaning.UNSUPPORTED),
        ("missing trie node|world state unavailable|historical state", Meaning.UNSUPPORTED),
        ("required data unavailable|pruned history unavailable", Meaning.UNSUPPORTED),
        ("not found|unknown block|blockoutofrange", Meaning.UNSUPPORTED),
    )
)

_METHOD_NOT_FOUND: Final = -32601
_METHOD_NOT_ENABLED: Final = -32604
"""Besu: the method's API is not switched on."""
_REVERT_CODE: Final = 3


class NodeError(Exception):
    """A JSON-RPC error as the node answered it; never leaves ``ledger.chain``.

    Attributes:
        code: JSON-RPC error code.
        message: the node's words.
        data: what it attached, for example revert data.
    """

    def __init__(self, code: int, message: str, data: object) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.data = data

    @property
    def meaning(self) -> Meaning:
        """What the error means for us."""
        if self.code in (_METHOD_NOT_FOUND, _METHOD_NOT_ENABLED):
            return Meaning.UNSUPPORTED
        if self.code == _REVERT_CODE:
            return Meaning.REVERTED
        for pattern, meaning in _TABLE:
            if pattern.search(self.message):
                return meaning
        return Meaning.OTHER


def refusal(error: NodeError) -> UnavailableError:
    """Return the error for a node's refusal that means nothing in particular."""
    return UnavailableError("chain-refuses", detail=error.message[:DETAIL_CHARACTERS])
