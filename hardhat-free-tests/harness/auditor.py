"""The audit that ends every integration test: the product's own, and what it takes for granted.

Written against the tables and the chain, not against the services that filled them.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from harness.ledger import Ledger
from sqlalchemy import select

from ledger.evidence.statement import read_leaf
from ledger.keys.files import verify_statement
from ledger.store.tables import (
    anchor,
    carried_leaf,
    checkpoint,
    leaf,
    log,
    lost_leaf,
    outbox,
    statement,
)


def audit(ledger: Ledger) -> None:
    """Check the whole ledger; raise with everything that is wrong."""
    ledger.chain.down = False
    report = ledger.node.auditor.run()
    problems = [f"{each.where}: {each.code}" for each in report.problems]
    problems += _places(ledger) + _receipts(ledger) + _chain(ledger) + _cases(ledger)
    assert not problems, problems


def _places(ledger: Ledger) -> list[str]:
    """Every statement waits or has one place that counts, never both; each generation is gap-free."""
    problems = []
    with ledger.node.database.read() as connection:
        sealed = set(connection.scalars(select(statement.c.seq)))
        waiting = set(connection.scalars(select(outbox.c.seq)))
        placed = connection.scalars(select(leaf.c.seq)).all()
        found: dict[int, list[int]] = defaultdict(list)
        for table in (leaf, carried_leaf, lost_leaf):
            for row in connection.execute(select(table.c.generation, table.c.leaf_index)):
                found[row.generation].append(row.leaf_index)
        sizes = {row.generation: row.size for row in connection.execute(select(log))}
        signed = connection.execute(select(checkpoint.c.generation, checkpoint.c.size)).all()
    if len(set(placed)) != len(placed):
        problems.append("a statement has two places")
    for generation, size in sizes.items():
        if sorted(found[generation]) != list(range(size)):
            problems.append(f"places of generation {generation} have gaps, or are not its size")
    if waiting & set(placed):
        problems.append("a statement waits and has a place")
    if waiting | set(placed) != sealed:
        problems.append("a statement neither waits nor has a place")
    if any(row.size > sizes[row.generation] for row in signed):
        problems.append("a checkpoint is larger than the log")
    return problems


def _receipts(ledger: Ledger) -> list[str]:
    """Every acknowledged receipt is kept, and its signature holds."""
    with ledger.node.database.read() as connection:
        kept = set(connection.scalars(select(statement.c.leaf_hash)))
    problems = []
    for receipt in ledger.receipts:
        if receipt.leaf_hash not in kept:
            problems.append(f"acknowledged and lost: {receipt.leaf_hash.hex()[:12]}")
        signed = read_leaf(receipt.leaf)
        if not verify_statement(signed.key, signed.signed_bytes, signed.signature):
            problems.append("a receipt's signature does not hold")
    return problems


def _chain(ledger: Ledger) -> list[str]:
    """Each size of a generation is anchored once; the chain's head is known here, its anchors there."""
    problems = []
    network, identity = ledger.network, ledger.node.log
    events: Counter[tuple[int, int]] = Counter()
    for block in network.blocks:
        for receipt in block.receipts:
            logs = receipt["logs"]
            assert isinstance(logs, list)
            own = [each for each in logs if each["topics"][1] == identity.member]
            events.update(_topics(each) for each in own)
    if events and max(events.values()) > 1:
        problems.append("a size was anchored twice")
    with ledger.node.database.read() as connection:
        present = select(checkpoint).where(checkpoint.c.generation == identity.generation)
        roots = {row.size: row.root for row in connection.execute(present)}
        final = connection.execute(select(anchor).where(anchor.c.header.is_not(None))).all()
    head = network.state.heads.get((identity.member, identity.generation))
    if head is not None and roots.get(head.size) != head.root:
        problems.append("the chain's head is not a checkpoint of this database")
    lost = [a.size for a in final if (a.generation, a.size) not in events]
    return problems + [f"final anchor {size} is not on chain" for size in lost]


def _topics(event: Mapping[str, Any]) -> tuple[int, int]:
    """Return generation and size of an anchor event."""
    _, _, generation, size = event["topics"]
    return int.from_bytes(generation, "big"), int.from_bytes(size, "big")


def _cases(ledger: Ledger) -> list[str]:
    """Numbers of each case are gap-free, and each statement names the one before."""
    with ledger.node.database.read() as connection:
        query = select(statement.c.leaf, statement.c.leaf_hash).where(
            statement.c.case_id.is_not(None)
        )
        rows = connection.execute(query.order_by(statement.c.case_id, statement.c.case_number))
        ends: dict[bytes, tuple[int, bytes]] = {}
        problems = []
        for row in rows:
            link = read_leaf(row.leaf).statement.case
            assert link is not None
            number, previous = ends.get(link.case, (0, None))
            if (link.number, link.previous) != (number + 1, previous):
                problems.append(f"case {link.case.hex()} breaks at {link.number}")
            ends[link.case] = (link.number, row.leaf_hash)
    return problems
