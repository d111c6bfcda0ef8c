"""Packages for courts, and their verification."""

import shutil
import tempfile
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from ledger.proof.report import Report
from ledger.proof.verify import verify_package
from ledger.services.certifying import ExportOptions
from ledger.store import statements
from ledger.verifier.rendering import readable
from node.api.documents import SIGNED_IN, body, content, problems
from node.api.evidence import known
from node.api.languages import language_of
from node.api.models import (
    HexId,
    PackageRequest,
    VerificationAnswer,
)
from node.api.package_body import MAX_VERIFIED_BYTES, PackageBody
from node.api.requests import caller, service_of
from node.audit.entries import AuditEntry
from node.identity.permissions import Permission, Principal
from node.outgoing import outgoing_folder
from node.wiring import Node
from node.words.catalogue import word

router = APIRouter(tags=["packages"])


@router.post(
    "/evidence/{evidence_id}/package",
    response_class=FileResponse,
    responses=content("application/zip", "A BagIt bag.") | problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def export(request: Request, evidence_id: HexId, asked: PackageRequest) -> Response:
    """Make the evidence package of an item: what was withheld stays out, everything else verifies offline."""
    principal = caller(request, Permission.EVIDENCE_EXPORT)
    options = ExportOptions(frozenset(asked.withhold), asked.with_content)
    return make_package(service_of(request).node, principal, evidence_id, options)


def make_package(
    node: Node, principal: Principal, evidence_id: str, options: ExportOptions
) -> FileResponse:
    """Make a package after the trail has recorded it, and hand it over as a file.

    Raises:
        RefusedError: there is no such item, it is not anchored yet, or has no field that is to be withheld.
    """
    target, _ = write_package(node, principal, evidence_id, options)
    return FileResponse(
        target,
        headers={"Cache-Control": "no-store"},
        media_type="application/zip",
        filename=target.name,
        background=BackgroundTask(remove, target.parent),
    )


def write_package(
    node: Node, principal: Principal, evidence_id: str, options: ExportOptions
) -> tuple[Path, Report]:
    """Write a package, after the trail has recorded it, into a folder of its own that ``remove`` removes.

    Raises:
        RefusedError: as for ``make_package``.
    """
    with node.database.read() as connection:
        known(statements.by_leaf_hash(connection, bytes.fromhex(evidence_id)), evidence_id)
    node.trail.record(
        AuditEntry(
            principal.actor,
            "evidence.export",
            evidence_id,
            {"withheld": len(options.withhold), "with_content": options.with_content},
        )
    )
    folder = Path(tempfile.mkdtemp(prefix="package-", dir=outgoing_folder(node.settings.home)))
    target = folder / f"{evidence_id[:16]}.zip"
    try:
        return target, node.certifier.export(bytes.fromhex(evidence_id), target, options)
    except BaseException:
        remove(folder)
        raise


@router.post(
    "/verify",
    max_body_size=MAX_VERIFIED_BYTES,
    response_model=VerificationAnswer,
    responses=problems(413, 429),
    openapi_extra=body("application/zip", {"type": "string", "format": "binary"}),
)
def verify(request: Request, package: PackageBody) -> dict[str, object]:
    """Verify a package under this node's trust file; open to everybody, and nothing is kept."""
    report = verify_package(package, service_of(request).node.trust)
    return report_answer(report, language_of(request))


def report_answer(report: Report, language: str) -> dict[str, object]:
    """Return a report as ``VerificationAnswer`` has it."""
    return {
        "result": report.exit_code.name.lower().replace("_", " "),
        "exit_code": report.exit_code.value,
        "findings": [
            {
                "check": finding.check,
                "verdict": finding.verdict.name.lower(),
                "code": finding.code,
                "text": word(finding.code, language, readable(finding.params)),
            }
            for finding in report.findings
        ],
    }


def remove(folder: Path) -> None:
    """Remove the folder of a package that was handed out."""
    shutil.rmtree(folder, ignore_errors=True)
