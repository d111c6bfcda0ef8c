"""Checks of a node's calls: methods, batches, proofs of state, logs, the machine, fees."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from contracts import artifact
from ledger.chain import fitness_blocks
from ledger.chain.answers import data, quantity
from ledger.chain.errors import NodeError
from ledger.chain.finality import INSTANT, TAG
from ledger.chain.fitness import Check, FitFinding, Probe
from ledger.errors import LedgerError
from ledger.primitives.keccak import keccak256

_NOBODY: Final = "0x" + "11" * 20
_NOTHING: Final = "0x" + "00" * 32
NEEDED: Final[Mapping[str, tuple[object, ...]]] = {
    "eth_chainId": (),
    "eth_getBlockByNumber": ("latest", False),
    "eth_getTransactionCount": (_NOBODY, "latest"),
    "eth_getTransactionReceipt": (_NOTHING,),
    "eth_call": ({"to": _NOBODY, "data": "0x"}, "latest"),
    "eth_estimateGas": ({"from": _NOBODY, "to": _NOBODY},),
    "eth_getBalance": (_NOBODY, "latest"),
    "eth_getCode": (_NOBODY, "latest"),
    "eth_gasPrice": (),
    # No bytes are no transaction: every node refuses them, if it knows the method.
    "eth_sendRawTransaction": ("0x",),
}
UNUSED: Final[Mapping[str, tuple[object, ...]]] = {
    "eth_feeHistory": ("0x1", "latest", []),
    "eth_maxPriorityFeePerGas": (),
    "debug_getRawHeader": ("latest",),
}
DEPTHS: Final = (0, 1, 8, 64, 256, 512, 1024, 8192, 65536)
PROMPT_BLOCKS: Final = 8
"""At instant finality the proof is asked for within a round or two of the worker."""
LOG_RANGES: Final = (1_000, 10_000, 100_000)
CHAIN_ID_CODE: Final = bytes.fromhex("4660011b60011c60005260206000f3")
"""``CHAINID``, shifted left and right by one (Constantinople, Istanbul), and returned: no ``PUSH0``."""


def methods(probe: Probe) -> Iterator[FitFinding]:
    """All methods are there that nothing can stand in for."""
    missing = [name for name, params in NEEDED.items() if not probe.supports(name, *params)]
    if missing:
        params = {"methods": ", ".join(missing)}
        yield FitFinding("fit-methods", "unusable", "fit-methods-missing", params)
    else:
        yield FitFinding("fit-methods", "works", "fit-methods-there", {"count": len(NEEDED)})
    for name, given in UNUSED.items():
        if not probe.supports(name, *given):
            yield FitFinding("fit-unused", "otherwise", "fit-not-needed", {"method": name})
        else:
            yield FitFinding("fit-unused", "works", "fit-there-unused", {"method": name})


def batches(probe: Probe) -> Iterator[FitFinding]:
    """Several calls may come in one request."""
    try:
        probe.connection.batch("eth_getTransactionReceipt", [_NOTHING, _NOTHING])
    except LedgerError as error:
        needed = not probe.supports("eth_getBlockReceipts", hex(probe.latest.number))
        params = {"why": error.params.get("detail", error.code)}
        yield FitFinding("fit-batch", "unusable" if needed else "otherwise", "fit-no-batch", params)
    else:
        yield FitFinding("fit-batch", "works", "fit-batches")


def proofs(probe: Probe) -> Iterator[FitFinding]:
    """Proofs of state are served, have the header's root, and reach as far back as finality is."""
    if not probe.supports("eth_getProof", _NOBODY, [_NOTHING], "latest"):
        yield FitFinding("fit-proofs", "costs", "fit-no-proofs")
        return
    newest, reached = probe.latest.number, -1
    for depth in (*DEPTHS, newest):
        if depth > newest:
            continue
        found = _proves(probe, newest - depth)
        if found is False:
            yield FitFinding(
                "fit-proofs", "unusable", "fit-proofs-false", {"number": newest - depth}
            )
            return
        if found is None:
            break
        reached = max(reached, depth)
    needed = _needed_depth(probe)
    params = {"depth": reached, "needed": needed}
    if reached == newest or reached >= needed:
        code = "fit-proofs-all" if reached == newest else "fit-proofs-reach"
        yield FitFinding("fit-proofs", "works", code, params)
    else:
        yield FitFinding("fit-proofs", "costs", "fit-proofs-short", params)


def _proves(probe: Probe, number: int) -> bool | None:
    """Tell whether a proof has the header's root; ``None`` where the node has none of that height."""
    found = probe.answers("eth_getProof", _NOBODY, [_NOTHING], hex(number))
    block = probe.answers("eth_getBlockByNumber", hex(number), False)  # noqa: FBT003 - JSON
    if not isinstance(found, dict) or not isinstance(block, dict):
        return None
    vertices = found.get("accountProof")
    if not isinstance(vertices, list) or not vertices:
        return False
    root = keccak256(data(vertices[0], "eth_getProof", "accountProof"))
    return "0x" + root.hex() == block.get("stateRoot")


def _needed_depth(probe: Probe) -> int:
    policy = probe.wanted.finality
    if policy is None:
        kind = fitness_blocks.kind_of(probe)
        policy = INSTANT if kind is None else fitness_blocks.proposed(kind)
    if policy == INSTANT:
        return PROMPT_BLOCKS
    if policy != TAG:
        return int(policy) + PROMPT_BLOCKS
    tagged = probe.tagged(TAG)
    return PROMPT_BLOCKS + (0 if tagged is None else max(probe.latest.number - tagged, 0))


def logs(probe: Probe) -> Iterator[FitFinding]:
    """How many blocks one question for events may span; the program asks none."""
    newest, reached = probe.latest.number, 0
    for span in LOG_RANGES:
        start = max(newest - span, 0)
        query = {"fromBlock": hex(start), "toBlock": hex(newest), "address": _NOBODY}
        if probe.answers("eth_getLogs", query) is None:
            break
        reached = newest - start
        if start == 0:
            break
    if reached:
        yield FitFinding("fit-log-range", "works", "fit-logs", {"blocks": reached})
    else:
        yield FitFinding("fit-log-range", "otherwise", "fit-no-logs")


def machine(probe: Probe) -> Iterator[FitFinding]:
    """The contracts' code runs: compiled for London, without ``PUSH0``; the largest contract has room."""
    chain_id = quantity(probe.rpc.ask("eth_chainId"), "eth_chainId")
    try:
        ran = _created(probe, CHAIN_ID_CODE)
        largest = artifact("ConsortiumRegistry").deployed_bytecode
        fits = _created(probe, _returning(largest)) == largest
    except NodeError as error:
        yield FitFinding(
            "fit-machine", "unusable", "fit-machine-refuses", {"why": error.message[:200]}
        )
        return
    if int.from_bytes(ran, "big") != chain_id:
        yield FitFinding("fit-machine", "unusable", "fit-machine-other")
    elif not fits:
        yield FitFinding("fit-machine", "unusable", "fit-code-too-large", {"bytes": len(largest)})
    else:
        limit = quantity(probe.block.get("gasLimit"), "eth_getBlockByNumber", "gasLimit")
        yield FitFinding("fit-machine", "works", "fit-machine-runs", {"limit": f"{limit:,}"})


def _created(probe: Probe, code: bytes) -> bytes:
    """Return the code that creation code would deploy; nothing is deployed."""
    call = {"from": _NOBODY, "data": "0x" + code.hex()}
    return data(probe.connection.call("eth_call", call, "latest"), "eth_call")


def _returning(code: bytes) -> bytes:
    """Return creation code that deploys ``code``: copy it, return it."""
    size = len(code).to_bytes(2, "big")
    return bytes.fromhex("61") + size + bytes.fromhex("80600a3d393df3") + code


def fees(probe: Probe) -> Iterator[FitFinding]:
    """What a transaction costs, and whether the price of the settings is enough."""
    suggested = quantity(probe.rpc.ask("eth_gasPrice"), "eth_gasPrice")
    fixed, base = probe.wanted.gas_price, probe.base_fee
    params: dict[str, Any] = {
        "suggested": suggested,
        "base": "–" if base is None else base,
        "fixed": "–" if fixed is None else fixed,
    }
    if fixed is not None and fixed < (base or 0):
        yield FitFinding("fit-fees", "unusable", "fit-price-too-low", params)
    elif fixed == 0 and suggested:
        yield FitFinding("fit-fees", "otherwise", "fit-price-zero-unsure", params)
    elif not base and not suggested:
        yield FitFinding("fit-fees", "works", "fit-free", params)
    else:
        yield FitFinding("fit-fees", "works", "fit-paid", params)


CHECKS: Final[Mapping[str, Check]] = {
    "fit-answers": fitness_blocks.reachable,
    "fit-methods": methods,
    "fit-batch": batches,
    "fit-chain": fitness_blocks.identity,
    "fit-header": fitness_blocks.header,
    "fit-receipts": fitness_blocks.receipts,
    "fit-finality": fitness_blocks.finality,
    "fit-proofs": proofs,
    "fit-log-range": logs,
    "fit-machine": machine,
    "fit-fees": fees,
    "fit-clock": fitness_blocks.clock,
}
