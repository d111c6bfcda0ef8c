"""Judging the endpoints of one chain against each other, and what is remembered of each."""

from itertools import pairwise
from typing import Any

import pytest

from ledger.chain import endpoints as module
from ledger.chain.endpoints import ChainEndpoints, Expected, Judgement, place_of, read_addresses
from ledger.chain.rpc import Rpc
from ledger.chain.surveying import Sighting, common_height, judge
from ledger.errors import ConfigurationError, UnavailableError
from ledger.ports.chain import BlockRef

NOW = 1_000_000.0


def sighting(height: int = 100, *, ago: float = 1, chain: int = 7, genesis: int = 1) -> Sighting:
    block = BlockRef(number=height, block_hash=bytes(32), timestamp=int(NOW - ago))
    return Sighting(chain, bytes([genesis]) * 32, block, height)


def states(*sightings: Sighting, expected: int | None = None) -> dict[int, str]:
    found = judge(dict(enumerate(sightings)), Expected(expected), NOW)
    return {at: f"{each.state} {each.reason}" for at, each in found.items()}


def test_endpoints_that_agree_are_all_well() -> None:
    assert states(sighting(), sighting(101), sighting(99, ago=3)) == {}


def test_one_of_another_chain_contradicts() -> None:
    other = sighting(chain=8)
    assert states(sighting(), other, sighting()) == {1: "contradicts endpoint-chain-id"}
    assert states(other, sighting(), expected=7) == {0: "contradicts endpoint-chain-id"}
    assert states(sighting(), other) == {1: "contradicts endpoint-chain-id"}, (
        "the first is believed"
    )


def test_one_with_another_genesis_contradicts() -> None:
    other = sighting(genesis=2)
    assert states(other, sighting(), sighting()) == {0: "contradicts endpoint-genesis"}
    assert states(other, sighting()) == {1: "contradicts endpoint-genesis"}


def test_one_whose_blocks_are_old_and_low_is_behind() -> None:
    assert states(sighting(), sighting(50, ago=60)) == {1: "behind endpoint-old"}
    assert states(sighting(), sighting(99, ago=60)) == {}, (
        "the others' newest block may be a second old"
    )
    assert states(sighting(), sighting(90, ago=10)) == {}, "blocks are fast there"


def test_a_block_of_the_future_is_not_believed_unless_all_have_it() -> None:
    early = sighting(900, ago=-1000)
    assert states(sighting(), early) == {1: "contradicts endpoint-future"}
    assert states(early, early) == {}, "this machine's clock is behind"


def test_blocks_are_compared_at_the_lowest_final_height() -> None:
    assert common_height({0: sighting(100), 1: sighting(97)}) == 97
    assert common_height({0: sighting(100)}) is None


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    return now


def surveyed(known: ChainEndpoints, **found: Any) -> tuple[int, ...]:
    due = known.begin_survey()
    assert due is not None
    known.end_survey({at: found[f"e{at}"] for at in due if f"e{at}" in found})
    return due


@pytest.mark.usefixtures("clock")
def test_who_works_comes_first_and_who_contradicts_is_never_asked() -> None:
    known = ChainEndpoints(["http://a", "http://b", "http://c", "http://d"])
    lies, silent = Judgement("contradicts", "endpoint-block"), Judgement("silent", "x")
    surveyed(known, e0=lies, e1=silent, e2=Judgement("behind", "x"), e3=Judgement("works"))
    assert known.order() == (3, 2, 1)
    assert [each.used for each in known.views()] == [False, False, False, True]
    assert known.alarms() == (
        "chain-endpoint-silent",
        "chain-endpoint-behind",
        "chain-endpoint-contradicts",
    )


def test_a_silent_one_is_looked_at_ever_more_rarely_and_then_used_again(clock: list[float]) -> None:
    known = ChainEndpoints(["http://a", "http://b"])
    works, silent = Judgement("works"), Judgement("silent", "x")
    assert surveyed(known, e0=silent, e1=works) == (0, 1)
    assert known.begin_survey() is None, "nothing is due"
    looked = []
    for _ in range(300):
        clock[0] += 1
        due = known.begin_survey()
        if due is not None:
            known.end_survey({at: silent if at == 0 else works for at in due})
            if 0 in due:
                looked.append(clock[0])
    gaps = [int(b - a) for a, b in pairwise(looked)]
    assert gaps == sorted(gaps)
    assert gaps[-1] == 80
    assert known.order() == (1, 0)
    clock[0] += 100
    surveyed(known, e0=works, e1=works)
    assert known.order() == (0, 1)


def test_false_receipts_are_remembered_although_a_survey_sees_nothing(clock: list[float]) -> None:
    known = ChainEndpoints(["http://a", "http://b"])
    works = Judgement("works")
    surveyed(known, e0=works, e1=works)
    known.distrust(0)
    clock[0] += 20
    surveyed(known, e0=works, e1=works)
    assert known.order() == (1,)
    clock[0] += 600
    surveyed(known, e0=works, e1=works)
    assert known.order() == (0, 1)


def test_the_next_endpoint_has_to_have_what_was_seen(clock: list[float]) -> None:
    known = ChainEndpoints(["http://a", "http://b"])
    known.using(0)
    known.saw(120)
    known.saw(119)
    assert (known.must_have(0), known.must_have(1)) == (0, 120)
    clock[0] += 31
    assert known.must_have(1) == 0


def test_one_survey_runs_at_a_time() -> None:
    known = ChainEndpoints(["http://a", "http://b"])
    assert known.begin_survey() == (0, 1)
    assert known.begin_survey(at_once=True) is None
    known.end_survey({})
    assert known.surveyed


def test_addresses_are_read_from_one_text() -> None:
    assert read_addresses("http://a:1/x") == ("http://a:1/x",)
    assert read_addresses(" http://a , https://b,") == ("http://a", "https://b")
    for wrong in ("", ",", "http://a,b", "ftp://a"):
        with pytest.raises(ConfigurationError, match="chain-url"):
            read_addresses(wrong)
    with pytest.raises(ConfigurationError, match="chain-url-several"):
        read_addresses("http://a,http://a")
    with pytest.raises(ConfigurationError, match="chain-url-several"):
        Rpc(",".join(f"http://n{at}" for at in range(17)))


def test_a_place_holds_no_secret() -> None:
    assert place_of("https://user@node.example:8545/v3/token?key=1") == "node.example:8545"


def test_when_nobody_answers_it_is_an_outage() -> None:
    with pytest.raises(UnavailableError, match="chain-unreachable"):
        Rpc("http://127.0.0.1:1,http://127.0.0.1:2").ask("eth_chainId")
