"""Proposals, votes and rules as the registry holds them, and when what was decided took effect."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from eth_utils.crypto import keccak

from contracts import artifact
from ledger.chain.answers import items, mapping, member_data, member_quantity
from ledger.chain.blocks import HASH_BYTES, read_block, reference
from ledger.chain.changes import Change, decode_change
from ledger.chain.contract import Contract
from ledger.chain.registry import RegisteredMember
from ledger.chain.rpc import Rpc
from ledger.errors import IntegrityError, UnavailableError
from ledger.evidence import shape
from ledger.evidence.opening import GenerationVote
from ledger.proof.trust import Inactive

ProposalState: TypeAlias = Literal["open", "executed", "expired"]

LOG_WINDOW: Final = 5000
"""Blocks that Besu looks through for one question by default."""
MAX_WINDOWS: Final = 10_000
"""A voting period of a year at a block a second has 6,300."""
_EXECUTED: Final = "0x" + keccak(text="ProposalExecuted(uint256)").hex()
_LOGS: Final = "eth_getLogs"


@dataclass(frozen=True, slots=True)
class Rules:
    """How the consortium decides.

    Attributes:
        threshold: votes that a proposal needs.
        voters: active institutions with the role ``member``.
        voting_period: seconds for which a new proposal stays open.
        anchor: 20-byte address of the anchor contract that the registry names.
    """

    threshold: int
    voters: int
    voting_period: int
    anchor: bytes


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as it stands now.

    Attributes:
        number: its id, from 1.
        proposer: 32-byte id of the member.
        opened_block: block in which it was opened.
        expires_at: last second (block time) in which it can be voted on.
        state: ``open``, ``executed`` or ``expired``.
        votes: how many of ``voters`` count now.
        voters: members that voted for it.
        change: what it would do; ``None`` when nobody can read it.
        data: the call itself.
    """

    number: int
    proposer: bytes
    opened_block: int
    expires_at: int
    state: ProposalState
    votes: int
    voters: tuple[bytes, ...]
    change: Change | None
    data: bytes


@dataclass(frozen=True, slots=True)
class Executed:
    """A proposal that was carried out.

    Attributes:
        number: of the proposal.
        change: what it did.
        block: in which it was.
        index: of its event within the block.
        transaction: 32-byte hash of the one that did it.
    """

    number: int
    change: Change
    block: int
    index: int
    transaction: bytes


def read_rules(url: str, registry: bytes) -> Rules:
    """Return threshold, voters, voting period and the anchor contract.

    Raises:
        ConfigurationError: there is no registry at the address.
        UnavailableError: the node does not answer.
    """
    contract = _contract(Rpc(url), registry)
    (anchor,) = contract.call("evidenceAnchor")
    return Rules(
        threshold=int(contract.call("threshold")[0]),
        voters=int(contract.call("voterCount")[0]),
        voting_period=int(contract.call("votingPeriod")[0]),
        anchor=bytes.fromhex(anchor[2:]),
    )


def read_proposals(url: str, registry: bytes, *, limit: int = 100) -> tuple[Proposal, ...]:
    """Return the newest proposals, newest first.

    Raises:
        ConfigurationError: there is no registry at the address.
        UnavailableError: the node does not answer.
    """
    rpc = Rpc(url)
    contract = _contract(rpc, registry)
    (count,) = contract.call("proposalCount")
    now = _now(rpc)
    return tuple(_proposal(contract, each, now) for each in range(count, max(0, count - limit), -1))


def read_proposal(url: str, registry: bytes, number: int) -> Proposal:
    """Return one proposal.

    Raises:
        RefusedError: there is none of this number.
        ConfigurationError: there is no registry at the address.
        UnavailableError: the node does not answer.
    """
    rpc = Rpc(url)
    return _proposal(_contract(rpc, registry), number, _now(rpc))


def read_inactive(
    url: str, registry: bytes, members: tuple[RegisteredMember, ...]
) -> Mapping[bytes, tuple[Inactive, ...]]:
    """Return in which blocks each member had no rights: suspended, or after it left.

    The block of a suspension, of a reinstatement and of a leave still counts as active: what the anchor
    contract accepted in it was sent before, or after. Only proposals change a status, so that the events of
    few blocks are looked through.

    Raises:
        UnavailableError: the node does not answer.
    """
    found: dict[bytes, list[Inactive]] = {each.member: [] for each in members}
    since: dict[bytes, int] = {}
    for block, kind, member in _status_changes(url, registry):
        if kind == "suspend-member":
            since[member] = block + 1
        elif member in since and since[member] <= block - 1:
            found[member].append(Inactive(since.pop(member), block - 1))
        else:
            since.pop(member, None)
    for each in members:
        first = since.get(each.member)
        if first is None and each.until is not None:
            first = each.until + 1
        if first is not None:
            found[each.member].append(Inactive(first, None))
    return {member: tuple(periods) for member, periods in found.items()}


def read_height(url: str) -> int:
    """Return the number of the newest block.

    Raises:
        UnavailableError: the node does not answer.
    """
    return _latest(Rpc(url))


def read_executed(url: str, registry: bytes, kinds: Container[str]) -> tuple[Executed, ...]:
    """Return what was voted and carried out, of these kinds, in order of the chain.

    Raises:
        IntegrityError: the node has no event of a proposal that the registry calls executed.
        UnavailableError: the node does not answer.
    """
    changes = []
    rpc = Rpc(url)
    contract = _contract(rpc, registry)
    (count,) = contract.call("proposalCount")
    for number in range(1, count + 1):
        (found,) = contract.call("proposal", number)
        _, opened_block, _, executed, _, _, data = found
        change = decode_change(bytes(data)) if executed else None
        if change is None or change.kind not in kinds:
            continue
        changes.append(_executed_in(rpc, registry, number, opened_block, change))
    return tuple(sorted(changes, key=lambda each: (each.block, each.index)))


def _status_changes(url: str, registry: bytes) -> list[tuple[int, str, bytes]]:
    """Return executed suspensions and reinstatements by block, in order."""
    return [
        (each.block, each.change.kind, each.change.member)
        for each in read_executed(url, registry, ("suspend-member", "reinstate-member"))
        if each.change.member is not None
    ]


def read_generation_vote(
    url: str, registry: bytes, member: bytes, generation: int
) -> GenerationVote | None:
    """Return the vote that opened a member's log generation; ``None`` when none did.

    Raises:
        IntegrityError: the node has no event of a proposal that the registry calls executed.
        UnavailableError: the node does not answer.
    """
    for each in read_executed(url, registry, ("open-generation",)):
        told = each.change.values
        if each.change.member != member or told["generation"] != generation:
            continue
        return GenerationVote(
            generation=generation,
            old_size=shape.integer(told["old_size"], "old_size", minimum=0),
            old_root=shape.hex_bytes(told["old_root"], "old_root", 32),
            proposal=each.number,
            transaction=each.transaction,
            block=each.block,
        )
    return None


def _executed_in(
    rpc: Rpc, registry: bytes, number: int, opened_block: int, change: Change
) -> Executed:
    """Return where a proposal was carried out."""
    latest = _latest(rpc)
    topics = [_EXECUTED, "0x" + number.to_bytes(32, "big").hex()]
    first = opened_block
    for _ in range(MAX_WINDOWS):
        last = min(first + LOG_WINDOW - 1, latest)
        asked = {
            "address": "0x" + registry.hex(),
            "fromBlock": hex(first),
            "toBlock": hex(last),
            "topics": topics,
        }
        for each in items(rpc.ask(_LOGS, asked), _LOGS):
            log = mapping(each, _LOGS)
            block = member_quantity(log, "blockNumber", _LOGS)
            if first <= block <= last:
                index = member_quantity(log, "logIndex", _LOGS)
                transaction = member_data(log, "transactionHash", _LOGS, length=HASH_BYTES)
                return Executed(number, change, block, index, transaction)
        if last >= latest:
            break
        first = last + 1
    # The registry says that it was executed: a node that has no event of it keeps something back.
    raise IntegrityError("proposal-event-missing", number=number)


def _proposal(contract: Contract, number: int, now: int) -> Proposal:
    (found,) = contract.call("proposal", number)
    proposer, opened_block, expires_at, executed, votes, voters, data = found
    open_or_over: ProposalState = "open" if now <= expires_at else "expired"
    return Proposal(
        number=number,
        proposer=bytes(proposer),
        opened_block=opened_block,
        expires_at=expires_at,
        state="executed" if executed else open_or_over,
        votes=votes,
        voters=tuple(bytes(each) for each in voters),
        change=decode_change(bytes(data)),
        data=bytes(data),
    )


def _contract(rpc: Rpc, registry: bytes) -> Contract:
    return Contract(rpc, artifact("ConsortiumRegistry"), registry)


def _now(rpc: Rpc) -> int:
    block = read_block(rpc, "latest")
    if block is None:
        raise UnavailableError("chain-block-missing", number="latest")
    return reference(block).timestamp


def _latest(rpc: Rpc) -> int:
    block = read_block(rpc, "latest")
    if block is None:
        raise UnavailableError("chain-block-missing", number="latest")
    return reference(block).number
