"""An authority over HTTP: what it answers is verified; what is no answer, or a lie, is told apart."""

import base64
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from harness.timestamp_authority import OTHER_POLICY, POLICY, LocalAuthority

from ledger.errors import ConfigurationError, IntegrityError, RefusedError, UnavailableError
from ledger.proof.timestamp import check_token
from ledger.proof.timestamp_findings import TimestampProved
from ledger.tsa.authority import BOUNDS, Credential, HttpAuthority
from ledger.tsa.exchange import public_address
from ledger.tsa.query import encode_oid
from ledger.tsa.roots import read_roots

MESSAGE = b"lianzheng.example/bank-a/g0\n3\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n"


@pytest.fixture
def served() -> Iterator[LocalAuthority]:
    with LocalAuthority() as authority:
        yield authority


def asking(
    served: LocalAuthority, *, roots: tuple[bytes, ...] = (), **more: object
) -> HttpAuthority:
    return HttpAuthority("local", served.url, lambda: roots or (served.root_der,), **more)  # type: ignore[arg-type]  # options of the test


def test_a_token_is_verified_and_comes_with_its_chain(served: LocalAuthority) -> None:
    stamped = asking(served).stamp(MESSAGE)
    found = check_token(
        stamped.token, imprint_sha256=sha256(MESSAGE).digest(), roots=[served.root_der]
    )
    assert isinstance(found, TimestampProved)
    assert found.gen_time == stamped.gen_time
    assert abs(stamped.gen_time - datetime.now(UTC)) < timedelta(minutes=1)
    assert stamped.certificates[-1] == served.root_der
    assert len(stamped.certificates) == 2
    assert stamped.valid_until == served.signer.not_valid_after_utc


def test_every_question_has_its_own_nonce(served: LocalAuthority) -> None:
    authority = asking(served)
    authority.stamp(MESSAGE)
    authority.stamp(MESSAGE)
    first, second = served.queries
    assert first != second
    assert served.headers["content-type"] == "application/timestamp-query"


def test_the_policy_is_asked_for_and_compared(served: LocalAuthority) -> None:
    asking(served, policy=OTHER_POLICY).stamp(MESSAGE)
    other, own = encode_oid(OTHER_POLICY), encode_oid(POLICY)
    served.change_query = lambda query: query.replace(other, own)
    with pytest.raises(IntegrityError, match="Policy"):
        asking(served, policy=OTHER_POLICY).stamp(MESSAGE)


def test_a_policy_that_is_not_offered_is_a_refusal(served: LocalAuthority) -> None:
    with pytest.raises(RefusedError, match="timestamp-denied"):
        asking(served, policy="1.2.3.4.99").stamp(MESSAGE)


def test_an_answer_to_another_question_is_a_lie(served: LocalAuthority) -> None:
    """Wrong nonce: the answer of before. Wrong imprint: another message under the right nonce."""
    asking(served).stamp(MESSAGE)
    before = served.queries[0]
    served.change_query = lambda _query: before
    with pytest.raises(IntegrityError, match="Nonce"):
        asking(served).stamp(MESSAGE)
    own, other = sha256(MESSAGE).digest(), sha256(b"other").digest()
    served.change_query = lambda query: query.replace(own, other)
    with pytest.raises(IntegrityError, match="Mismatch"):
        asking(served).stamp(MESSAGE)


def test_a_foreign_root_is_a_lie(served: LocalAuthority) -> None:
    with LocalAuthority("Foreign") as foreign, pytest.raises(IntegrityError, match="certificates"):
        asking(served, roots=(foreign.root_der,)).stamp(MESSAGE)


def test_a_certificate_that_expired_signs_nothing(served: LocalAuthority) -> None:
    now = datetime.now(UTC)
    served.renew_certificate(now - timedelta(days=400), now - timedelta(days=30))
    with pytest.raises(IntegrityError, match="timestamp-not-verified"):
        asking(served).stamp(MESSAGE)


def test_a_changed_signature_is_a_lie(served: LocalAuthority) -> None:
    served.change_answer = lambda answer: answer[:-1] + bytes([answer[-1] ^ 1])
    with pytest.raises(IntegrityError, match="timestamp-not-verified"):
        asking(served).stamp(MESSAGE)


def test_granted_with_modifications_is_granted(served: LocalAuthority) -> None:
    """The status lies outside the signature; what was asked for is looked at in the token."""
    granted, modified = b"\x30\x03\x02\x01\x00", b"\x30\x03\x02\x01\x01"
    served.change_answer = lambda answer: answer.replace(granted, modified, 1)
    assert asking(served).stamp(MESSAGE).token


@pytest.mark.parametrize("garbage", [b"", b"\x30", b"<html>", bytes(1000), b"\x30\x82\xff\xff" * 9])
def test_garbage_is_no_answer(served: LocalAuthority, garbage: bytes) -> None:
    served.change_answer = lambda _answer: garbage
    with pytest.raises(UnavailableError, match="timestamp-no-answer"):
        asking(served).stamp(MESSAGE)


@pytest.mark.parametrize("status", [302, 404, 429, 500, 503])
def test_another_status_is_no_answer_and_nothing_is_followed(
    served: LocalAuthority, status: int
) -> None:
    served.status = status
    with pytest.raises(UnavailableError, match=f"HTTP {status}"):
        asking(served).stamp(MESSAGE)
    assert len(served.queries) == 1


def test_another_media_type_is_no_answer(served: LocalAuthority) -> None:
    served.media_type = "text/html"
    with pytest.raises(UnavailableError, match="text/html"):
        asking(served).stamp(MESSAGE)


def test_an_oversized_answer_is_cut_off(served: LocalAuthority) -> None:
    served.change_answer = lambda answer: answer + bytes(BOUNDS.size)
    with pytest.raises(UnavailableError, match="timestamp-answer-too-large"):
        asking(served).stamp(MESSAGE)


def test_a_slow_answer_is_given_up_although_bytes_keep_coming(served: LocalAuthority) -> None:
    served.pause = 0.05
    start = time.monotonic()
    with pytest.raises(UnavailableError, match="TimeoutError"):
        asking(served, bounds=replace(BOUNDS, seconds=0.4)).stamp(MESSAGE)
    assert time.monotonic() - start < 3


def test_nobody_at_the_address_is_an_outage(served: LocalAuthority) -> None:
    authority = HttpAuthority("nobody", "http://127.0.0.1:1", lambda: (served.root_der,))
    with pytest.raises(UnavailableError, match="timestamp-unreachable"):
        authority.stamp(MESSAGE)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://tsa.example/", "file:///etc/passwd", "https://user:" + "x@tsa.example/", "tsa.example",
        "https://", "http://tsa.example/#x", "http://tsa.example:port/", "http://tsa.example/a b",
    ],
)  # fmt: skip
def test_only_plain_web_addresses_are_taken(url: str) -> None:
    with pytest.raises(ConfigurationError, match="timestamp-url"):
        HttpAuthority("wrong", url, tuple)


def test_a_secret_goes_into_a_header_and_nowhere_else(
    served: LocalAuthority, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_text("bank-a:s3cret\n")
    asking(served, credential=Credential(file, None)).stamp(MESSAGE)
    encoded = base64.b64encode(b"bank-a:s3cret").decode()
    assert served.headers["authorization"] == f"Basic {encoded}"
    asking(served, credential=Credential(file, "X-Api-Key")).stamp(MESSAGE)
    assert served.headers["x-api-key"] == "bank-a:s3cret"
    served.status = 401
    with pytest.raises(ConfigurationError, match="timestamp-forbidden") as told:
        asking(served, credential=Credential(file, None)).stamp(MESSAGE)
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize("content", [None, "", "without-colon", "line\nbreak:x"])
def test_an_unusable_secret_is_told_before_anything_is_asked(
    served: LocalAuthority, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ConfigurationError, match="timestamp-secret"):
        asking(served, credential=Credential(file, None)).stamp(MESSAGE)
    assert served.queries == []


def test_a_secret_is_never_sent_in_clear(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="timestamp-secret-in-clear"):
        HttpAuthority("clear", "http://tsa.example/", tuple, credential=Credential(tmp_path, None))


def test_the_list_of_the_chain_is_fetched_and_checked(served: LocalAuthority) -> None:
    authority = asking(served)
    chain = authority.stamp(MESSAGE).certificates
    (found,) = authority.revocation(chain)
    assert found.url == f"{served.url}/root.crl"
    assert found.next_update is not None
    served.lists = False
    assert authority.revocation(chain) == ()


def test_a_list_that_its_issuer_did_not_sign_is_left_out(served: LocalAuthority) -> None:
    authority = asking(served)
    chain = authority.stamp(MESSAGE).certificates
    served._root_key = ec.generate_private_key(ec.SECP256R1())
    assert authority.revocation(chain) == ()


def test_a_revoked_certificate_is_told(served: LocalAuthority) -> None:
    authority = asking(served)
    chain = authority.stamp(MESSAGE).certificates
    assert [each.revokes for each in authority.revocation(chain)] == [False]
    served.revoke()
    assert [each.revokes for each in authority.revocation(chain)] == [True]


def test_addresses_from_certificates_do_not_reach_into_the_own_network(
    served: LocalAuthority,
) -> None:
    """The list lies on 127.0.0.1, which is allowed only because the authority itself does."""
    chain = asking(served).stamp(MESSAGE).certificates
    elsewhere = HttpAuthority("elsewhere", "https://tsa.example/", tuple)
    assert elsewhere.revocation(chain) == ()
    for url in (
        "http://127.0.0.1/",
        "http://10.0.0.1/x",
        "http://[::1]/",
        "http://169.254.169.254/",
    ):
        with pytest.raises(ConfigurationError, match="timestamp-url"):
            public_address(url)
    with pytest.raises(ConfigurationError, match="timestamp-url"):
        public_address("http://8.8.8.8:8080/")
    assert public_address("http://8.8.8.8/") == "8.8.8.8"


@pytest.mark.parametrize("policy", ["", "1", "3.1.1", "1.40.1", "1.x.2", "1.2.", "1." * 40])
def test_a_policy_is_an_object_identifier(served: LocalAuthority, policy: str) -> None:
    with pytest.raises(ConfigurationError, match="timestamp-policy"):
        asking(served, policy=policy).stamp(MESSAGE)


def test_roots_come_from_a_file_of_pem(served: LocalAuthority, tmp_path: Path) -> None:
    file = tmp_path / "roots.pem"
    file.write_bytes(served.root_pem * 2)
    assert read_roots(file) == (served.root_der, served.root_der)
    file.write_bytes(b"no PEM")
    with pytest.raises(ConfigurationError, match="timestamp-roots"):
        read_roots(file)
    with pytest.raises(ConfigurationError, match="timestamp-roots"):
        read_roots(tmp_path / "missing.pem")
