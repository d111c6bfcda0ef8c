"""What the votes change, and what they cannot."""

import pytest
from contract.consortium import (
    ACTIVE,
    ANCHOR,
    AUDITOR,
    COMPROMISED,
    COURT,
    EVIDENCE,
    LEFT,
    LOG,
    MEMBER,
    NOBODY,
    OBSERVER,
    OPEN,
    REGULATOR,
    RETIRED,
    ROTATED,
    STRANGER,
    SUSPENDED,
    Consortium,
    address_of,
    address_word,
    admin_of,
    anchor_key_of,
    found,
    member_id,
    newcomer,
)
from contract.evm import Chain, refuses
from contract.tree import Tree

from contracts import artifact

NEW_KEY = bytes([7]) * 32
NEW_ADMIN = "0x" + "ab" * 20


@pytest.fixture
def consortium() -> Consortium:
    return found(4, 2)


def status_of(consortium: Consortium, number: int) -> int:
    status: int = consortium.registry.read("member", member_id(number))["status"]
    return status


def test_an_admitted_institution_votes(consortium: Consortium) -> None:
    consortium.decide("admitMember", newcomer(9))
    assert consortium.registry.read("voterCount") == 5
    consortium.decide("setThreshold", 3, by=[9, 0])
    assert consortium.registry.read("threshold") == 3


@pytest.mark.parametrize(
    "roles", [OBSERVER, COURT, REGULATOR, AUDITOR, OBSERVER | COURT | REGULATOR | AUDITOR]
)
def test_other_roles_neither_vote_nor_anchor_but_keep_their_own_house(
    consortium: Consortium, roles: int
) -> None:
    consortium.decide("admitMember", newcomer(9, roles=roles))
    assert consortium.registry.read("voterCount") == 4
    with refuses("ConsortiumRegistryNotVoter", member_id(9)):
        consortium.propose(9, "setThreshold", 1)
    proposal = consortium.propose(0, "setThreshold", 1)
    for action in ("vote", "withdrawVote", "execute"):
        with refuses("ConsortiumRegistryNotVoter", member_id(9)):
            consortium.registry.send(admin_of(9), action, proposal)
    assert consortium.registry.read("memberOfAnchorKey", anchor_key_of(9)) == NOBODY
    consortium.registry.send(admin_of(9), "setEndpoint", "https://moved.example")
    consortium.registry.send(admin_of(9), "resign")


def test_roles_move_the_number_of_voters(consortium: Consortium) -> None:
    consortium.decide("setRoles", member_id(3), OBSERVER)
    assert consortium.registry.read("voterCount") == 3
    consortium.decide("setRoles", member_id(3), AUDITOR)
    assert consortium.registry.read("voterCount") == 3
    consortium.decide("setRoles", member_id(3), MEMBER | COURT)
    assert consortium.registry.read("voterCount") == 4


def test_roles_of_a_suspended_member_count_from_its_return(consortium: Consortium) -> None:
    consortium.decide("suspendMember", member_id(3))
    consortium.decide("setRoles", member_id(3), OBSERVER)
    assert consortium.registry.read("voterCount") == 3
    consortium.decide("reinstateMember", member_id(3))
    assert consortium.registry.read("voterCount") == 3


def test_a_suspended_member_can_do_nothing(consortium: Consortium) -> None:
    proposal = consortium.propose(0, "setThreshold", 1)
    consortium.decide("suspendMember", member_id(3))
    for name, arguments in [
        ("propose", (consortium.change("setThreshold", 1),)),
        ("vote", (proposal,)),
        ("withdrawVote", (proposal,)),
        ("execute", (proposal,)),
        ("setEndpoint", ("https://elsewhere.example",)),
        ("resign", ()),
    ]:
        with refuses("ConsortiumRegistryNotActive", member_id(3)):
            consortium.registry.send(admin_of(3), name, *arguments)
    assert consortium.registry.read("memberOfAnchorKey", anchor_key_of(3)) == NOBODY


def test_status_moves_only_where_it_can(consortium: Consortium) -> None:
    with refuses("ConsortiumRegistryWrongStatus", member_id(3), ACTIVE):
        consortium.decide("reinstateMember", member_id(3))
    consortium.decide("suspendMember", member_id(3))
    with refuses("ConsortiumRegistryWrongStatus", member_id(3), SUSPENDED):
        consortium.decide("suspendMember", member_id(3))
    consortium.decide("removeMember", member_id(3))
    assert status_of(consortium, 3) == LEFT


def test_leaving_is_final_and_closes_the_keys(consortium: Consortium) -> None:
    consortium.chain.advance(blocks=8)
    outcome = consortium.decide("removeMember", member_id(3))
    [left] = [event for event in outcome.events if event.name == "MemberLeft"]
    assert left.values == {"member": member_id(3), "byVote": True}
    member = consortium.registry.read("member", member_id(3))
    assert (member["status"], member["untilBlock"]) == (LEFT, 9)
    assert {
        (record["untilBlock"], record["reason"])
        for record in consortium.registry.read("keyRecords", member_id(3))
    } == {(9, RETIRED)}
    for name, arguments in [
        ("removeMember", ()),
        ("suspendMember", ()),
        ("reinstateMember", ()),
        ("setRoles", (MEMBER,)),
        ("addKey", ((LOG, NEW_KEY, b""),)),
        ("changeAdmin", (NEW_ADMIN,)),
        ("changeEndpoint", ("https://x.example",)),
        ("openGeneration", (1, 0, bytes(32))),
    ]:
        with refuses("ConsortiumRegistryWrongStatus", member_id(3), LEFT):
            consortium.decide(name, member_id(3), *arguments)
    with refuses("ConsortiumRegistryMemberExists", member_id(3)):
        consortium.decide("admitMember", newcomer(3))


def test_who_left_comes_back_under_a_new_id_with_new_keys_and_origin(
    consortium: Consortium,
) -> None:
    consortium.registry.send(admin_of(3), "resign")
    with refuses("ConsortiumRegistryOriginInUse"):
        consortium.decide("admitMember", newcomer(8, logOrigin=newcomer(3)[5]))
    with refuses("ConsortiumRegistryKeyInUse"):
        consortium.decide("admitMember", newcomer(8, keys=newcomer(3)[6]))
    consortium.decide("admitMember", newcomer(8, admin=admin_of(3)))
    assert consortium.registry.read("memberOfAdmin", admin_of(3)) == member_id(8)


def test_a_member_leaves_by_itself(consortium: Consortium) -> None:
    [left] = [
        event
        for event in consortium.registry.send(admin_of(3), "resign").events
        if event.name == "MemberLeft"
    ]
    assert left.values["byVote"] is False
    assert consortium.registry.read("voterCount") == 3
    with refuses("ConsortiumRegistryNotAdmin", admin_of(3)):
        consortium.registry.send(admin_of(3), "resign")


def test_a_key_of_a_member_that_left_can_still_be_found_compromised(consortium: Consortium) -> None:
    consortium.registry.send(admin_of(3), "resign")
    consortium.decide("revokeKey", member_id(3), 0, COMPROMISED, 1)
    assert consortium.registry.read("keyRecords", member_id(3))[0]["reason"] == COMPROMISED


def test_rotation_closes_the_record_before(consortium: Consortium) -> None:
    consortium.chain.advance(blocks=4)
    outcome = consortium.decide("addKey", member_id(0), (EVIDENCE, NEW_KEY, b"pop"))
    assert [event.name for event in outcome.events] == [
        "VoteCast",
        "KeyClosed",
        "KeyAdded",
        "ProposalExecuted",
    ]
    records = consortium.registry.read("keyRecords", member_id(0))
    assert [(item["untilBlock"], item["reason"]) for item in records] == [
        (5, ROTATED),
        (0, OPEN),
        (0, OPEN),
        (0, OPEN),
    ]
    assert records[3] == {
        "publicKey": NEW_KEY,
        "sinceBlock": 5,
        "untilBlock": 0,
        "compromisedSince": 0,
        "purpose": EVIDENCE,
        "reason": OPEN,
    }


def test_a_rotated_anchor_key_is_closed_by_address_too(consortium: Consortium) -> None:
    consortium.chain.advance(blocks=4)
    fresh = address_of("second anchor key", 0)
    consortium.decide("addKey", member_id(0), (ANCHOR, address_word(fresh), b""))
    old = consortium.registry.read("anchorKey", anchor_key_of(0))
    assert (old["member"], old["sinceBlock"], old["untilBlock"], old["reason"]) == (
        member_id(0),
        1,
        5,
        ROTATED,
    )
    assert consortium.registry.read("memberOfAnchorKey", anchor_key_of(0)) == NOBODY
    assert consortium.registry.read("memberOfAnchorKey", fresh) == member_id(0)


def test_a_suspended_member_can_be_given_new_keys_and_admin(consortium: Consortium) -> None:
    consortium.decide("suspendMember", member_id(3))
    consortium.decide("addKey", member_id(3), (LOG, NEW_KEY, b""))
    consortium.decide("changeAdmin", member_id(3), NEW_ADMIN)
    consortium.decide("reinstateMember", member_id(3))
    consortium.registry.send(NEW_ADMIN, "setEndpoint", "https://again.example")


def test_a_retired_key_is_closed_without_a_successor(consortium: Consortium) -> None:
    consortium.decide("revokeKey", member_id(0), 1, RETIRED, 0)
    records = consortium.registry.read("keyRecords", member_id(0))
    assert (records[1]["untilBlock"], records[1]["reason"]) == (1, RETIRED)
    consortium.decide("addKey", member_id(0), (LOG, NEW_KEY, b""))
    assert consortium.registry.read("keyRecords", member_id(0))[1]["reason"] == RETIRED


def test_a_record_can_only_grow_worse(consortium: Consortium) -> None:
    consortium.chain.advance(blocks=100)
    key = (member_id(0), 2)
    for reason in (OPEN, ROTATED):
        with refuses("ConsortiumRegistryInvalidRevocation", *key, OPEN, reason):
            consortium.decide("revokeKey", *key, reason, 0)
    consortium.decide("revokeKey", *key, RETIRED, 0)
    with refuses("ConsortiumRegistryInvalidRevocation", *key, RETIRED, RETIRED):
        consortium.decide("revokeKey", *key, RETIRED, 0)
    consortium.chain.advance(blocks=10)
    consortium.decide("revokeKey", *key, COMPROMISED, 60)
    for later in (60, 61):
        with refuses("ConsortiumRegistryInvalidRevocation", *key, COMPROMISED, COMPROMISED):
            consortium.decide("revokeKey", *key, COMPROMISED, later)
    with refuses("ConsortiumRegistryInvalidRevocation", *key, COMPROMISED, RETIRED):
        consortium.decide("revokeKey", *key, RETIRED, 0)
    consortium.decide("revokeKey", *key, COMPROMISED, 30)
    record = consortium.registry.read("keyRecords", member_id(0))[2]
    assert (record["untilBlock"], record["compromisedSince"], record["reason"]) == (
        101,
        30,
        COMPROMISED,
    )
    assert consortium.registry.read("anchorKey", anchor_key_of(0)) == {
        "member": member_id(0),
        "sinceBlock": 1,
        "untilBlock": 101,
        "compromisedSince": 30,
        "reason": COMPROMISED,
    }


@pytest.mark.parametrize(("reason", "since"), [(COMPROMISED, 12), (COMPROMISED, 0), (RETIRED, 5)])
def test_a_compromise_lies_within_the_keys_past(
    consortium: Consortium, reason: int, since: int
) -> None:
    consortium.chain.advance(blocks=10)
    with refuses("ConsortiumRegistryInvalidCompromise", since):
        consortium.decide("revokeKey", member_id(0), 0, reason, since)


def test_a_key_that_was_never_added_cannot_be_revoked(consortium: Consortium) -> None:
    with refuses("ConsortiumRegistryUnknownKey", member_id(0), 3):
        consortium.decide("revokeKey", member_id(0), 3, RETIRED, 0)


def test_a_change_to_nobody_is_refused(consortium: Consortium) -> None:
    for name, arguments in [
        ("setRoles", (MEMBER,)),
        ("addKey", ((LOG, NEW_KEY, b""),)),
        ("revokeKey", (0, RETIRED, 0)),
        ("suspendMember", ()),
        ("reinstateMember", ()),
        ("removeMember", ()),
        ("changeAdmin", (NEW_ADMIN,)),
        ("changeEndpoint", ("https://x.example",)),
        ("openGeneration", (1, 0, bytes(32))),
    ]:
        with refuses("ConsortiumRegistryUnknownMember", member_id(50)):
            consortium.decide(name, member_id(50), *arguments)
    for view in ("member", "keyRecords", "keyRecordCount", "generationOf"):
        with refuses("ConsortiumRegistryUnknownMember", member_id(50)):
            consortium.registry.read(view, member_id(50))


def test_a_new_admin_takes_over_and_the_old_one_is_nobody(consortium: Consortium) -> None:
    consortium.decide("changeAdmin", member_id(0), NEW_ADMIN)
    consortium.registry.send(NEW_ADMIN, "setEndpoint", "https://new.example")
    with refuses("ConsortiumRegistryNotAdmin", admin_of(0)):
        consortium.registry.send(admin_of(0), "setEndpoint", "https://old.example")
    with refuses("ConsortiumRegistryAdminInUse", NEW_ADMIN, member_id(0)):
        consortium.decide("changeAdmin", member_id(1), NEW_ADMIN, by=[1, 2])
    with refuses("ConsortiumRegistryInvalidAdmin", "0x" + "00" * 20):
        consortium.decide("changeAdmin", member_id(1), "0x" + "00" * 20, by=[1, 2])


def test_an_endpoint_moves_by_its_owner_or_by_vote(consortium: Consortium) -> None:
    consortium.registry.send(admin_of(0), "setEndpoint", "https://own.example")
    assert consortium.registry.read("member", member_id(0))["endpoint"] == "https://own.example"
    consortium.decide("changeEndpoint", member_id(0), "https://voted.example")
    assert consortium.registry.read("member", member_id(0))["endpoint"] == "https://voted.example"
    with refuses("ConsortiumRegistryInvalidEndpoint", "two words"):
        consortium.registry.send(admin_of(0), "setEndpoint", "two words")
    with refuses("ConsortiumRegistryNotAdmin", STRANGER):
        consortium.registry.send(STRANGER, "setEndpoint", "https://own.example")


def test_a_generation_names_the_head_it_ends(consortium: Consortium) -> None:
    tree = Tree()
    consortium.grow(0, tree, 0, 5)
    for size, root in [(4, tree.root(5)), (5, bytes(32)), (0, bytes(32))]:
        with refuses("ConsortiumRegistryHeadMismatch", member_id(0), 5, tree.root(5)):
            consortium.decide("openGeneration", member_id(0), 1, size, root)
    for generation in (0, 2, 2**64 - 1):
        with refuses("ConsortiumRegistryWrongGeneration", member_id(0), generation, 1):
            consortium.decide("openGeneration", member_id(0), generation, 5, tree.root(5))
    consortium.decide("openGeneration", member_id(0), 1, 5, tree.root(5))
    assert consortium.registry.read("generationOf", member_id(0)) == 1
    consortium.decide("openGeneration", member_id(0), 2, 0, bytes(32))


def test_an_anchor_between_the_votes_voids_the_new_generation(consortium: Consortium) -> None:
    tree = Tree()
    consortium.grow(0, tree, 0, 5)
    proposal = consortium.propose(1, "openGeneration", member_id(0), 1, 5, tree.root(5))
    consortium.grow(0, tree, 5, 6)
    with refuses("ConsortiumRegistryHeadMismatch", member_id(0), 6, tree.root(6)):
        consortium.vote(2, proposal)


def test_no_generation_opens_without_an_anchor_contract() -> None:
    chain = Chain()
    registry = chain.deploy(
        STRANGER, artifact("ConsortiumRegistry"), [newcomer(0)], 1, 7_200, [], "0x" + "99" * 20
    )
    lone = Consortium(chain, registry, registry, [0])
    with refuses("ConsortiumRegistryAnchorMissing", "0x" + "99" * 20):
        lone.decide("openGeneration", member_id(0), 1, 0, bytes(32))


def test_validators_change_by_vote_and_never_to_none(consortium: Consortium) -> None:
    validators = sorted(address_of("validator", number) for number in range(4))
    consortium.decide("setValidators", validators)
    assert list(consortium.registry.read("getValidators")) == validators
    consortium.decide("setValidators", validators[:1])
    assert list(consortium.registry.read("getValidators")) == validators[:1]
    with refuses("ConsortiumRegistryInvalidValidators"):
        consortium.decide("setValidators", [])


def test_lists_are_read_in_pages(consortium: Consortium) -> None:
    ids = consortium.registry.read("memberIds")
    assert consortium.registry.read("memberCount") == 4
    assert consortium.registry.read("memberIdsPage", 1, 2) == ids[1:3]
    assert consortium.registry.read("memberIdsPage", 3, 2**256 - 1) == ids[3:]
    assert consortium.registry.read("memberIdsPage", 4, 1) == ()
    assert consortium.registry.read("memberIdsPage", 2**256 - 1, 2**256 - 1) == ()
    records = consortium.registry.read("keyRecords", member_id(0))
    assert consortium.registry.read("keyRecordCount", member_id(0)) == 3
    assert consortium.registry.read("keyRecordsPage", member_id(0), 2, 5) == records[2:]
    with refuses("ConsortiumRegistryUnknownMember"):
        consortium.registry.read("keyRecordsPage", member_id(50), 0, 1)


def test_an_unknown_anchor_key_belongs_to_nobody(consortium: Consortium) -> None:
    assert consortium.registry.read("memberOfAnchorKey", STRANGER) == NOBODY
    assert consortium.registry.read("anchorAuthority", STRANGER) == (NOBODY, False, 0, 0, 0)
    assert consortium.registry.read("anchorAuthority", anchor_key_of(1)) == (
        member_id(1),
        True,
        ACTIVE,
        MEMBER,
        0,
    )
