"""Nodes look after their keys: resharings begin by themselves, people are told what those cannot mend."""

from collections.abc import Callable
from datetime import timedelta

from contract.consortium import member_id, newcomer
from harness.evm_blacklist import PHASE_SECONDS, operator_of
from harness.key_members import NATIONAL_ID, Members

from blacklist.domain.chronicle.keys import DUAL_READ
from blacklist.domain.upkeep import UpkeepAlarm
from blacklist.services.keygen import KeyAlarm
from blacklist.store import ceremonies


def alarm(code: str) -> KeyAlarm:
    return KeyAlarm(code, NATIONAL_ID)


def test_nothing_is_opened_while_all_is_well(four: Members) -> None:
    assert four.looked_after(3) == []
    assert four.assert_whole().share_epoch == 1


def test_a_suspended_holder_is_replaced_by_a_resharing_that_nobody_ordered(four: Members) -> None:
    before = four.assert_whole()
    four.shared.consortium.decide("suspendMember", member_id(3))
    four.shared.chain.advance(seconds=PHASE_SECONDS)
    found = four.looked_after(14, without=(3,))
    after = four.assert_whole([0, 1, 2])
    assert sorted(after.keys.share_keys) == [1, 2, 3]
    assert after.keys.key == before.keys.key
    # One departure of a key whose threshold is two: with its old share and one more the key is known.
    assert set(found) == {alarm(UpkeepAlarm.MANY_DEPARTED)}
    # One ceremony and no more, and the suspended one's absence is nobody's fault.
    assert list(four.members[0].service.follower.refresh().ceremonies) == [1, 2]


def test_a_suspended_dealer_is_not_named_absent(four: Members) -> None:
    four.shared.consortium.decide("suspendMember", member_id(3))
    four.looked_after(14, without=(3,))
    state = four.members[0].service.follower.refresh()
    assert state.ceremonies[2].opened.eligible == state.ceremonies[2].opened.dealing == (1, 2, 3)
    dealers = state.terms_of(2).dealers
    assert dealers
    assert sorted(dealers.share_keys) == [1, 2, 3]


def test_who_joined_gets_a_share_by_itself(make: Callable[[int], Members]) -> None:
    three = make(3)
    three.members[0].contract.open_ceremony(NATIONAL_ID, resharing=False)
    three.looked_after()
    before = three.assert_whole()
    three.shared.consortium.decide("admitMember", newcomer(3))
    admin = newcomer(3)[2]
    three.shared.send(admin, "setOperator", operator_of(3))
    three.add(3)
    assert three.looked_after(14) == []
    after = three.assert_whole()
    assert sorted(after.keys.share_keys) == [1, 2, 3, 4]
    assert (after.share_epoch, after.keys.key) == (2, before.keys.key)


def test_a_fifth_member_needs_a_key_with_a_higher_threshold(four: Members) -> None:
    four.shared.consortium.decide("admitMember", newcomer(4))
    four.shared.send(newcomer(4)[2], "setOperator", operator_of(4))
    four.add(4)
    assert set(four.looked_after(4)) == {alarm(UpkeepAlarm.THRESHOLD_RISES)}
    assert four.members[0].held().share_epoch == 1


def test_a_restored_node_gets_a_new_share_by_itself(four: Members) -> None:
    restored = four.members[3]
    restored.share_keys.kept.clear()
    assert alarm("share-key-missing") in four.looked_after(1)
    four.looked_after(6)
    four.phase()  # for the deal that it cannot make
    assert four.looked_after() == []
    assert four.assert_whole().share_epoch == 2


def test_a_node_restored_from_before_its_share_gets_one_by_itself(four: Members) -> None:
    """Neither the sealed share nor its key came back."""
    restored = four.members[2]
    restored.share_keys.kept.clear()
    restored.service.holding.keep_only(NATIONAL_ID, ())
    assert alarm("share-absent") in four.looked_after(1)
    four.looked_after(6)
    four.phase()
    assert four.looked_after() == []
    four.assert_whole()


def test_a_missing_seed_ends_only_its_own_ceremony(four: Members) -> None:
    """Restored in the middle of a ceremony; another type's key is made meanwhile."""
    four.members[0].contract.open_ceremony(NATIONAL_ID, resharing=True)
    four.rounds(2)
    assert four.members[3].share_keys.kept.pop("ceremony-2")
    four.members[0].contract.open_ceremony(2, resharing=False)
    found = four.looked_after(8)
    for _ in range(3):
        four.phase()
    found += four.looked_after(14)
    state = four.members[3].service.follower.refresh()
    assert sorted(state.keys[2].keys.share_keys) == [1, 2, 3, 4]
    assert alarm("share-key-missing") in found
    # The type whose seed it lost is dealt anew once more, for it.
    four.shared.chain.advance(seconds=PHASE_SECONDS)
    four.looked_after(14)
    for _ in range(3):
        four.phase()
        four.looked_after()
    assert four.assert_whole().share_epoch >= 3
    assert set(four.members[3].share_keys.kept) == {
        f"share-1-1-{four.members[3].held().share_epoch}", "share-2-1-1",
    }  # fmt: skip


def test_few_holders_that_answer_are_told(four: Members) -> None:
    assert set(four.looked_after(1, without=(3,))) == {alarm(UpkeepAlarm.FEW_HOLDERS)}
    assert set(four.looked_after(1, without=(1, 2, 3))) == {alarm(UpkeepAlarm.TOO_FEW_HOLDERS)}
    assert four.looked_after(1) == []


def test_the_key_before_stays_readable_for_a_while_and_its_share_is_destroyed_then(
    four: Members,
) -> None:
    before = four.assert_whole()
    for member in four.members:
        with member.database.write() as connection:
            ceremonies.agree(connection, NATIONAL_ID, 2, at="2026-11-24T08:00:00.000Z")
    four.members[0].contract.open_ceremony(NATIONAL_ID, resharing=False)
    four.looked_after()
    after = four.assert_whole()
    state = four.members[0].service.follower.state()
    assert (after.key_epoch, state.previous[NATIONAL_ID].held) == (2, before)
    # A refresh of the new key leaves the one before as it is.
    four.members[0].contract.open_ceremony(NATIONAL_ID, resharing=True)
    four.looked_after()
    state = four.members[0].service.follower.state()
    assert state.previous[NATIONAL_ID].held == before
    for member in four.members:
        assert set(member.share_keys.kept) == {"share-1-1-1", "share-1-2-2"}
        share = member.service.holding.open(before, member.index)
        assert share is not None
    four.shared.chain.advance(seconds=int(DUAL_READ.total_seconds()))
    four.looked_after(1)
    for member in four.members:
        assert set(member.share_keys.kept) == {"share-1-2-2"}
        assert member.service.holding.open(before, member.index) is None


def test_a_window_of_no_days_destroys_the_old_share_at_once(four: Members) -> None:
    for member in four.members:
        object.__setattr__(member.service, "dual_read", timedelta(0))
        with member.database.write() as connection:
            ceremonies.agree(connection, NATIONAL_ID, 2, at="2026-11-24T08:00:00.000Z")
    four.members[0].contract.open_ceremony(NATIONAL_ID, resharing=False)
    four.looked_after()
    assert all(set(each.share_keys.kept) == {"share-1-2-1"} for each in four.members)
