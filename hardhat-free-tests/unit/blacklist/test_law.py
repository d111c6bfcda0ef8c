"""Every rule of the law breaks on what it forbids, and on nothing else."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from harness.entry_members import facts, identifier, specimen

from blacklist.domain.entries.facts import Basis, Facts
from blacklist.domain.entries.grounds import REQUIRED, Ground, StandardProof
from blacklist.domain.entries.law import (
    BY_AGREEMENT,
    LISTING_RULES,
    ListingProposal,
    RunningMode,
    answer_due,
    assessment_is_due,
    breaches,
    check_asking,
    check_authorisation,
    check_purpose,
    check_refusal,
    is_chargeable,
)
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType, spelled
from blacklist.domain.protocol.purposes import Purpose
from ledger.errors import RefusedError

TODAY = date(2026, 11, 24)
SPECIMEN = identifier(specimen(123))
SOMEBODY = spelled(IdentifierType.NATIONAL_ID, "11010519491231002X")
PHONE = spelled(IdentifierType.PHONE, "+12025550101")
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def broken(
    said: Facts, who: Identifier = SPECIMEN, mode: RunningMode = RunningMode.TEST
) -> set[str]:
    return {rule.code for rule in breaches(ListingProposal(who, said, mode, TODAY))}


def test_lawful_facts_break_nothing() -> None:
    assert broken(facts(TODAY)) == set()
    licensed = RunningMode.LICENSED_BUREAU
    assert broken(facts(TODAY), SOMEBODY, licensed) == set()


FACTS = facts(TODAY)
BREAKING: dict[str, tuple[Facts, Identifier]] = {
    "listing-test-data-only": (FACTS, SOMEBODY),
    "listing-basis-unfit": (replace(FACTS, basis=Basis.OWN_REQUEST), SPECIMEN),
    "listing-notice-missing": (replace(FACTS, notice=None), SPECIMEN),
    "listing-notice-too-recent": (
        replace(FACTS, notified_on=TODAY - timedelta(days=14)),
        SPECIMEN,
    ),
    "listing-proof-incomplete": (
        replace(FACTS, proofs=(StandardProof.PERSON_IDENTIFIED,)),
        SPECIMEN,
    ),
    "listing-conduct-not-ended": (
        replace(FACTS, conduct_ended=TODAY + timedelta(days=1)),
        SPECIMEN,
    ),
    "listing-conduct-too-old": (replace(FACTS, conduct_ended=date(2021, 11, 1)), SPECIMEN),
    "listing-interval-missing": (FACTS, PHONE),
}


@pytest.mark.parametrize("code", [rule.code for rule in LISTING_RULES])
def test_each_rule_is_broken_by_what_it_forbids_and_by_that_alone(code: str) -> None:
    said, who = BREAKING[code]
    assert broken(said, who) == {code}


def test_notice_is_not_needed_for_what_is_public_by_law_nor_for_protection() -> None:
    public = replace(FACTS, basis=Basis.PUBLIC_BY_LAW, notice=None, notified_on=None)
    assert broken(public) == set()
    victim = replace(
        facts(TODAY, Ground.IMPERSONATED), basis=Basis.OWN_REQUEST, notice=None, notified_on=None
    )
    assert broken(victim) == set()


def test_no_ground_rests_on_a_suspicious_transaction_report() -> None:
    for ground, proofs in REQUIRED.items():
        assert StandardProof.NO_SUSPICION_REPORT in proofs, ground


def test_inability_to_pay_is_no_ground_and_evasion_needs_a_court() -> None:
    assert StandardProof.COURT_FINDING in REQUIRED[Ground.MALICIOUS_EVASION]
    for ground in set(Ground) - {Ground.IMPERSONATED}:
        assert StandardProof.INTENT_SHOWN in REQUIRED[ground], ground


def test_without_a_licence_nobody_real_is_asked_about() -> None:
    check_asking([SPECIMEN, PHONE], RunningMode.TEST)
    check_asking([SOMEBODY], RunningMode.ASSOCIATION)
    with pytest.raises(RefusedError, match="asking-test-data-only"):
        check_asking([SPECIMEN, SOMEBODY], RunningMode.TEST)


def test_a_query_needs_the_persons_authorisation() -> None:
    check_authorisation("LA-2026-77")
    with pytest.raises(RefusedError, match="authorisation-missing"):
        check_authorisation("  ")


@pytest.mark.parametrize("purpose", list(Purpose))
def test_agreed_purposes_bind_what_rests_on_agreement(purpose: Purpose) -> None:
    check_purpose(purpose, frozenset({purpose}))
    if purpose in BY_AGREEMENT:
        with pytest.raises(RefusedError, match="asking-purpose-not-agreed"):
            check_purpose(purpose, BY_AGREEMENT - {purpose})
    else:
        check_purpose(purpose, frozenset())


def test_the_third_report_of_a_year_is_chargeable() -> None:
    assert [is_chargeable(number) for number in (1, 2, 3)] == [False, False, True]


def test_an_answer_is_due_after_twenty_days() -> None:
    assert answer_due(NOW) - NOW == timedelta(days=20)


def test_what_may_not_be_kept_cannot_be_refused_deletion() -> None:
    check_refusal(None)
    with pytest.raises(RefusedError, match="deletion-owed"):
        check_refusal(RefusedError("listing-conduct-too-old"))


def test_an_assessment_is_due_again_after_three_years() -> None:
    assert not assessment_is_due(NOW - timedelta(days=3 * 365), NOW)
    assert assessment_is_due(NOW - timedelta(days=3 * 366 + 1), NOW)
