"""Vote arithmetic: who counts, when, against which threshold, and how often."""

import pytest
from contract.consortium import (
    DAY,
    MEMBER,
    OBSERVER,
    STRANGER,
    VOTING_PERIOD,
    Consortium,
    address_of,
    admin_of,
    found,
    member_id,
    newcomer,
)
from contract.evm import FIRST_SECOND, Refused, refuses

TOO_LONG = 16 * 1024 + 1


@pytest.fixture
def consortium() -> Consortium:
    return found(5, 3)


def votes(consortium: Consortium, proposal: int) -> int:
    count: int = consortium.registry.read("proposal", proposal)["votes"]
    return count


def test_a_proposal_executes_in_the_vote_that_reaches_the_threshold(consortium: Consortium) -> None:
    change = consortium.change("setThreshold", 4)
    outcome = consortium.registry.send(admin_of(0), "propose", change)
    assert [event.name for event in outcome.events] == ["ProposalOpened", "VoteCast"]
    assert consortium.registry.read("proposal", 1) == {
        "proposer": member_id(0),
        "openedBlock": 1,
        "expiresAt": FIRST_SECOND + VOTING_PERIOD,
        "executed": False,
        "votes": 1,
        "voters": (member_id(0),),
        "change": change,
    }
    assert [event.name for event in consortium.vote(1, 1).events] == ["VoteCast"]
    assert consortium.registry.read("threshold") == 3
    names = [event.name for event in consortium.vote(2, 1).events]
    assert names == ["VoteCast", "ThresholdChanged", "ProposalExecuted"]
    assert consortium.registry.read("threshold") == 4


def test_one_vote_is_enough_where_the_threshold_is_one() -> None:
    consortium = found(2, 1)
    consortium.propose(0, "setThreshold", 2)
    assert consortium.registry.read("threshold") == 2


def test_an_executed_proposal_cannot_run_again(consortium: Consortium) -> None:
    consortium.decide("changeEndpoint", member_id(0), "https://x.example")
    for action in ("vote", "execute", "withdrawVote"):
        with refuses("ConsortiumRegistryProposalAlreadyExecuted", 1):
            consortium.registry.send(admin_of(4), action, 1)


def test_a_member_votes_once_even_with_a_new_admin(consortium: Consortium) -> None:
    proposal = consortium.propose(0, "setThreshold", 5)
    with refuses("ConsortiumRegistryAlreadyVoted", proposal, member_id(0)):
        consortium.vote(0, proposal)
    successor = "0x" + "ab" * 20
    consortium.decide("changeAdmin", member_id(0), successor)
    with refuses("ConsortiumRegistryAlreadyVoted", proposal, member_id(0)):
        consortium.registry.send(successor, "vote", proposal)
    assert votes(consortium, proposal) == 1


def test_a_vote_can_be_taken_back_and_given_again(consortium: Consortium) -> None:
    proposal = consortium.propose(0, "setThreshold", 5)
    consortium.vote(1, proposal)
    [event] = consortium.registry.send(admin_of(0), "withdrawVote", proposal).events
    assert event.name == "VoteWithdrawn"
    assert consortium.registry.read("proposal", proposal)["voters"] == (member_id(1),)
    with refuses("ConsortiumRegistryNotVoted", proposal, member_id(0)):
        consortium.registry.send(admin_of(0), "withdrawVote", proposal)
    consortium.vote(2, proposal)
    assert consortium.registry.read("threshold") == 3
    consortium.vote(0, proposal)
    assert consortium.registry.read("threshold") == 5


def test_strangers_and_unknown_proposals_are_refused(consortium: Consortium) -> None:
    proposal = consortium.propose(0, "setThreshold", 5)
    with refuses("ConsortiumRegistryNotAdmin", STRANGER):
        consortium.registry.send(STRANGER, "propose", consortium.change("setThreshold", 1))
    with refuses("ConsortiumRegistryNotAdmin", STRANGER):
        consortium.registry.send(STRANGER, "vote", proposal)
    for unknown in (0, proposal + 1, 2**256 - 1):
        for action in ("vote", "withdrawVote", "execute"):
            with refuses("ConsortiumRegistryUnknownProposal", unknown):
                consortium.registry.send(admin_of(1), action, unknown)
        with refuses("ConsortiumRegistryUnknownProposal", unknown):
            consortium.registry.read("proposal", unknown)


def test_the_last_second_counts_and_the_next_does_not(consortium: Consortium) -> None:
    proposal = consortium.propose(0, "setThreshold", 5)
    consortium.chain.advance(seconds=VOTING_PERIOD)
    consortium.vote(1, proposal)
    with consortium.chain.undone():
        consortium.vote(2, proposal)
    consortium.chain.advance(seconds=1)
    expiry = FIRST_SECOND + VOTING_PERIOD
    for action, number in (("vote", 2), ("execute", 2), ("withdrawVote", 1)):
        with refuses("ConsortiumRegistryProposalExpired", proposal, expiry):
            consortium.registry.send(admin_of(number), action, proposal)
    assert not consortium.registry.read("proposal", proposal)["executed"]


def test_a_new_voting_period_holds_for_new_proposals_only(consortium: Consortium) -> None:
    old = consortium.propose(0, "setThreshold", 5)
    consortium.decide("setVotingPeriod", DAY)
    new = consortium.propose(0, "setThreshold", 5)
    assert consortium.registry.read("proposal", old)["expiresAt"] == FIRST_SECOND + VOTING_PERIOD
    assert consortium.registry.read("proposal", new)["expiresAt"] == FIRST_SECOND + DAY
    with refuses("ConsortiumRegistryInvalidVotingPeriod", 3_599):
        consortium.decide("setVotingPeriod", 3_599)


def test_the_vote_of_a_suspended_member_does_not_count_until_it_is_back(
    consortium: Consortium,
) -> None:
    proposal = consortium.propose(0, "setThreshold", 5)
    consortium.vote(1, proposal)
    consortium.decide("suspendMember", member_id(1), by=[2, 3, 4])
    assert votes(consortium, proposal) == 1
    consortium.vote(2, proposal)
    assert votes(consortium, proposal) == 2
    assert consortium.registry.read("threshold") == 3
    consortium.decide("reinstateMember", member_id(1), by=[0, 2, 3])
    assert votes(consortium, proposal) == 3
    consortium.registry.send(admin_of(4), "execute", proposal)
    assert consortium.registry.read("threshold") == 5


def test_votes_of_members_that_left_or_lost_the_role_do_not_count(consortium: Consortium) -> None:
    proposal = consortium.propose(0, "setThreshold", 2)
    consortium.vote(1, proposal)
    consortium.registry.send(admin_of(0), "resign")
    consortium.decide("setRoles", member_id(1), OBSERVER, by=[2, 3, 4])
    assert votes(consortium, proposal) == 0
    with refuses("ConsortiumRegistryNotEnoughVotes", proposal, 0, 3):
        consortium.registry.send(admin_of(2), "execute", proposal)
    for number in (2, 3):
        consortium.vote(number, proposal)
    assert not consortium.registry.read("proposal", proposal)["executed"]
    consortium.vote(4, proposal)
    assert consortium.registry.read("threshold") == 2


def test_a_proposal_that_became_passable_is_executed_without_a_new_vote(
    consortium: Consortium,
) -> None:
    proposal = consortium.propose(0, "changeEndpoint", member_id(2), "https://x.example")
    consortium.vote(1, proposal)
    with refuses("ConsortiumRegistryNotEnoughVotes", proposal, 2, 3):
        consortium.registry.send(admin_of(3), "execute", proposal)
    consortium.decide("setThreshold", 2)
    consortium.registry.send(admin_of(3), "execute", proposal)
    assert consortium.registry.read("member", member_id(2))["endpoint"] == "https://x.example"


def test_the_threshold_of_the_execution_holds_not_that_of_the_opening(
    consortium: Consortium,
) -> None:
    proposal = consortium.propose(0, "changeEndpoint", member_id(2), "https://x.example")
    consortium.decide("setThreshold", 5)
    for number in (1, 2, 3):
        consortium.vote(number, proposal)
    assert not consortium.registry.read("proposal", proposal)["executed"]
    consortium.vote(4, proposal)
    assert consortium.registry.read("proposal", proposal)["executed"]


@pytest.mark.parametrize("threshold", [0, 6, 2**32 - 1])
def test_a_threshold_nobody_could_reach_or_miss_is_refused(
    consortium: Consortium, threshold: int
) -> None:
    with refuses("ConsortiumRegistryInvalidThreshold", threshold, 5):
        consortium.decide("setThreshold", threshold)


def test_unanimity_follows_the_members_that_remain() -> None:
    consortium = found(3, 3)
    outcome = consortium.registry.send(admin_of(2), "resign")
    assert "ThresholdChanged" in [event.name for event in outcome.events]
    assert consortium.registry.read("threshold") == 2
    consortium.registry.send(admin_of(1), "resign")
    assert consortium.registry.read("threshold") == 1


def test_the_last_voter_cannot_go() -> None:
    consortium = found(1, 1)
    consortium.decide("admitMember", newcomer(9, roles=OBSERVER))
    with refuses("ConsortiumRegistryLastVoter", member_id(0)):
        consortium.registry.send(admin_of(0), "resign")
    for name, arguments in [("removeMember", ()), ("suspendMember", ()), ("setRoles", (OBSERVER,))]:
        with refuses("ConsortiumRegistryLastVoter", member_id(0)):
            consortium.decide(name, member_id(0), *arguments)
    assert consortium.registry.read("voterCount") == 1


def test_a_change_that_fails_takes_the_deciding_vote_back(consortium: Consortium) -> None:
    proposal = consortium.propose(0, "suspendMember", member_id(4))
    consortium.vote(1, proposal)
    consortium.decide("suspendMember", member_id(4), by=[1, 2, 3])
    with refuses("ConsortiumRegistryWrongStatus"):
        consortium.vote(2, proposal)
    assert votes(consortium, proposal) == 2
    assert not consortium.registry.read("proposal", proposal)["executed"]


@pytest.mark.parametrize(
    "name", ["propose", "vote", "withdrawVote", "execute", "setEndpoint", "resign", "member"]
)
def test_only_changes_can_be_proposed(consortium: Consortium, name: str) -> None:
    arguments: dict[str, tuple[object, ...]] = {
        "propose": (b"",),
        "setEndpoint": ("x",),
        "resign": (),
        "member": (bytes(32),),
    }
    change = consortium.change(name, *arguments.get(name, (1,)))
    with refuses("ConsortiumRegistryUnknownChange", change[:4]):
        consortium.registry.send(admin_of(0), "propose", change)


@pytest.mark.parametrize("change", [b"", b"\x01", b"\x01\x02\x03"])
def test_a_change_has_a_selector(consortium: Consortium, change: bytes) -> None:
    with refuses("ConsortiumRegistryUnknownChange", bytes(4)):
        consortium.registry.send(admin_of(0), "propose", change)


def test_a_change_has_a_largest_size(consortium: Consortium) -> None:
    change = consortium.change("setThreshold", 1)
    with refuses("ConsortiumRegistryChangeTooLong", TOO_LONG):
        consortium.registry.send(admin_of(0), "propose", change.ljust(TOO_LONG, b"\0"))
    consortium.registry.send(admin_of(0), "propose", change.ljust(TOO_LONG - 1, b"\0"))


def test_a_change_with_torn_arguments_fails_by_name() -> None:
    consortium = found(1, 1)
    torn = consortium.change("setThreshold", 1)[:-1]
    with refuses("ConsortiumRegistryChangeFailed", 1):
        consortium.registry.send(admin_of(0), "propose", torn)
    out_of_range = consortium.change("setThreshold", 1)[:4] + b"\xff" * 32
    with refuses("ConsortiumRegistryChangeFailed", 1):
        consortium.registry.send(admin_of(0), "propose", out_of_range)


def test_256_voters_are_the_most_and_their_votes_fit_into_a_block() -> None:
    consortium = found(1, 1)
    for number in range(1, 256):
        consortium.decide("admitMember", newcomer(number, roles=MEMBER, keys=[]))
    with refuses("ConsortiumRegistryTooManyVoters"):
        consortium.decide("admitMember", newcomer(256, keys=[]))
    consortium.decide("setThreshold", 256)
    proposal = consortium.propose(0, "setThreshold", 1)
    for number in range(1, 256):
        consortium.vote(number, proposal)
    assert consortium.registry.read("threshold") == 1


def test_a_full_change_of_validators_fits_into_a_proposal(consortium: Consortium) -> None:
    validators = sorted(address_of("validator", number) for number in range(256))
    consortium.decide("setValidators", validators)
    assert len(consortium.registry.read("getValidators")) == 256


def test_a_member_contract_cannot_reenter(consortium: Consortium) -> None:
    """Only the registry itself and the anchor contract's view are ever called: no admin gets control."""
    hostile = "0x" + "bb" * 20
    consortium.decide("changeAdmin", member_id(4), hostile)
    # INVALID: any control that reached it would take the whole transaction down.
    consortium.chain.install(hostile, b"\xfe")
    consortium.decide("suspendMember", member_id(4))
    consortium.decide("removeMember", member_id(4))


def test_ether_is_not_taken(consortium: Consortium) -> None:
    consortium.chain.evm.set_balance(admin_of(0), 10**18)
    for contract in (consortium.registry, consortium.anchors):
        with pytest.raises(Refused):
            consortium.chain.transact(admin_of(0), contract.address, b"", value=1)
        with pytest.raises(Refused):
            consortium.chain.transact(admin_of(0), contract.address, b"")
