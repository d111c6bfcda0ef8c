"""What the law asks before anything is listed, asked or kept: pure rules, each with its article.

A rule that is broken has a code; its words name article and remedy, and docs/blacklist-law.md lists them all.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from blacklist.domain.entries.facts import CHINA, Basis, Facts
from blacklist.domain.entries.grounds import REQUIRED, is_protective
from blacklist.domain.entries.specimens import is_specimen
from blacklist.domain.entries.standing import DISPUTE_TERM
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType
from blacklist.domain.protocol.purposes import Purpose
from ledger.errors import LedgerError, RefusedError

NOTICE_DAYS: Final = 15
"""Between the notice and the listing, so that the person can object first; the law says "before"."""
WEAK: Final = frozenset({IdentifierType.PHONE, IdentifierType.DEVICE, IdentifierType.ADDRESS})
"""Identifiers that pass from hand to hand: they carry an interval, and alone never hit a person."""

FREE_REPORTS: Final = 2
"""In a calendar year (征信业管理条例 17)."""
KEPT_YEARS: Final = 3
"""How long assessments and records of what was done with personal data are kept (个人信息保护法 56)."""
REMINDED: Final = timedelta(days=5)
"""Before an answer is due."""
BY_AGREEMENT: Final = frozenset({Purpose.QUERY, Purpose.SCREENING, Purpose.MONITORING})
"""Purposes that rest on what was agreed with the person; the others rest on duties."""


class RunningMode(StrEnum):
    """Under what a member runs the blacklist; nothing in it is decided by the software."""

    TEST = "test"
    """No licence and no association's document: identifiers that are nobody's only."""
    LICENSED_BUREAU = "licensed-bureau"
    """Under a licensed personal credit bureau (征信业管理条例 7)."""
    ASSOCIATION = "association"
    """Under an association that the regulator approved for it."""


@dataclass(frozen=True, slots=True)
class ListingProposal:
    """A listing as it is asked for.

    Attributes:
        identifier: whom it is about.
        facts: what it says.
        mode: of the member.
        today: day in China.
    """

    identifier: Identifier
    facts: Facts
    mode: RunningMode
    today: date


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition.

    Attributes:
        code: of its breach.
        article: of the law, as in the words.
        broken: tells whether a proposal breaks it.
    """

    code: str
    article: str
    broken: Callable[[ListingProposal], bool]


def _without_notice(asked: ListingProposal) -> bool:
    facts = asked.facts
    needs = facts.basis is not Basis.PUBLIC_BY_LAW and not is_protective(facts.ground)
    return needs and (facts.notice is None or facts.notified_on is None)


def _too_early(asked: ListingProposal) -> bool:
    notified = asked.facts.notified_on
    return notified is not None and asked.today < notified + timedelta(days=NOTICE_DAYS)


def _without_interval(asked: ListingProposal) -> bool:
    facts = asked.facts
    if asked.identifier.type not in WEAK:
        return facts.valid_from is not None or facts.valid_until is not None
    if facts.valid_from is None:
        return True
    return facts.valid_until is not None and facts.valid_until < facts.valid_from


LISTING_RULES: Final[Sequence[Rule]] = (
    Rule(
        "listing-test-data-only",
        "征信业管理条例 7, 36",
        lambda asked: asked.mode is RunningMode.TEST and not is_specimen(asked.identifier),
    ),
    Rule(
        "listing-basis-unfit",
        "征信业管理条例 13, 29; 个人信息保护法 13, 23",
        lambda asked: (asked.facts.basis is Basis.OWN_REQUEST) != is_protective(asked.facts.ground),
    ),
    Rule("listing-notice-missing", "征信业管理条例 15", _without_notice),
    Rule("listing-notice-too-recent", "征信业管理条例 15", _too_early),
    Rule(
        "listing-proof-incomplete",
        "个人信息保护法 8; 反洗钱法",
        lambda asked: not REQUIRED[asked.facts.ground] <= set(asked.facts.proofs),
    ),
    Rule(
        "listing-conduct-not-ended",
        "征信业管理条例 16",
        lambda asked: asked.facts.conduct_ended > asked.today,
    ),
    Rule(
        "listing-conduct-too-old",
        "征信业管理条例 16",
        lambda asked: asked.facts.expires_at().date() <= asked.today,
    ),
    Rule("listing-interval-missing", "个人信息保护法 8", _without_interval),
)


def breaches(asked: ListingProposal) -> tuple[Rule, ...]:
    """Return the rules that a listing would break."""
    return tuple(rule for rule in LISTING_RULES if rule.broken(asked))


def check_listing(asked: ListingProposal) -> None:
    """Return when a listing may be asked for.

    Raises:
        RefusedError: with the code of the first rule that it breaks, and all of them as ``all``.
    """
    found = breaches(asked)
    if found:
        every = tuple(rule.code for rule in found)
        raise RefusedError(found[0].code, article=found[0].article, all=every)


def rules_of(error: LedgerError) -> tuple[Rule, ...]:
    """Return every rule that a refusal of ``check_listing`` names; none for any other error."""
    named = error.params.get("all")
    if not isinstance(named, tuple):
        return ()
    return tuple(rule for rule in LISTING_RULES if rule.code in named)


def check_asking(identifiers: Sequence[Identifier], mode: RunningMode) -> None:
    """Return when identifiers may be asked about.

    Raises:
        RefusedError: ``asking-test-data-only``: without a licence only what is nobody's (征信业管理条例 7).
    """
    if mode is RunningMode.TEST and not all(map(is_specimen, identifiers)):
        raise RefusedError("asking-test-data-only", article="征信业管理条例 7, 36")


def check_purpose(purpose: Purpose, agreed: Collection[Purpose]) -> None:
    """Return when persons agreed to be asked about for a purpose.

    Raises:
        RefusedError: ``asking-purpose-not-agreed`` (征信业管理条例 20).
    """
    if purpose in BY_AGREEMENT and purpose not in agreed:
        raise RefusedError(
            "asking-purpose-not-agreed", purpose=purpose.value, article="征信业管理条例 20"
        )


def check_authorisation(reference: str) -> None:
    """Return when a query names the person's written authorisation.

    Raises:
        RefusedError: ``authorisation-missing`` (征信业管理条例 18).
    """
    if not reference.strip():
        raise RefusedError("authorisation-missing", article="征信业管理条例 18")


def is_chargeable(number: int) -> bool:
    """Tell whether a person may be asked to pay for a year's report with this number (条例 17)."""
    return number > FREE_REPORTS


def check_refusal(kept_for: RefusedError | None) -> None:
    """Return when a request to delete an entry may be refused.

    Args:
        kept_for: why the entry could not be listed today; ``None`` when it could.

    Raises:
        RefusedError: ``deletion-owed``: what may not be kept any more is deleted (个人信息保护法 47).
    """
    if kept_for is not None:
        raise RefusedError("deletion-owed", article="个人信息保护法 47", broken=kept_for.code)


def kept_since(now: datetime, years: int) -> datetime:
    """Return the moment from which on what was asked and found is still kept."""
    return now.astimezone(CHINA) - timedelta(days=years * 366)


def assessment_is_due(sealed: datetime, now: datetime) -> bool:
    """Tell whether an impact assessment is older than three years (个人信息保护法 56)."""
    return sealed < kept_since(now, KEPT_YEARS)


def answer_due(received: datetime) -> datetime:
    """Return until when a dispute is answered in writing: twenty days (征信业管理条例 25)."""
    return received + DISPUTE_TERM
