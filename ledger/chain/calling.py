"""Calling a contract as one account: asked first, sent, waited for.

What the contract would refuse is said by its own reason (gas estimate), and nothing is sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.chain.answers import member_quantity, quantity
from ledger.chain.contract import Contract
from ledger.chain.errors import NodeError
from ledger.chain.sending import GAS_MARGIN_PERCENT, RECEIPT, Sender
from ledger.errors import LedgerError, RefusedError

_ESTIMATE: Final = "eth_estimateGas"


def _as_it_is(error: LedgerError) -> LedgerError:
    return error


@dataclass(frozen=True, slots=True)
class Caller:
    """One account at one contract.

    Attributes:
        contract: whom.
        sender: as whom.
        explain: turns the contract's named error into ours.
    """

    contract: Contract
    sender: Sender
    explain: Callable[[LedgerError], LedgerError] = _as_it_is

    def call(self, function: str, *arguments: object) -> Mapping[str, Any]:
        """Send a call and return its receipt, which is of success.

        Raises:
            RefusedError: the contract refuses, with its reason.
            UnavailableError: the chain does not answer, or mines nothing in time; it may still be mined.
        """
        call = self.contract.encode(function, *arguments)
        receipt = self.sender.send(self.contract.address, call, self._gas(call))
        if member_quantity(receipt, "status", RECEIPT) != 1:
            # Somebody was faster between the estimate and the block: asked again, the contract says why.
            self._gas(call)
            raise RefusedError("contract-reverted", why=function)
        return receipt

    def _gas(self, call: bytes) -> int:
        request = {
            "from": self.sender.address,
            "to": "0x" + self.contract.address.hex(),
            "data": "0x" + call.hex(),
        }
        try:
            estimate = quantity(self.sender.rpc.call(_ESTIMATE, request), _ESTIMATE)
        except NodeError as error:
            raise self.explain(self.contract.translate(error)) from error
        return estimate * GAS_MARGIN_PERCENT // 100
