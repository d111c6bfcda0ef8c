"""V13 on tokens that ``openssl ts`` made, compared with rfc3161-client."""

from base64 import b64decode
from typing import Any

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st
from rfc3161_client import VerifierBuilder, decode_timestamp_response
from rfc3161_client.errors import VerificationError
from unit.proof_chain.authority import IMPRINT, Token, root
from vectors.reading import cases

from ledger.proof.timestamp import check_token
from ledger.proof.timestamp_findings import (
    TimestampNotProvable,
    TimestampProved,
    TimestampRefuted,
)
from ledger.proof.timestamp_token import token_in

TOKENS = cases("timestamp")
NAMES = {
    TimestampProved: "proved",
    TimestampRefuted: "refuted",
    TimestampNotProvable: "not_provable",
}


def _other_accepts(response: bytes, roots: list[bytes], imprint: bytes) -> bool:
    builder = VerifierBuilder()
    for each in roots:
        builder = builder.add_root_certificate(x509.load_der_x509_certificate(each))
    try:
        return bool(builder.build().verify(decode_timestamp_response(response), imprint))
    except (VerificationError, ValueError):
        return False


@pytest.mark.parametrize(("name", "case"), TOKENS, ids=[name for name, _ in TOKENS])
def test_tokens_of_openssl_have_their_verdict(name: str, case: dict[str, Any]) -> None:
    token = b64decode(case["token"])
    roots = [b64decode(each) for each in case["roots"]]
    found = check_token(token, imprint_sha256=bytes.fromhex(case["imprint"]), roots=roots)
    assert NAMES[type(found)] == case["verdict"], (name, found)
    if isinstance(found, TimestampProved):
        assert found.gen_time.isoformat() == case["gen_time"]
        accepted = _other_accepts(token, roots, bytes.fromhex(case["imprint"]))
        # It wants a token's certificates sorted, which openssl does not do.
        assert accepted or name == "authority-between"
    else:
        assert found.code == case["code"]


GOOD = Token().response()
BARE = token_in(GOOD)
"""The token without the response around it: as good, for the response is not signed."""


@given(st.integers(0, 8 * len(GOOD) - 1))
@settings(max_examples=250, deadline=None)
def test_a_flipped_bit_is_proved_only_if_another_verifier_agrees(bit: int) -> None:
    flipped = bytearray(GOOD)
    flipped[bit // 8] ^= 1 << bit % 8
    found = check_token(bytes(flipped), imprint_sha256=IMPRINT, roots=[root().der])
    if isinstance(found, TimestampProved):
        assert found.gen_time.year == 2026
        # Byte 8 is the response's status: "granted with modifications" is as good for us.
        assert bit // 8 == 8 or _other_accepts(bytes(flipped), [root().der], IMPRINT)


@given(st.binary(max_size=200), st.integers(0, len(GOOD)), st.integers(0, 20))
@settings(max_examples=150, deadline=None)
def test_arbitrary_bytes_are_answered_and_never_proved(data: bytes, at: int, cut: int) -> None:
    spliced = GOOD[:at] + data + GOOD[at + cut :]
    for token in (data, spliced):
        found = check_token(token, imprint_sha256=IMPRINT, roots=[root().der])
        assert token in {GOOD, BARE} or not isinstance(found, TimestampProved)
