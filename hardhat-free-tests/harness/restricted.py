"""Clients that answer less, or in another form, as tables in front of a real node (``rpc_node``)."""

from typing import Any

from harness.rpc_node import Answer, Refusal, RestrictedNode


def lacking(*methods: str) -> dict[str, Answer]:
    """Return refusals as geth and GoQuorum word them."""

    def refusal(method: str) -> Answer:
        def refuse(_params: list[Any]) -> Any:
            raise Refusal(-32601, f"the method {method} does not exist/is not available")

        return refuse

    return {method: refusal(method) for method in methods}


def quorum(node: RestrictedNode) -> dict[str, Answer]:
    """Return how GoQuorum 24.4 answers where it differs."""

    def block(params: list[Any]) -> Any:
        if params[0] in ("finalized", "safe"):
            raise Refusal(-32602, "invalid argument 0: hex string without 0x prefix")
        return node.pass_on("eth_getBlockByNumber", params)

    def receipt(params: list[Any]) -> Any:
        found = node.pass_on("eth_getTransactionReceipt", params)
        return found and {**found, "isPrivacyMarkerTransaction": False}

    return {
        **lacking("eth_getBlockReceipts", "eth_feeHistory", "eth_maxPriorityFeePerGas"),
        "eth_getBlockByNumber": block,
        "eth_getTransactionReceipt": receipt,
    }


def pruned(_node: RestrictedNode) -> dict[str, Answer]:
    """Return a node that has no state but the newest."""

    def refuse(_params: list[Any]) -> Any:
        raise Refusal(-32000, "missing trie node 00 (path ) state 0x00 is not available")

    return {"eth_getProof": refuse}


def short_keys(node: RestrictedNode) -> dict[str, Answer]:
    """Return a node that writes storage keys as quantities, as geth did until 1.13."""

    def proof(params: list[Any]) -> Any:
        found = node.pass_on("eth_getProof", params)
        for each in found["storageProof"]:
            each["key"] = hex(int(each["key"], 16))
        return found

    return {"eth_getProof": proof}


def whole(_node: RestrictedNode) -> dict[str, Answer]:
    return {}


def bonsai(node: RestrictedNode, blocks: int = 512) -> dict[str, Answer]:
    """Return a node that keeps the states of the last blocks, as Besu does, and words it as Besu does."""

    def proof(params: list[Any]) -> Any:
        latest = int(node.pass_on("eth_blockNumber", []), 16)
        if params[2] != "latest" and int(params[2], 16) < latest - blocks:
            raise Refusal(-32000, "World state unavailable")
        return node.pass_on("eth_getProof", params)

    def raw(_params: list[Any]) -> Any:
        raise Refusal(-32604, "Method not enabled")

    return {"eth_getProof": proof, "debug_getRawHeader": raw}
