"""V4, V5, V16, V17: the statement itself and what it says about the time before intake."""

from collections.abc import Mapping

from ledger.evidence.custody import find_break
from ledger.evidence.extraction import extraction_from_json
from ledger.evidence.fields import commitment
from ledger.evidence.statement import Statement
from ledger.primitives import ed25519
from ledger.primitives.canonical import JsonValue
from ledger.proof import layout
from ledger.proof.report import Finding, not_provable, proved, refuted
from ledger.proof.subject import Subject


def v4_leaf_signed(subject: Subject) -> Finding:
    """V4: the leaf is canonical, of the schema, and signed by the key that it names."""
    signed = subject.signed
    if not ed25519.verify(signed.key, signed.signed_bytes, signed.signature):
        return refuted("V4", "leaf-signature")
    return proved("V4", "leaf-signed", kind=signed.statement.kind, key=signed.key.hex())


def v5_fields_match(subject: Subject) -> Finding:
    """V5: every disclosed field matches its commitment in the statement."""
    committed = subject.signed.statement.fields
    for field in subject.fields:
        if committed.get(field.name) != commitment(field):
            return refuted("V5", "field-not-committed", name=field.name)
    withheld = sorted(set(committed) - {field.name for field in subject.fields})
    listed = sorted(subject.package.package.withheld_fields)
    if withheld != listed:
        return refuted("V5", "fields-withheld-silently", names=", ".join(withheld))
    return proved("V5", "fields-match", disclosed=len(subject.fields), withheld=len(withheld))


def v16_custody_unbroken(subject: Subject) -> Finding:
    """V16: the custody entries, as sealed, join up; before intake they are the bank's word."""
    entries = subject.signed.statement.custody
    if not entries:
        return not_provable("V16", "custody-unrecorded")
    content = subject.content
    broken = find_break(entries, content_sha256=content.sha256 if content else None)
    if broken is not None:
        return refuted("V16", "custody-broken", how=broken)
    return proved("V16", "custody-unbroken", trusts=("bank-before-intake",), entries=len(entries))


def v17_extraction_repeatable(subject: Subject) -> Finding:
    """V17: how the content was extracted was sealed, and its result is the sealed content."""
    extraction = subject.signed.statement.extra.get("extraction")
    if extraction is None:
        return not_provable("V17", "extraction-unrecorded")
    found = extraction_from_json(extraction)
    content = subject.content
    if content is None or found.output_sha256 != content.sha256:
        return refuted("V17", "extraction-other-output")
    return proved(
        "V17",
        "extraction-repeatable",
        trusts=("bank-before-intake",),
        tool=found.tool,
        version=found.version,
    )


def dossier_of(statement: Statement) -> Mapping[str, JsonValue]:
    """Return the dossier files that only repeat what the statement seals, by path."""
    sealed: dict[str, JsonValue] = {
        layout.CUSTODY: [entry.to_json() for entry in statement.custody],
        layout.PLATFORM: dict(statement.system),
    }
    if statement.capture is not None:
        sealed[layout.CAPTURE] = dict(statement.capture)
    if "extraction" in statement.extra:
        sealed[layout.EXTRACTION] = statement.extra["extraction"]
    return sealed
