"""What ``evidence export`` does around the one call to the certifier."""

from pathlib import Path

from ledger.proof.report import Report
from ledger.services.certifying import ExportOptions
from ledger.store.statements import StatementRow
from node import evidence_view
from node.cli.person import record
from node.leading import if_nobody_leads, leading
from node.ticking import tick
from node.wiring import Node


def export_package(
    node: Node, identifier: str, output: Path, options: ExportOptions
) -> tuple[StatementRow, Report]:
    """Write the package, and anchor the case head that goes with it unless a worker does so anyway.

    Raises:
        LedgerError: as ``Certifier.export`` and ``tick``.
    """
    with node.database.read() as connection:
        row = evidence_view.resolve(connection, identifier)
    details = {"withheld": len(options.withhold), "with_content": options.with_content}
    record(node, "evidence.export", row.leaf_hash.hex(), details)
    report = node.certifier.export(row.leaf_hash, output, options)
    with if_nobody_leads(), leading(node):
        tick(node)
    return row, report
