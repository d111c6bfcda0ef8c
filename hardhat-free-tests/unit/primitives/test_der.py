"""Strict DER: one encoding per value."""

import pytest

from ledger.errors import LimitError, MalformedError
from ledger.primitives import der
from ledger.primitives.der import Reader


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "der-truncated"),
        ("02", "der-truncated"),
        ("0201", "der-truncated"),
        ("1f0100", "der-tag"),
        ("02800000", "der-length"),
        ("02810100", "der-length"),
        ("0282008000", "der-length"),
        ("0282", "der-length"),
        ("0284000000ff", "der-length"),
        ("02ff", "der-length"),
        ("0283ffffff", "der-truncated"),
    ],
)
def test_a_value_in_another_form_is_refused(data: str, code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        Reader(bytes.fromhex(data)).value()
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("content", "number"),
    [
        ("00", 0),
        ("7f", 127),
        ("0080", 128),
        ("80", -128),
        ("ff7f", -129),
        ("ff", -1),
        ("00ff", 255),
    ],
)
def test_integers_read_in_their_shortest_form(content: str, number: int) -> None:
    assert der.parse_integer(bytes.fromhex(content)) == number


@pytest.mark.parametrize("content", ["", "0000", "007f", "ff80", "ffff"])
def test_integers_with_superfluous_bytes_are_refused(content: str) -> None:
    with pytest.raises(MalformedError, match="der-integer"):
        der.parse_integer(bytes.fromhex(content))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("2a864886f70d010702", "1.2.840.113549.1.7.2"),
        ("550403", "2.5.4.3"),
        ("00", "0.0"),
        ("27", "0.39"),
        ("883703", "2.999.3"),
    ],
)
def test_object_identifiers_read_in_dotted_decimal(content: str, text: str) -> None:
    assert der.parse_oid(bytes.fromhex(content)) == text


@pytest.mark.parametrize("content", ["", "86", "8001", "550480", "55048001", "01" * 65])
def test_object_identifiers_in_another_form_are_refused(content: str) -> None:
    with pytest.raises(MalformedError, match="der-oid"):
        der.parse_oid(bytes.fromhex(content))


@pytest.mark.parametrize("content", ["", "08ff", "01", "01ff", "0403"])
def test_bit_strings_in_another_form_are_refused(content: str) -> None:
    with pytest.raises(MalformedError, match="der-bit-string"):
        der.parse_bits(bytes.fromhex(content))


def test_bit_strings_of_whole_bytes_only_where_bytes_are_meant() -> None:
    assert der.parse_bits(b"\x04\xf0") == (4, b"\xf0")
    assert Reader(bytes.fromhex("030200ff")).bits() == b"\xff"
    with pytest.raises(MalformedError, match="der-bit-string"):
        Reader(bytes.fromhex("030204f0")).bits()


def test_booleans_have_two_values() -> None:
    assert Reader(bytes.fromhex("0101ff")).boolean()
    assert not Reader(bytes.fromhex("010100")).boolean()
    with pytest.raises(MalformedError, match="der-boolean"):
        Reader(bytes.fromhex("010101")).boolean()


def test_nothing_may_be_left_over() -> None:
    reader = der.outermost(bytes.fromhex("3003020105"), der.SEQUENCE)
    with pytest.raises(MalformedError, match="der-trailing"):
        reader.end()
    assert reader.integer() == 5
    reader.end()
    with pytest.raises(MalformedError, match="der-trailing"):
        der.outermost(bytes.fromhex("300302010500"), der.SEQUENCE)
    with pytest.raises(MalformedError, match="der-unexpected-tag"):
        der.outermost(bytes.fromhex("3103020105"), der.SEQUENCE)
    with pytest.raises(LimitError, match="der-too-long"):
        Reader(bytes(der.MAX_DER_BYTES + 1))


def test_optional_values_are_read_only_when_there() -> None:
    reader = Reader(bytes.fromhex("020105"))
    assert reader.optional(der.BOOLEAN) is None
    value = reader.optional(der.INTEGER)
    assert value is not None
    assert (value.content, value.encoding) == (b"\x05", b"\x02\x01\x05")
    assert reader.optional(der.INTEGER) is None
    assert reader.peek() is None
