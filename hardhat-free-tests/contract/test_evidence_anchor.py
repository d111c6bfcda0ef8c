"""Who may anchor what, and what stands on chain afterwards."""

import pytest
from contract.consortium import (
    ANCHOR,
    COMPROMISED,
    DEPLOYER,
    MEMBER,
    OBSERVER,
    RETIRED,
    STRANGER,
    Consortium,
    address_of,
    address_word,
    admin_of,
    anchor_key_of,
    found,
    member_id,
    newcomer,
)
from contract.evm import Chain, Refused, refuses
from contract.tree import Tree, numbered_tree

from contracts import artifact

TREE = numbered_tree(40)
ANCHOR_RECORD = 2  # place of the first anchor key among a founder's key records


@pytest.fixture
def consortium() -> Consortium:
    return found()


def test_a_first_anchor_stores_the_head_and_points_to_nothing_before(
    consortium: Consortium,
) -> None:
    consortium.chain.advance(blocks=6)
    [event] = consortium.grow(0, TREE, 0, 5).events
    assert consortium.head(0) == (5, 1, 7, TREE.root(5))
    assert event.name == "Anchored"
    assert event.values == {
        "member": member_id(0),
        "generation": 0,
        "size": 5,
        "root": TREE.root(5),
        "index": 1,
        "previousSize": 0,
        "previousRoot": bytes(32),
        "previousBlock": 0,
    }


def test_events_are_a_linked_list_backwards(consortium: Consortium) -> None:
    sizes = [1, 2, 8, 9, 32, 40]
    previous = (0, 0, 0, bytes(32))
    for old, new in zip([0, *sizes], sizes, strict=False):
        consortium.chain.advance(blocks=3)
        [event] = consortium.grow(0, TREE, old, new).events
        size, index, block, root = previous
        assert event.values["previousSize"] == size
        assert event.values["previousRoot"] == root
        assert event.values["previousBlock"] == block
        assert event.values["index"] == index + 1
        previous = consortium.head(0)


def test_the_same_head_again_succeeds_in_silence(consortium: Consortium) -> None:
    consortium.grow(0, TREE, 0, 5)
    consortium.grow(0, TREE, 5, 9)
    before = consortium.head(0)
    consortium.chain.advance()
    assert consortium.grow(0, TREE, 5, 9).events == []
    assert consortium.anchor(0, 9, TREE.root(9)).events == []
    assert consortium.head(0) == before


def test_members_anchor_side_by_side_and_only_their_own_log(consortium: Consortium) -> None:
    consortium.grow(0, TREE, 0, 5)
    consortium.grow(1, TREE, 0, 7)
    assert consortium.head(0)[0] == 5
    assert consortium.head(1)[0] == 7
    assert consortium.head(2) == (0, 0, 0, bytes(32))


def test_an_empty_log_cannot_be_anchored(consortium: Consortium) -> None:
    with refuses("EvidenceAnchorEmptyLog"):
        consortium.anchor(0, 0, bytes(32))
    consortium.grow(0, TREE, 0, 5)
    with refuses("EvidenceAnchorEmptyLog"):
        consortium.anchor(0, 0, TREE.root(5))


def test_a_log_of_2_63_leaves_is_the_largest(consortium: Consortium) -> None:
    largest = 2**63
    with refuses("EvidenceAnchorSizeTooLarge", largest + 1):
        consortium.anchor(0, largest + 1, bytes(32))
    with refuses("EvidenceAnchorSizeTooLarge", 2**64 - 1):
        consortium.anchor(0, 2**64 - 1, bytes(32))
    consortium.grow(0, Tree(), 0, largest - 1)
    consortium.grow(0, Tree(), largest - 1, largest)
    assert consortium.head(0)[0] == largest


def test_a_log_cannot_shrink(consortium: Consortium) -> None:
    consortium.grow(0, TREE, 0, 5)
    with refuses("EvidenceAnchorSizeDecreased", 4, 5):
        consortium.anchor(0, 4, TREE.root(4))


def test_a_head_cannot_get_another_root(consortium: Consortium) -> None:
    consortium.grow(0, TREE, 0, 5)
    with refuses("EvidenceAnchorRootChanged", 5, bytes(32), TREE.root(5)):
        consortium.anchor(0, 5, bytes(32))


def test_growth_needs_a_proof(consortium: Consortium) -> None:
    consortium.grow(0, TREE, 0, 5)
    with refuses("EvidenceAnchorInconsistent", 5, 6):
        consortium.anchor(0, 6, TREE.root(6))
    with refuses("EvidenceAnchorInconsistent", 5, 6):
        consortium.anchor(0, 6, TREE.root(6), TREE.consistency(4, 6))


def test_a_first_anchor_takes_no_proof(consortium: Consortium) -> None:
    with refuses("EvidenceAnchorUnexpectedProof"):
        consortium.anchor(0, 5, TREE.root(5), [bytes(32)])


def test_a_proof_of_65_hashes_is_too_long(consortium: Consortium) -> None:
    consortium.grow(0, TREE, 0, 5)
    with refuses("EvidenceAnchorInconsistent"):
        consortium.anchor(0, 6, TREE.root(6), [bytes(32)] * 64)
    with refuses("EvidenceAnchorProofTooLong", 65):
        consortium.anchor(0, 6, TREE.root(6), [bytes(32)] * 65)


@pytest.mark.parametrize("sender", [STRANGER, DEPLOYER, admin_of(0)])
def test_only_anchor_keys_anchor(consortium: Consortium, sender: str) -> None:
    with pytest.raises(Refused) as caught:
        consortium.anchors.send(sender, "anchor", 0, 5, TREE.root(5), [])
    assert caught.value.name == "EvidenceAnchorUnauthorizedKey"
    assert caught.value.arguments == (sender,)


def test_a_rotated_key_stops_and_the_new_one_goes_on(consortium: Consortium) -> None:
    consortium.grow(0, TREE, 0, 5)
    fresh = address_of("second anchor key", 0)
    consortium.decide("addKey", member_id(0), (ANCHOR, address_word(fresh), b""))
    with refuses("EvidenceAnchorUnauthorizedKey", anchor_key_of(0)):
        consortium.grow(0, TREE, 5, 6)
    consortium.anchors.send(fresh, "anchor", 0, 6, TREE.root(6), TREE.consistency(5, 6))
    assert consortium.head(0)[0] == 6


@pytest.mark.parametrize(("reason", "since"), [(RETIRED, 0), (COMPROMISED, 1)])
def test_a_revoked_key_stops(consortium: Consortium, reason: int, since: int) -> None:
    consortium.decide("revokeKey", member_id(0), ANCHOR_RECORD, reason, since)
    with refuses("EvidenceAnchorUnauthorizedKey", anchor_key_of(0)):
        consortium.grow(0, TREE, 0, 5)


def test_a_suspended_member_cannot_anchor_not_even_again(consortium: Consortium) -> None:
    consortium.grow(0, TREE, 0, 5)
    consortium.decide("suspendMember", member_id(0), by=[1, 2])
    for size in (5, 6):
        with refuses("EvidenceAnchorMemberSuspended", member_id(0)):
            consortium.grow(0, TREE, 5, size)
    consortium.decide("reinstateMember", member_id(0), by=[1, 2])
    consortium.grow(0, TREE, 5, 6)


def test_a_member_that_left_cannot_anchor(consortium: Consortium) -> None:
    consortium.registry.send(admin_of(0), "resign")
    with refuses("EvidenceAnchorUnauthorizedKey", anchor_key_of(0)):
        consortium.grow(0, TREE, 0, 5)


def test_only_the_role_member_anchors(consortium: Consortium) -> None:
    consortium.decide("admitMember", newcomer(7, roles=OBSERVER))
    with refuses("EvidenceAnchorUnauthorizedKey", anchor_key_of(7)):
        consortium.grow(7, TREE, 0, 5)
    consortium.decide("setRoles", member_id(7), OBSERVER | MEMBER)
    consortium.grow(7, TREE, 0, 5)


def test_only_the_current_generation_takes_anchors(consortium: Consortium) -> None:
    with refuses("EvidenceAnchorWrongGeneration", 1, 0):
        consortium.grow(0, TREE, 0, 5, generation=1)
    consortium.grow(0, TREE, 0, 5)
    consortium.decide("openGeneration", member_id(0), 1, 5, TREE.root(5))
    with refuses("EvidenceAnchorWrongGeneration", 0, 1):
        consortium.grow(0, TREE, 5, 6)
    consortium.grow(0, TREE, 0, 3, generation=1)
    assert consortium.head(0, 0)[:2] == (5, 1)
    assert consortium.head(0, 1)[:2] == (3, 1)


def test_the_anchor_contract_needs_a_registry() -> None:
    with refuses("EvidenceAnchorRegistryMissing", STRANGER):
        Chain().deploy(DEPLOYER, artifact("EvidenceAnchor"), STRANGER)


def test_the_anchor_contract_names_its_registry(consortium: Consortium) -> None:
    assert consortium.anchors.read("registry") == consortium.registry.address.lower()
