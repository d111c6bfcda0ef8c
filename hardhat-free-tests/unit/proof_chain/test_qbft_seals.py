"""QBFT seals of headers that were sealed here: quorum, foreign and double seals, every field changed."""

from dataclasses import replace
from typing import Any

import pytest
from unit.proof_chain.sealing import sealed_by, unsealed_header, validators, with_seals

from ledger.errors import LimitError, MalformedError
from ledger.primitives import rlp
from ledger.proof.header import ChainKind, Header, block_hash
from ledger.proof.qbft import SealCurve, quorum, seal_hash, verify_seals
from ledger.proof.qbft_extra import MAX_VALIDATORS, QbftExtra
from ledger.proof.sealing import seal_report
from ledger.proof.trusted_chain import TrustedChain, ValidatorSet

FOUR = validators(4)
ENTITLED = [validator.address for validator in FOUR]


def _changed(header: Header, position: int, bit: int) -> Header:
    field = bytearray(header.items[position])
    field[bit // 8] ^= 1 << bit % 8
    items = (*header.items[:position], bytes(field), *header.items[position + 1 :])
    return replace(header, items=items)


@pytest.mark.parametrize("curve", ["secp256k1", "secp256r1"])
@pytest.mark.parametrize("count", range(1, 23))
def test_a_quorum_seals_and_one_less_does_not(count: int, curve: SealCurve) -> None:
    everybody, more = validators(count, curve), validators(count + 1, curve)
    entitled = [validator.address for validator in everybody]
    header = unsealed_header(everybody, round_number=count % 3)
    digest = seal_hash(header)
    seals = [validator.seal(digest) for validator in everybody]
    needed = quorum(count)
    assert 3 * needed >= 2 * count > 3 * (needed - 1)
    for sealing, verdict in (
        (needed - 1, "too few seals"),
        (needed, "sealed"),
        (count, "sealed"),
    ):
        report = verify_seals(with_seals(header, seals[:sealing]), entitled, curve)
        assert report.verdict == verdict
        assert report.signers == tuple(entitled[:sealing])
    stranger = next(each for each in more if each.address not in entitled).seal(digest)
    for spoilt, verdict in (
        ([*seals[: needed - 1], stranger], "foreign seal"),
        ([*seals, stranger], "foreign seal"),
        ([*seals, seals[-1]], "duplicate seal"),
        ([seals[0]] * max(needed, 2), "duplicate seal"),
    ):
        assert verify_seals(with_seals(header, spoilt), entitled, curve).verdict == verdict


@pytest.mark.parametrize(
    ("count", "needed"),
    [(1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (6, 4), (7, 5), (8, 6), (10, 7), (22, 15)],
)
def test_quorum_is_two_thirds_rounded_up(count: int, needed: int) -> None:
    assert quorum(count) == needed


@pytest.mark.parametrize("count", [1, 4, 5])
def test_validators_may_use_the_other_curve(count: int) -> None:
    everybody = validators(count, "secp256r1")
    entitled = [validator.address for validator in everybody]
    header = sealed_by(unsealed_header(everybody), everybody[: quorum(count)])
    assert verify_seals(header, entitled, "secp256r1").sealed
    assert not verify_seals(header, entitled, "secp256k1").sealed


@pytest.mark.parametrize("kind", ["qbft-header", "qbft-contract"])
def test_a_set_seals_from_its_first_block_to_its_last(kind: ChainKind) -> None:
    old, new = validators(4), validators(7)[::2]
    sets = (
        ValidatorSet(0, 99, tuple(each.address for each in old)),
        ValidatorSet(100, None, tuple(each.address for each in new)),
    )
    chain = TrustedChain(1, bytes(32), kind, "secp256k1", sets)
    for number, entitled in ((0, old), (99, old), (100, new), (2**40, new)):
        for sealers in (old, new):
            listed = sealers if kind == "qbft-header" else ()
            header = _numbered(unsealed_header(listed), number)
            report = seal_report(sealed_by(header, sealers), chain)
            assert report is not None
            assert report.sealed == (sealers is entitled)
    gap = replace(chain, validators=sets[1:])
    assert seal_report(_numbered(unsealed_header(old), 99), gap) is None


def _numbered(header: Header, number: int) -> Header:
    items = (*header.items[:8], rlp.encode_int(number), *header.items[9:])
    return replace(header, items=items)


def test_one_bad_seal_spoils_the_list() -> None:
    header = unsealed_header(FOUR)
    good = QbftExtra.parse(sealed_by(header, FOUR).extra_data).seals
    stranger = QbftExtra.parse(sealed_by(header, validators(5)).extra_data).seals
    foreign = next(seal for seal in stranger if seal not in good)
    for seals, verdict in (
        ((*good, foreign), "foreign seal"),
        ((*good, good[0]), "duplicate seal"),
        ((*good[:3], good[0]), "duplicate seal"),
        ((*good, bytes(65)), "invalid seal"),
        ((*good, good[0][:64] + b"\x02"), "invalid seal"),
        ((*good, good[0][:64] + b"\x1b"), "invalid seal"),
        ((), "too few seals"),
    ):
        assert verify_seals(with_seals(header, seals), ENTITLED, "secp256k1").verdict == verdict


def test_a_seal_with_high_s_counts_but_not_beside_its_twin() -> None:
    header = unsealed_header(FOUR)
    seals = list(QbftExtra.parse(sealed_by(header, FOUR).extra_data).seals)
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    s = int.from_bytes(seals[0][32:64], "big")
    twin = seals[0][:32] + (order - s).to_bytes(32, "big") + bytes([1 - seals[0][64]])
    assert verify_seals(with_seals(header, [twin, *seals[1:]]), ENTITLED, "secp256k1").sealed
    assert not verify_seals(with_seals(header, [twin, *seals]), ENTITLED, "secp256k1").sealed


def test_a_list_in_the_header_must_be_the_entitled_set() -> None:
    everybody = validators(5)
    header = sealed_by(unsealed_header(everybody), everybody)
    report = verify_seals(header, ENTITLED, "secp256k1")
    assert report.verdict == "other validators"
    contract_mode = sealed_by(unsealed_header(()), FOUR)
    assert verify_seals(contract_mode, ENTITLED, "secp256k1").sealed
    with pytest.raises(MalformedError, match="qbft-validators"):
        verify_seals(header, [], "secp256k1")
    with pytest.raises(MalformedError, match="qbft-validators"):
        verify_seals(header, [*ENTITLED, ENTITLED[0]], "secp256k1")


def test_seals_of_another_round_do_not_count() -> None:
    header = sealed_by(unsealed_header(FOUR, round_number=1), FOUR)
    extra = QbftExtra.parse(header.extra_data)
    moved = header.with_extra_data(replace(extra, round_number=2).encode())
    assert not verify_seals(moved, ENTITLED, "secp256k1").sealed
    # The round is no part of the block's name: a block keeps its hash in whatever round it is sealed.
    assert block_hash(moved, "qbft-header") == block_hash(header, "qbft-header")


@pytest.mark.parametrize("position", [at for at in range(21) if at != 12])
def test_every_field_is_under_the_seals_and_the_hash(position: int) -> None:
    header = sealed_by(unsealed_header(FOUR, fields=21), FOUR)
    assert verify_seals(header, ENTITLED, "secp256k1").sealed
    last_bit = 8 * len(header.items[position]) - 1
    for bit in {0, last_bit}:
        changed = _changed(header, position, bit)
        assert block_hash(changed, "qbft-header") != block_hash(header, "qbft-header")
        assert not verify_seals(changed, ENTITLED, "secp256k1").sealed


@pytest.mark.parametrize(
    "change",
    [
        {"vanity": b"\x01" + bytes(31)},
        {"vote": (bytes(20), True)},
        {"vote": (bytes(20), False)},
        {"validators": tuple(ENTITLED[:3])},
        {"validators": ()},
        {"validators": tuple(ENTITLED[::-1])},
    ],
)
def test_every_part_of_the_extra_data_is_under_the_seals(change: dict[str, Any]) -> None:
    header = sealed_by(unsealed_header(FOUR), FOUR)
    extra = replace(QbftExtra.parse(header.extra_data), **change)
    changed = header.with_extra_data(extra.encode())
    assert QbftExtra.parse(changed.extra_data) == extra
    assert seal_hash(changed) != seal_hash(header)
    assert not verify_seals(changed, ENTITLED, "secp256k1").sealed


VANITY = bytes(32)


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (b"", "qbft-extra"),
        ([], "qbft-extra"),
        ([VANITY, [], [], b""], "qbft-extra"),  # IBFT 2.0: the fifth item dropped
        ([VANITY, [], [], b"", [], []], "qbft-extra"),
        ([[], [], [], b"", []], "qbft-extra"),
        ([VANITY, b"", [], b"", []], "qbft-extra"),
        ([VANITY, [[]], [], b"", []], "rlp-too-deep"),
        ([VANITY, [], b"", b"", []], "qbft-extra"),
        ([VANITY, [], [b""], b"", []], "qbft-extra"),
        ([VANITY, [], [bytes(20), b"\x01"], b"", []], "qbft-extra"),
        ([VANITY, [], [bytes(20), []], b"", []], "rlp-too-deep"),
        ([VANITY, [], [[], b""], b"", []], "rlp-too-deep"),
        ([VANITY, [], [], b"\x00", []], "rlp-integer"),
        ([VANITY, [], [], [], []], "rlp-integer"),
        ([VANITY, [], [], b"", b""], "qbft-extra"),
        ([VANITY, [], [], b"", [[b""]]], "rlp-too-deep"),
    ],
)
def test_extra_data_in_another_form_is_refused(item: Any, code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        QbftExtra.parse(rlp.encode(item))
    assert caught.value.code == code


@pytest.mark.parametrize(
    "change",
    [
        {"vanity": bytes(31)},
        {"validators": (bytes(19),)},
        {"seals": (bytes(64),)},
        {"vote": (bytes(21), True)},
        {"round_number": 2**32},
    ],
)
def test_parts_of_another_length_are_refused(change: dict[str, Any]) -> None:
    extra = QbftExtra.parse(unsealed_header(FOUR).extra_data)
    with pytest.raises(MalformedError):
        QbftExtra.parse(replace(extra, **change).encode())


def test_more_validators_than_any_network_has_are_refused() -> None:
    extra = QbftExtra.parse(unsealed_header(FOUR).extra_data)
    many = tuple(number.to_bytes(20, "big") for number in range(MAX_VALIDATORS + 1))
    with pytest.raises(MalformedError, match="qbft-extra"):
        QbftExtra.parse(replace(extra, validators=many).encode())
    with pytest.raises(LimitError, match="rlp-too-long"):
        QbftExtra.parse(bytes(20_000))
