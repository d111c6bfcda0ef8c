"""Ending the retention of requests: the record key is destroyed first, then what it sealed is removed.

Afterwards nobody can open the request, this member included; roots, purpose, time and who asked stay.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from blacklist.store import inquiries
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.ports.record_keys import RecordKeys
from ledger.store.transactions import Begin

AT_ONCE: Final = 500
LEAST_KEPT: Final = timedelta(days=180)
"""However short a period is set: a draw has to find what it is about, even after a spoiled one."""


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Destroys the record keys of requests.

    Attributes:
        begin: opens a write transaction.
        record_keys: the key store.
        clock: this machine's.
    """

    begin: Begin
    record_keys: RecordKeys
    clock: Clock

    def forget_until(self, moment: datetime) -> int:
        """Forget up to ``AT_ONCE`` requests made until ``moment``; return how many."""
        until = format_instant(min(moment, self.clock.now() - LEAST_KEPT))
        with self.begin() as connection:
            rows = inquiries.kept_until(connection, until, AT_ONCE)
        for row in rows:
            self.record_keys.destroy(row.key_id)
        with self.begin() as connection:
            for row in rows:
                inquiries.forget_content(connection, row.request_id)
        return len(rows)
