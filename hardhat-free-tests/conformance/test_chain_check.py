"""``lianzheng chain check`` on real nodes, and on nodes that answer as other clients do."""

import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from harness.commands import Cli
from harness.geth import CHAIN_ID, Geth
from harness.member import Member
from harness.restricted import bonsai, lacking, pruned, quorum
from harness.rpc_node import Answer, Refusal, RestrictedNode, post, until
from vectors.reading import cases

from ledger.chain.endpoints import place_of
from ledger.chain.fitness import Fit, FitFinding, Probe, WantedChain, conclusion, look_over
from ledger.chain.fitness_blocks import judged, kind_of
from ledger.chain.fitness_calls import CHECKS, NEEDED
from ledger.devchain.supervisor import DevelopmentChainWarning, Supervisor
from node.words.catalogue import remedy, word


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervisor]:
    """The embedded chain with transactions; a block a second, so that its time is the clock's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DevelopmentChainWarning)
        chain = Supervisor(tmp_path_factory.mktemp("used"), port=0, block_time=0.05, heartbeat=1.0)
        with chain:
            home = tmp_path_factory.mktemp("member") / "home"
            Member.create(home, chain_url=chain.url).deploy()
            yield chain


def look(url: str, **wanted: Any) -> list[FitFinding]:
    return look_over(Probe(url, WantedChain(**wanted), time.time()), CHECKS)


def grades(found: list[FitFinding]) -> dict[str, str]:
    return {f"{each.check} {each.code}": each.grade for each in found if each.grade != "works"}


def through(
    upstream: str, table: Callable[[RestrictedNode], Mapping[str, Answer]], **wanted: Any
) -> list[FitFinding]:
    node = RestrictedNode({}, upstream)
    node.table = dict(table(node))
    with node:
        return look(node.url, **wanted)


def fixed(**answers: Any) -> Callable[[RestrictedNode], Mapping[str, Answer]]:
    """Return a table of answers that do not depend on the question."""
    return lambda _node: {name: lambda _params, it=it: it for name, it in answers.items()}


def test_the_embedded_chain_is_fit(used: Supervisor) -> None:
    found = look(used.url, kind="dev", finality="instant", gas_price=0)
    assert grades(found) == {"fit-unused fit-not-needed": "otherwise"}, "no debug_getRawHeader"
    assert conclusion(found) is Fit.FINE
    for each in found:
        for language in ("zh", "en"):
            said = word(each.code, language, each.params)
            assert said != each.code
            assert "{" not in said
            if each.grade in ("costs", "unusable"):
                assert remedy(each.code, language, each.params)


def test_goquorum_is_fit_with_fallbacks(used: Supervisor) -> None:
    found = through(used.url, quorum, kind="dev", finality="instant", gas_price=0)
    assert conclusion(found) is Fit.FINE
    codes = [each.code for each in found if each.grade == "otherwise"]
    assert codes == [
        *("fit-not-needed", "fit-not-needed", "fit-not-needed", "fit-one-by-one"),
        *("fit-tag-missing", "fit-tag-missing"),
    ]
    assert {each.code for each in found} >= {"fit-receipts-prove", "fit-batches"}


def test_a_pruned_node_costs_the_proof_of_state(used: Supervisor) -> None:
    found = through(used.url, pruned)
    assert grades(found)["fit-proofs fit-proofs-short"] == "costs"
    assert conclusion(found) is Fit.COSTS
    found = through(used.url, lambda _node: lacking("eth_getProof"))
    assert grades(found)["fit-proofs fit-no-proofs"] == "costs"


def test_besu_s_window_of_states_is_measured(used: Supervisor) -> None:
    until(lambda: int(post(used.url, "eth_blockNumber"), 16) > 24, 60, 0.5)
    found = through(used.url, lambda node: bonsai(node, 20), finality="instant")
    assert grades(found).get("fit-proofs fit-proofs-short") is None
    found = through(used.url, lambda node: bonsai(node, 20), finality="12")
    (short,) = [each for each in found if each.code == "fit-proofs-short"]
    assert short.params == {"depth": 8, "needed": 20}


def test_a_node_that_lacks_what_is_needed_is_unusable(used: Supervisor) -> None:
    for method in NEEDED:
        found = through(used.url, lambda _node, it=method: lacking(it))
        assert conclusion(found) is Fit.UNUSABLE, method
    found = through(used.url, lambda _node: lacking("eth_sendRawTransaction"))
    (missing,) = [each for each in found if each.code == "fit-methods-missing"]
    assert missing.params == {"methods": "eth_sendRawTransaction"}


def test_false_answers_are_unusable(used: Supervisor) -> None:
    def receipts(node: RestrictedNode) -> dict[str, Answer]:
        def answer(params: list[Any]) -> Any:
            found = node.pass_on("eth_getBlockReceipts", params)
            return [{**each, "cumulativeGasUsed": "0x1"} for each in found]

        return {"eth_getBlockReceipts": answer}

    def header(node: RestrictedNode) -> dict[str, Answer]:
        def answer(params: list[Any]) -> Any:
            found = node.pass_on("eth_getBlockByNumber", params)
            return {**found, "gasUsed": "0x7"}

        return {"eth_getBlockByNumber": answer}

    def proof(node: RestrictedNode) -> dict[str, Answer]:
        def answer(params: list[Any]) -> Any:
            found = node.pass_on("eth_getProof", params)
            return {**found, "accountProof": ["0xc0"]}

        return {"eth_getProof": answer}

    for lie, code in (
        (receipts, "chain-receipts"),
        (header, "fit-header-unlike"),
        (proof, "fit-proofs-false"),
        (fixed(eth_call="0x" + "00" * 32), "fit-machine-other"),
        (fixed(eth_chainId="0x5"), "fit-machine-other"),
    ):
        found = through(used.url, lie)
        assert code in {each.code for each in found if each.grade == "unusable"}
        assert conclusion(found) is Fit.UNUSABLE


def test_settings_that_do_not_fit_are_said(used: Supervisor) -> None:
    wrong = look(used.url, kind="clique", finality="instant", chain_id=5)
    codes = {each.code for each in wrong if each.grade == "unusable"}
    assert codes == {"fit-kind-other", "chain-id"}
    high = through(used.url, fixed(eth_gasPrice="0x3b9aca00"), gas_price=0)
    assert grades(high)["fit-fees fit-price-zero-unsure"] == "otherwise"


@pytest.mark.parametrize(
    ("kind", "policy", "tagged", "grade"),
    [
        ("qbft-header", "instant", None, "works"),
        ("qbft-contract", "12", None, "otherwise"),
        ("clique", "instant", None, "unusable"),
        ("clique", "finalized", None, "unusable"),
        ("clique", "12", None, "works"),
        ("ethereum", "finalized", 9, "works"),
        ("ethereum", "instant", 9, "unusable"),
        ("dev", "instant", 9, "works"),
    ],
)
def test_a_finality_policy_fits_a_kind_of_chain(
    kind: Any, policy: str, tagged: int | None, grade: str
) -> None:
    assert judged(kind, policy, tagged=tagged)[0] == grade


QBFT = [pytest.param(block, id=name) for name, block in cases("qbft") if "header" in block]


@pytest.mark.parametrize("block", QBFT)
def test_the_kind_of_a_qbft_chain_is_found_in_its_header(block: dict[str, Any]) -> None:
    with RestrictedNode({"eth_getBlockByNumber": lambda _params: block["header"]}) as node:
        probe = Probe(node.url, WantedChain(), time.time())
        assert kind_of(probe) == f"qbft-{block['validator_mode']}"


def test_a_clock_that_differs_and_a_chain_that_stands_still_are_said(used: Supervisor) -> None:
    for seconds, code, grade in ((-500, "fit-early", "unusable"), (2000, "fit-quiet", "costs")):
        probe = Probe(used.url, WantedChain(), 0)
        probe.now = probe.latest.timestamp + seconds  # type: ignore[misc]  # for the test
        found = look_over(probe, {"fit-clock": CHECKS["fit-clock"]})
        assert [(each.code, each.grade) for each in found] == [(code, grade)]
    assert "fit-syncing" in {
        each.code for each in through(used.url, fixed(eth_syncing={"currentBlock": "0x1"}))
    }


def test_a_busy_node_costs_and_one_that_is_silent_is_unusable(used: Supervisor) -> None:
    def busy(_params: list[Any]) -> Any:
        raise Refusal(-32005, "rate limit exceeded")

    found = through(used.url, lambda _node: {"eth_call": busy})
    assert conclusion(found) in (Fit.COSTS, Fit.UNUSABLE)
    (silent,) = look("http://127.0.0.1:1")
    assert (silent.code, silent.grade) == ("chain-unreachable", "unusable")


def test_a_real_geth_with_clique_is_fit(geth: Geth) -> None:
    geth.fund(b"\x31" * 20)
    found = look(geth.url, kind="clique", finality="3", chain_id=CHAIN_ID)
    assert conclusion(found) is Fit.FINE, grades(found)
    codes = {each.code for each in found}
    assert {"fit-receipts-prove", "fit-in-one-call", "fit-machine-runs", "fit-paid"} <= codes
    assert "fit-not-needed" not in codes, "it has all of them"
    tags = [each.params["tag"] for each in found if each.code == "fit-tag-missing"]
    assert tags == ["finalized", "safe"]
    wrong = look(geth.url, kind="clique", finality="finalized", gas_price=0)
    assert {each.code for each in wrong if each.grade == "unusable"} == {
        "fit-finality-never", "fit-price-too-low",
    }  # fmt: skip


def test_the_command_says_it_and_ends_with_the_worst(used: Supervisor, tmp_path: Path) -> None:
    cli = Cli(tmp_path / "home", used.url, inside=True)
    done = cli.run("chain", "check", used.url)
    assert done.code == 0, done.err
    assert f"链节点接口检查：{place_of(used.url)}" in done.out
    assert "结论：可用。" in done.out
    node = RestrictedNode({}, used.url)
    node.table = pruned(node)
    with node:
        done = cli.run("chain", "check", used.url, node.url, "--json")
    assert done.code == 3
    assert done.json["conclusion"] == "costs"
    assert [each["conclusion"] for each in done.json["nodes"]] == ["fine", "costs"]
    assert cli.run("chain", "check", used.url, "--chain-id", "5").code == 1
    assert cli.run("chain", "check", "http://127.0.0.1:1").code == 1
    assert cli.run("chain", "check").code == 15, "no node, no address"


def test_without_an_address_those_of_the_settings_are_looked_at(
    used: Supervisor, tmp_path: Path
) -> None:
    cli = Cli(tmp_path / "home", used.url, inside=True)
    cli.ok("init", "--name", "示范银行", "--origin", "lianzheng.example/check")
    found = cli.ok("chain", "check")
    assert [each["place"] for each in found["nodes"]] == [place_of(used.url)]
