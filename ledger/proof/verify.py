"""The verification: V1 to V17 in order, all of them, never stopping at the first failure.

The numbers stand in the code, the tests, ``docs/spec/verification.md`` and the report alike. A check answers
with a finding or raises; what it raises becomes a finding here:

* its own part is broken, or a comparison fails → refuted;
* its own part is missing → not provable;
* a part that another check owns is missing or broken → not provable, because of that check.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from ledger.errors import MalformedError
from ledger.primitives.canonical import encode
from ledger.proof import (
    checks_case,
    checks_chain,
    checks_log,
    checks_package,
    checks_statement,
    checks_time,
    layout,
)
from ledger.proof.archive import RandomAccess
from ledger.proof.bundle import Bundle, open_bundle
from ledger.proof.report import CHECKS, Finding, Report, Verdict, not_provable, refuted
from ledger.proof.subject import PartBrokenError, PartMissingError, Subject
from ledger.proof.trust import Trust
from ledger.proof.trust_quorum import signing_of

Check: TypeAlias = Callable[[Subject], Finding]

_STEPS: Final[tuple[Check, ...]] = (
    checks_package.v1_package_well_formed,
    checks_package.v2_files_unchanged,
    checks_package.v3_content_digests,
    checks_statement.v4_leaf_signed,
    checks_statement.v5_fields_match,
    checks_log.v6_leaf_in_log,
    checks_log.v7_checkpoint_signed,
    checks_log.v8_cosigned,
    checks_chain.v9_anchored,
    checks_chain.v10_block_sealed,
    checks_chain.v11_one_member,
    checks_log.v12_anchor_follows,
    checks_time.v13_timestamped,
    # V14 needs the findings before it and is called apart.
    checks_case.v15_case_complete,
    checks_statement.v16_custody_unbroken,
    checks_statement.v17_extraction_repeatable,
)


def verify_package(source: RandomAccess, trust: Trust) -> Report:
    """Verify a package against a trust file.

    Args:
        source: the bytes of the ZIP.
        trust: what the reader holds out of band.

    Raises:
        nothing for any content of the package: what is wrong with it stands in the report.
    """
    try:
        bundle = open_bundle(source)
    except MalformedError as error:
        return _unreadable(error, trust)
    return _verify_bundle(bundle, trust)


def _verify_bundle(bundle: Bundle, trust: Trust) -> Report:
    subject = Subject(bundle, trust)
    findings: dict[str, Finding] = {}
    for check, step in zip((c for c in CHECKS if c != "V14"), _STEPS, strict=True):
        findings[check] = _run(check, step, subject)
    findings["V14"] = _run(
        "V14", lambda each: checks_time.v14_time_interval(each, findings), subject
    )
    ordered = tuple(findings[check] for check in CHECKS)
    return Report(
        findings=ordered,
        required=_required(subject, findings),
        policy=trust.policy.name,
        trust_fingerprint=trust.fingerprint,
        signing=signing_of(trust),
        facts=_facts(subject, findings),
        disclosed=_disclosed(subject, findings),
        asserted=_asserted(subject, findings),
    )


def _run(check: str, step: Check, subject: Subject) -> Finding:
    try:
        return step(subject)
    except PartMissingError as missing:
        if missing.check == check:
            return not_provable(check, "part-missing", path=missing.path)
        return not_provable(check, "depends-on", check_needed=missing.check)
    except PartBrokenError as broken:
        if broken.check == check:
            return refuted(check, broken.error.code, **broken.error.params)
        return not_provable(check, "depends-on", check_needed=broken.check)
    except MalformedError as error:
        return refuted(check, error.code, **error.params)


def _required(subject: Subject, findings: dict[str, Finding]) -> tuple[str, ...]:
    """Return the policy's checks; V3 is required only where the item has content in the package."""
    without_content = findings["V3"].code in ("content-withheld", "content-none")
    return tuple(
        check for check in subject.trust.policy.required if not (check == "V3" and without_content)
    )


def _proved(findings: dict[str, Finding], *checks: str) -> bool:
    return all(findings[check].verdict is Verdict.PROVED for check in checks)


def _facts(subject: Subject, findings: dict[str, Finding]) -> dict[str, object]:
    """Return what the statement says, once its signature was verified."""
    if not _proved(findings, "V4"):
        return {}
    statement = subject.signed.statement
    return {
        "leaf": subject.signed.leaf_hash.hex(),
        "kind": statement.kind,
        "member": subject.member.name if subject.member else statement.member.hex(),
        "sealed_at": statement.sealed_at,
        "case_number": statement.case.number if statement.case else None,
        "content_size": subject.content.size
        if _proved(findings, "V3", "V5") and subject.content
        else None,
    }


def _disclosed(subject: Subject, findings: dict[str, Finding]) -> dict[str, object]:
    if not _proved(findings, "V4", "V5"):
        return {}
    return {field.name: field.value for field in subject.fields}


_COVERED_BY: Final[Mapping[str, str]] = {
    layout.STATEMENT: "V4",
    layout.FIELDS: "V5",
    layout.PACKAGE: "V2",
    layout.LEAF_PROOF: "V6",
    layout.COSIGNATURES: "V8",
    layout.HEADER: "V9",  # its receipts root; without seals V10 is not provable, and says so
    layout.RECEIPT: "V9",
    layout.MEMBERSHIP: "V11",
    layout.CONSISTENCY: "V12",
    layout.TIMESTAMP: "V13",
    layout.CASE_HEAD_PROOF: "V15",
    layout.CASE_CONSISTENCY: "V15",
}
"""The check that vouches for a file once it is proved."""


def _asserted(subject: Subject, findings: dict[str, Finding]) -> tuple[str, ...]:
    """Return the files that only the exporter vouches for."""
    covered = {path for path, check in _COVERED_BY.items() if _proved(findings, check)}
    if findings["V12"].code == "anchor-first":
        covered.discard(layout.CONSISTENCY)
    if findings["V14"].code in ("interval", "interval-claimed"):
        covered.add(layout.NOT_BEFORE_HEADER)
    if _proved(findings, "V3"):
        covered.update(p for p in subject.bundle.files if p.startswith(layout.CONTENT_FOLDER))
    if _proved(findings, "V15"):
        items = findings["V15"].params["items"]
        covered.update(map(layout.case_statement, range(1, int(str(items)) + 1)))
    covered.update(_sealed_dossier(subject, findings))
    return tuple(path for path in subject.bundle.payload() if path not in covered)


def _sealed_dossier(subject: Subject, findings: dict[str, Finding]) -> set[str]:
    """Return the dossier's files that repeat, byte for byte, what the statement seals."""
    # Only files that are whole are read here: a broken one is V2's finding, not an error of ours.
    if not _proved(findings, "V2", "V4"):
        return set()
    sealed = checks_statement.dossier_of(subject.signed.statement)
    return {
        path
        for path, value in sealed.items()
        if path in subject.bundle and _holds(subject.bundle, path, encode(value))
    }


def _holds(bundle: Bundle, path: str, expected: bytes) -> bool:
    return bundle.files[path].size == len(expected) and bundle.read(path) == expected


def _unreadable(error: MalformedError, trust: Trust) -> Report:
    """Return the report on something that is not a package: V1 is refuted, nothing else provable."""
    first = refuted("V1", error.code, **error.params)
    rest = (not_provable(check, "depends-on", check_needed="V1") for check in CHECKS[1:])
    return Report(
        findings=(first, *rest),
        required=trust.policy.required,
        policy=trust.policy.name,
        trust_fingerprint=trust.fingerprint,
        signing=signing_of(trust),
        facts={},
        disclosed={},
        asserted=(),
    )
