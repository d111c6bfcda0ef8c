"""The contract port over web3: events of final blocks, and calls by the operator's account."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from blacklist.chain.decoding import CONTRACT, decode_event
from blacklist.domain.keygen.postings import CeremonyPhase
from blacklist.ports.contract import ContractEvent, RawLog
from contracts import artifact
from ledger.chain.answers import data, items, mapping, member_data, member_quantity
from ledger.chain.blocks import read_block, reference
from ledger.chain.calling import Caller
from ledger.chain.contract import Contract
from ledger.chain.errors import NodeError, refusal
from ledger.chain.fees import FeePolicy
from ledger.chain.finality import TAG, final_number
from ledger.chain.rpc import Rpc
from ledger.chain.sending import Sender
from ledger.errors import UnavailableError
from ledger.ports.signer import TransactionSigner

_LOGS: Final = "eth_getLogs"


@dataclass(frozen=True, slots=True)
class BlacklistChain:
    """Which contract, and how to reach it.

    Attributes:
        url: of the chain's node, or of several.
        chain_id: as in EIP-155.
        contract: 20-byte address.
        finality: policy, see ``ledger.chain.finality``.
        gas_price: wei per gas; ``None`` asks the node.
    """

    url: str
    chain_id: int
    contract: bytes
    finality: str
    gas_price: int | None


class Web3BlacklistContract:
    """Implements the contract port.

    Args:
        chain: which contract.
        operator: this member's account for it.
    """

    def __init__(self, chain: BlacklistChain, operator: TransactionSigner) -> None:
        self._chain: Final = chain
        self._rpc: Final = Rpc(chain.url)
        self._contract: Final = Contract(self._rpc, artifact(CONTRACT), chain.contract)
        sender = Sender(self._rpc, chain.chain_id, operator, FeePolicy(chain.gas_price))
        self.caller: Final = Caller(self._contract, sender)
        self._phase_seconds: int | None = None
        self._times: Final[dict[int, int]] = {}

    def phase_seconds(self) -> int:
        """See ``ports.contract``; it never changes."""
        if self._phase_seconds is None:
            (self._phase_seconds,) = self._contract.call("phaseSeconds")
        return self._phase_seconds

    def final_block(self) -> int:
        """See ``ports.contract``."""
        latest = self._number("latest")
        tagged = self._number(TAG) if self._chain.finality == TAG else None
        number = None if latest is None else final_number(self._chain.finality, latest, tagged)
        if number is None:
            raise UnavailableError("chain-block-missing", number="final")
        return number

    def logs(self, first: int, last: int) -> Sequence[RawLog]:
        """See ``ports.contract``."""
        query = {
            "address": "0x" + self._chain.contract.hex(),
            "fromBlock": hex(first),
            "toBlock": hex(last),
        }
        try:
            answer = self._rpc.call(_LOGS, query)
        except NodeError as error:
            raise refusal(error) from error
        found = [self._log(mapping(each, _LOGS)) for each in items(answer, _LOGS)]
        return sorted(found, key=lambda each: (each.block, each.place))

    def decode(self, log: RawLog) -> ContractEvent | None:
        """See ``ports.contract``."""
        return decode_event(log)

    def open_ceremony(self, identifiers: int, *, resharing: bool) -> None:
        """See ``ports.contract``."""
        self.caller.call("openResharing" if resharing else "openGeneration", identifiers)

    def post(self, ceremony: int, phase: CeremonyPhase, data: bytes) -> None:
        """See ``ports.contract``."""
        self.caller.call("post", ceremony, int(phase), data)

    def close(self, ceremony: int) -> None:
        """See ``ports.contract``."""
        self.caller.call("close", ceremony)

    def activate(self, ceremony: int, keys: bytes) -> None:
        """See ``ports.contract``."""
        self.caller.call("activate", ceremony, keys)

    def _number(self, tag: str) -> int | None:
        block = read_block(self._rpc, tag)
        return None if block is None else reference(block).number

    def _log(self, found: Any) -> RawLog:  # noqa: ANN401 - JSON
        number = member_quantity(found, "blockNumber", _LOGS)
        return RawLog(
            block=number,
            place=member_quantity(found, "logIndex", _LOGS),
            timestamp=self._timestamp(number),
            topics=tuple(data(each, _LOGS) for each in items(found.get("topics"), _LOGS)),
            data=member_data(found, "data", _LOGS),
        )

    def _timestamp(self, number: int) -> int:
        if number not in self._times:
            block = read_block(self._rpc, hex(number))
            if block is None:
                raise UnavailableError("chain-block-missing", number=number)
            self._times[number] = reference(block).timestamp
        return self._times[number]
