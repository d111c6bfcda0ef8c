"""When the item was sealed: an interval, and where each end of it comes from.

The lower end is the block that the statement names: it did not exist earlier. The upper end is the earliest
of the anchor's block, the witnesses' cosignatures, and the time-stamping authority. A block's time is chosen
by its proposer and is never called a trusted time; each source is named as what it is.
"""

from dataclasses import dataclass

from ledger.proof.report import Finding, Verdict
from ledger.proof.subject import Subject


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of the interval.

    Attributes:
        source: ``block``, ``cosignature`` or ``timestamp``.
        time: POSIX seconds.
        firm: whether somebody other than the exporter vouches for it (seals, witnesses, authority).
    """

    source: str
    time: int
    firm: bool


def upper_bounds(subject: Subject, findings: dict[str, Finding]) -> list[Bound]:
    """Return every upper bound that the package gives."""
    bounds = [Bound("block", subject.header.timestamp, firm=_is_proved(findings, "V10"))]
    bounds += _witnessed(subject, firm=_is_proved(findings, "V8"))
    if _is_proved(findings, "V13"):
        moment = findings["V13"].params["time"]
        if isinstance(moment, int):
            bounds.append(Bound("timestamp", moment, firm=True))
    return bounds


def _is_proved(findings: dict[str, Finding], check: str) -> bool:
    return check in findings and findings[check].verdict is Verdict.PROVED


def _witnessed(subject: Subject, *, firm: bool) -> list[Bound]:
    """Return the moment at which the quorum was complete: a single witness may err or collude."""
    times = sorted(subject.cosignature_times.values())
    quorum = max(subject.trust.policy.cosignature_quorum, 1)
    return [Bound("cosignature", times[quorum - 1], firm=firm)] if len(times) >= quorum else []
