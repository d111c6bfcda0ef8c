"""Grounds on which somebody may be listed, and what has to be shown for each of them.

Not to pay is no ground, nor is to be unable to. No ground rests on a suspicious-transaction report, which
must stay secret (反洗钱法 2024). Victims of impersonation are entered on a ground of their own, which
protects them.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Ground(StrEnum):
    """Why somebody is listed."""

    FABRICATED_IDENTITY = "fabricated-identity"
    FORGED_DOCUMENTS = "forged-documents"
    LOAN_FRAUD_RING = "loan-fraud-ring"
    MALICIOUS_EVASION = "malicious-evasion"
    AGENCY_MISCONDUCT = "agency-misconduct"
    IMPERSONATED = "impersonated"
    """The person's identity was misused by others: whoever meets it is to look more closely, for them."""


class Severity(StrEnum):
    """How grave it was; for the person who reviews a hit."""

    NOTABLE = "notable"
    SERIOUS = "serious"
    GRAVE = "grave"


class StandardProof(StrEnum):
    """One question of the checklist, answered yes by the person who lists."""

    PERSON_IDENTIFIED = "person-identified"
    """Whom it concerns is certain: document, face or signature, not a name and a number alone."""
    CONDUCT_DOCUMENTED = "conduct-documented"
    """The conduct itself is sealed in the evidence log."""
    NO_SUSPICION_REPORT = "no-suspicion-report"
    """Nothing of it comes from, or hints at, a suspicious-transaction report."""
    INTENT_SHOWN = "intent-shown"
    """It was done on purpose; inability to pay was looked at and ruled out."""
    PERSON_HEARD = "person-heard"
    """What the person said about it was considered."""
    DOCUMENT_EXAMINED = "document-examined"
    """The issuer of the document, or an expert, found it forged."""
    SECOND_SOURCE = "second-source"
    """A source besides the reporter's own staff bears it out."""
    COURT_FINDING = "court-finding"
    """A court's decision that is in force says so."""
    ASKED_BY_THE_PERSON = "asked-by-the-person"
    """The person concerned asked to be protected."""


_ALWAYS: Final = frozenset(
    {
        StandardProof.PERSON_IDENTIFIED,
        StandardProof.CONDUCT_DOCUMENTED,
        StandardProof.NO_SUSPICION_REPORT,
    }
)
_AGAINST: Final = _ALWAYS | {StandardProof.INTENT_SHOWN, StandardProof.PERSON_HEARD}
REQUIRED: Final[Mapping[Ground, frozenset[StandardProof]]] = {
    Ground.FABRICATED_IDENTITY: _AGAINST | {StandardProof.SECOND_SOURCE},
    Ground.FORGED_DOCUMENTS: _AGAINST | {StandardProof.DOCUMENT_EXAMINED},
    Ground.LOAN_FRAUD_RING: _AGAINST | {StandardProof.SECOND_SOURCE},
    Ground.MALICIOUS_EVASION: _AGAINST | {StandardProof.COURT_FINDING},
    Ground.AGENCY_MISCONDUCT: _AGAINST | {StandardProof.SECOND_SOURCE},
    Ground.IMPERSONATED: _ALWAYS | {StandardProof.ASKED_BY_THE_PERSON},
}
"""Standard of proof of each ground: all of these answered yes."""


def is_protective(ground: Ground) -> bool:
    """Tell whether a ground protects the person whom an entry is about."""
    return ground is Ground.IMPERSONATED
