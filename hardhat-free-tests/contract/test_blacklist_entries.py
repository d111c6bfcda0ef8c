"""Listing, corroboration by an entry's key, and expiry."""

import pytest
from contract.blacklist import ID_NUMBER, Blacklist, found_blacklist, word_of
from contract.blacklist_entries import (
    ACTIVE,
    DISPUTED,
    EXPIRED,
    LATER,
    MAX_TERM,
    NO_STANDING,
    ORDER,
    STATEMENT,
    WITHDRAWN,
    corroborate,
    digest_of,
    enlist,
    entry_key,
    id_of,
    listing,
    signature_of,
)
from contract.consortium import NOBODY, STRANGER, member_id
from contract.evm import FIRST_SECOND, refuses

NO_ADDRESS = "0x" + "00" * 20


@pytest.fixture
def blacklist() -> Blacklist:
    founded = found_blacklist(4)
    founded.make_key()
    return founded


def standing(blacklist: Blacklist, entry: bytes) -> int:
    return int(blacklist.read("standing", entry))


def test_a_listing_is_stored_and_said(blacklist: Blacklist) -> None:
    [event] = blacklist.act(1, "list", [listing("a")]).events
    entry = id_of(1, "a")
    assert blacklist.read("entryId", member_id(1), word_of("nonce", "a")) == entry
    said = {
        "reporter": member_id(1),
        "identifierType": ID_NUMBER,
        "keyEpoch": 1,
        "commitment": word_of("commitment", "a"),
        "facts": word_of("facts", "a"),
        "key": entry_key("a").public_key.to_address(),
        "expiresAt": LATER,
    }
    assert event.name == "EntryListed"
    assert event.values == {"id": entry, **said}
    assert blacklist.read("entry", entry) == {
        **said,
        "listedAt": blacklist.now,
        "disputedAt": 0,
        "corrected": False,
        "withdrawn": False,
        "corroborations": 0,
    }
    assert standing(blacklist, entry) == ACTIVE


def test_unknown_entries_stand_nowhere(blacklist: Blacklist) -> None:
    entry = enlist(blacklist, 1, "a")
    unknown = word_of("unknown")
    assert standing(blacklist, unknown) == NO_STANDING
    with refuses("FraudBlacklistUnknownEntry", unknown):
        blacklist.read("entry", unknown)
    for name, arguments in (
        ("corroborate", (0, 27, NOBODY, NOBODY)),
        ("dispute", (STATEMENT,)),
        ("decide", (1, STATEMENT, NOBODY, 0)),
        ("correct", (STATEMENT, LATER)),
        ("withdraw", (STATEMENT,)),
    ):
        with refuses("FraudBlacklistUnknownEntry", unknown):
            blacklist.act(1, name, unknown, *arguments)
    assert standing(blacklist, entry) == ACTIVE


def test_a_batch_is_listed_as_a_whole_or_not_at_all(blacklist: Blacklist) -> None:
    batch = [listing(name) for name in range(3)]
    with refuses("FraudBlacklistEntryExists", id_of(1, 0)):
        blacklist.act(1, "list", [*batch, batch[0]])
    assert standing(blacklist, id_of(1, 0)) == NO_STANDING
    assert len(blacklist.act(1, "list", batch).events) == 3
    with refuses("FraudBlacklistEntryExists", id_of(1, 2)):
        blacklist.act(1, "list", [listing(2)])


@pytest.mark.parametrize(("length", "fits"), [(0, False), (1, True), (100, True), (101, False)])
def test_a_batch_has_1_to_100_listings(blacklist: Blacklist, length: int, fits: bool) -> None:
    batch = [listing(name) for name in range(length)]
    if fits:
        assert len(blacklist.act(1, "list", batch).events) == length
        return
    with refuses("FraudBlacklistInvalidBatch", length):
        blacklist.act(1, "list", batch)


def test_reporters_do_not_take_each_others_ids(blacklist: Blacklist) -> None:
    """Who copies a listing out of the pool of transactions gets an entry with a key that fits nobody's."""
    blacklist.act(2, "list", [listing("a")])
    entry = enlist(blacklist, 1, "a")
    assert entry != id_of(2, "a")
    assert blacklist.read("entry", entry)["reporter"] == member_id(1)


@pytest.mark.parametrize(
    "changes", [{"commitment": NOBODY}, {"facts": NOBODY}, {"key": NO_ADDRESS}]
)
def test_a_listing_has_its_commitments_and_its_key(
    blacklist: Blacklist, changes: dict[str, object]
) -> None:
    with refuses("FraudBlacklistInvalidListing", id_of(1, "a")):
        blacklist.act(1, "list", [listing("a", **changes)])


def test_only_the_present_key_epoch_is_listed(blacklist: Blacklist) -> None:
    for changes, current in (
        ({"keyEpoch": 0}, 1),
        ({"keyEpoch": 2}, 1),
        ({"identifierType": 2}, 0),
        ({"identifierType": 2, "keyEpoch": 0}, 0),
        ({"identifierType": 7}, 0),
    ):
        given = {"identifierType": ID_NUMBER, "keyEpoch": 1} | changes
        with refuses(
            "FraudBlacklistWrongEpoch", given["identifierType"], given["keyEpoch"], current
        ):
            blacklist.act(1, "list", [listing("a", **changes)])
    old = enlist(blacklist, 1, "a")
    blacklist.make_key()
    with refuses("FraudBlacklistWrongEpoch", ID_NUMBER, 1, 2):
        blacklist.act(1, "list", [listing("b")])
    enlist(blacklist, 1, "b", keyEpoch=2)
    # What stood before goes on, until its reporter renews it.
    assert standing(blacklist, old) == ACTIVE
    corroborate(blacklist, 2, 1, "a")


def test_an_entry_counts_until_its_expiry_and_not_in_that_second(blacklist: Blacklist) -> None:
    soon = FIRST_SECOND + 100
    entry = enlist(blacklist, 1, "a", expiresAt=soon)
    blacklist.chain.advance(seconds=99)
    assert standing(blacklist, entry) == ACTIVE
    blacklist.chain.advance(seconds=1)
    assert standing(blacklist, entry) == EXPIRED
    for number, name, arguments in (
        (0, "corroborate", (0, 27, NOBODY, NOBODY)),
        (0, "dispute", (STATEMENT,)),
        (1, "decide", (1, STATEMENT, NOBODY, 0)),
        (1, "correct", (STATEMENT, LATER)),
    ):
        with refuses("FraudBlacklistWrongStanding", entry, EXPIRED):
            blacklist.act(number, name, entry, *arguments)
    blacklist.act(1, "withdraw", entry, STATEMENT)
    assert standing(blacklist, entry) == WITHDRAWN


@pytest.mark.parametrize(
    ("ahead", "fits"),
    [(0, False), (-1, False), (1, True), (MAX_TERM, True), (MAX_TERM + 1, False)],
)
def test_an_expiry_lies_ahead_and_within_the_law(
    blacklist: Blacklist, ahead: int, fits: bool
) -> None:
    expires = blacklist.now + ahead
    if fits:
        enlist(blacklist, 1, "a", expiresAt=expires)
        return
    with refuses("FraudBlacklistInvalidExpiry", expires):
        enlist(blacklist, 1, "a", expiresAt=expires)


def test_a_corroboration_counts_once_for_each_member(blacklist: Blacklist) -> None:
    entry = enlist(blacklist, 1, "a")
    [event] = corroborate(blacklist, 2, 1, "a", date=77).events
    assert event.name == "EntryCorroborated"
    assert event.values == {"id": entry, "corroborator": member_id(2), "date": 77}
    assert blacklist.read("hasCorroborated", entry, member_id(2))
    assert not blacklist.read("hasCorroborated", entry, member_id(3))
    with refuses("FraudBlacklistAlreadyCorroborated", entry, member_id(2)):
        corroborate(blacklist, 2, 1, "a", date=78)
    corroborate(blacklist, 3, 1, "a")
    assert blacklist.read("entry", entry)["corroborations"] == 2


def test_a_reporter_does_not_vouch_for_itself(blacklist: Blacklist) -> None:
    entry = enlist(blacklist, 1, "a")
    with refuses("FraudBlacklistOwnEntry", entry):
        corroborate(blacklist, 1, 1, "a")


def test_the_contract_says_what_is_signed(blacklist: Blacklist) -> None:
    entry = enlist(blacklist, 1, "a")
    digest = blacklist.read("corroborationDigest", entry, member_id(2), 77)
    assert digest == digest_of(blacklist, entry, 2, 77)


@pytest.mark.parametrize(
    "changes",
    [
        {"chain": 2},
        {"contract": STRANGER},
        {"entry": word_of("another entry")},
        {"corroborator": member_id(3)},
        {"date": 78},
        {"purpose": NOBODY},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_signature_over_anything_else_is_refused(
    blacklist: Blacklist, changes: dict[str, object]
) -> None:
    entry = enlist(blacklist, 1, "a")
    signed = signature_of(digest_of(blacklist, entry, 2, 77, **changes), entry_key("a"))
    with refuses("FraudBlacklistInvalidCorroboration", entry):
        blacklist.act(2, "corroborate", entry, 77, *signed)


def test_a_signature_by_another_key_is_refused(blacklist: Blacklist) -> None:
    entry = enlist(blacklist, 1, "a")
    signed = signature_of(digest_of(blacklist, entry, 2, 77), entry_key("b"))
    with refuses("FraudBlacklistInvalidCorroboration", entry):
        blacklist.act(2, "corroborate", entry, 77, *signed)


def test_only_one_form_of_a_signature_counts(blacklist: Blacklist) -> None:
    entry = enlist(blacklist, 1, "a")
    v, r, s = signature_of(digest_of(blacklist, entry, 2, 77), entry_key("a"))
    other_s = (ORDER - int.from_bytes(s, "big")).to_bytes(32, "big")
    forged = [
        (55 - v, r, other_s),  # valid on the curve: the same signature mirrored
        (55 - v, r, s),
        (v - 27, r, s),
        (0, r, s),
        (255, r, s),
        (v, NOBODY, s),
        (v, r, NOBODY),
        (v, NOBODY, NOBODY),
        (v, b"\xff" * 32, s),
        (v, r, b"\xff" * 32),
    ]
    for signature in forged:
        with refuses("FraudBlacklistInvalidCorroboration", entry):
            blacklist.act(2, "corroborate", entry, 77, *signature)
    blacklist.act(2, "corroborate", entry, 77, v, r, s)


def test_nobody_uses_anothers_corroboration(blacklist: Blacklist) -> None:
    """Seen in the pool of transactions, it is of use to its corroborator alone."""
    entry = enlist(blacklist, 1, "a")
    signed = signature_of(digest_of(blacklist, entry, 2, 77), entry_key("a"))
    with refuses("FraudBlacklistInvalidCorroboration", entry):
        blacklist.act(3, "corroborate", entry, 77, *signed)
    blacklist.act(2, "corroborate", entry, 77, *signed)


def test_only_entries_that_are_relied_on_are_corroborated(blacklist: Blacklist) -> None:
    disputed, withdrawn = enlist(blacklist, 1, "a"), enlist(blacklist, 1, "b")
    blacklist.act(0, "dispute", disputed, STATEMENT)
    blacklist.act(1, "withdraw", withdrawn, STATEMENT)
    for entry, where in ((disputed, DISPUTED), (withdrawn, WITHDRAWN)):
        with refuses("FraudBlacklistWrongStanding", entry, where):
            corroborate(blacklist, 2, 1, "a" if where == DISPUTED else "b")
