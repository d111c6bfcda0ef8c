"""What a transaction offers to pay.

web3's default tip of 1 gwei is never used: on a fee-free network it would make every transaction fail for
lack of funds. The price is what the node says, or what the settings fix.
"""

from dataclasses import dataclass
from typing import Final

from ledger.chain.answers import quantity
from ledger.chain.rpc import Rpc

REPLACEMENT_PERCENT: Final = 113
"""Clients want at least 10 % more for a replacement (Besu, geth); Ethereum's base fee moves 12.5 %."""


@dataclass(frozen=True, slots=True)
class FeePolicy:
    """How to price a transaction.

    Attributes:
        fixed: wei per gas from the settings; ``None`` asks the node. 0 on fee-free networks.
    """

    fixed: int | None

    def price(self, rpc: Rpc, *, above: int | None) -> int:
        """Return wei per gas, above the price of an earlier attempt when there was one.

        On a network without fees the price stays 0: the account has nothing to pay with, GoQuorum refuses any
        other price, and what is stuck there is not stuck for its price. The "replacement" is then the same
        transaction again.
        """
        if self.fixed == 0:
            return 0
        asked = self.fixed if self.fixed is not None else _suggested(rpc)
        if above is None:
            return asked
        return max(asked, above * REPLACEMENT_PERCENT // 100 + 1)


def _suggested(rpc: Rpc) -> int:
    return quantity(rpc.ask("eth_gasPrice"), "eth_gasPrice")
