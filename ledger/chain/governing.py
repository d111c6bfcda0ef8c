"""What a member does in the registry: propose, vote, carry out, move its endpoint, leave.

Everything is sent by the member's admin account. The contract is asked first (gas estimate), so that what it
would refuse is said by its own reason, and nothing is sent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from eth_utils.crypto import keccak

from contracts import artifact
from ledger.chain.answers import data, items, mapping, member_data, member_quantity
from ledger.chain.calling import Caller
from ledger.chain.changes import Change, encode_change
from ledger.chain.contract import Contract
from ledger.chain.fees import FeePolicy
from ledger.chain.refusals import refused
from ledger.chain.rpc import Rpc
from ledger.chain.sending import RECEIPT, WAIT_SECONDS, Sender
from ledger.ports.chain import SignedTransaction
from ledger.ports.signer import TransactionSigner

_OPENED: Final = keccak(text="ProposalOpened(uint256,bytes32,uint64,bytes)")
_EXECUTED: Final = keccak(text="ProposalExecuted(uint256)")
_CONTRACT: Final = "ConsortiumRegistry"


@dataclass(frozen=True, slots=True)
class RegistryPlace:
    """Which registry, and how to reach it.

    Attributes:
        url: of the chain's node.
        chain_id: as in EIP-155.
        registry: 20-byte address.
        gas_price: wei per gas; ``None`` asks the node.
    """

    url: str
    chain_id: int
    registry: bytes
    gas_price: int | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What a transaction did.

    Attributes:
        transaction: 32-byte hash.
        block: that it stands in.
        proposal: number of the proposal that it opened; ``None`` when it opened none.
        executed: numbers of the proposals that were carried out in it.
    """

    transaction: bytes
    block: int
    proposal: int | None
    executed: tuple[int, ...]


class Governor:
    """Speaks for one member in the registry.

    Args:
        place: the registry.
        admin: the member's admin account.
        keep: is handed signed bytes before they are sent; needed where the account also anchors.
        wait_seconds: for a receipt.
    """

    def __init__(
        self,
        place: RegistryPlace,
        admin: TransactionSigner,
        *,
        keep: Callable[[SignedTransaction], None] | None = None,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        rpc, fees = Rpc(place.url), FeePolicy(place.gas_price)
        contract = Contract(rpc, artifact(_CONTRACT), place.registry)
        sender = (
            Sender(rpc, place.chain_id, admin, fees, wait_seconds=wait_seconds)
            if keep is None
            else Sender(rpc, place.chain_id, admin, fees, keep, wait_seconds)
        )
        self._registry: Final = place.registry
        self._caller: Final = Caller(contract, sender, refused)

    def propose(self, change: Change) -> Decided:
        """Open a proposal, which is also a vote for it; where one vote is enough it is carried out at once.

        Raises:
            MalformedError: the change is not of its form.
            RefusedError: the registry refuses; the code names its reason.
            UnavailableError: the chain does not answer, or mines nothing in time.
        """
        return self._call("propose", encode_change(change))

    def vote(self, number: int) -> Decided:
        """Vote for a proposal, and carry it out when that reaches the threshold; raises as ``propose``."""
        return self._call("vote", number)

    def withdraw_vote(self, number: int) -> Decided:
        """Take a vote back while the proposal is open; raises as ``propose``."""
        return self._call("withdrawVote", number)

    def execute(self, number: int) -> Decided:
        """Carry out a proposal that has enough votes by now; raises as ``propose``."""
        return self._call("execute", number)

    def set_endpoint(self, endpoint: str) -> Decided:
        """Move the member's own endpoint; raises as ``propose``."""
        return self._call("setEndpoint", endpoint)

    def resign(self) -> Decided:
        """End the membership for ever; raises as ``propose``."""
        return self._call("resign")

    def _call(self, function: str, *arguments: object) -> Decided:
        receipt = self._caller.call(function, *arguments)
        opened, executed = None, []
        for each in items(receipt.get("logs"), RECEIPT):
            log = mapping(each, RECEIPT)
            if member_data(log, "address", RECEIPT) != self._registry:
                continue
            topics = [data(topic, RECEIPT) for topic in items(log.get("topics"), RECEIPT)]
            if topics[0] == _OPENED:
                opened = int.from_bytes(topics[1], "big")
            elif topics[0] == _EXECUTED:
                executed.append(int.from_bytes(topics[1], "big"))
        return Decided(
            transaction=member_data(receipt, "transactionHash", RECEIPT),
            block=member_quantity(receipt, "blockNumber", RECEIPT),
            proposal=opened,
            executed=tuple(executed),
        )
