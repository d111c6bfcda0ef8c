"""What programs send and receive when they screen rows, and watch customers."""

from pydantic import BaseModel, Field

from blacklist.domain.screening.monitoring import MonitoringPurpose
from node.api.blacklist_models import MAX_IDENTIFIERS, FoundAnswer, IdentifierRequest
from node.api.models import Instant
from node.blacklist.row_screening import MAX_ROWS

_AUTHORISATION = Field(max_length=128, description="Your number of the person's authorisation.")
_REFERENCE = Field("", max_length=128, description="Your number of the customer.")


class RowRequest(BaseModel):
    """One customer."""

    model_config = {"extra": "forbid"}

    identifiers: list[IdentifierRequest] = Field(
        max_length=MAX_IDENTIFIERS, description="All of one person."
    )
    authorisation: str = _AUTHORISATION
    reference: str = _REFERENCE


class RowsRequest(BaseModel):
    """Customers to screen at once; larger tables are screened at the node's shell."""

    model_config = {"extra": "forbid"}

    rows: list[RowRequest] = Field(min_length=1, max_length=MAX_ROWS)


class RefusedRow(BaseModel):
    """Why nobody was asked about a row; never with what it held."""

    code: str
    title: str
    remedy: str


class RowAnswered(BaseModel):
    """What became of a row."""

    row: int = Field(description="Its place, from 1.")
    found: list[FoundAnswer]
    refused: RefusedRow | None


class RowsAnswer(BaseModel):
    """An answer for each row, in their order."""

    rows: list[RowAnswered]


class MonitoringRequest(BaseModel):
    """Whom to watch for new entries, and what for."""

    model_config = {"extra": "forbid"}

    person: IdentifierRequest
    authorisation: str = _AUTHORISATION
    reference: str = _REFERENCE
    purpose: MonitoringPurpose = Field(
        description="The relationship that the person agreed to be watched for."
    )


class MonitoredAnswer(BaseModel):
    """A watched identifier."""

    item: str
    identifiers: str = Field(description="Type.")
    purpose: MonitoringPurpose
    reference: str | None = Field(
        description="Your number of the customer; null for who may not read content."
    )
    since: Instant
    started_by: str


class MonitoredListing(BaseModel):
    """Watched identifiers, newest first."""

    items: list[MonitoredAnswer]
    next: str | None = Field(description="Cursor of the page after; null at the end.")


class MonitoringAnswer(BaseModel):
    """The id of what is watched from now on."""

    item: str
