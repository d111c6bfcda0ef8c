"""Seals one file of a watched folder, however often it is tried.

The request key is made from path, size and digest: a crash between the commit and the receipt is answered
with the receipt of the first time. A receipt that lies there already is enough to move the file.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from ledger.errors import LedgerError
from ledger.services.intake import Intake, Receipt
from ledger.services.recording import Outcome
from ledger.store.statements import StatementRow
from node.audit.entries import AuditEntry
from node.audit.trail import Trail
from node.items import build_item
from node.lookups import Lookups
from node.watching.content import WatchedContent, open_content
from node.watching.describing import Described
from node.watching.filing import Filing

ACTOR: Final = "watched-folder"


@dataclass(frozen=True)
class FileSealer:
    """Seals and files.

    Attributes:
        root: the watched folder.
        intake: takes the item in.
        lookups: makes blind indices.
        trail: takes an entry in the transaction that seals.
        filing: writes receipts and moves.
    """

    root: Path
    intake: Intake
    lookups: Lookups
    trail: Trail
    filing: Filing

    def finish(self, path: Path) -> bool:
        """Move a file whose receipt is there already; tell whether it was one.

        Raises:
            RefusedError: it cannot be read or moved.
        """
        if not self.filing.has_receipt(path):
            return False  # spares reading a large file over and over that waits for its description
        with open_content(path) as content:
            return self._finish(path, content)

    def seal(self, path: Path, described: Described) -> None:
        """Seal a file and move it to its receipt.

        Raises:
            LedgerError: it was not sealed, or not moved; trying again does what is missing.
        """
        with open_content(path) as content:
            if self._finish(path, content):
                return
            receipt = self._receipt(path, content, described)
            # What was sealed is what was hashed; what is moved beside the receipt must be the same.
            content.check_in_place()
            target = self.filing.write_receipt(content, path, receipt)
        self._move(path, target)

    def _finish(self, path: Path, content: WatchedContent) -> bool:
        target = self.filing.find_receipt(path, content.sha256)
        if target is None:
            return False
        content.check_in_place()
        self._move(path, target)
        return True

    def _move(self, path: Path, target: Path) -> None:
        self.filing.move_description(path, target)
        self.filing.move_content(path, target)

    def _receipt(self, path: Path, content: WatchedContent, described: Described) -> Receipt:
        asked = {**described, "request_key": self._request_key(path, content)}
        item = build_item(asked, source=content, lookups=self.lookups, caller=ACTOR)
        (outcome,) = self.intake.seal_many([item], also=self._record)
        if isinstance(outcome, LedgerError):
            raise outcome
        return outcome

    def _record(self, connection: Connection, outcomes: Sequence[Outcome]) -> None:
        entries = [
            AuditEntry(ACTOR, "evidence.seal", row.leaf_hash.hex(), {"kind": row.kind})
            for row in outcomes
            if isinstance(row, StatementRow)
        ]
        self.trail.record_in(connection, *entries)

    def _request_key(self, path: Path, content: WatchedContent) -> str:
        # Bytes: a name in a broken encoding is a name too. A null byte stands in no name.
        parts = os.fsencode(path.relative_to(self.root)), str(content.size).encode()
        return hashlib.sha256(b"\0".join([*parts, content.sha256])).hexdigest()
