"""Not-before: the newest final block that is known, with its header kept for packages.

Intake never waits for the chain. ``refresh`` is called by whoever talks to the chain anyway; ``current``
answers at once, and marks the block as stale when the chain did not answer the last time.
"""

from dataclasses import dataclass

from ledger.errors import LedgerError
from ledger.evidence.statement import NotBefore
from ledger.ports.chain import Chain
from ledger.store import headers
from ledger.store.headers import HeaderRow
from ledger.store.transactions import Begin


@dataclass(slots=True)
class NotBeforeSource:
    """Remembers the newest final block.

    Attributes:
        begin: opens a write transaction.
        chain: the chain.
    """

    begin: Begin
    chain: Chain
    _current: NotBefore | None = None

    def current(self) -> NotBefore | None:
        """Return the block for the next statement; ``None`` when no chain was ever reached."""
        if self._current is None:
            self._current = self.refresh()
        return self._current

    def refresh(self) -> NotBefore | None:
        """Ask the chain once; when it does not answer, fall back to the last kept block, as stale."""
        try:
            ref = self.chain.final()
            if ref is not None:
                row = HeaderRow(ref, self.chain.header(ref.number))
                with self.begin() as connection:
                    headers.keep(connection, row)
                self._current = NotBefore(ref.number, ref.block_hash, stale=False)
                return self._current
        except LedgerError:
            # Whatever is wrong with the chain, anchoring reports it; intake goes on.
            pass
        self._current = self._last_known()
        return self._current

    def _last_known(self) -> NotBefore | None:
        with self.begin() as connection:
            kept = headers.newest(connection)
        return None if kept is None else NotBefore(kept.ref.number, kept.ref.block_hash, stale=True)
