"""Canonical JSON: the project's vectors, and what cannot be written."""

from base64 import b64decode
from enum import IntEnum
from typing import Any

import pytest
from vectors.reading import cases

from ledger.errors import LimitError, MalformedError
from ledger.primitives.canonical import MAX_INTEGER, decode, encode


@pytest.mark.parametrize(("name", "case"), cases("canonical"))
def test_project_vectors_have_their_verdict(name: str, case: dict[str, Any]) -> None:
    data = b64decode(case["input"])
    if case["verdict"] == "canonical":
        assert encode(decode(data, max_bytes=4096)) == data, name
        return
    with pytest.raises(MalformedError) as caught:
        decode(data, max_bytes=4096)
    assert caught.value.code == case["verdict"], name


class _Number(IntEnum):
    ONE = 1


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.0, "canonical-float"),
        (float("nan"), "canonical-float"),
        (MAX_INTEGER + 1, "canonical-number"),
        (-MAX_INTEGER - 1, "canonical-number"),
        ((1, 2), "canonical-type"),
        (b"bytes", "canonical-type"),
        (_Number.ONE, "canonical-type"),
        ({1: 2}, "canonical-key"),
        ({"": 2}, "canonical-key"),
        ({"é": 2}, "canonical-key"),
        ({"a\n": 2}, "canonical-key"),
        ("e\u0301", "canonical-not-nfc"),
        ("\ud800", "canonical-surrogate"),
        ({"a": ["\udfff"]}, "canonical-surrogate"),
    ],
)
def test_values_outside_the_profile_are_not_written(value: Any, code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        encode(value)
    assert caught.value.code == code


def test_a_value_that_holds_itself_is_too_deep() -> None:
    value: list[Any] = []
    value.append({"again": value})
    with pytest.raises(LimitError, match="canonical-too-deep"):
        encode(value)


def test_limits_are_kept_before_parsing() -> None:
    with pytest.raises(LimitError, match="canonical-too-long"):
        decode(b"[1,2]", max_bytes=4)
    deep = b"[" * 100_000 + b"]" * 100_000
    with pytest.raises(LimitError, match="canonical-too-deep"):
        decode(deep, max_bytes=len(deep))
    assert decode(b"[[1]]", max_bytes=9, max_depth=2) == [[1]]
    with pytest.raises(LimitError, match="canonical-too-deep"):
        decode(b"[[1]]", max_bytes=9, max_depth=1)


def test_brackets_inside_strings_are_not_nesting() -> None:
    text = '["' + "[" * 50 + '\\"{' * 50 + '"]'
    assert decode(text.encode(), max_bytes=999, max_depth=1)


def test_a_number_of_a_million_digits_costs_nothing() -> None:
    digits = b"9" * 1_000_000
    with pytest.raises(MalformedError, match="canonical-number"):
        decode(digits, max_bytes=len(digits))


@pytest.mark.timeout(5)
@pytest.mark.parametrize("piece", [b'\\"', b'"', b'"\\', b"\\\\", b'["'])
def test_quotes_that_never_close_take_no_long_time(piece: bytes) -> None:
    data = b"[" * 20 + b'"' + piece * 200_000
    with pytest.raises(MalformedError):
        decode(data, max_bytes=len(data))


def test_nesting_behind_escaped_quotes_and_backslashes_is_seen() -> None:
    for text in (b'["\\"",', b'["\\\\",', b'["\\\\\\"",'):
        with pytest.raises(LimitError, match="canonical-too-deep"):
            decode(text + b"[" * 40 + b"]" * 41, max_bytes=999)
