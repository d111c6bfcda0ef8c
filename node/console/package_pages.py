"""Packages: what to leave out, seen before it is made; and the page on which anybody verifies one."""

from typing import Final

from fastapi import APIRouter, Request, Response

from ledger.evidence.statement import read_leaf
from ledger.messages.report import BEFORE_INTAKE, LAW
from ledger.proof.report import Report
from ledger.proof.verify import verify_package
from ledger.services.certifying import ExportOptions
from ledger.services.composing import CONTENT_FIELD
from ledger.store import statements
from ledger.verifier.rendering import readable
from node import evidence_view
from node.api.evidence import known, recorded
from node.api.package_body import MAX_VERIFIED_BYTES, PackageBody
from node.api.packages import make_package, remove, write_package
from node.api.requests import SmallBody, service_of
from node.console.asking import Form, check_header, form_of, present, visitor
from node.console.failures import PageRoute
from node.console.rendering import render
from node.console.showing import EvidenceId
from node.identity.permissions import Permission

VERDICTS: Final = {"proved": "good", "refuted": "bad", "not_provable": "wait"}

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/evidence/{evidence_id}/package")
def build(request: Request, evidence_id: EvidenceId) -> Response:
    """Show what a package of the item would hold."""
    visitor(request, Permission.EVIDENCE_EXPORT)
    with service_of(request).node.database.read() as connection:
        row = known(statements.by_leaf_hash(connection, bytes.fromhex(evidence_id)), evidence_id)
        found = evidence_view.view(connection, row)
    names = sorted(read_leaf(row.leaf).statement.fields.keys() - {CONTENT_FIELD})
    return render(request, "package.html", id=evidence_id, item=found, names=names)


@router.post("/evidence/{evidence_id}/package/preview")
def preview(request: Request, evidence_id: EvidenceId, data: SmallBody) -> Response:
    """Show the clear values that would be disclosed, and what would be withheld; the reading is recorded."""
    who = visitor(request, Permission.CONTENT_READ)
    shown = set(form_of(request, data).all("disclose"))
    node = service_of(request).node
    row = recorded(node, who.principal, evidence_id, "evidence.read-fields")
    fields = [each for each in node.discloser.fields(row) if each.name != CONTENT_FIELD]
    return render(request, "package_preview.html", fields=fields, shown=shown)


@router.post("/evidence/{evidence_id}/package")
def export(request: Request, evidence_id: EvidenceId, data: SmallBody) -> Response:
    """Make the package and hand it over."""
    who = visitor(request, Permission.EVIDENCE_EXPORT)
    options = _options(form_of(request, data))
    return make_package(service_of(request).node, who.principal, evidence_id, options)


@router.post("/evidence/{evidence_id}/package/report")
def check(request: Request, evidence_id: EvidenceId, data: SmallBody) -> Response:
    """Make the package, verify it as a court would, and show the report instead of the package."""
    who = visitor(request, Permission.EVIDENCE_EXPORT)
    options = _options(form_of(request, data))
    node = service_of(request).node
    target, report = write_package(node, who.principal, evidence_id, options)
    remove(target.parent)
    return _report(request, report)


@router.get("/verify")
def ask(request: Request) -> Response:
    """Ask for a package; open to everybody."""
    present(request)
    trust = service_of(request).node.trust
    return render(request, "verify.html", fingerprint=trust.fingerprint, limit=MAX_VERIFIED_BYTES)


@router.post("/verify", max_body_size=MAX_VERIFIED_BYTES)
def verify(request: Request, package: PackageBody) -> Response:
    """Verify a package under this node's trust file and explain each claim; nothing is kept."""
    check_header(request)
    return _report(request, verify_package(package, service_of(request).node.trust))


def _report(request: Request, report: Report) -> Response:
    return render(
        request,
        "report.html",
        report=report,
        law=LAW,
        before_intake=BEFORE_INTAKE,
        verdicts=VERDICTS,
        readable=readable,
    )


def _options(form: Form) -> ExportOptions:
    withheld = set(form.all("offered")) - set(form.all("disclose"))
    return ExportOptions(frozenset(withheld), bool(form.get("content")))
