"""Checks of a node's blocks: which chain, which kind, hashes, receipts, finality, clock."""

from collections.abc import Iterator
from typing import Final

from ledger.chain.blocks import read_block, read_receipts, reference
from ledger.chain.finality import INSTANT, TAG
from ledger.chain.fitness import FitFinding, Grade, Probe
from ledger.errors import MalformedError
from ledger.proof.header import ChainKind, block_hash, header_rlp_from_json, parse_header
from ledger.proof.qbft_extra import QbftExtra
from ledger.proof.receipt import receipts_trie

LOOK_BACK: Final = 200
"""Blocks in which a transaction is looked for; a quiet chain may have none."""
CLOCK_SECONDS: Final = 120
QUIET_SECONDS: Final = 900
_RECEIPT_FIELDS: Final = (
    "blockHash", "blockNumber", "transactionHash", "status", "cumulativeGasUsed", "logsBloom", "logs",
)  # fmt: skip
_CLIQUE_EXTRA: Final = 32 + 65


def identity(probe: Probe) -> Iterator[FitFinding]:
    """The chain id is the expected one, and block 0 can be read."""
    found = int(str(probe.rpc.ask("eth_chainId")), 16)
    wanted = probe.wanted.chain_id
    genesis = read_block(probe.rpc, 0)
    shown = "–" if genesis is None else "0x" + reference(genesis).block_hash.hex()
    params = {"found": found, "genesis": shown}
    if wanted is not None and found != wanted:
        yield FitFinding("fit-chain", "unusable", "chain-id", {"expected": wanted, "found": found})
    elif genesis is None:
        yield FitFinding("fit-chain", "costs", "fit-no-genesis", params)
    else:
        yield FitFinding("fit-chain", "works", "fit-chain-is", params)


def kind_of(probe: Probe) -> ChainKind | None:
    """Return the kind under which the newest block hashes to its name; ``None`` when there is none."""
    found = probe.latest
    try:
        header = parse_header(header_rlp_from_json(probe.block))
    except MalformedError:
        return None
    extra = header.extra_data
    if block_hash(header, "ethereum") == found.block_hash:
        difficulty = int(str(probe.block.get("difficulty") or "0x0"), 16)
        if difficulty in (1, 2) and len(extra) >= _CLIQUE_EXTRA:
            return "clique"
        client = str(probe.answers("web3_clientVersion") or "").lower()
        return "dev" if probe.wanted.kind == "dev" or "anvil" in client else "ethereum"
    try:
        if block_hash(header, "qbft-header") == found.block_hash:
            return "qbft-header" if QbftExtra.parse(extra).validators else "qbft-contract"
    except MalformedError:
        pass
    return None


def header(probe: Probe) -> Iterator[FitFinding]:
    """The newest block's header hashes to its name under the kind of chain."""
    kind, wanted = kind_of(probe), probe.wanted.kind
    number = probe.latest.number
    if kind is None:
        yield FitFinding("fit-header", "unusable", "fit-header-unlike", {"number": number})
    elif wanted is not None and wanted != kind:
        params = {"wanted": wanted, "found": kind}
        yield FitFinding("fit-header", "unusable", "fit-kind-other", params)
    else:
        yield FitFinding(
            "fit-header", "works", "fit-header-hashes", {"kind": kind, "number": number}
        )


def receipts(probe: Probe) -> Iterator[FitFinding]:
    """Receipts of a block come in one call or one by one, have their fields, and give the header's root."""
    newest = hex(probe.latest.number)
    if probe.supports("eth_getBlockReceipts", newest):
        yield FitFinding("fit-block-receipts", "works", "fit-in-one-call")
    else:
        yield FitFinding("fit-block-receipts", "otherwise", "fit-one-by-one")
    number = _with_transactions(probe)
    if number is None:
        yield FitFinding("fit-receipts", "unknown", "fit-no-transactions", {"blocks": LOOK_BACK})
        return
    block = read_block(probe.rpc, number)
    served = read_receipts(probe.rpc, number)
    missing = [name for name in _RECEIPT_FIELDS if any(name not in each for each in served)]
    if missing:
        lacking = {"number": number, "fields": ", ".join(missing)}
        yield FitFinding("fit-receipts", "unusable", "fit-receipts-lack", lacking)
        return
    params = {"number": number, "count": len(served)}
    try:
        root = receipts_trie(served).root
    except MalformedError:
        root = b""
    good = block is not None and "0x" + root.hex() == block.get("receiptsRoot")
    code = "fit-receipts-prove" if good else "chain-receipts"
    yield FitFinding("fit-receipts", "works" if good else "unusable", code, params)


def _with_transactions(probe: Probe) -> int | None:
    newest = probe.latest.number
    for number in range(newest, max(newest - LOOK_BACK, 0), -1):
        block = read_block(probe.rpc, number)
        if block is not None and block.get("transactions"):
            return number
    return None


def finality(probe: Probe) -> Iterator[FitFinding]:
    """The policy fits the kind of chain, and the node has the tag that it needs."""
    kind = kind_of(probe)
    tagged = probe.tagged(TAG)
    for tag in (TAG, "safe"):
        height = tagged if tag == TAG else probe.tagged(tag)
        if height is None:
            yield FitFinding("fit-tags", "otherwise", "fit-tag-missing", {"tag": tag})
        else:
            yield FitFinding("fit-tags", "works", "fit-tag", {"tag": tag, "number": height})
    if kind is None:
        return
    policy = probe.wanted.finality or proposed(kind)
    grade, code = judged(kind, policy, tagged=tagged)
    params = {"policy": policy, "kind": kind, "proposed": proposed(kind)}
    yield FitFinding("fit-finality", grade, code, params)


def judged(kind: ChainKind, policy: str, *, tagged: int | None) -> tuple[Grade, str]:
    """Return how a finality policy fits a kind of chain."""
    sealed = kind in ("qbft-header", "qbft-contract")
    if policy == TAG and tagged is None:
        return "unusable", "fit-finality-never"
    if policy == INSTANT and not sealed and kind != "dev":
        return "unusable", "fit-finality-too-early"
    if policy != INSTANT and sealed:
        return "otherwise", "fit-finality-late"
    return "works", "fit-finality-fits"


def proposed(kind: ChainKind) -> str:
    """Return the finality policy that is usual for a kind of chain."""
    match kind:
        case "qbft-header" | "qbft-contract" | "dev":
            return INSTANT
        case "clique":
            return "12"
        case "ethereum":
            return TAG


def clock(probe: Probe) -> Iterator[FitFinding]:
    """The newest block is of now, and the node is not still catching up."""
    if probe.answers("eth_syncing") not in (False, None):
        yield FitFinding("fit-sync", "costs", "fit-syncing")
    ahead = round(probe.latest.timestamp - probe.now)
    if ahead > CLOCK_SECONDS:
        yield FitFinding("fit-clock", "unusable", "fit-early", {"seconds": ahead})
    elif -ahead > QUIET_SECONDS:
        yield FitFinding("fit-clock", "costs", "fit-quiet", {"seconds": -ahead})
    else:
        yield FitFinding("fit-clock", "works", "fit-clock-agrees", {"seconds": -ahead})


def reachable(probe: Probe) -> Iterator[FitFinding]:
    """The node answers, and says what it is."""
    probe.latest  # noqa: B018 - a node without blocks is said first
    name = probe.answers("web3_clientVersion")
    yield FitFinding("fit-answers", "works", "fit-client", {"client": str(name or "–")[:100]})
