"""The audit as a command: remembers how far it came, so that terabytes can be audited in pieces."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ledger.errors import ConfigurationError, RefusedError, UnavailableError
from ledger.services.auditing import BATCH, BEGINNING, AuditReport, Problem
from ledger.store.statements import Place
from node.housekeeping import sweep_vault
from node.wiring import Node

STATE_FILE: Final = "audit.json"


def audit_node(
    node: Node, *, sample: float, resume: bool, sweep: bool, progress: Callable[[int, int], None]
) -> AuditReport:
    """Audit from the beginning, or from where the last audit stopped.

    Args:
        node: whose ledger.
        sample: share of the contents that is decrypted.
        resume: go on where an interrupted audit stopped.
        sweep: afterwards remove from the vault what crashes left there; only from a sound ledger that is not
            older than the chain, since an older database does not know what it holds.
        progress: is told (leaves done, size).
    """
    state = node.settings.home / STATE_FILE

    def remember(done: Place, size: int) -> None:
        _write(state, done)
        progress(done.index, size)

    start = _read(state) if resume else BEGINNING
    report = node.auditor.run(start=start, sample=sample, progress=remember)
    state.unlink(missing_ok=True)
    _compare_with_chain(node, report)
    if sweep and report.compared and not report.problems:
        report.swept = sweep_vault(node)
    return report


def _compare_with_chain(node: Node, report: AuditReport) -> None:
    """A sound ledger may still be an old one: only the chain knows. An outage is no problem of the ledger."""
    try:
        node.fence.check_head()
    except RefusedError as error:
        report.problems.append(Problem("chain", error.code))
    except (UnavailableError, ConfigurationError):
        return
    report.compared = True


def _read(state: Path) -> Place:
    """Return the place to go on from; a multiple of the batch, so that whole tiles are compared."""
    try:
        found = json.loads(state.read_text("utf-8"))
        return Place(int(found["generation"]), int(found["leaves"]) // BATCH * BATCH)
    except (OSError, ValueError, KeyError, TypeError):
        return BEGINNING


def _write(state: Path, done: Place) -> None:
    part = state.with_suffix(".part")
    part.write_text(json.dumps({"generation": done.generation, "leaves": done.index}), "utf-8")
    part.replace(state)
