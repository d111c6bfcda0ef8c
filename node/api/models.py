"""What the API answers, field by field: the schemas of the OpenAPI document."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

HexId = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["9f" * 32])]
Instant = Annotated[str, Field(examples=["2026-11-24T08:00:00.000Z"])]
GivenInstant = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", examples=["2026-11-24T08:00:00.000Z"]
    ),
]
GivenKind = Annotated[str, Field(pattern="^[a-z_]{1,32}$", examples=["call_recording"])]
Cursor = Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,32}$")]
Visible = r"^[!-~]{1,128}$"


class ReceiptAnswer(BaseModel):
    """The signed promise: keep ``receipt``, it is a claim against the institution."""

    id: HexId = Field(description="Leaf hash; names the evidence.")
    sealed_at: Instant
    case_number: int | None = Field(description="Running number in the case.")
    receipt: str = Field(description="The leaf itself: statement and signature, canonical JSON.")
    replayed: bool = Field(description="This request key was answered before, with this receipt.")


class EvidenceSummary(BaseModel):
    """An item and how far it has come."""

    id: HexId
    kind: str
    sealed_at: Instant
    case_number: int | None
    content_size: int | None = Field(description="Bytes.")
    status: Literal["waiting", "logged", "anchored"]
    leaf_index: int | None
    anchored_size: int | None
    block: int | None
    erased: bool


class EvidenceDetail(EvidenceSummary):
    """An item with what its statement says; names of fields, never their values."""

    fields: list[str]
    not_before: int | None = Field(description="Number of the block that the statement names.")
    not_after: Instant | None = Field(description="Earliest timestamp of an authority.")
    timestamp_authority: str | None = Field(description="Which authority states it.")


class EvidencePage(BaseModel):
    """Items, newest first."""

    items: list[EvidenceSummary]
    next: str | None = Field(description="Cursor of the page after; null at the end.")


class HistoryEvent(BaseModel):
    """One station of an item's life."""

    event: str = Field(examples=["sealed", "logged", "anchored", "erased"])
    at: Instant | None
    detail: dict[str, str | int | None]


class LifeLine(BaseModel):
    """An item's stations, in order."""

    events: list[HistoryEvent]


class CustodyStep(BaseModel):
    """One step of custody before intake; holders are systems and roles, never persons."""

    at: Instant
    action: Literal["captured", "transferred", "stored", "transformed", "sealed"]
    giver: str = Field(description="Who held it before; empty at the capture.")
    holder: str
    sha256: HexId | None = Field(description="Of the item after the step, where it was taken.")


class CustodyAnswer(BaseModel):
    """The steps as they were sealed with the item; nobody adds to them, and intake refuses gaps."""

    entries: list[CustodyStep]


class ClearField(BaseModel):
    """A clear value with the salt of its commitment."""

    name: str
    value: object
    salt: str = Field(description="Hexadecimal.")


class ClearFields(BaseModel):
    """Personal data: each reading leaves an audit entry."""

    fields: list[ClearField]


class CaseAnswer(BaseModel):
    """A case and whether it is complete."""

    case_id: str = Field(pattern="^[0-9a-f]{32}$")
    items: int = Field(description="Running number of the newest item.")
    missing: list[int] = Field(description="Running numbers that are not there: gaps.")
    legal_hold: bool


class SearchRequest(BaseModel):
    """What is looked for. In the body, for addresses end up in logs."""

    model_config = {"extra": "forbid"}

    case: str | None = Field(None, max_length=200, description="The bank's case number.")
    person: str | None = Field(None, max_length=200, description="A person's identifier.")
    kind: GivenKind | None = None
    sha256: HexId | None = Field(None, description="Digest of the content.")
    since: GivenInstant | None = None
    until: GivenInstant | None = None
    cursor: Cursor | None = None
    limit: int = Field(50, ge=1, le=200)


class CaseRequest(BaseModel):
    """Names a case."""

    model_config = {"extra": "forbid"}

    case: str = Field(min_length=1, max_length=200, description="The bank's case number.")


class PackageRequest(BaseModel):
    """What to leave out of a package."""

    model_config = {"extra": "forbid"}

    withhold: list[str] = Field(default_factory=list, max_length=64, description="Field names.")
    with_content: bool = True


class ReasonRequest(BaseModel):
    """Why something is asked for or decided."""

    model_config = {"extra": "forbid"}

    reason: str = Field(min_length=1, max_length=500)


class AskedRelease(ReasonRequest):
    """What two persons have to agree on."""

    kind: Literal["erasure", "key-change", "rule-change"]
    subject: str = Field(
        min_length=1,
        max_length=128,
        examples=["rotate-master"],
        description="Evidence id; rotate-master or wrap-master; retention.",
    )


class DecisionRequest(ReasonRequest):
    """A decision by the second pair of eyes."""

    approve: bool


class ReleaseAnswer(BaseModel):
    """Something that takes two persons."""

    release_id: str
    kind: str
    subject: str
    reason: str
    details: dict[str, str | int | bool] = Field(
        description="What the decider has to see besides, for example the periods of a rule change."
    )
    requested_by: str
    requested_at: Instant
    expires_at: Instant
    state: str
    decided_by: str | None
    decided_at: Instant | None
    decision_reason: str | None
    finished_at: Instant | None


class FindingAnswer(BaseModel):
    """One of the numbered checks."""

    check: str = Field(examples=["V6"])
    verdict: Literal["proved", "refuted", "not_provable"]
    code: str
    text: str


class VerificationAnswer(BaseModel):
    """What the shipped verifier says of a package."""

    result: str = Field(examples=["proved"])
    exit_code: int
    findings: list[FindingAnswer]


class ProblemAnswer(BaseModel):
    """An RFC 9457 problem."""

    type: str
    title: str
    status: int
    code: str
    remedy: str = ""
    params: dict[str, object] = Field(default_factory=dict)
    breaches: list[dict[str, str]] = Field(
        default_factory=list,
        description="Of a listing: every rule that it breaks, with code, article, title, remedy.",
    )
