"""Is a node's JSON-RPC fit for this program? One list of checks: what the node does, and what to do.

Grades: ``works``; ``otherwise`` (the program gets by without, at no loss); ``costs`` (it gets by, and
something is lost or slower); ``unusable``; ``unknown`` (nothing there to look at yet).

Nothing is written to the chain: no transaction is sent, the one that is tried is none. One address is looked
at, never several together (``endpoints``).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias

from ledger.chain.answers import member_quantity
from ledger.chain.blocks import read_block, reference
from ledger.chain.connection import Connection
from ledger.chain.errors import Meaning, NodeError
from ledger.chain.finality import check_policy
from ledger.chain.rpc import Rpc
from ledger.errors import LedgerError, UnavailableError
from ledger.ports.chain import BlockRef
from ledger.proof.header import ChainKind

Grade: TypeAlias = Literal["works", "otherwise", "costs", "unusable", "unknown"]


class Fit(Enum):
    """Exit codes of ``chain check``: the worst grade."""

    FINE = 0
    UNUSABLE = 1
    COSTS = 3


@dataclass(frozen=True, slots=True)
class FitFinding:
    """One line of the list.

    Attributes:
        check: code of what was looked at.
        grade: see the module.
        code: of the words that say what the node does, with the remedy.
        params: of those words.
    """

    check: str
    grade: Grade
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WantedChain:
    """What the settings say of the chain; ``None`` where there are none to compare with."""

    kind: ChainKind | None = None
    finality: str | None = None
    chain_id: int | None = None
    gas_price: int | None = None


class Probe:
    """One node that is being looked at.

    Args:
        url: one address.
        wanted: what it is compared with.
        now: seconds since 1970.
    """

    def __init__(self, url: str, wanted: WantedChain, now: float) -> None:
        if wanted.finality is not None:
            check_policy(wanted.finality)
        self.connection: Final = Connection(url)
        self.rpc: Final = Rpc(url)
        self.wanted: Final = wanted
        self.now: Final = now

    def supports(self, method: str, *params: object) -> bool:
        """Tell whether the node knows a method; a refusal of these parameters is a yes."""
        try:
            self.connection.call(method, *params)
        except NodeError as error:
            return error.code not in _NO_SUCH_METHOD and "does not exist" not in error.message
        return True

    def answers(self, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON
        """Return a result; ``None`` where the node refuses."""
        try:
            return self.connection.call(method, *params)
        except NodeError:
            return None

    @cached_property
    def block(self) -> Mapping[str, Any]:
        """The newest block, as it was at the first look."""
        block = read_block(self.rpc, "latest")
        if block is None:
            raise UnavailableError("chain-block-missing", number="latest")
        return block

    @cached_property
    def latest(self) -> BlockRef:
        """The newest block's number, hash and time."""
        return reference(self.block)

    @cached_property
    def base_fee(self) -> int | None:
        """Wei per gas of the newest block; ``None`` before London."""
        if self.block.get("baseFeePerGas") is None:
            return None
        return member_quantity(self.block, "baseFeePerGas", "eth_getBlockByNumber")

    def tagged(self, tag: str) -> int | None:
        """Return the height of a tag; ``None`` where the node has no such block."""
        found = self.answers("eth_getBlockByNumber", tag, False)  # noqa: FBT003 - JSON
        return None if not isinstance(found, dict) else reference(found).number


_NO_SUCH_METHOD: Final = (-32601, -32604)

Check: TypeAlias = Callable[[Probe], Iterator[FitFinding]]


def look_over(probe: Probe, checks: Mapping[str, Check]) -> list[FitFinding]:
    """Carry out all checks; a node that does not answer ends the list."""
    found: list[FitFinding] = []
    for name, check in checks.items():
        try:
            found += list(check(probe))
        except NodeError as error:
            busy = error.meaning is Meaning.BUSY
            params = {"why": error.message[:200]}
            found.append(FitFinding(name, "costs" if busy else "unusable", "fit-refused", params))
        except LedgerError as error:
            found.append(FitFinding(name, "unusable", error.code, error.params))
            if error.code == "chain-unreachable":
                break
    return found


def conclusion(found: Sequence[FitFinding]) -> Fit:
    """Return the worst of all."""
    grades = {each.grade for each in found}
    if "unusable" in grades:
        return Fit.UNUSABLE
    return Fit.COSTS if "costs" in grades else Fit.FINE
