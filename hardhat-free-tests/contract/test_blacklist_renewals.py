"""Entries that go on under the key that replaced their own: one counts, and nobody escapes an answer."""

import pytest
from contract.blacklist import ID_NUMBER, Blacklist, found_blacklist, word_of
from contract.blacklist_entries import (
    ACTIVE,
    CORRECTED,
    DAY,
    DISPUTED,
    EXPIRED,
    FACTS,
    LATER,
    MAX_TERM,
    REASONS,
    STATEMENT,
    UPHELD,
    WITHDRAWN,
    corroborate,
    enlist,
    entry_key,
    id_of,
    renewal,
)
from contract.consortium import NOBODY, member_id
from contract.evm import FIRST_SECOND, refuses

OWN_FACTS = word_of("facts", "a")
NO_ADDRESS = "0x" + "00" * 20


@pytest.fixture
def blacklist() -> Blacklist:
    """An entry of member 1, and a key after it."""
    founded = found_blacklist(4)
    founded.make_key()
    enlist(founded, 1, "a")
    founded.make_key()
    return founded


@pytest.fixture
def old() -> bytes:
    return id_of(1, "a")


def test_a_renewal_says_the_same_under_the_new_key_and_ends_the_old(
    blacklist: Blacklist, old: bytes
) -> None:
    [event] = blacklist.act(1, "renew", [renewal(old, "b", OWN_FACTS, 2)]).events
    fresh = id_of(1, "b")
    assert event.name == "EntryRenewed"
    assert event.values == {
        "old": old, "id": fresh, "keyEpoch": 2, "commitment": word_of("commitment", "b"),
        "key": entry_key("b").public_key.to_address(),
    }  # fmt: skip
    assert blacklist.read("standing", old) == WITHDRAWN
    assert blacklist.read("standing", fresh) == ACTIVE
    stored = blacklist.read("entry", fresh)
    before = blacklist.read("entry", old)
    for name in ("reporter", "facts", "listedAt", "expiresAt", "identifierType"):
        assert stored[name] == before[name]
    assert (stored["keyEpoch"], stored["corroborations"]) == (2, 0)
    with refuses("FraudBlacklistWrongStanding", old, WITHDRAWN):
        blacklist.act(1, "renew", [renewal(old, "c", OWN_FACTS, 2)])


def test_who_vouched_for_the_old_has_not_vouched_for_the_new(
    blacklist: Blacklist, old: bytes
) -> None:
    corroborate(blacklist, 2, 1, "a")
    blacklist.act(1, "renew", [renewal(old, "b", OWN_FACTS, 2)])
    assert not blacklist.read("hasCorroborated", id_of(1, "b"), member_id(2))
    corroborate(blacklist, 2, 1, "b")
    assert blacklist.read("entry", id_of(1, "b"))["corroborations"] == 1


def test_a_disputed_entry_is_renewed_only_once_it_was_answered(
    blacklist: Blacklist, old: bytes
) -> None:
    blacklist.act(2, "dispute", old, STATEMENT)
    with refuses("FraudBlacklistWrongStanding", old, DISPUTED):
        blacklist.act(1, "renew", [renewal(old, "b", OWN_FACTS, 2)])
    blacklist.act(1, "decide", old, UPHELD, REASONS, NOBODY, 0)
    blacklist.act(1, "renew", [renewal(old, "b", OWN_FACTS, 2)])


def test_a_renewal_says_what_a_correction_made_of_the_entry(
    blacklist: Blacklist, old: bytes
) -> None:
    blacklist.act(1, "correct", old, FACTS, LATER)
    with refuses("FraudBlacklistFactsChanged", old):
        blacklist.act(1, "renew", [renewal(old, "b", OWN_FACTS, 2)])
    blacklist.act(1, "renew", [renewal(old, "b", FACTS, 2)])
    assert blacklist.read("standing", id_of(1, "b")) == CORRECTED


def test_a_renewal_never_counts_longer_than_the_first_listing_could(
    blacklist: Blacklist, old: bytes
) -> None:
    listed_at = blacklist.read("entry", old)["listedAt"]
    blacklist.chain.advance(seconds=300 * DAY)
    blacklist.act(1, "renew", [renewal(old, "b", OWN_FACTS, 2)])
    late = listed_at + MAX_TERM + 1
    with refuses("FraudBlacklistInvalidExpiry", late):
        blacklist.act(1, "correct", id_of(1, "b"), FACTS, late)
    blacklist.act(1, "correct", id_of(1, "b"), FACTS, late - 1)


def test_only_the_reporter_renews_and_only_under_another_key(
    blacklist: Blacklist, old: bytes
) -> None:
    with refuses("FraudBlacklistNotReporter", old, member_id(2)):
        blacklist.act(2, "renew", [renewal(old, "b", OWN_FACTS, 2)])
    with refuses("FraudBlacklistWrongEpoch", ID_NUMBER, 1, 2):
        blacklist.act(1, "renew", [renewal(old, "b", OWN_FACTS, 1)])
    fresh = enlist(blacklist, 1, "c", keyEpoch=2)
    with refuses("FraudBlacklistWrongEpoch", ID_NUMBER, 2, 2):
        blacklist.act(1, "renew", [renewal(fresh, "d", word_of("facts", "c"), 2)])
    unknown = id_of(1, "nobody")
    with refuses("FraudBlacklistUnknownEntry", unknown):
        blacklist.act(1, "renew", [renewal(unknown, "b", OWN_FACTS, 2)])


@pytest.mark.parametrize("changes", [{"commitment": NOBODY}, {"key": NO_ADDRESS}])
def test_a_renewal_has_its_commitment_and_its_key(
    blacklist: Blacklist, old: bytes, changes: dict[str, object]
) -> None:
    with refuses("FraudBlacklistInvalidListing", id_of(1, "b")):
        blacklist.act(1, "renew", [renewal(old, "b", OWN_FACTS, 2, **changes)])


def test_a_batch_is_renewed_as_a_whole_or_not_at_all(blacklist: Blacklist, old: bytes) -> None:
    good = renewal(old, "b", OWN_FACTS, 2)
    with refuses("FraudBlacklistInvalidBatch", 0):
        blacklist.act(1, "renew", [])
    with refuses("FraudBlacklistInvalidBatch", 101):
        blacklist.act(1, "renew", [good] * 101)
    with refuses("FraudBlacklistWrongStanding", old, WITHDRAWN):
        blacklist.act(1, "renew", [good, good])
    assert blacklist.read("standing", old) == ACTIVE
    taken = enlist(blacklist, 1, "b", keyEpoch=2)
    with refuses("FraudBlacklistEntryExists", taken):
        blacklist.act(1, "renew", [good])


def test_an_entry_that_has_expired_is_not_renewed(blacklist: Blacklist, old: bytes) -> None:
    blacklist.chain.advance(seconds=LATER - FIRST_SECOND)
    with refuses("FraudBlacklistWrongStanding", old, EXPIRED):
        blacklist.act(1, "renew", [renewal(old, "b", OWN_FACTS, 2)])
