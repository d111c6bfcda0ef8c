"""The report as people read it, in Chinese or English, and as machines read it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Final

from ledger.messages.catalogue import text
from ledger.messages.report import BEFORE_INTAKE, LAW
from ledger.proof.report import Finding, Report, TrustSigning, Verdict

_MARKS: Final = {Verdict.PROVED: "[+]", Verdict.REFUTED: "[X]", Verdict.NOT_PROVABLE: "[?]"}
_TIMES: Final = ("lower", "upper", "time")
"""Parameters that are POSIX seconds; people read them as UTC."""


def render(report: Report, language: str) -> str:
    """Return the report as lines of text."""
    return "\n".join(_lines(report, language)) + "\n"


def _lines(report: Report, language: str) -> Iterator[str]:
    yield text("report-title", language)
    yield ""
    yield from _facts(report, language)
    for title, before in (("report-after", False), ("report-before", True)):
        yield text(title, language)
        for finding in report.findings:
            if (finding.check in BEFORE_INTAKE) == before:
                yield from _finding(finding, language)
        yield ""
    if report.asserted:
        yield text("report-asserted", language, {"paths": ", ".join(report.asserted)})
    required = ", ".join(report.required) or text("report-none", language)
    yield text("report-policy", language, {"policy": report.policy, "required": required})
    yield from _trust(report, language)
    yield ""
    yield text(f"exit-{report.exit_code.name.lower()}", language)


def _trust(report: Report, language: str) -> Iterator[str]:
    """Say which trust file it was, who signed it, and what that does not prove."""
    signing = report.signing
    yield text("report-trust", language, {"fingerprint": report.trust_fingerprint})
    counts = {"signed": len(signing.signers), "members": signing.members, "quorum": signing.quorum}
    if signing.signers:
        names = "、".join(signing.signers)
        yield text("report-trust-signed", language, {**counts, "names": names})
        when = {"made_at": signing.made_at or "–", "height": signing.height}
        yield text("report-trust-made", language, when)
    else:
        yield text("report-trust-unsigned", language, counts)
    if signing.uncounted:
        names = "、".join(signing.uncounted)
        yield text("report-trust-uncounted", language, {"names": names})
    if not signing.reached:
        yield text("report-trust-below", language, counts)
    if signing.previous is not None:
        yield text("report-trust-previous", language, {"fingerprint": signing.previous})
    elif signing.signers:
        yield text("report-trust-means", language)


def _facts(report: Report, language: str) -> Iterator[str]:
    if report.facts:
        yield text("report-item", language)
        for name, value in report.facts.items():
            if value is not None:
                yield f"    {text(f'fact-{name}', language)}: {value}"
    if report.disclosed:
        yield text("report-disclosed", language)
        for name, value in report.disclosed.items():
            yield f"    {name}: {value}"
    if report.facts or report.disclosed:
        yield ""


def _finding(finding: Finding, language: str) -> Iterator[str]:
    verdict = text(f"verdict-{finding.verdict.value}", language)
    title = text(finding.check, language)
    mark = _MARKS[finding.verdict]
    yield f"{mark} {finding.check:<3} {title}: {verdict}"
    reason = text(finding.code, language, readable(finding.params))
    yield f"        {reason} ({text('report-law', language)}: {LAW[finding.check]})"
    if finding.trusts:
        trusted = "; ".join(text(f"trust-{code}", language) for code in finding.trusts)
        yield f"        {text('report-trusts', language)}: {trusted}"


def readable(params: Mapping[str, object]) -> Mapping[str, object]:
    """Return parameters with POSIX seconds as UTC instants."""
    return {
        name: _instant(value) if name in _TIMES and isinstance(value, int) else value
        for name, value in params.items()
    }


def _instant(seconds: int) -> str:
    try:
        moment = datetime.fromtimestamp(seconds, tz=timezone.utc)
    except (OverflowError, OSError, ValueError):
        return str(seconds)
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def to_json(report: Report) -> Mapping[str, object]:
    """Return the report for machines; verdicts and codes are stable."""
    return {
        "exit_code": report.exit_code.value,
        "conclusion": report.exit_code.name.lower(),
        "policy": report.policy,
        "required": list(report.required),
        "trust_fingerprint": report.trust_fingerprint,
        "trust_signing": _signing(report.signing),
        "facts": dict(report.facts),
        "disclosed": dict(report.disclosed),
        "asserted": list(report.asserted),
        "checks": [
            {
                "check": finding.check,
                "verdict": finding.verdict.value,
                "code": finding.code,
                "params": {name: _plain(value) for name, value in finding.params.items()},
                "trusts": list(finding.trusts),
                "law": LAW[finding.check],
            }
            for finding in report.findings
        ],
    }


def _signing(signing: TrustSigning) -> Mapping[str, object]:
    return {
        "signers": list(signing.signers),
        "uncounted": list(signing.uncounted),
        "members": signing.members,
        "quorum": signing.quorum,
        "reached": signing.reached,
        "made_at": signing.made_at,
        "height": signing.height,
        "previous": signing.previous,
    }


def _plain(value: object) -> object:
    return value if isinstance(value, int | str) or value is None else str(value)
