"""Sending a transaction and waiting for its receipt: for what people do, deployments and votes.

Anchors do not go this way: the worker never waits (``ledger.services.anchoring``).
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from ledger.chain.answers import mapping, quantity
from ledger.chain.blocks import read_block, reference
from ledger.chain.errors import Meaning, NodeError, refusal
from ledger.chain.fees import FeePolicy
from ledger.chain.rpc import Rpc
from ledger.errors import RefusedError, UnavailableError
from ledger.ports.chain import SignedTransaction
from ledger.ports.signer import TransactionSigner

GAS_MARGIN_PERCENT: Final = 120
"""An estimate is exact for the state it saw."""
WAIT_SECONDS: Final = 120.0
"""A chain that lost its quorum takes about a minute to go on after it is back."""
PAUSE_SECONDS: Final = 0.2
ATTEMPTS: Final = 3
"""Somebody who uses the account at the same time takes a nonce once, not again and again."""
RECEIPT: Final = "eth_getTransactionReceipt"
_COUNT: Final = "eth_getTransactionCount"


def _keep_nothing(_signed: SignedTransaction) -> None:
    """Store nothing: for an account that nobody fences."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends as one account.

    Attributes:
        rpc: the node.
        chain_id: as in EIP-155.
        signer: the account.
        fees: what to offer.
        keep: is handed signed bytes before they are sent; durable on return.
        wait_seconds: for a receipt.
    """

    rpc: Rpc
    chain_id: int
    signer: TransactionSigner
    fees: FeePolicy
    keep: Callable[[SignedTransaction], None] = _keep_nothing
    wait_seconds: float = WAIT_SECONDS

    @property
    def address(self) -> str:
        """The account with its checksum, as JSON-RPC takes it."""
        return to_checksum_address(self.signer.address)

    def nonce(self) -> int:
        """Return the account's next nonce at the latest block."""
        return quantity(self.rpc.ask(_COUNT, self.address, "latest"), _COUNT)

    def send(
        self, to: bytes | None, data: bytes, gas: int, *, nonce: int | None = None
    ) -> Mapping[str, Any]:
        """Sign, send, and return the receipt, successful or not; without ``to`` a contract is created.

        Args:
            to: 20 bytes; ``None`` creates a contract.
            data: call data or creation code.
            gas: limit.
            nonce: no other than this one; else the next one, and another if somebody else takes it.

        Raises:
            RefusedError: the network does not allow the account.
            UnavailableError: the node does not answer, or nothing is mined in time. The transaction may
                still be mined.
        """
        for _ in range(ATTEMPTS):
            used = self.nonce() if nonce is None else nonce
            raw = self._sign(to, data, gas, used)
            self._broadcast(raw)
            receipt = self._wait(raw, used)
            if receipt is not None:
                return receipt
            if nonce is not None:
                break
        raise UnavailableError("chain-nonce-taken")

    def _sign(self, to: bytes | None, data: bytes, gas: int, nonce: int) -> bytes:
        price = self.fees.price(self.rpc, above=None)
        transaction: dict[str, object] = {
            "chainId": self.chain_id,
            "nonce": nonce,
            "value": 0,
            "data": "0x" + data.hex(),
            "gas": gas,
            "gasPrice": price,
        }
        if to is not None:
            transaction["to"] = to_checksum_address(to)
        raw = self.signer.sign_transaction(transaction)
        block = read_block(self.rpc, "latest")
        number = 0 if block is None else reference(block).number
        self.keep(SignedTransaction(raw, bytes(keccak(raw)), nonce, price, number))
        return raw

    def _broadcast(self, raw: bytes) -> None:
        try:
            self.rpc.call("eth_sendRawTransaction", "0x" + raw.hex())
        except NodeError as error:
            match error.meaning:
                case Meaning.ALREADY_KNOWN | Meaning.NONCE_USED | Meaning.UNDERPRICED:
                    return  # the account is used elsewhere at this moment: waiting finds out
                case Meaning.NO_FUNDS:
                    raise UnavailableError("chain-no-funds") from error
                case Meaning.NOT_ALLOWED:
                    raise RefusedError("chain-not-allowed") from error
                case _:
                    raise refusal(error) from error

    def _wait(self, raw: bytes, nonce: int) -> Mapping[str, Any] | None:
        """Return the receipt, or ``None`` when another transaction took the nonce.

        An outage while waiting is waited out: the transaction is on its way.
        """
        transaction = "0x" + keccak(raw).hex()
        deadline = time.monotonic() + self.wait_seconds
        while time.monotonic() < deadline:
            with suppress(UnavailableError):
                # The count first: a receipt that is missing afterwards will never come.
                passed = self.nonce() > nonce
                answer = self.rpc.ask(RECEIPT, transaction)
                receipt = {} if answer is None else mapping(answer, RECEIPT)
                if receipt.get("blockHash") is not None:
                    return receipt
                if passed:
                    return None
            time.sleep(PAUSE_SECONDS)
        raise UnavailableError("chain-does-not-mine", seconds=int(self.wait_seconds))
