"""Not-before: the newest final block that is known, with its header kept for packages.

Intake never waits for the chain. ``refresh`` is called by whoever talks to the chain anyway; ``current``
answers at once, and marks the block as stale when the chain did not answer the last time.
"""

from dataclasses import dataclass, replace
from time import monotonic
from typing import Final

from ledger.errors import LedgerError
from ledger.evidence.statement import NotBefore
from ledger.ports.chain import Chain
from ledger.store import headers
from ledger.store.headers import HeaderRow
from ledger.store.transactions import Begin

REREAD_SECONDS: Final = 30.0
"""For processes that do not lead: a block that is half a minute old is as good."""


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
    _read_at: float = 0.0

    def current(self) -> NotBefore | None:
        """Return the block for the next statement; ``None`` when no chain was ever reached."""
        if self._current is None or monotonic() - self._read_at > REREAD_SECONDS:
            self._current = self._reread()
            self._read_at = monotonic()
        return self._current

    def _reread(self) -> NotBefore | None:
        """Return what whoever leads has kept meanwhile; stale when that is nothing new."""
        before, kept = self._current, self._last_known()
        if before is None or kept is None or kept.number == before.number:
            return before or kept or self.refresh()
        return replace(kept, stale=False)

    def refresh(self) -> NotBefore | None:
        """Ask the chain once; when it does not answer, fall back to the last kept block, as stale."""
        try:
            ref = self.chain.final()
            if ref is not None:
                row = HeaderRow(ref, self.chain.header(ref.number))
                with self.begin() as connection:
                    headers.keep(connection, row)
                self._current = NotBefore(ref.number, ref.block_hash, stale=False)
                self._read_at = monotonic()
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
