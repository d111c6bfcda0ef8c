"""Who sealed the blocks of a QBFT chain, and from which block to which: as far as it is found cheaply.

* Contract mode: the set that seals block N is the registry's on the state after block N - 1. Only votes
  change it: one carried out in block N seals from N + 1 on. The first set is read from the state at the
  registry's first block; where the node has forgotten that state, the blocks before the first change stay
  unknown, and a verifier answers "not provable" for them.
* Header mode: each header lists the set that sealed it. Headers are looked at in ``SAMPLES`` even steps and,
  between two that differ, by halving. A set that came and went within one step, with the same set before and
  after it, is not found. Where there are more changes than ``MAX_CHANGES``, the oldest blocks stay unknown.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from contracts import artifact
from ledger.chain.blocks import header_bytes, read_block
from ledger.chain.contract import Contract
from ledger.chain.registry import RegisteredMember
from ledger.chain.rpc import Rpc
from ledger.chain.voting import read_executed, read_height
from ledger.errors import ConfigurationError, RefusedError, UnavailableError
from ledger.proof.header import ChainKind, parse_header
from ledger.proof.qbft_extra import QbftExtra
from ledger.proof.trusted_chain import ValidatorSet

SAMPLES: Final = 32
"""Headers that are read of a chain on which nothing changed."""
MAX_CHANGES: Final = 64
"""With some 25 headers a change on a chain of a year: under two thousand headers."""
SET_VALIDATORS: Final = "set-validators"

Addresses = tuple[bytes, ...]


def read_validator_sets(
    url: str, kind: ChainKind, registry: bytes, members: tuple[RegisteredMember, ...]
) -> tuple[ValidatorSet, ...]:
    """Return the sets in order of their blocks, the present one last; none on chains without seals.

    Args:
        url: of the node.
        kind: of the chain.
        registry: 20-byte address.
        members: as the registry holds them.

    Raises:
        IntegrityError: a header is not of the kind, or the registry's events do not fit its proposals.
        UnavailableError: the node does not answer.
    """
    if kind == "qbft-contract":
        return _from_contract(url, registry, members)
    if kind == "qbft-header":
        return group(_Headers(Rpc(url), kind).validators_at, read_height(url))
    return ()


def group(validators_at: Callable[[int], Addresses], latest: int) -> tuple[ValidatorSet, ...]:
    """Return the sets from block 0 to ``latest``, found by steps and halving, newest last."""
    steps = sorted({latest * at // SAMPLES for at in range(SAMPLES + 1)}, reverse=True)
    found: list[ValidatorSet] = []
    until: int | None = None
    high = latest
    for low in steps[1:]:
        while validators_at(low) != validators_at(high):
            first = _first_like(validators_at, low, high)
            found.append(ValidatorSet(first, until, validators_at(high)))
            if len(found) == MAX_CHANGES:
                return tuple(reversed(found))
            until = high = first - 1
        high = low
    found.append(ValidatorSet(0, until, validators_at(high)))
    return tuple(reversed(found))


def _first_like(validators_at: Callable[[int], Addresses], low: int, high: int) -> int:
    """Return the first block of the run that ends at ``high``, given that ``low`` is before it."""
    wanted = validators_at(high)
    while high - low > 1:
        middle = (low + high) // 2
        if validators_at(middle) == wanted:
            high = middle
        else:
            low = middle
    return high


@dataclass
class _Headers:
    rpc: Rpc
    kind: ChainKind
    _known: dict[int, Addresses] = field(default_factory=dict)

    def validators_at(self, number: int) -> Addresses:
        if number not in self._known:
            block = read_block(self.rpc, number)
            if block is None:
                raise UnavailableError("chain-block-missing", number=number)
            header = parse_header(header_bytes(block, self.kind))
            self._known[number] = QbftExtra.parse(header.extra_data).validators
        return self._known[number]


def _from_contract(
    url: str, registry: bytes, members: tuple[RegisteredMember, ...]
) -> tuple[ValidatorSet, ...]:
    changes = read_executed(url, registry, (SET_VALIDATORS,))
    starts = {each.block + 1: _listed(each.change.values["validators"]) for each in changes}
    begun = min((each.since for each in members), default=0)
    contract = Contract(Rpc(url), artifact("ConsortiumRegistry"), registry)
    first = _validators(contract, hex(begun)) if starts else _validators(contract, "latest")
    if first:
        # In a genesis the registry is there before the first block; else only after its own.
        starts.setdefault(begun + 1 if begun else 0, first)
    heights = sorted(starts)
    ends = [*(each - 1 for each in heights[1:]), None]
    return tuple(
        ValidatorSet(since, until, starts[since])
        for since, until in zip(heights, ends, strict=True)
    )


def _validators(contract: Contract, block: str) -> Addresses | None:
    """Return the registry's list at a block; ``None`` where the node has not that state."""
    try:
        (found,) = contract.call("getValidators", block=block)
    except (RefusedError, ConfigurationError, UnavailableError):
        if block == "latest":
            raise
        return None
    return tuple(sorted(bytes.fromhex(str(each)[2:]) for each in found))


def _listed(value: object) -> Addresses:
    addresses = value if isinstance(value, list) else []
    return tuple(sorted(bytes.fromhex(str(each)) for each in addresses))
