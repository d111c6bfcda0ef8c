"""V13: tokens outside the profile, or under no trusted root, are not provable: each by its code."""

from typing import Any

import pytest
from cryptography import x509
from unit.proof_chain.authority import (
    CA,
    IMPRINT,
    STAMPING,
    Token,
    below,
    certificate,
    integer,
    key_of,
    oid,
    own_signer,
    root,
    sequence,
    signer,
    tlv,
)

from ledger.proof.timestamp import check_token
from ledger.proof.timestamp_findings import (
    TimestampFinding,
    TimestampNotProvable,
    TimestampRefuted,
)

ROOT = root().der
ESS_1 = "1.2.840.113549.1.9.16.2.12"
ESS_2 = "1.2.840.113549.1.9.16.2.47"
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")


def _check(token: bytes, roots: tuple[bytes, ...] = (ROOT,)) -> TimestampFinding:
    return check_token(token, imprint_sha256=IMPRINT, roots=roots)


NOT_PROVABLE: dict[str, tuple[Any, str]] = {
    "an unknown root": (
        lambda: Token(signer=signer("p256-x", root("p256-elsewhere"))).der(),
        "timestamp-no-trusted-root",
    ),
    "five certificates": (
        lambda: below(5).der(),
        "timestamp-no-trusted-root",
    ),
    "no certificate": (lambda: Token(certificates=()).der(), "timestamp-no-certificate"),
    "eleven certificates": (
        lambda: Token(certificates=(signer().der,) * 11).der(),
        "timestamp-certificates",
    ),
    "SHA-1": (lambda: Token(hash_name="sha1").der(), "timestamp-algorithm"),
    "an imprint by another hash": (
        lambda: Token(imprint_hash="sha512", imprint=bytes(64)).der(),
        "timestamp-imprint-algorithm",
    ),
    "PSS": (
        lambda: Token(signer=signer("2048-signer"), signature_oid="1.2.840.113549.1.1.10").der(),
        "timestamp-algorithm",
    ),
    "SM2": (lambda: Token(signature_oid="1.2.156.10197.1.501").der(), "timestamp-algorithm"),
    "a digest that differs from the signature's": (
        lambda: Token(signature_oid="1.2.840.10045.4.3.4").der(),
        "timestamp-algorithm",
    ),
    "another curve": (
        lambda: Token(signer=own_signer("p521", (STAMPING, True), kind="p521")).der(),
        "timestamp-algorithm",
    ),
    "a short RSA key": (
        lambda: Token(signer=own_signer("1024", (STAMPING, True), kind="1024")).der(),
        "timestamp-key-size",
    ),
    "an issuer's PSS": (
        lambda: Token(
            signer=own_signer("pss", (STAMPING, True), issuer=root("2048-root"), pss=True)
        ).der(),
        "timestamp-algorithm",
    ),
    "revocation data inside": (lambda: Token(crls=tlv(0xA1, b"")).der(), "timestamp-revocation"),
    "an unknown critical extension": (
        lambda: Token(signer=own_signer("critical", (STAMPING, True), (UNKNOWN, True))).der(),
        "timestamp-critical-extension",
    ),
    "an unknown critical extension above": (
        lambda: below(3, extensions=[(CA, True), (UNKNOWN, True)]).der(),
        "timestamp-critical-extension",
    ),
    "an unknown critical extension of the token": (
        lambda: Token(
            behind_time=tlv(0xA1, sequence(oid("1.2.3"), tlv(1, b"\xff"), tlv(4, b"")))
        ).der(),
        "timestamp-critical-extension",
    ),
    "two signers": (lambda: Token(signers=2).der(), "timestamp-not-in-profile"),
    "no signer": (lambda: Token(signers=0).der(), "timestamp-not-in-profile"),
    "another content": (
        lambda: Token(content_type="1.2.840.113549.1.7.1").der(),
        "timestamp-not-in-profile",
    ),
    "another version": (lambda: Token(version=2).der(), "timestamp-not-in-profile"),
    "a byte behind": (lambda: Token().der() + b"\x00", "timestamp-not-in-profile"),
    "indefinite length": (
        lambda: b"\x30\x80" + Token().der()[4:] + b"\x00\x00",
        "timestamp-not-in-profile",
    ),
    "nothing": (lambda: b"", "timestamp-not-in-profile"),
    "too much": (lambda: bytes(100_000), "timestamp-not-in-profile"),
}


@pytest.mark.parametrize(("make", "code"), NOT_PROVABLE.values(), ids=NOT_PROVABLE)
def test_a_token_outside_the_profile_is_not_provable(make: Any, code: str) -> None:
    found = _check(make(), (ROOT, root("2048-root").der))
    assert isinstance(found, TimestampNotProvable), found
    assert found.code == code


@pytest.mark.parametrize(
    "gen_time",
    [
        "202606011200Z",
        "20260601120000",
        "20260601120000.0Z",
        "20260601120000.50Z",
        "20260601120000+0800",
        "20261301120000Z",
        "20260601250000Z",
        "2026060112000 Z",
        "20260601120000.Z",
    ],
)
def test_a_time_in_another_form_is_not_provable(gen_time: str) -> None:
    found = _check(Token(gen_time=gen_time).der())
    assert isinstance(found, TimestampNotProvable)
    assert found.code == "timestamp-not-in-profile"


@pytest.mark.parametrize(
    "accuracy",
    [
        sequence(tlv(0x80, b"\x00\xff"), tlv(0x80, b"\x01")),
        sequence(tlv(0x80, b"\x03\xe8")),
        sequence(tlv(0x81, b"\xff")),
        sequence(integer(10**12)),
    ],
)
def test_an_accuracy_out_of_range_is_not_provable(accuracy: bytes) -> None:
    assert isinstance(_check(Token(behind_time=accuracy).der()), TimestampNotProvable)


def test_a_response_that_grants_nothing_is_refuted() -> None:
    found = _check(Token().response(2))
    assert found == TimestampRefuted("timestamp-not-granted", {"status": 2})


def test_no_roots_prove_nothing() -> None:
    found = _check(Token().der(), ())
    assert isinstance(found, TimestampNotProvable)
    assert _check(Token().der(), (b"not a certificate",)) == found


def test_many_equal_names_do_not_make_the_search_long() -> None:
    evil = [
        certificate("root p256-root", key_of(f"p256-evil-{number}"), extensions=[(CA, True)])
        for number in range(9)
    ]
    own = certificate("lost", key_of("p256-own"), evil[0], extensions=[(STAMPING, True)])
    carried = (own.der, *(each.der for each in evil))
    found = _check(Token(signer=own, certificates=carried).der())
    assert isinstance(found, TimestampRefuted)
