"""V13: tokens of a local authority that are proved, and tokens with one fault that are refuted."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from unit.proof_chain.authority import (
    CA,
    IMPRINT,
    SHA_OIDS,
    STAMPED,
    STAMPING,
    Token,
    algorithm,
    below,
    certificate,
    chain,
    integer,
    key_of,
    key_usage,
    oid,
    own_signer,
    root,
    sequence,
    signer,
    tlv,
    usages,
)

from ledger.proof.timestamp import check_token
from ledger.proof.timestamp_findings import (
    TimestampFinding,
    TimestampProved,
    TimestampRefuted,
)

ROOT = root().der
ESS_1 = "1.2.840.113549.1.9.16.2.12"
ESS_2 = "1.2.840.113549.1.9.16.2.47"
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")


def _check(token: bytes, roots: tuple[bytes, ...] = (ROOT,)) -> TimestampFinding:
    return check_token(token, imprint_sha256=IMPRINT, roots=roots)


@pytest.mark.parametrize("kind", ["p256-signer", "p384-signer", "2048-signer", "3072-signer"])
@pytest.mark.parametrize("hash_name", ["sha256", "sha384", "sha512"])
def test_a_good_token_is_proved(kind: str, hash_name: str) -> None:
    token = Token(signer=signer(kind), hash_name=hash_name)
    for data in (token.der(), token.response(), token.response(1)):
        assert _check(data) == TimestampProved(
            gen_time=STAMPED,
            accuracy=None,
            policy="1.2.3.4.1",
            serial=42,
            authority=f"CN=signer {kind}, C=CN",
            root="CN=root p256-root, C=CN",
        )


def test_accuracy_and_parts_of_seconds_are_read() -> None:
    behind = sequence(integer(1), tlv(0x80, b"\x05"), tlv(0x81, b"\x07"))
    behind += tlv(1, b"\xff") + integer(99) + tlv(0xA0, b"")
    found = _check(Token(gen_time="20260601120000.25Z", behind_time=behind).der())
    assert isinstance(found, TimestampProved)
    assert found.accuracy == timedelta(seconds=1, milliseconds=5, microseconds=7)
    assert found.gen_time == datetime(2026, 6, 1, 12, 0, 0, 250000, tzinfo=UTC)


@pytest.mark.parametrize("length", [2, 3, 4])
def test_a_chain_of_up_to_four_is_proved(length: int) -> None:
    last, carried = chain(length)
    assert isinstance(_check(Token(signer=last, certificates=carried).der()), TimestampProved)


def test_the_signer_may_be_found_by_key_identifier_or_among_the_roots() -> None:
    name = x509.SubjectKeyIdentifier(b"identifier")
    named = own_signer("by key", (STAMPING, True), (name, False))
    assert isinstance(
        _check(Token(signer=named, key_identifier=b"identifier").der()), TimestampProved
    )
    pinned = signer()
    token = Token(certificates=())
    assert isinstance(_check(token.der(), (pinned.der,)), TimestampProved)


def test_the_older_name_of_the_certificate_is_enough() -> None:
    digest = hashlib.sha1(signer().der).digest()  # noqa: S324 # what ESSCertID is made of
    named = sequence(sequence(sequence(tlv(4, digest))))
    assert isinstance(_check(Token(attributes={ESS_1: named, ESS_2: None}).der()), TimestampProved)
    assert isinstance(_check(Token(attributes={ESS_1: named}).der()), TimestampProved)


def test_a_stated_algorithm_of_the_name_is_used() -> None:
    digest = hashlib.sha512(signer().der).digest()
    stated = sequence(sequence(sequence(algorithm(SHA_OIDS["sha512"]), tlv(4, digest))))
    assert isinstance(_check(Token(attributes={ESS_2: stated}).der()), TimestampProved)


def test_what_is_not_critical_and_not_understood_is_passed_over() -> None:
    own = own_signer(
        "odd", (STAMPING, True), (UNKNOWN, False), (key_usage(digital_signature=True), True)
    )
    unsigned = tlv(0xA1, sequence(oid("1.2.3"), tlv(0x31, integer(1))))
    behind = tlv(0xA1, sequence(oid("1.2.3"), tlv(4, b"x")))
    token = Token(signer=own, unsigned=unsigned, behind_time=behind)
    assert isinstance(_check(token.der()), TimestampProved)


REFUTED: dict[str, tuple[Any, str]] = {
    "another imprint": (lambda: Token(imprint=bytes(32)), "timestamp-imprint"),
    "a changed signature": (
        lambda: Token(signature=b"\x30\x06\x02\x01\x01\x02\x01\x01"),
        "timestamp-signature",
    ),
    "a signature that is no DER": (lambda: Token(signature=b"signature"), "timestamp-signature"),
    "another key": (lambda: Token(signed_by=key_of("p256-other")), "timestamp-signature"),
    "another digest": (
        lambda: Token(attributes={"1.2.840.113549.1.9.4": tlv(4, bytes(32))}),
        "timestamp-content",
    ),
    "another content type": (
        lambda: Token(attributes={"1.2.840.113549.1.9.3": oid("1.2.840.113549.1.7.1")}),
        "timestamp-content",
    ),
    "a certificate that is not named": (
        lambda: Token(attributes={ESS_2: None}),
        "timestamp-certificate-not-named",
    ),
    "another certificate named": (
        lambda: Token(attributes={ESS_2: sequence(sequence(sequence(tlv(4, bytes(32)))))}),
        "timestamp-certificate-other",
    ),
    "another certificate named the old way": (
        lambda: Token(attributes={ESS_1: sequence(sequence(sequence(tlv(4, bytes(20)))))}),
        "timestamp-certificate-other",
    ),
    "no usage": (lambda: Token(signer=own_signer("no usage")), "timestamp-usage"),
    "usage not critical": (
        lambda: Token(signer=own_signer("not critical", (STAMPING, False))),
        "timestamp-usage",
    ),
    "another usage beside it": (
        lambda: Token(
            signer=own_signer(
                "two usages",
                (usages(ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING), True),
            )
        ),
        "timestamp-usage",
    ),
    "another usage": (
        lambda: Token(
            signer=own_signer("other usage", (usages(ExtendedKeyUsageOID.SERVER_AUTH), True))
        ),
        "timestamp-usage",
    ),
    "a key that may not sign": (
        lambda: Token(
            signer=own_signer("crl only", (STAMPING, True), (key_usage(crl_sign=True), True))
        ),
        "timestamp-usage",
    ),
    "expired": (
        lambda: Token(signer=own_signer("expired", (STAMPING, True), years=(2020, 2025))),
        "timestamp-validity",
    ),
    "not yet valid": (
        lambda: Token(signer=own_signer("early", (STAMPING, True), years=(2030, 2035))),
        "timestamp-validity",
    ),
    "a forged issuer": (
        lambda: Token(
            signer=certificate(
                "forged",
                key_of("p256-own"),
                certificate("root p256-root", key_of("p256-evil"), extensions=[(CA, True)]),
                extensions=[(STAMPING, True)],
            )
        ),
        "timestamp-chain-signature",
    ),
}


@pytest.mark.parametrize(("make", "code"), REFUTED.values(), ids=REFUTED)
def test_a_token_that_is_wrong_is_refuted(make: Any, code: str) -> None:
    found = _check(make().der())
    assert isinstance(found, TimestampRefuted), found
    assert found.code == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"extensions": []}, "timestamp-chain-authority"),
        (
            {"extensions": [(x509.BasicConstraints(ca=False, path_length=None), True)]},
            "timestamp-chain-authority",
        ),
        (
            {"extensions": [(CA, True), (key_usage(crl_sign=True), True)]},
            "timestamp-chain-authority",
        ),
        (
            {"extensions": [(CA, True), (usages(ExtendedKeyUsageOID.SERVER_AUTH), False)]},
            "timestamp-chain-authority",
        ),
        ({"extensions": [(CA, True)], "years": (2020, 2025)}, "timestamp-validity"),
    ],
)
def test_a_chain_that_breaks_a_rule_is_refuted(changes: dict[str, Any], code: str) -> None:
    found = _check(below(3, **changes).der())
    assert isinstance(found, TimestampRefuted), found
    assert found.code == code


def test_a_path_that_is_longer_than_an_authority_allows_is_refuted() -> None:
    short = x509.BasicConstraints(ca=True, path_length=0)
    last, carried = chain(4, extensions=[(short, True)])
    found = _check(Token(signer=last, certificates=carried).der())
    assert isinstance(found, TimestampRefuted)
    last, carried = chain(3, extensions=[(short, True)])
    assert isinstance(_check(Token(signer=last, certificates=carried).der()), TimestampProved)


def test_a_root_that_was_not_valid_then_does_not_prove() -> None:
    old = certificate("old root", key_of("p256-root"), extensions=[(CA, True)], years=(2010, 2025))
    own = certificate("below old", key_of("p256-own"), old, extensions=[(STAMPING, True)])
    found = _check(Token(signer=own).der(), (old.der,))
    assert isinstance(found, TimestampRefuted)
    assert found.code == "timestamp-validity"
