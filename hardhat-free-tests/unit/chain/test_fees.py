"""What a transaction offers to pay, first and again."""

from harness.rpc_node import RestrictedNode

from ledger.chain.fees import FeePolicy
from ledger.chain.rpc import Rpc


def test_the_node_is_asked_only_where_the_settings_say_nothing() -> None:
    with RestrictedNode({"eth_gasPrice": lambda _: "0x64"}) as node:
        rpc = Rpc(node.url)
        assert FeePolicy(None).price(rpc, above=None) == 100
        assert FeePolicy(7).price(rpc, above=None) == 7
        assert len(node.calls) == 1


def test_a_replacement_pays_more_than_clients_ask_for() -> None:
    with RestrictedNode({"eth_gasPrice": lambda _: "0x64"}) as node:
        rpc = Rpc(node.url)
        assert FeePolicy(None).price(rpc, above=10) == 100
        for before in (1, 100, 10**9, 10**18):
            again = FeePolicy(1).price(rpc, above=before)
            assert again * 10 >= before * 11
            assert again > before


def test_nothing_is_paid_on_a_network_without_fees_not_even_for_a_replacement() -> None:
    """The account is empty, and GoQuorum refuses any price but 0."""
    assert FeePolicy(0).price(Rpc("http://127.0.0.1:9"), above=0) == 0
