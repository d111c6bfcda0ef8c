"""What each client writes when it refuses, as in its sources, and what we make of it."""

import pytest

from ledger.chain.errors import Meaning, NodeError

BESU = "Besu"
GETH = "geth 1.13"
QUORUM = "GoQuorum 24.4"
ANVIL = "anvil 1.7"

TEXTS = (
    (BESU, -32000, "Known transaction", Meaning.ALREADY_KNOWN),
    (GETH, -32000, "already known", Meaning.ALREADY_KNOWN),
    (QUORUM, -32000, "already known", Meaning.ALREADY_KNOWN),
    (ANVIL, -32003, "transaction already imported", Meaning.ALREADY_KNOWN),
    (BESU, -32001, "Nonce too low", Meaning.NONCE_USED),
    (GETH, -32000, "nonce too low: next nonce 5, tx nonce 3", Meaning.NONCE_USED),
    (QUORUM, -32000, "nonce too low", Meaning.NONCE_USED),
    (ANVIL, -32003, "nonce too low", Meaning.NONCE_USED),
    (BESU, -32000, "Replacement transaction underpriced", Meaning.UNDERPRICED),
    (BESU, -32009, "Gas price below configured minimum gas price", Meaning.UNDERPRICED),
    (BESU, -32009, "Gas price below current base fee", Meaning.UNDERPRICED),
    (GETH, -32000, "replacement transaction underpriced", Meaning.UNDERPRICED),
    (GETH, -32000, "transaction underpriced: gas tip cap 0, minimum needed 1", Meaning.UNDERPRICED),
    (QUORUM, -32000, "transaction underpriced", Meaning.UNDERPRICED),
    (ANVIL, -32003, "replacement transaction underpriced", Meaning.UNDERPRICED),
    (ANVIL, -32003, "max fee per gas less than block base fee", Meaning.UNDERPRICED),
    (BESU, -32004, "Upfront cost exceeds account balance", Meaning.NO_FUNDS),
    (
        GETH,
        -32000,
        "insufficient funds for gas * price + value: balance 1, tx cost 2",
        Meaning.NO_FUNDS,
    ),
    (QUORUM, -32000, "insufficient funds for gas * price + value", Meaning.NO_FUNDS),
    (ANVIL, -32003, "Insufficient funds for gas * price + value", Meaning.NO_FUNDS),
    (BESU, -32007, "Sender account not authorized to send transactions", Meaning.NOT_ALLOWED),
    (
        QUORUM,
        -32000,
        "account does not have permission for the transaction",
        Meaning.NOT_ALLOWED,
    ),
    (BESU, 3, "Execution reverted", Meaning.REVERTED),
    (BESU, -32000, "Execution reverted (0x5c427cd9)", Meaning.REVERTED),
    (GETH, 3, "execution reverted: custom error", Meaning.REVERTED),
    (GETH, -32000, "execution reverted", Meaning.REVERTED),
    (ANVIL, 3, "execution reverted", Meaning.REVERTED),
    (BESU, -32601, "Method not found", Meaning.UNSUPPORTED),
    (BESU, -32604, "Method not enabled", Meaning.UNSUPPORTED),
    (BESU, -32000, "World state unavailable", Meaning.UNSUPPORTED),
    (BESU, 4444, "Pruned history unavailable", Meaning.UNSUPPORTED),
    (BESU, -39001, "Unknown block", Meaning.UNSUPPORTED),
    (
        GETH,
        -32601,
        "the method debug_x does not exist/is not available",
        Meaning.UNSUPPORTED,
    ),
    (GETH, -39001, "finalized block not found", Meaning.UNSUPPORTED),
    (GETH, -32000, "missing trie node 1f (path ) state 0x1f is not available", Meaning.UNSUPPORTED),
    (GETH, -32000, "historical state 1f is not available", Meaning.UNSUPPORTED),
    (
        QUORUM,
        -32601,
        "the method eth_getBlockReceipts does not exist/is not available",
        Meaning.UNSUPPORTED,
    ),
    (
        ANVIL,
        -32602,
        "BlockOutOfRangeError: block height is 3 but requested was 9",
        Meaning.UNSUPPORTED,
    ),
    (ANVIL, -32603, "Required data unavailable", Meaning.UNSUPPORTED),
    (BESU, -32603, "Timeout expired", Meaning.BUSY),
    (BESU, -32008, "Initial sync is still in progress", Meaning.BUSY),
    (GETH, -32002, "request timed out", Meaning.BUSY),
    (GETH, -32000, "transaction indexing is in progress", Meaning.BUSY),
    ("a gateway", -32005, "daily request rate limit reached", Meaning.BUSY),
    (BESU, -32603, "Internal error", Meaning.OTHER),
    (BESU, -32006, "Nonce too high", Meaning.OTHER),
    (
        BESU,
        -32000,
        "Transaction nonce is too distant from current sender nonce",
        Meaning.OTHER,
    ),
    (QUORUM, -32000, "Gas price not 0", Meaning.OTHER),
    (
        QUORUM,
        -32602,
        "invalid argument 0: hex string without 0x prefix",
        Meaning.OTHER,
    ),
)


@pytest.mark.parametrize(("client", "code", "text", "meaning"), TEXTS)
def test_the_words_of_every_client_have_one_meaning(
    client: str, code: int, text: str, meaning: Meaning
) -> None:
    assert NodeError(code, text, None).meaning is meaning, client


def test_an_unknown_transaction_type_is_not_a_known_transaction() -> None:
    """A refusal that is taken for a success would leave the anchor waiting for ever."""
    error = NodeError(-32602, "Unknown transaction type not supported", None)
    assert error.meaning is Meaning.UNSUPPORTED


def test_words_of_no_client_have_no_meaning() -> None:
    assert NodeError(-32099, "", None).meaning is Meaning.OTHER
    assert NodeError(-32099, "computer says no", None).meaning is Meaning.OTHER
