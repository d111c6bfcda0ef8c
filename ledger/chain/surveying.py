"""Looking at all endpoints of a chain at the same time, and judging them against each other.

1. No answer, or none of the form: silent.
2. Another chain id than expected (else: than most), another genesis than most: contradicts.
3. A newest block of the future, while another's is not: contradicts.
4. Lower than the highest, and its newest block old beside that one's: behind.
5. Among the rest, another block than most at the lowest final height: contradicts.

A majority is more than any other answer has; where there is none, the endpoint listed first is believed.
An endpoint that makes up blocks above all others is noticed when the others reach their height.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

from ledger.chain import answers
from ledger.chain.blocks import read_block, reference
from ledger.chain.endpoints import Expected, Judgement, why_silent
from ledger.chain.finality import TAG, check_policy, final_number
from ledger.chain.rpc import Rpc
from ledger.errors import LedgerError
from ledger.ports.chain import BlockRef

T = TypeVar("T")

LOOK_SECONDS: Final = 3.0
"""For one answer; several small ones make a look."""
BEHIND_BLOCKS: Final = 3
BEHIND_SECONDS: Final = 30
"""Signers and blocks differ by seconds when all is well."""
FUTURE_SECONDS: Final = 120
"""Clients refuse a block of the future far below this; our own clock may be wrong a little."""
UNKNOWN_FINALITY: Final = "12"
"""Blocks, where the policy is not known."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one endpoint says.

    Attributes:
        chain_id: as in EIP-155.
        genesis: hash of block 0.
        latest: newest block.
        final: newest final height under the policy; ``None`` when there is none.
    """

    chain_id: int
    genesis: bytes
    latest: BlockRef
    final: int | None


def survey(addresses: Mapping[int, str], expected: Expected, now: float) -> Mapping[int, Judgement]:
    """Look at endpoints and judge them.

    Args:
        addresses: by index; the lower index is preferred.
        expected: what the chain has to be.
        now: seconds since 1970, by this machine's clock.
    """
    asked = {at: Rpc(address, LOOK_SECONDS) for at, address in addresses.items()}
    with ThreadPoolExecutor(max_workers=len(asked)) as threads:
        found = _together(threads, asked, lambda rpc: look(rpc, expected.finality))
        sightings = {at: each for at, each in found.items() if isinstance(each, Sighting)}
        judged = {at: silent(each) for at, each in found.items() if isinstance(each, LedgerError)}
        judged |= judge(sightings, expected, now)
        compared = {at: each for at, each in sightings.items() if at not in judged}
        height = common_height(compared)
        blocks: dict[int, bytes | LedgerError] = {}
        if height is not None:
            blocks = _together(threads, {at: asked[at] for at in compared}, _hash_at(height))
    hashes = {at: each for at, each in blocks.items() if isinstance(each, bytes)}
    broken = {at: silent(each) for at, each in blocks.items() if isinstance(each, LedgerError)}
    contradicting = dict.fromkeys(_unlike_most(hashes), "endpoint-block")
    works = {
        at: Judgement(
            "contradicts" if at in contradicting else "works",
            contradicting.get(at, ""),
            each.latest.number,
        )
        for at, each in compared.items()
    }
    return works | broken | judged


def look(rpc: Rpc, policy: str | None) -> Sighting:
    """Ask one endpoint for what is compared.

    Raises:
        UnavailableError: it does not answer, or has no blocks.
    """
    policy = policy or UNKNOWN_FINALITY
    check_policy(policy)
    latest = _block(rpc, "latest")
    tagged = read_block(rpc, TAG) if policy == TAG else None
    return Sighting(
        chain_id=answers.quantity(rpc.ask("eth_chainId"), "eth_chainId"),
        genesis=_block(rpc, 0).block_hash,
        latest=latest,
        final=final_number(policy, latest.number, reference(tagged).number if tagged else None),
    )


def judge(
    sightings: Mapping[int, Sighting], expected: Expected, now: float
) -> Mapping[int, Judgement]:
    """Return judgements of those that are not to be used, by steps 2 to 4 of the module."""
    judged: dict[int, Judgement] = {}

    def contradict(indices: Sequence[int], reason: str) -> None:
        for at in indices:
            judged[at] = Judgement("contradicts", reason, sightings[at].latest.number)

    ids = {at: each.chain_id for at, each in sightings.items()}
    if expected.chain_id is None:
        contradict(_unlike_most(ids), "endpoint-chain-id")
    else:
        contradict([at for at in ids if ids[at] != expected.chain_id], "endpoint-chain-id")
    left = {at: each for at, each in sightings.items() if at not in judged}
    contradict(_unlike_most({at: each.genesis for at, each in left.items()}), "endpoint-genesis")
    left = {at: each for at, each in left.items() if at not in judged}
    early = [at for at, each in left.items() if each.latest.timestamp > now + FUTURE_SECONDS]
    if len(early) < len(left):  # else it is our clock that is behind
        contradict(early, "endpoint-future")
    left = {at: each for at, each in left.items() if at not in judged}
    for at in _behind(left):
        judged[at] = Judgement("behind", "endpoint-old", left[at].latest.number)
    return judged


def common_height(sightings: Mapping[int, Sighting]) -> int | None:
    """Return the highest height that is final for all; ``None`` when there is nothing to compare."""
    finals = [each.final for each in sightings.values() if each.final is not None]
    if len(finals) < 2 or len(finals) < len(sightings):  # noqa: PLR2004 - two are compared
        return None
    return min(finals)


def silent(error: LedgerError) -> Judgement:
    """Return the judgement of an endpoint that failed."""
    return Judgement("silent", why_silent(error))


def _behind(sightings: Mapping[int, Sighting]) -> Sequence[int]:
    highest = max(
        (each.latest for each in sightings.values()), key=lambda at: at.number, default=None
    )
    if highest is None:
        return ()
    return [
        at
        for at, each in sightings.items()
        if highest.number - each.latest.number >= BEHIND_BLOCKS
        and highest.timestamp - each.latest.timestamp > BEHIND_SECONDS
    ]


def _unlike_most(values: Mapping[int, object]) -> Sequence[int]:
    """Return whose value is not the most frequent one; among equals, the first listed one counts."""
    if not values:
        return ()
    counted = Counter(values[at] for at in sorted(values))
    # ``most_common`` keeps the order of first appearance among equals.
    right = counted.most_common(1)[0][0]
    return [at for at in sorted(values) if values[at] != right]


def _block(rpc: Rpc, which: int | str) -> BlockRef:
    block = read_block(rpc, which)
    if block is None:
        raise answers.malformed("eth_getBlockByNumber", str(which))
    return reference(block)


def _hash_at(height: int) -> Callable[[Rpc], bytes]:
    return lambda rpc: _block(rpc, height).block_hash


def _together(
    threads: ThreadPoolExecutor, asked: Mapping[int, Rpc], what: Callable[[Rpc], T]
) -> dict[int, T | LedgerError]:
    def one(rpc: Rpc) -> T | LedgerError:
        try:
            return what(rpc)
        except LedgerError as error:
            return error

    waiting = {at: threads.submit(one, rpc) for at, rpc in asked.items()}
    return {at: each.result() for at, each in waiting.items()}
