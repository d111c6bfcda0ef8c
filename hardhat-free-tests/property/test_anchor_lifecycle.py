"""Whatever the chain does, in whatever order: one anchor is mined at most once, and at last it is.

``Machine`` drives the real service against the chain in memory; the rules break and heal the world around it.
"""

import shutil
import tempfile
from pathlib import Path

from harness.auditor import audit
from harness.databases import SqliteDatabases
from harness.ledger import Ledger, TestClock, make_template, open_ledger
from harness.network import Network
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ledger.errors import LedgerError
from ledger.evidence.anchoring import (
    STUCK_AFTER_BLOCKS,
    AnchorState,
    Attempt,
    Finalized,
    Inclusion,
    Mined,
    NotMined,
    Phase,
    Prepared,
    Rejected,
    advance,
)
from ledger.store import anchors

FINALITY = 3
_FOLDER = tempfile.TemporaryDirectory(prefix="lianzheng-lifecycle-")
_TEMPLATE = Path(_FOLDER.name) / "template"


def _open() -> Ledger:
    if not _TEMPLATE.exists():
        make_template(_TEMPLATE)
    home = Path(tempfile.mkdtemp(dir=_FOLDER.name)) / "home"
    shutil.copytree(_TEMPLATE, home, ignore=shutil.ignore_patterns("*.db*"))
    databases = SqliteDatabases(_TEMPLATE)
    databases.attach(home)
    return open_ledger(home, Network(finality=FINALITY), TestClock(), databases)


class Machine(RuleBasedStateMachine):
    """A bank's worker and a chain that misbehaves within its finality."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = _open()
        self.final: dict[int, bytes] = {}
        self.count = 0

    @rule()
    def seal(self) -> None:
        self.count += 1
        self.ledger.seal(None, kind="decision", fields={"n": self.count})

    @rule()
    def tick(self) -> None:
        try:
            self.ledger.tick()
        except LedgerError as error:
            assert error.retry, error  # noqa: PT017 - most ticks raise nothing

    @rule(blocks=st.integers(1, 4), full=st.booleans())
    def mine(self, blocks: int, full: bool) -> None:
        self.ledger.network.mine(blocks, full=full)

    @rule()
    def wait_until_stuck(self) -> None:
        self.ledger.network.mine(STUCK_AFTER_BLOCKS, full=False)

    @rule(depth=st.integers(1, FINALITY), lost=st.booleans())
    def reorganise(self, depth: int, lost: bool) -> None:
        if len(self.ledger.network.blocks) > FINALITY + 1:
            self.ledger.network.reorg(depth, lost=lost)

    @rule()
    def lose_the_pool(self) -> None:
        self.ledger.network.pool.clear()

    @rule(
        method=st.sampled_from(
            ["latest", "find", "next_nonce", "broadcast", "freeze", "sign_anchor"]
        )
    )
    def fail(self, method: str) -> None:
        self.ledger.chain.fail_next(method)

    @rule()
    def answer_after_sending(self) -> None:
        self.ledger.chain.fail_after_send = True

    @rule()
    def restart(self) -> None:
        self.ledger = self.ledger.restarted()

    @precondition(lambda self: self.count > 0)
    @rule()
    def heal(self) -> None:
        """Once the chain is healthy, everything that waits is anchored."""
        self.ledger = self.ledger.restarted()
        for _ in range(12):
            self.ledger.tick()
            self.ledger.network.mine(FINALITY + 1)
        with self.ledger.node.database.read() as connection:
            newest = anchors.newest(connection, 0)
        assert newest is not None
        assert newest.size == self.count
        assert newest.state.phase is Phase.FINAL
        assert newest.proof is not None

    @invariant()
    def one_transaction_an_anchor_and_final_is_final(self) -> None:
        blocks = self.ledger.network.blocks
        sizes = [each.call[1] for block in blocks for each in block.transactions if each.call]
        assert len(sizes) == len(set(sizes))
        with self.ledger.node.database.read() as connection:
            rows = anchors.all_of(connection, 0)
        now = {
            row.size: row.state.inclusion.transaction
            for row in rows
            if row.state.phase is Phase.FINAL and row.state.inclusion
        }
        assert self.final.items() <= now.items()
        self.final = now

    def teardown(self) -> None:
        audit(self.ledger)
        self.ledger.close()


Machine.TestCase.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
TestAnchorLifecycle = Machine.TestCase

HASHES = st.binary(min_size=32, max_size=32)
INCLUSIONS = st.builds(Inclusion, HASHES, st.integers(0, 99), HASHES, st.booleans())
ATTEMPTS = st.builds(Attempt, HASHES, st.integers(0, 3), st.integers(0, 99), st.integers(0, 99))
OBSERVATIONS = st.one_of(
    st.builds(Prepared, ATTEMPTS),
    st.builds(Rejected, st.just("chain-not-allowed")),
    st.builds(Mined, INCLUSIONS),
    st.builds(Finalized, INCLUSIONS),
    st.builds(NotMined, st.integers(0, 99), st.integers(0, 4)),
)


class Observed(RuleBasedStateMachine):
    """The pure machine tolerates every observation in every state, and never leaves ``FINAL``."""

    def __init__(self) -> None:
        super().__init__()
        self.state = AnchorState()

    @rule(observation=OBSERVATIONS)
    def observe(self, observation: object) -> None:
        before = self.state
        self.state = advance(before, observation).state  # type: ignore[arg-type]  # one of the union
        if before.phase is Phase.FINAL:
            assert self.state == before
        if self.state.phase in (Phase.INCLUDED, Phase.FINAL):
            assert self.state.inclusion is not None
            assert self.state.inclusion.succeeded
        assert len({each.nonce for each in self.state.attempts}) <= 1


TestObserved = Observed.TestCase
