"""One walk through a consortium's life with signed transactions and real blocks."""

from contract.consortium import member_id, newcomer
from contract.test_gas import NEW_ADMIN, start
from contract.tree import numbered_tree
from web3.logs import DISCARD


def test_a_consortium_lives_through_anchors_votes_and_a_new_generation() -> None:
    consortium = start()
    registry, anchors = consortium.registry, consortium.anchors
    tree = numbered_tree(40)

    consortium.anchor(0, 10, tree.root(10), [])
    receipt = consortium.anchor(0, 40, tree.root(40), tree.consistency(10, 40))
    [event] = anchors.events.Anchored().process_receipt(receipt)
    assert event["args"]["member"] == member_id(0)
    assert event["args"]["previousSize"] == 10
    assert event["args"]["previousRoot"] == tree.root(10)
    assert event["args"]["previousBlock"] == receipt["blockNumber"] - 1
    assert anchors.functions.head(member_id(0), 0).call() == [
        40,
        2,
        receipt["blockNumber"],
        tree.root(40),
    ]
    proof = tree.inclusion(7, 40)
    assert anchors.functions.verifyInclusion(member_id(0), 0, 7, tree.leaf(7), proof).call()

    change = registry.encode_abi("openGeneration", [member_id(0), 1, 40, tree.root(40)])
    consortium.send(1, registry.functions.propose(change))
    receipt = consortium.send(2, registry.functions.vote(1))
    [opened] = registry.events.LogGenerationOpened().process_receipt(receipt, errors=DISCARD)
    assert opened["args"] == {
        "member": member_id(0),
        "generation": 1,
        "oldSize": 40,
        "oldRoot": tree.root(40),
    }
    late = anchors.functions.anchor(0, 41, tree.root(41), tree.consistency(40, 41))
    assert consortium.attempt(4, late)["status"] == 0
    consortium.send(4, anchors.functions.anchor(1, 3, tree.root(3), []))

    change = registry.encode_abi("admitMember", [newcomer(9, admin=NEW_ADMIN)])
    consortium.send(2, registry.functions.propose(change))
    consortium.send(3, registry.functions.vote(2))
    assert registry.functions.memberIds().call()[-1] == member_id(9)
    assert registry.functions.proposal(2).call()[3] is True
