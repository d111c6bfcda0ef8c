"""What nodes answer when they refuse, and what we make of it: the one table of foreign error texts.

Clients do not agree on codes, only roughly on words. A row is (words in the message, lower case; what it
means). Seen in Besu, GoQuorum 24.4, geth 1.13 and anvil 1.7.
"""

from enum import Enum
from typing import Final


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
    OTHER = "other"
    """Unknown words: treated as an outage, tried again, and shown to people."""


_TABLE: Final = (
    ("already known", Meaning.ALREADY_KNOWN),
    ("known transaction", Meaning.ALREADY_KNOWN),
    ("already imported", Meaning.ALREADY_KNOWN),
    ("transaction already in pool", Meaning.ALREADY_KNOWN),
    ("nonce too low", Meaning.NONCE_USED),
    ("nonce too distant", Meaning.OTHER),
    ("replacement transaction underpriced", Meaning.UNDERPRICED),
    ("transaction underpriced", Meaning.UNDERPRICED),
    ("gas price below configured minimum", Meaning.UNDERPRICED),
    ("max fee per gas less than block base fee", Meaning.UNDERPRICED),
    ("upfront cost exceeds account balance", Meaning.NO_FUNDS),
    ("insufficient funds", Meaning.NO_FUNDS),
    ("sender account not authorized", Meaning.NOT_ALLOWED),
    ("not authorised", Meaning.NOT_ALLOWED),
    ("account is not authorized", Meaning.NOT_ALLOWED),
    ("execution reverted", Meaning.REVERTED),
    ("vm execution error", Meaning.REVERTED),
    ("method not found", Meaning.UNSUPPORTED),
    ("does not exist/is not available", Meaning.UNSUPPORTED),
    ("unsupported method", Meaning.UNSUPPORTED),
    ("not supported", Meaning.UNSUPPORTED),
    ("missing trie node", Meaning.UNSUPPORTED),
    ("world state unavailable", Meaning.UNSUPPORTED),
    ("historical state", Meaning.UNSUPPORTED),
    ("block not found", Meaning.UNSUPPORTED),
    ("not found", Meaning.UNSUPPORTED),
    ("unknown block", Meaning.UNSUPPORTED),
)

_METHOD_NOT_FOUND: Final = -32601
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
        if self.code == _METHOD_NOT_FOUND:
            return Meaning.UNSUPPORTED
        if self.code == _REVERT_CODE:
            return Meaning.REVERTED
        words = self.message.lower()
        for pattern, meaning in _TABLE:
            if pattern in words:
                return meaning
        return Meaning.OTHER
