"""V13: tokens of a local authority, good and with one fault each, by verdict and code."""

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
    Certificate,
    Token,
    algorithm,
    certificate,
    integer,
    key_of,
    oid,
    root,
    sequence,
    signer,
    tlv,
)

from ledger.proof.timestamp import check_token
from ledger.proof.timestamp_findings import (
    TimestampFinding,
    TimestampNotProvable,
    TimestampProved,
    TimestampRefuted,
)

ROOT = root().der
ESS_1 = "1.2.840.113549.1.9.16.2.12"
ESS_2 = "1.2.840.113549.1.9.16.2.47"
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")


def _check(token: bytes, roots: tuple[bytes, ...] = (ROOT,)) -> TimestampFinding:
    return check_token(token, imprint_sha256=IMPRINT, roots=roots)


def _usage(*usages: x509.ObjectIdentifier) -> x509.ExtendedKeyUsage:
    return x509.ExtendedKeyUsage(usages)


def _signer(
    name: str, *extensions: tuple[x509.ExtensionType, bool], kind: str = "p256-own", **more: Any
) -> Certificate:
    return certificate(
        name, key_of(kind), more.pop("issuer", root()), extensions=[*extensions], **more
    )


def _key_usage(**allowed: bool) -> x509.KeyUsage:
    names = "digital_signature content_commitment key_encipherment data_encipherment key_agreement"
    names += " key_cert_sign crl_sign encipher_only decipher_only"
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in names.split()})


def _chain(length: int, **changes: Any) -> tuple[Certificate, tuple[bytes, ...]]:
    """Return a signer and what its token carries, with so many certificates up to the root."""
    above, carried = root(), []
    for number in range(length - 2):
        name = f"authority {number} of {length} {sorted(changes)}"
        options = {"extensions": [(CA, True)]} | changes
        above = certificate(name, key_of(f"p256-{number}"), above, **options)
        carried.append(above.der)
    last = certificate(
        f"signer below {length}", key_of("p256-end"), above, extensions=[(STAMPING, True)]
    )
    return last, (last.der, *carried)


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
    last, carried = _chain(length)
    assert isinstance(_check(Token(signer=last, certificates=carried).der()), TimestampProved)


def test_the_signer_may_be_found_by_key_identifier_or_among_the_roots() -> None:
    name = x509.SubjectKeyIdentifier(b"identifier")
    named = _signer("by key", (STAMPING, True), (name, False))
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
    own = _signer(
        "odd", (STAMPING, True), (UNKNOWN, False), (_key_usage(digital_signature=True), True)
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
    "no usage": (lambda: Token(signer=_signer("no usage")), "timestamp-usage"),
    "usage not critical": (
        lambda: Token(signer=_signer("not critical", (STAMPING, False))),
        "timestamp-usage",
    ),
    "another usage beside it": (
        lambda: Token(
            signer=_signer(
                "two usages",
                (_usage(ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING), True),
            )
        ),
        "timestamp-usage",
    ),
    "another usage": (
        lambda: Token(
            signer=_signer("other usage", (_usage(ExtendedKeyUsageOID.SERVER_AUTH), True))
        ),
        "timestamp-usage",
    ),
    "a key that may not sign": (
        lambda: Token(
            signer=_signer("crl only", (STAMPING, True), (_key_usage(crl_sign=True), True))
        ),
        "timestamp-usage",
    ),
    "expired": (
        lambda: Token(signer=_signer("expired", (STAMPING, True), years=(2020, 2025))),
        "timestamp-validity",
    ),
    "not yet valid": (
        lambda: Token(signer=_signer("early", (STAMPING, True), years=(2030, 2035))),
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


def _below(length: int, **changes: Any) -> Token:
    last, carried = _chain(length, **changes)
    return Token(signer=last, certificates=carried)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"extensions": []}, "timestamp-chain-authority"),
        (
            {"extensions": [(x509.BasicConstraints(ca=False, path_length=None), True)]},
            "timestamp-chain-authority",
        ),
        (
            {"extensions": [(CA, True), (_key_usage(crl_sign=True), True)]},
            "timestamp-chain-authority",
        ),
        (
            {"extensions": [(CA, True), (_usage(ExtendedKeyUsageOID.SERVER_AUTH), False)]},
            "timestamp-chain-authority",
        ),
        ({"extensions": [(CA, True)], "years": (2020, 2025)}, "timestamp-validity"),
    ],
)
def test_a_chain_that_breaks_a_rule_is_refuted(changes: dict[str, Any], code: str) -> None:
    found = _check(_below(3, **changes).der())
    assert isinstance(found, TimestampRefuted), found
    assert found.code == code


def test_a_path_that_is_longer_than_an_authority_allows_is_refuted() -> None:
    short = x509.BasicConstraints(ca=True, path_length=0)
    last, carried = _chain(4, extensions=[(short, True)])
    found = _check(Token(signer=last, certificates=carried).der())
    assert isinstance(found, TimestampRefuted)
    last, carried = _chain(3, extensions=[(short, True)])
    assert isinstance(_check(Token(signer=last, certificates=carried).der()), TimestampProved)


def test_a_root_that_was_not_valid_then_does_not_prove() -> None:
    old = certificate("old root", key_of("p256-root"), extensions=[(CA, True)], years=(2010, 2025))
    own = certificate("below old", key_of("p256-own"), old, extensions=[(STAMPING, True)])
    found = _check(Token(signer=own).der(), (old.der,))
    assert isinstance(found, TimestampRefuted)
    assert found.code == "timestamp-validity"


NOT_PROVABLE: dict[str, tuple[Any, str]] = {
    "an unknown root": (
        lambda: Token(signer=signer("p256-x", root("p256-elsewhere"))).der(),
        "timestamp-no-trusted-root",
    ),
    "five certificates": (
        lambda: _below(5).der(),
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
        lambda: Token(signer=_signer("p521", (STAMPING, True), kind="p521")).der(),
        "timestamp-algorithm",
    ),
    "a short RSA key": (
        lambda: Token(signer=_signer("1024", (STAMPING, True), kind="1024")).der(),
        "timestamp-key-size",
    ),
    "an issuer's PSS": (
        lambda: Token(
            signer=_signer("pss", (STAMPING, True), issuer=root("2048-root"), pss=True)
        ).der(),
        "timestamp-algorithm",
    ),
    "revocation data inside": (lambda: Token(crls=tlv(0xA1, b"")).der(), "timestamp-revocation"),
    "an unknown critical extension": (
        lambda: Token(signer=_signer("critical", (STAMPING, True), (UNKNOWN, True))).der(),
        "timestamp-critical-extension",
    ),
    "an unknown critical extension above": (
        lambda: _below(3, extensions=[(CA, True), (UNKNOWN, True)]).der(),
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
