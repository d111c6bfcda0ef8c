"""Digests: one spelling, and SM3 against the standard's own examples."""

import hashlib

import pytest

from ledger.errors import MalformedError
from ledger.primitives import digest
from ledger.primitives.digest import Digest, sha256, sm3
from ledger.primitives.sm3 import Sm3

ABC_SM3 = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
"""GB/T 32905-2016, appendix A.1: "abc"."""
LONG_SM3 = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
"""Appendix A.2: "abcd" sixteen times."""


@pytest.mark.parametrize("name", ["sha256", "sm3"])
def test_a_digest_reads_back_as_written(name: str) -> None:
    text = f"{name}:{bytes(range(32)).hex()}"
    parsed = Digest.parse(text)
    assert (parsed.algorithm, parsed.value) == (name, bytes(range(32)))
    assert str(parsed) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sha256:" + "AB" * 32, "digest-form"),
        ("sha256:" + "ab" * 31, "digest-form"),
        ("sha256:" + " a" * 32, "digest-form"),
        ("sha256" + "ab" * 32, "digest-form"),
        ("", "digest-form"),
        ("sha1:" + "ab" * 32, "digest-algorithm"),
        ("SHA256:" + "ab" * 32, "digest-algorithm"),
        (" sha256:" + "ab" * 32, "digest-algorithm"),
    ],
)
def test_any_other_spelling_is_refused(text: str, code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        Digest.parse(text)
    assert caught.value.code == code


def test_a_digest_of_another_length_cannot_be_made() -> None:
    with pytest.raises(MalformedError, match="digest-length"):
        Digest("sm3", b"short")


def test_sm3_gives_the_examples_of_the_standard() -> None:
    for message, expected in ((b"abc", ABC_SM3), (b"abcd" * 16, LONG_SM3)):
        assert sm3(message).hex() == expected
        pure = Sm3()
        pure.update(message)
        assert pure.digest().hex() == expected


def test_without_openssl_the_pure_code_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "_SM3_IN_OPENSSL", False)
    assert not digest.sm3_available()
    assert sm3(b"abc").hex() == ABC_SM3


def test_a_probe_that_is_refused_means_not_available(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_name: str) -> None:
        raise ValueError

    monkeypatch.setattr(hashlib, "new", refuse)
    assert not digest._probe_sm3()


def test_sha256_is_sha256() -> None:
    assert sha256(b"abc").hex().startswith("ba7816bf8f01cfea")
