"""The files of a screening, for whoever may read them: rows of customers by the bank's own numbers."""

from pathlib import Path
from typing import Literal

from blacklist.services.screening import Screening
from ledger.errors import RefusedError
from node.audit.entries import AuditEntry
from node.blacklist.entries import Entries
from node.blacklist.screening import paths
from node.identity.permissions import Permission, Principal

ScreeningFile = Literal["results", "rejects"]


def file_of(entries: Entries, job: bytes, which: ScreeningFile, by: Principal) -> Path:
    """Return where a file of a job is; the reading is recorded.

    Raises:
        NotPermittedError: the person may not.
        RefusedError: no such job; the file was taken away.
    """
    by.require(Permission.BLACKLIST_QUERY)
    by.require(Permission.CONTENT_READ)
    opened = Screening(entries.querying).open(job)
    results, rejects = paths(Path(opened.folder), job)
    found = results if which == "results" else rejects
    if not found.is_file():
        raise RefusedError("screening-files-missing")
    details: dict[str, str | int | bool] = {"file": which}
    entries.node.trail.record(AuditEntry(by.actor, "blacklist.read-screening", job.hex(), details))
    return found
