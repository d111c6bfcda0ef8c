"""Where the blacklist's words lie, by docs/spec/contracts.md, and that it can stand in a genesis."""

from contract.blacklist import (
    ID_NUMBER,
    PHASE_SECONDS,
    Blacklist,
    found_blacklist,
    index_of,
    operator_of,
)
from contract.blacklist_entries import LATER, STATEMENT, corroborate, enlist, entry_key
from contract.consortium import found, member_id
from contract.evm import Contract
from contract.genesis import entry as slot_of
from contract.genesis import hashed, word

from contracts import artifact

BLACKLIST = "0x" + "00" * 18 + "aaaa"


def test_key_slots_follow_the_documented_formula() -> None:
    blacklist = found_blacklist()
    blacklist.chain.advance(blocks=8)
    keys = blacklist.make_key()
    contract = blacklist.contract
    registry = int(blacklist.consortium.registry.address, 16)
    assert contract.word(0) == registry | PHASE_SECONDS << 160
    assert contract.word(1) == 1
    assert contract.word(2) == 4
    assert contract.word(hashed(2) + 2) == word(member_id(2))
    operator = int(operator_of(2), 16)
    assert contract.word(slot_of(member_id(2), 3)) == operator | index_of(2) << 160
    assert contract.word(slot_of(operator_of(2), 4)) == word(member_id(2))
    state = slot_of(bytes([ID_NUMBER]), 9)
    assert contract.word(state) == word(keys[:32])
    # Key epoch, share epoch, threshold, holders, ceremony, block.
    assert contract.word(state + 1) == 1 | 1 << 32 | 2 << 64 | 4 << 80 | 1 << 96 | 9 << 160
    for number in range(4):
        place = hashed(hashed(ID_NUMBER, 1, 1, index_of(number)), 11)
        assert contract.word(place) == word(blacklist.share_key(ID_NUMBER, index_of(number)))


def test_entry_slots_follow_the_documented_formula() -> None:
    blacklist = found_blacklist()
    blacklist.make_key()
    entry = enlist(blacklist, 1, "a")
    corroborate(blacklist, 2, 1, "a")
    blacklist.act(0, "dispute", entry, STATEMENT)
    words = [blacklist.contract.word(slot_of(entry, 12) + place) for place in range(5)]
    stored = blacklist.read("entry", entry)
    assert words[:3] == [word(member_id(1)), word(stored["commitment"]), word(stored["facts"])]
    key, now = int(entry_key("a").public_key.to_address(), 16), blacklist.now
    assert words[3] == key | now << 160
    assert words[4] == LATER | now << 64 | 1 << 128 | ID_NUMBER << 160 | 1 << 184
    assert blacklist.contract.word(hashed(member_id(2), slot_of(entry, 13))) == 1


def test_a_genesis_needs_one_word() -> None:
    consortium = found(4)
    compiled = artifact("FraudBlacklist")
    consortium.chain.learn(compiled)
    consortium.chain.install(BLACKLIST, compiled.deployed_bytecode)
    first = int(consortium.registry.address, 16) | PHASE_SECONDS << 160
    consortium.chain.evm.insert_account_storage(BLACKLIST, 0, first)
    contract = Contract(consortium.chain, BLACKLIST, compiled.abi)
    assert contract.read("registry") == consortium.registry.address
    blacklist = Blacklist(consortium, contract, [0, 1, 2, 3])
    for number in blacklist.members:
        blacklist.name_operator(number)
    blacklist.make_key()
    entry = enlist(blacklist, 1, "a")
    corroborate(blacklist, 2, 1, "a")
    assert blacklist.read("entry", entry)["corroborations"] == 1
