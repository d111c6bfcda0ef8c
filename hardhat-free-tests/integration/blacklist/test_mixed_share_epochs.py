"""Shares of two dealings of one key: every proof holds, and what they give together is of no key."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from harness.evaluators import Holders

from blacklist.curve import points
from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import fill_random
from blacklist.domain.keygen.polynomials import Polynomial
from blacklist.domain.oprf.threshold import coefficients
from blacklist.services.evaluating import Evaluator
from ledger.errors import UnavailableError

PERSON = b"lz-blacklist/v1|id|person"
REFRESHED = 2
"""The server whose share was dealt anew."""


@pytest.fixture
def holders(tmp_path: Path) -> Iterator[Holders]:
    made = Holders.make(tmp_path, 5, 3)
    yield made
    made.close()


def _deal_anew(holders: Holders) -> None:
    """Let one server, and what the caller knows of it, be of another dealing of the same key."""
    key, *_ = holders.polynomial.coefficients
    anew = Polynomial.through(key, holders.held.threshold, fill_random)

    def share(_self: Evaluator, _held: object, own: int, servers: tuple[int, ...]) -> Scalar:
        dealt = anew.at(own)
        return coefficients(servers)[own] * dealt if servers else dealt

    server = holders.servers[REFRESHED]
    refreshed = type("Refreshed", (Evaluator,), {"_share": share})
    fields = {name: getattr(server.evaluator, name) for name in Evaluator.__slots__}
    server.evaluator = refreshed(**fields)
    keys = holders.held.keys
    shares = {**keys.share_keys, REFRESHED: points.multiply_base(anew.at(REFRESHED))}
    holders.held = replace(holders.held, keys=replace(keys, share_keys=shares))


@pytest.mark.parametrize("way", ["single", "batch"])
def test_answers_of_two_share_epochs_are_not_combined(holders: Holders, way: str) -> None:
    _deal_anew(holders)
    with pytest.raises(UnavailableError, match="evaluation-epochs-mixed"):
        getattr(holders.asker(), way)(holders.asking(PERSON), holders.order())
    assert holders.accused == [], "every proof held"


@pytest.mark.parametrize("way", ["single", "batch"])
def test_without_the_other_one_they_are(holders: Holders, way: str) -> None:
    _deal_anew(holders)
    asking = holders.asking(PERSON)
    order = [each for each in holders.order() if each.index != REFRESHED]
    found = getattr(holders.asker(), way)(asking, order)
    assert [each.reveal() for each in asking.batch.secrets(found)] == [holders.expected(PERSON)]
