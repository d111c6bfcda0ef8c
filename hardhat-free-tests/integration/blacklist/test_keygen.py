"""Ceremonies of several members: the real contract, real databases; members away, restarted, restored."""

from collections.abc import Callable

import pytest
from contract.consortium import member_id
from harness.evm_blacklist import (
    PHASE_SECONDS,
    operator_of,
)
from harness.key_members import NATIONAL_ID, Members, told

from blacklist.domain.keygen.postings import CeremonyPhase
from blacklist.services.following import Follower
from blacklist.services.keygen import KeyAlarm
from blacklist.store import ceremonies
from ledger.errors import ConfigurationError, RefusedError


def test_four_members_make_a_key_without_anybody_doing_anything_but_opening(four: Members) -> None:
    held = four.assert_whole()
    assert (held.key_epoch, held.share_epoch, held.threshold) == (1, 1, 2)
    assert sorted(held.keys.share_keys) == [1, 2, 3, 4]
    # Seeds are destroyed, and rounds find nothing more to do.
    assert all(set(each.share_keys.kept) == {"share-1-1-1"} for each in four.members)
    assert all(done.steps == () and done.alarms == () for done in four.rounds(1))


def test_one_who_is_away_during_the_generation_gets_a_share_at_the_next_refresh(
    make: Callable[[int], Members],
) -> None:
    members = make(4)
    members.members[0].contract.open_ceremony(NATIONAL_ID, resharing=False)
    for _ in range(2):
        members.phase(without=(3,))
    members.rounds(without=(3,))
    held = members.assert_whole([0, 1, 2])
    assert sorted(held.keys.share_keys) == [1, 2, 3]
    members.members[1].contract.open_ceremony(NATIONAL_ID, resharing=True)
    members.rounds()
    refreshed = members.assert_whole()
    assert refreshed.keys.key == held.keys.key
    assert refreshed.share_epoch == 2


def test_one_who_goes_away_in_the_middle_costs_time_only(make: Callable[[int], Members]) -> None:
    members = make(5)
    members.members[0].contract.open_ceremony(NATIONAL_ID, resharing=False)
    members.rounds(2)
    for _ in range(6):
        members.phase(without=(4,))
    assert members.members[0].held().threshold == 3
    members.assert_whole([0, 1, 2, 3])
    # Back again, the one that was away finds its shares at the others' nodes.
    members.rounds(3)
    members.assert_whole()


def test_a_share_that_the_dealer_changed_on_its_way_is_fetched_elsewhere_or_complained_about(
    make: Callable[[int], Members],
) -> None:
    members = make(4)
    members.colleagues.changed[2] = {index: bytes(112) for index in (1, 2, 3, 4)}
    members.members[0].contract.open_ceremony(NATIONAL_ID, resharing=False)
    members.rounds(3)
    members.shared.chain.advance(seconds=PHASE_SECONDS // 2 + 1)
    members.rounds(10)
    members.assert_whole()
    said = members.members[0].service.follower.refresh().ceremonies[1].postings
    assert CeremonyPhase.REVEALING in said


def test_every_share_changes_and_old_ones_are_destroyed_at_a_refresh(four: Members) -> None:
    before = four.assert_whole()
    four.members[2].contract.open_ceremony(NATIONAL_ID, resharing=True)
    four.rounds()
    after = four.assert_whole()
    assert after.keys.key == before.keys.key
    assert not set(after.keys.share_keys.values()) & set(before.keys.share_keys.values())
    for member in four.members:
        assert set(member.share_keys.kept) == {"share-1-1-2"}
        assert member.service.holding.open(before, member.index) is None


def test_a_restored_node_has_no_share_and_gets_one_at_a_refresh(four: Members) -> None:
    """The database came back from a backup, the keys that seal shares are in none."""
    restored = four.members[3]
    restored.share_keys.kept.clear()
    with pytest.raises(ConfigurationError, match="share-key-missing"):
        restored.service.holding.open(restored.held(), restored.index)
    four.members[0].contract.open_ceremony(NATIONAL_ID, resharing=True)
    found = four.rounds(without=())
    assert KeyAlarm("share-key-missing", NATIONAL_ID) in told(found)
    four.phase()  # for the deal that it cannot make
    four.rounds()
    four.assert_whole()


def test_a_node_that_is_restarted_at_every_step_ends_with_its_share(
    make: Callable[[int], Members],
) -> None:
    members = make(3)
    members.members[0].contract.open_ceremony(NATIONAL_ID, resharing=False)
    for _ in range(14):
        for member in members.members:
            member.service.run()
            service = member.service
            fresh = Follower(
                member.database.write,
                member.database.read,
                member.contract,
                service.follower.address,
            )
            object.__setattr__(service, "follower", fresh)
    members.assert_whole()


def test_a_suspended_member_takes_no_part_and_the_others_go_on(four: Members) -> None:
    before = four.assert_whole()
    four.shared.consortium.decide("suspendMember", member_id(3))
    with pytest.raises(RefusedError, match="NotEntitled"):
        four.members[3].contract.open_ceremony(NATIONAL_ID, resharing=True)
    four.members[0].contract.open_ceremony(NATIONAL_ID, resharing=True)
    four.rounds()
    after = four.assert_whole([0, 1, 2])
    assert sorted(after.keys.share_keys) == [1, 2, 3]
    assert after.keys.key == before.keys.key
    # What the suspended member still holds is of an epoch that is over: its own node destroyed it.
    assert four.members[3].share_keys.kept == {}


def test_a_result_that_is_attested_in_the_last_minute_is_activated_all_the_same(
    make: Callable[[int], Members],
) -> None:
    members = make(4)
    services = [member.service for member in members.members]
    members.members[0].contract.open_ceremony(NATIONAL_ID, resharing=False)
    contract, attesting = members.shared.contract, CeremonyPhase.ATTESTING
    while contract.read("ceremony", 1)["phase"] != attesting:
        for service in services:
            if contract.read("ceremony", 1)["phase"] != attesting:
                service.run()
    for service in services[:2]:
        service.run()
    left = contract.read("ceremony", 1)["phaseEnds"] - members.shared.chain.timestamp
    members.shared.chain.advance(seconds=left - 60)
    services[2].run()
    members.shared.chain.advance(seconds=120)
    members.rounds(2, without=(3,))
    assert members.members[0].held().ceremony == 1


def test_too_few_who_join_fail_and_the_next_one_can_be_opened(
    make: Callable[[int], Members],
) -> None:
    members = make(4)
    members.members[0].contract.open_ceremony(NATIONAL_ID, resharing=False)
    members.phase(without=(2, 3))
    assert members.members[0].service.follower.refresh().ceremonies[1].given_up
    members.members[0].contract.open_ceremony(NATIONAL_ID, resharing=False)
    members.rounds()
    assert members.assert_whole().ceremony == 2


def test_keys_of_two_types_are_made_side_by_side(make: Callable[[int], Members]) -> None:
    members = make(3)
    for identifiers in (1, 2):
        members.members[0].contract.open_ceremony(identifiers, resharing=False)
    members.rounds(14)
    state = members.members[0].service.follower.refresh()
    assert state.keys[1].keys.key != state.keys[2].keys.key


def test_a_chain_that_is_away_stops_the_round_and_nothing_is_lost(
    make: Callable[[int], Members],
) -> None:
    members = make(3)
    members.members[0].contract.open_ceremony(NATIONAL_ID, resharing=False)
    members.rounds(3)
    members.members[1].contract.silent = True
    members.rounds(2, without=(1,))
    members.members[1].contract.silent = False
    members.rounds()
    members.assert_whole()


def test_the_operator_is_the_one_who_speaks(four: Members) -> None:
    state = four.members[0].service.follower.refresh()
    assert state.operators[2].hex() == operator_of(1)[2:]
    assert state.members == {index: member_id(index - 1) for index in (1, 2, 3, 4)}


def test_a_new_key_takes_the_agreement_of_each_member_s_people(four: Members) -> None:
    """Otherwise one member could make all entries void by opening generations."""
    before = four.assert_whole()
    four.members[0].contract.open_ceremony(NATIONAL_ID, resharing=False)
    for _ in range(2):
        four.phase()
    state = four.members[0].service.follower.refresh()
    assert state.ceremonies[2].given_up
    assert state.ceremonies[2].joined() == ()
    assert four.assert_whole() == before
    for member in four.members:
        with member.database.write() as connection:
            ceremonies.agree(connection, NATIONAL_ID, 2, at="2026-11-24T08:00:00.000Z")
    four.members[0].contract.open_ceremony(NATIONAL_ID, resharing=False)
    four.rounds()
    after = four.assert_whole()
    assert (after.key_epoch, after.share_epoch) == (2, 1)
    assert after.keys.key != before.keys.key
