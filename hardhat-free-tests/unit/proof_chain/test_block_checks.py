"""Recorded QBFT blocks, checked as files: as recorded, and with every single value changed."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from unit.proof_chain.sealing import sealed_by, validators
from vectors.reading import cases

from ledger.errors import MalformedError
from ledger.proof.block_checks import BlockReport, check_block, outcome
from ledger.proof.block_file import read_block_file
from ledger.proof.header import (
    FIELDS,
    Header,
    block_hash,
    header_rlp_from_json,
    parse_header,
)
from ledger.proof.qbft_extra import QbftExtra
from ledger.proof.report import ExitCode, Verdict

Json = dict[str, Any]
Path = tuple[str | int, ...]
BLOCKS = dict(cases("qbft"))
HEADER_NAMES = [name for name, _ in FIELDS[:15]]

LABELS = {"why", "client", "chain_id", "genesis_hash"}
"""No block header names its chain: these say where the recording comes from, and nothing proves them."""
OF_THE_TRANSACTION = {"from", "to", "contractAddress", "transactionHash"}
"""A receipt under the receipts root has none of these; they are the transaction's, which is not in the file.
The hash is compared with that of the receipt's own events, where it has any."""


def check(block: Json) -> BlockReport:
    return check_block(read_block_file(json.dumps(block).encode()), "secp256k1")


def verdict(block: Json) -> ExitCode:
    """Return how the check of a file ends, as the command's exit code would be."""
    try:
        return check(block).exit_code
    except MalformedError:
        return ExitCode.UNREADABLE


def refuted_by(block: Json) -> set[str]:
    return {each.check for each in check(block).findings if each.verdict is Verdict.REFUTED}


def values(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every value that is no object and no list."""
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, each in pairs:
            yield from values(each, (*path, name))
    else:
        yield path


def at(block: Any, path: Path) -> Any:
    for name in path:
        block = block[name]
    return block


def put(block: Json, path: Path, value: Any) -> Json:
    changed = copy.deepcopy(block)
    at(changed, path[:-1])[path[-1]] = value
    return changed


def other(value: Any) -> Any:
    """Return another value of the same kind; of hexadecimal, the last digit is another one."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case None:
            return "0x" + "11" * 20
        case str() if value.startswith("0x") and len(value) > 2:
            return value[:-1] + ("0" if value[-1] != "0" else "1")
        case _:
            return value + "0x00"


def cannot_matter(block: Json, path: Path) -> bool:
    if path[0] in LABELS:
        return True
    if path == ("parent_header", "extraData"):
        # The last digit is a seal's. A parent is known by its hash, which has no seals in it: the hash
        # stands in the block that the validators sealed.
        return True
    if path[0] == "receipts" and len(path) == 3 and path[-1] in OF_THE_TRANSACTION:
        return path[-1] != "transactionHash" or not at(block, path[:2])["logs"]
    return False


EVERY_VALUE = [(name, path) for name, block in BLOCKS.items() for path in values(block)]


@pytest.mark.parametrize("name", BLOCKS)
def test_a_recorded_block_has_its_verdict_and_its_values(name: str) -> None:
    block = BLOCKS[name]
    report = check(block)
    found, expected = outcome(report), block["expected"]
    assert found == expected
    assert {name: type(value) for name, value in found.items()} == {
        name: type(value) for name, value in expected.items()
    }
    sealed = expected["verdict"] == "sealed"
    assert report.exit_code is (ExitCode.PROVED if sealed else ExitCode.REFUTED)
    if not sealed:
        assert refuted_by(block) == {"B4"}


@pytest.mark.parametrize(
    ("name", "path"),
    EVERY_VALUE,
    ids=[f"{name}:{'.'.join(map(str, p))}" for name, p in EVERY_VALUE],
)
def test_a_changed_value_is_never_proved(name: str, path: Path) -> None:
    block = BLOCKS[name]
    changed = put(block, path, other(at(block, path)))
    if cannot_matter(block, path):
        assert verdict(changed) is verdict(block)
    else:
        assert verdict(changed) is not ExitCode.PROVED


def forged(block: Json, header: Header) -> Json:
    """Return the file of who wants another header believed: all that he can repair, he has."""
    kind = "qbft-contract" if block["validator_mode"] == "contract" else "qbft-header"
    names = dict(zip(HEADER_NAMES, header.items, strict=True))
    shown = {
        name: hex(int.from_bytes(names[name], "big"))
        if length is None
        else "0x" + names[name].hex()
        for name, length in FIELDS[:15]
    }
    found = "0x" + block_hash(header, kind).hex()
    receipts = [
        {
            **receipt,
            "blockHash": found,
            "blockNumber": shown["number"],
            "logs": [
                {**log, "blockHash": found, "blockNumber": shown["number"]}
                for log in receipt["logs"]
            ],
        }
        for receipt in block["receipts"]
    ]
    kept = {name: value for name, value in block.items() if name != "expected"}
    return {
        **kept,
        "header": {**shown, "hash": found},
        "header_rlp_as_served": "0x" + header.encode().hex(),
        "receipts": receipts,
    }


def header_of(block: Json) -> Header:
    return parse_header(header_rlp_from_json(block["header"]))


@pytest.mark.parametrize("field", [name for name in HEADER_NAMES if name != "extraData"])
@pytest.mark.parametrize("name", BLOCKS)
def test_a_header_changed_in_every_place_is_refuted_by_its_seals(name: str, field: str) -> None:
    block = BLOCKS[name]
    changed = parse_header(
        header_rlp_from_json({**block["header"], field: other(block["header"][field])})
    )
    assert "B4" in refuted_by(forged(block, changed))


def with_extra(block: Json, change: Callable[[QbftExtra], QbftExtra]) -> Json:
    header = header_of(block)
    extra = change(QbftExtra.parse(header.extra_data))
    return forged(block, header.with_extra_data(extra.encode()))


@pytest.mark.parametrize("name", BLOCKS)
def test_every_part_of_the_extra_data_is_under_the_seals(name: str) -> None:
    block = BLOCKS[name]
    extra = QbftExtra.parse(header_of(block).extra_data)
    changes: list[Json] = [
        {"vanity": bytes(31) + b"\x01"},
        {"vote": (bytes(20), True)},
        {"round_number": extra.round_number + 1},
        {"validators": (*extra.validators, bytes(20))},
    ]
    changes += [
        {"validators": (*extra.validators[:place], *extra.validators[place + 1 :])}
        for place in range(len(extra.validators))
    ]
    if extra.vote is not None:
        recipient, add = extra.vote
        changes += [{"vote": None}, {"vote": (recipient, not add)}, {"vote": (bytes(20), add)}]
    for change in changes:
        assert "B4" in refuted_by(with_extra(block, lambda e, c=change: replace(e, **c)))  # type: ignore[misc] # bound early


@pytest.mark.parametrize("name", BLOCKS)
def test_every_seal_is_looked_at(name: str) -> None:
    block = BLOCKS[name]
    seals = QbftExtra.parse(header_of(block).extra_data).seals
    needed = block["expected"]["quorum"]
    for place, seal in enumerate(seals):
        rest = (*seals[:place], *seals[place + 1 :])
        for bit in (0, 255, 256, 511, 512):
            bad = bytearray(seal)
            bad[bit // 8] ^= 1 << bit % 8
            assert "B4" in refuted_by(
                with_extra(block, lambda e, s=(*rest, bytes(bad)): replace(e, seals=s))  # type: ignore[misc] # bound early
            )
        twice = with_extra(block, lambda e, s=(*seals, seal): replace(e, seals=s))  # type: ignore[misc] # bound early
        assert "B4" in refuted_by(twice)
        # A seal less is the same block as long as a quorum is left: its hash has no seals in it.
        less = with_extra(block, lambda e, s=rest: replace(e, seals=s))  # type: ignore[misc] # bound early
        assert refuted_by(less) == (set() if len(rest) >= needed else {"B4"})


@pytest.mark.parametrize("name", BLOCKS)
def test_validators_left_out_added_or_doubled_are_refuted(name: str) -> None:
    block = {key: value for key, value in BLOCKS[name].items() if key != "expected"}
    listed = block["validators"]
    for changed in (
        *([*listed[:place], *listed[place + 1 :]] for place in range(len(listed))),
        [*listed, "0x" + "11" * 20],
        [*listed, listed[0]],
        [],
    ):
        assert "B3" in refuted_by({**block, "validators": changed})
    # The set has no order: who is entitled does not change.
    assert refuted_by({**block, "validators": listed[::-1]}) <= {"B4"}
    assert verdict({**block, "validators": listed[::-1]}) is verdict(block)


@pytest.mark.parametrize("name", [name for name, block in BLOCKS.items() if block["receipts"]])
def test_receipts_left_out_added_or_swapped_are_refuted(name: str) -> None:
    block = BLOCKS[name]
    receipts = block["receipts"]
    for place in range(len(receipts)):
        left = [*receipts[:place], *receipts[place + 1 :]]
        assert "B5" in refuted_by({**block, "receipts": left})
    assert "B5" in refuted_by({**block, "receipts": [*receipts, receipts[0]]})
    if len(receipts) > 1:
        assert "B5" in refuted_by({**block, "receipts": receipts[::-1]})


PROOFS: dict[str, Path] = {
    "B6": ("anchor_proof", "proof"),
    "B3": ("validator_contract", "proof_on_parent_state"),
}


@pytest.mark.parametrize("check_id", PROOFS)
@pytest.mark.parametrize("name", BLOCKS)
def test_proofs_with_a_vertex_less_more_or_moved_are_refuted(name: str, check_id: str) -> None:
    block, path = BLOCKS[name], PROOFS[check_id]
    if path[0] not in block:
        return
    proof = at(block, path)
    places = [(*path, "accountProof")]
    places += [(*path, "storageProof", n, "proof") for n in range(len(proof["storageProof"]))]
    for place in places:
        nodes = at(block, place)
        for changed in (
            *([*nodes[:at_], *nodes[at_ + 1 :]] for at_ in range(len(nodes))),
            [*nodes, nodes[-1]],
            [],
        ):
            assert check_id in refuted_by(put(block, place, changed))
    values_ = proof["storageProof"]
    if len({slot["value"] for slot in values_}) > 1:
        swapped = put(block, (*path, "storageProof", 0, "proof"), values_[-1]["proof"])
        assert check_id in refuted_by(swapped)


@pytest.mark.parametrize(
    "name", [name for name, block in BLOCKS.items() if block["validator_mode"] == "contract"]
)
def test_in_contract_mode_the_set_must_be_proved_on_the_parents_state(name: str) -> None:
    block = BLOCKS[name]
    for part in ("parent_header", "validator_contract"):
        assert verdict({key: each for key, each in block.items() if key != part}) is (
            ExitCode.NOT_PROVABLE
        )
    # Whatever the file calls its chain: without a list in the header there is no set to seal by.
    assert "B3" in refuted_by({**block, "validator_mode": "header"})
    # The set on this block's own state is the next block's.
    own = {**block, "parent_header": block["header"]}
    assert "B3" in refuted_by(own)
    for slot in range(len(at(block, PROOFS["B3"])["storageProof"])):
        less = copy.deepcopy(block)
        del at(less, PROOFS["B3"])["storageProof"][slot]
        assert "B3" in refuted_by(less)


def test_the_last_block_of_the_old_set_is_not_sealed_by_the_new_one() -> None:
    old, new = (
        BLOCKS["contract-n4-last-block-of-old-set"],
        BLOCKS["contract-n4-first-block-of-new-set"],
    )
    assert old["validators"] != new["validators"]
    for block, wrong in ((old, new), (new, old)):
        moved = {**block, "validators": wrong["validators"]}
        assert "B3" in refuted_by(moved)
        proof = {**block, "validator_contract": wrong["validator_contract"]}
        assert "B3" in refuted_by(proof)


def test_a_header_block_is_no_contract_block() -> None:
    contract = BLOCKS["contract-n4-empty-block"]
    for block in BLOCKS.values():
        if block["validator_mode"] == "header":
            parts = {name: contract[name] for name in ("parent_header", "validator_contract")}
            assert "B3" in refuted_by({**block, "validator_mode": "contract", **parts})


def test_seals_count_on_the_curve_that_the_reader_names() -> None:
    everybody = validators(4, "secp256r1")
    block = BLOCKS["header-n4-round-0"]
    header = header_of(block)
    extra = replace(
        QbftExtra.parse(header.extra_data),
        validators=tuple(each.address for each in everybody),
        seals=(),
    )
    sealed = sealed_by(header.with_extra_data(extra.encode()), everybody[:3])
    file = forged(block, sealed) | {
        "validators": ["0x" + each.address.hex() for each in everybody],
        "receipts": [],
    }
    data = read_block_file(json.dumps(file).encode())
    assert check_block(data, "secp256r1").exit_code is ExitCode.PROVED
    assert check_block(data, "secp256k1").exit_code is ExitCode.REFUTED
