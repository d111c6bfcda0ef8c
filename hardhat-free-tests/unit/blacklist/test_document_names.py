"""A signed document counts under its own name only: what reads one kind takes no other."""

from collections.abc import Callable

import pytest
from harness.evaluators import Signer

from blacklist.domain.auditing.listing import LISTING, ListingHead
from blacklist.domain.protocol.challenges import CHALLENGE_REFUSAL, ChallengeRefusal
from blacklist.domain.protocol.documents import SignedDocument, sign
from ledger.errors import MalformedError
from ledger.primitives.canonical import JsonValue

HEAD = ListingHead(1, b"\x01" * 32, b"\x02" * 32, 0, 0, bytes(32))
REFUSAL = ChallengeRefusal(1, b"\x01" * 32, "evaluation-budget")


@pytest.mark.parametrize(
    ("name", "value", "read", "said"),
    [
        (LISTING, HEAD.to_json(), ListingHead.read, HEAD),
        (CHALLENGE_REFUSAL, REFUSAL.to_json(), ChallengeRefusal.read, REFUSAL),
    ],
)
def test_a_document_is_read_under_its_name_only(
    name: str, value: JsonValue, read: Callable[[SignedDocument], object], said: object
) -> None:
    signer = Signer()
    assert read(sign(name, value, signer.sign)) == said
    with pytest.raises(MalformedError, match="statement-form"):
        read(sign("another", value, signer.sign))
