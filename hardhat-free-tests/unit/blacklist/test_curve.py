"""The binding of libsodium: group laws, canonical encodings, and memory that is wiped."""

import ctypes
import pickle
from ctypes import string_at

import pytest

from blacklist.curve import points, sealed_box
from blacklist.curve.hashing import derive, hash_secretly
from blacklist.curve.library import sodium
from blacklist.curve.scalars import Scalar, inverses
from blacklist.curve.secret import Secret, fill_random, hold
from ledger.errors import MalformedError

ORDER = 2**252 + 27742317777372353535851937790883648493


def random_scalar() -> Scalar:
    return Scalar.random(fill_random)


def test_the_base_point_is_the_generator_of_the_library() -> None:
    assert points.multiply_base(Scalar.of(1)) == points.BASE


def test_multiples_of_the_generator_are_those_of_the_rfc() -> None:
    """RFC 9496, appendix A.1: 2·G and 15·G."""
    assert points.multiply_base(Scalar.of(2)).hex() == (
        "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919"
    )
    assert points.multiply_base(Scalar.of(15)).hex() == (
        "e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e"
    )


@pytest.mark.parametrize(
    "encoded",
    [
        ORDER.to_bytes(32, "little"),
        (ORDER + 1).to_bytes(32, "little"),
        b"\xff" * 32,
        b"\x01" * 31,
        b"\x01" * 33,
        b"",
    ],
)
def test_a_scalar_that_is_not_below_the_order_is_refused(encoded: bytes) -> None:
    with pytest.raises(MalformedError, match="scalar-malformed"):
        Scalar.decode(encoded)


def test_scalar_arithmetic_is_that_of_the_integers_modulo_the_order() -> None:
    left, right = random_scalar(), random_scalar()
    a = int.from_bytes(left.reveal(), "little")
    b = int.from_bytes(right.reveal(), "little")

    def number(scalar: Scalar) -> int:
        return int.from_bytes(scalar.reveal(), "little")

    assert number(left + right) == (a + b) % ORDER
    assert number(left - right) == (a - b) % ORDER
    assert number(left * right) == a * b % ORDER
    assert number(-left) == -a % ORDER
    assert number(left.inverse()) == pow(a, -1, ORDER)


def test_batched_inverses_are_the_single_ones() -> None:
    scalars = [random_scalar() for _ in range(7)]
    assert [each.reveal() for each in inverses(scalars)] == [
        each.inverse().reveal() for each in scalars
    ]
    assert inverses([]) == []


def test_zero_has_no_inverse_also_among_others() -> None:
    with pytest.raises(ZeroDivisionError):
        Scalar().inverse()
    with pytest.raises(ZeroDivisionError):
        inverses([random_scalar(), Scalar(), random_scalar()])


# RFC 9496, appendix A.3: encodings that must be refused, one of each reason.
BAD_ENCODINGS = [
    "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


@pytest.mark.parametrize("encoded", BAD_ENCODINGS)
def test_an_encoding_that_is_not_canonical_is_refused_everywhere(encoded: str) -> None:
    bad = bytes.fromhex(encoded)
    assert not points.is_point(bad)
    for use in (
        lambda: points.checked_point(bad, "blinded"),
        lambda: points.multiply(random_scalar(), bad),
        lambda: points.multiply_secretly(random_scalar(), bad),
        lambda: points.add(bad, points.BASE),
        lambda: points.add(points.BASE, bad),
    ):
        with pytest.raises(MalformedError, match="point-malformed"):
            use()


@pytest.mark.parametrize("length", [0, 31, 33])
def test_bytes_of_another_length_never_reach_the_library(length: int) -> None:
    short = points.BASE[:length].ljust(length, b"\x00")
    assert not points.is_point(short)
    with pytest.raises(MalformedError, match="point-malformed"):
        points.multiply(random_scalar(), short)
    with pytest.raises(MalformedError, match="point-malformed"):
        points.add(points.BASE, short)


def test_the_identity_is_a_point_and_never_an_input() -> None:
    assert points.is_point(points.IDENTITY)
    with pytest.raises(MalformedError, match="point-malformed"):
        points.checked_point(points.IDENTITY, "blinded")


def test_the_group_laws_hold_also_at_the_identity() -> None:
    a, b = random_scalar(), random_scalar()
    point = points.multiply_base(a)
    assert points.add(point, points.multiply_base(b)) == points.multiply_base(a + b)
    assert points.add(point, points.multiply_base(-a)) == points.IDENTITY
    assert points.multiply(b, points.IDENTITY) == points.IDENTITY
    assert points.multiply(Scalar(), point) == points.IDENTITY
    assert points.multiply_base(Scalar()) == points.IDENTITY
    assert points.sum_of([]) == points.IDENTITY
    assert points.weighted_sum([a, b], [points.BASE, points.BASE]) == points.multiply_base(a + b)


def test_a_secret_is_wiped_when_it_is_let_go() -> None:
    small, large = Secret(32), Secret(100_000)
    fill_random(small)
    fill_random(large)
    assert any(small.reveal())
    assert any(large.reveal())
    where = small.address
    small.wipe()
    assert string_at(where, 32) == bytes(32)
    with large:
        pass
    for gone in (small, large):
        with pytest.raises(ValueError, match="wiped"):
            gone.reveal()
    small.wipe()  # a second time does nothing


def test_a_secret_that_nobody_holds_any_more_is_wiped() -> None:
    secret = hold(b"\x07" * 32)
    where = secret.address
    del secret
    assert string_at(where, 32) == bytes(32)


def test_a_fresh_secret_is_zero_although_its_place_was_used() -> None:
    used = [hold(b"\xff" * 200) for _ in range(40)]
    for each in used:
        each.wipe()
    assert all(Secret(200).reveal() == bytes(200) for _ in range(40))


def test_a_secret_shows_nothing_and_does_not_leave_the_process() -> None:
    scalar = random_scalar()
    assert repr(scalar) == "Scalar()"
    assert repr(hold(b"abc")) == "Secret(3 bytes)"
    with pytest.raises(TypeError, match="does not leave"):
        pickle.dumps(scalar)


def test_hashing_secrets_gives_the_published_digest() -> None:
    """FIPS 180-4's "abc", and RFC 4231's second case cut to a key of 32 bytes against Python's own."""
    import hashlib  # noqa: PLC0415 - the oracle of this test only
    import hmac  # noqa: PLC0415 - the oracle of this test only

    assert hash_secretly(b"a", hold(b"bc")).reveal() == hashlib.sha512(b"abc").digest()
    key = b"Jefe" * 8
    expected = hmac.new(key, b"what do ya want for nothing?", "sha512").digest()
    assert derive(hold(key), b"what do ya want ", hold(b"for nothing?")).reveal() == expected


def test_a_sealed_box_is_read_by_its_recipient_only() -> None:
    keys = [Secret(32), Secret(32)]
    for key in keys:
        fill_random(key)
    box = sealed_box.seal(hold(b"share"), sealed_box.public_key(keys[0]))
    opened = sealed_box.open_box(box, keys[0])
    assert opened is not None
    assert opened.reveal() == b"share"
    assert sealed_box.open_box(box, keys[1]) is None
    for place in (0, 40, len(box) - 1):
        changed = bytearray(box)
        changed[place] ^= 1
        assert sealed_box.open_box(bytes(changed), keys[0]) is None
    assert sealed_box.open_box(box[:48], keys[0]) is None


def test_a_key_that_everybody_can_read_is_refused() -> None:
    with pytest.raises(ValueError, match="low order"):
        sealed_box.seal(hold(b"share"), bytes(32))


def test_the_library_is_loaded_once() -> None:
    assert sodium() is sodium()
    assert isinstance(sodium(), ctypes.CDLL)
