"""Digests: SM3 against the standard's own examples."""

import hashlib

import pytest

from ledger.primitives import digest
from ledger.primitives.digest import sha256, sm3
from ledger.primitives.sm3 import Sm3

ABC_SM3 = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
"""GB/T 32905-2016, appendix A.1: "abc"."""
LONG_SM3 = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
"""Appendix A.2: "abcd" sixteen times."""


def test_sm3_gives_the_examples_of_the_standard() -> None:
    for message, expected in ((b"abc", ABC_SM3), (b"abcd" * 16, LONG_SM3)):
        assert sm3(message).hex() == expected
        pure = Sm3()
        pure.update(message)
        assert pure.digest().hex() == expected


def test_without_openssl_the_pure_code_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "SM3_IN_OPENSSL", False)
    assert isinstance(digest.new_sm3(), Sm3)
    assert sm3(b"abc").hex() == ABC_SM3


def test_a_probe_that_is_refused_means_not_available(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_name: str) -> None:
        raise ValueError

    monkeypatch.setattr(hashlib, "new", refuse)
    assert not digest._probe_sm3()


def test_sha256_is_sha256() -> None:
    assert sha256(b"abc").hex().startswith("ba7816bf8f01cfea")
