"""The audit that ends every integration test: the product's own, and what it takes for granted.

Written against the tables and the chain, not against the services that filled them.
"""

from collections import Counter

from harness.ledger import Ledger
from sqlalchemy import select

from ledger.evidence.statement import read_leaf
from ledger.keys.files import verify_statement
from ledger.store.tables import anchor, checkpoint, leaf, log, outbox, statement


def audit(ledger: Ledger) -> None:
    """Check the whole ledger; raise with everything that is wrong."""
    ledger.chain.down = False
    report = ledger.node.auditor.run()
    problems = [f"{each.where}: {each.code}" for each in report.problems]
    problems += _places(ledger) + _receipts(ledger) + _chain(ledger) + _cases(ledger)
    assert not problems, problems


def _places(ledger: Ledger) -> list[str]:
    """Every statement waits or has a place, never both; places are gap-free."""
    problems = []
    with ledger.node.database.read() as connection:
        sealed = set(connection.scalars(select(statement.c.seq)))
        waiting = set(connection.scalars(select(outbox.c.seq)))
        rows = connection.execute(select(leaf).order_by(leaf.c.leaf_index)).all()
        size = connection.scalar(select(log.c.size))
        largest = connection.scalars(select(checkpoint.c.size)).all()
    placed = [row.seq for row in rows]
    if len(set(placed)) != len(placed):
        problems.append("a statement has two places")
    if [row.leaf_index for row in rows] != list(range(len(rows))):
        problems.append("places have gaps")
    if size != len(rows):
        problems.append("the log's size is not the number of places")
    if waiting & set(placed):
        problems.append("a statement waits and has a place")
    if waiting | set(placed) != sealed:
        problems.append("a statement neither waits nor has a place")
    if largest and max(largest) > len(rows):
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
    """At most one event per size; the chain's head is known here; every final anchor is on chain."""
    problems = []
    network, identity = ledger.network, ledger.node.log
    events: Counter[int] = Counter()
    for block in network.blocks:
        for receipt in block.receipts:
            logs = receipt["logs"]
            assert isinstance(logs, list)
            own = [each for each in logs if each["topics"][1] == identity.member]
            events.update(int.from_bytes(each["topics"][3], "big") for each in own)
    if events and max(events.values()) > 1:
        problems.append("a size was anchored twice")
    with ledger.node.database.read() as connection:
        roots = {row.size: row.root for row in connection.execute(select(checkpoint))}
        final = connection.execute(select(anchor).where(anchor.c.header.is_not(None))).all()
    head = network.state.heads.get((identity.member, identity.generation))
    if head is not None and roots.get(head.size) != head.root:
        problems.append("the chain's head is not a checkpoint of this database")
    problems += [f"final anchor {a.size} is not on chain" for a in final if a.size not in events]
    return problems


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
