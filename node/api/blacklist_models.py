"""What the API takes and answers about the blacklist: identifiers come in bodies, and never go out."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field

from blacklist.domain.entries.facts import Basis, Facts
from blacklist.domain.entries.grounds import Ground, Severity, StandardProof
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.store.hits import ReviewOutcome
from node.api.models import HexId, Instant, ReasonRequest, ReleaseAnswer

HitId = Annotated[str, Field(pattern="^[0-9a-f]{32}$", examples=["5c" * 16])]
Day = Annotated[
    str,
    Field(
        pattern=r"^(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
        examples=["2026-11-24"],
        description="A day in China.",
    ),
]
MAX_IDENTIFIERS: Final = 16
"""Of one person."""


class IdentifierRequest(BaseModel):
    """An identifier of a person. In the body, for addresses end up in logs."""

    model_config = {"extra": "forbid"}

    type: IdentifierType
    identifier: str = Field(min_length=1, max_length=200, description="As it was written.")
    issuer: str | None = Field(None, max_length=40, description="Of a travel document only.")


class QueryRequest(BaseModel):
    """Whom a query is about, and what allows it."""

    model_config = {"extra": "forbid"}

    identifiers: list[IdentifierRequest] = Field(
        min_length=1, max_length=MAX_IDENTIFIERS, description="All of one person."
    )
    purpose: Literal["query"] = Field(description="One person, before a decision.")
    authorisation: str = Field(
        max_length=200, description="Your number of the person's written authorisation."
    )
    reference: str = Field("", max_length=200, description="Your number of the customer.")


class FoundAnswer(BaseModel):
    """An entry about the person. A hit is no decision: a person reviews it."""

    hit: HitId | None = Field(
        description="Waits for review; null for a hint by a phone or a device alone."
    )
    entry: HexId
    reporter: HexId
    standing: str = Field(examples=["active", "disputed"])
    ground: Ground
    severity: Severity
    conduct_ended: Day
    corroborators: int
    current: bool = Field(description="Today lies in the interval of a phone or a device.")


class QueryAnswer(BaseModel):
    """What was found; that nothing is listed does not mean that nothing is wrong."""

    found: list[FoundAnswer]


class HitAnswer(BaseModel):
    """A kept hit; who may not read content sees neither the reference nor what the entry said."""

    hit: HitId
    entry: HexId
    purpose: str
    found_at: Instant
    changed_at: Instant | None = Field(description="The entry's standing changed after it.")
    reviewed_at: Instant | None
    reviewed_by: str | None
    outcome: ReviewOutcome | None
    reference: str | None
    ground: Ground | None
    standing_then: str | None
    standing_now: str


class HitListing(BaseModel):
    """Hits, newest first."""

    items: list[HitAnswer]
    next: str | None = Field(description="Cursor of the page after; null at the end.")


class ReviewRequest(BaseModel):
    """What a person found."""

    model_config = {"extra": "forbid"}

    outcome: ReviewOutcome
    note: str = Field(
        min_length=1, max_length=2000, description="What was looked at, and why. Sealed."
    )


class SealedAnswer(BaseModel):
    """Names what was sealed about it."""

    evidence_id: HexId


class FactsRequest(BaseModel):
    """What an entry says. Evidence ids name items that are sealed at this member."""

    model_config = {"extra": "forbid"}

    ground: Ground
    severity: Severity
    proofs: list[StandardProof] = Field(
        max_length=len(StandardProof), description="Questions of the checklist answered yes."
    )
    evidence: HexId = Field(description="Of the conduct.")
    basis: Basis
    basis_evidence: HexId = Field(description="Of the consent, the publication or the request.")
    notice: HexId | None = Field(None, description="Of the notice to the person.")
    notified_on: Day | None = Field(None, description="On which the notice reached the person.")
    conduct_ended: Day = Field(description="The five years run from it.")
    valid_from: Day | None = Field(None, description="Phone, device: the person's since.")
    valid_until: Day | None = Field(None, description="Phone, device: the person's until.")

    def facts(self) -> Facts:
        """Return them.

        Raises:
            MalformedError: a day that no calendar has.
        """
        return Facts.from_json(self.model_dump(mode="json"))


class ListingRequest(ReasonRequest):
    """Whom to list, and why; the reason is for the second person and holds no personal data."""

    person: IdentifierRequest
    facts: FactsRequest


class ListingAnswer(BaseModel):
    """A request to list; nothing happens before another person has decided the release."""

    entry: HexId
    release: ReleaseAnswer


class CorrectionRequest(ReasonRequest):
    """What the entry says instead, and why; no personal data."""

    facts: FactsRequest


class WithdrawalRequest(BaseModel):
    """Why an entry ends."""

    model_config = {"extra": "forbid"}

    reasons: HexId = Field(description="Evidence id of why.")


class RulingRequest(BaseModel):
    """How a dispute ends, with the written answer to the person."""

    model_config = {"extra": "forbid"}

    decision: Literal["upheld", "withdrawn"]
    answer: HexId = Field(description="Evidence id of the written answer.")


class AmendmentRequest(BaseModel):
    """A dispute that ends by a correction."""

    model_config = {"extra": "forbid"}

    facts: FactsRequest
    answer: HexId = Field(description="Evidence id of the written answer.")


class CorroborationRequest(BaseModel):
    """Whom another member's entry is about, as this member knows."""

    model_config = {"extra": "forbid"}

    person: IdentifierRequest
    evidence: HexId = Field(description="Of what this member knows.")


class DisputeAnswer(BaseModel):
    """A dispute, open or decided."""

    disputed_at: Instant
    received_by: HexId
    statement: HexId
    decide_by: Instant = Field(description="End of the twenty days.")
    decision: str | None
    reasons: HexId | None
    decided_at: Instant | None
    in_time: bool | None


class EntryAnswer(BaseModel):
    """An entry as the chain has it."""

    entry: HexId
    reporter: HexId
    identifiers: str = Field(description="Type.")
    key_epoch: int
    standing: str = Field(examples=["active", "disputed", "overdue"])
    listed_at: Instant
    expires: str = Field(description="Month, in China.", examples=["2031-09"])
    corroborators: list[HexId]
    disputes: list[DisputeAnswer]
    own: bool
    row_here: bool = Field(description="Its tag is in this member's index.")
    receipts: list[HexId] = Field(description="Members that deleted its row and said so.")
    acknowledged: list[HexId] = Field(
        description="Members that followed its newest change of standing and said so."
    )
    moved_to: HexId | None = Field(description="Entry under a newer key that it goes on in.")


class WaitingAnswer(BaseModel):
    """An own entry that is not on chain yet."""

    entry: HexId
    identifiers: str
    state: str = Field(examples=["asked", "queued"])
    due_at: Instant | None
    created_at: Instant
    created_by: str


class EntriesAnswer(BaseModel):
    """This member's entries, newest first."""

    waiting: list[WaitingAnswer]
    listed: list[EntryAnswer]


class KeyAnswer(BaseModel):
    """A key in force."""

    identifiers: str
    key: HexId
    key_epoch: int
    share_epoch: int
    threshold: int
    holders: list[int] = Field(description="Indices of the members that hold a share.")
    held_here: bool
    why: str = Field(description="Code of why the share here cannot be opened; else empty.")


class CeremonyAnswer(BaseModel):
    """A key ceremony."""

    number: int
    identifiers: str
    kind: str
    phase: str
    since: Instant
    joined: list[int]
    posted: list[int]
    faults: list[str]


class BudgetAnswer(BaseModel):
    """One budget of one caller in this month, at this member's server."""

    member: HexId
    name: str
    identifiers: str
    purpose: str
    used: int
    limit: int
    left: int


class MeterAnswer(BaseModel):
    """How long members that work together would need to ask about everybody."""

    identifiers: str
    colluding: int
    evaluations: int = Field(description="A year, at most.")
    years: float


class UseAnswer(BaseModel):
    """Who used how much, and what the limits are good for."""

    period: str = Field(examples=["2026-11"])
    budgets: list[BudgetAnswer]
    limits: dict[str, int] = Field(description="By purpose.")
    restored: bool = Field(description="Restored in this month: all budgets count as spent.")
    meter: list[MeterAnswer]


class DrawAnswer(BaseModel):
    """A draw of what callers open to an auditor."""

    draw: int
    commit_by: Instant
    reveal_by: Instant
    committed: int
    revealed: int
    state: Literal["running", "valid", "spoiled"]


class SampleFindingAnswer(BaseModel):
    """What this member found as an auditor."""

    draw: int
    member: str
    server: str
    request: str
    place: int | None
    finding: str
    found_at: Instant


class AuditsAnswer(BaseModel):
    """Draws, and what this member found as an auditor, newest first."""

    draws: list[DrawAnswer]
    findings: list[SampleFindingAnswer]


class KeyAlarmAnswer(BaseModel):
    """What a person has to look at about a key."""

    identifiers: str
    code: str
    found_at: Instant


class BlacklistAnswer(BaseModel):
    """Keys and ceremonies, as the node read the chain last."""

    index: int | None = Field(description="This member's.")
    members: dict[int, HexId] = Field(description="By index.")
    alarms: list[KeyAlarmAnswer]
    keys: list[KeyAnswer]
    ceremonies: list[CeremonyAnswer]
