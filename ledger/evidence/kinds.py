"""The kinds of evidence that a statement can have.

A kind says what an item is, never what it proves. The list only grows: old packages verify for ever.
"""

from typing import Final

KINDS: Final = (
    "call_recording",
    "transcript",
    "promise_to_pay",
    "repayment_plan",
    "message",
    "letter",
    "visit_record",
    "contract",
    "signed_document",
    "valuation_report",
    "court_filing",
    "auction_event",
    "payment_record",
    "decision",
    "case_head",
    "erasure",
    "audit_range",
    "opening",
    "misbehaviour",
    "evaluation",
)

SEALED_BY_THE_NODE: Final = frozenset(
    {"case_head", "erasure", "audit_range", "opening", "misbehaviour", "evaluation"}
)
"""Kinds that only the node itself seals: a caller that could, could claim a case complete."""

STANDS_WITHOUT_CONTENT: Final = frozenset(
    {"promise_to_pay", "repayment_plan", "decision", "payment_record"}
)
"""Kinds whose substance is their fields, so that a file is welcome but not needed."""
