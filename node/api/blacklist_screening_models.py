"""What programs send and receive when they screen rows and tables, and watch customers."""

from pydantic import BaseModel, Field

from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.screening.monitoring import MonitoringPurpose
from blacklist.domain.screening.table_form import ENCODING, SEPARATOR, TableKind
from node.api.blacklist_models import MAX_IDENTIFIERS, FoundAnswer, IdentifierRequest
from node.api.models import Instant
from node.blacklist.row_screening import MAX_ROWS
from node.screening_view import ScreeningState

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
    """Customers to screen at once; larger tables are handed over whole."""

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


class ColumnRequest(BaseModel):
    """A column of identifiers."""

    model_config = {"extra": "forbid"}

    column: str = Field(min_length=1, description="Title.")
    type: IdentifierType


class ScreeningRequest(BaseModel):
    """How a table is to be screened: types are said and never guessed."""

    model_config = {"extra": "forbid"}

    table: str | None = Field(
        None,
        pattern="^[0-9a-f]{32}$",
        description="Id of a table that was stored before; without it the table follows this line.",
    )
    format: TableKind = Field(TableKind.CSV, description="Of the table that follows.")
    encoding: str = Field(ENCODING, max_length=32, description="Of CSV.")
    separator: str = Field(SEPARATOR, description="Of CSV.")
    sheet: str | None = Field(None, description="Of a workbook that has several.")
    identifiers: list[ColumnRequest] = Field(description="Columns of identifiers.")
    authorisation: str = Field(
        min_length=1, description="Column with the number of the authorisation (征信业管理条例 18)."
    )
    issuer: str | None = Field(None, description="Column with the issuer of travel documents.")
    reference: str | None = Field(None, description="Column with your number of the customer.")
    monitor: MonitoringPurpose | None = Field(
        None, description="Watch these customers afterwards, for this relationship."
    )


class StoredTableAnswer(BaseModel):
    """A table that waits a day for its screening to be started."""

    table: str
    format: TableKind
    size: int


class HeldUpAnswer(BaseModel):
    """What holds a screening up."""

    code: str
    title: str
    remedy: str
    try_at: Instant | None = Field(description="When it is tried again; null: never by itself.")


class ScreeningAnswer(BaseModel):
    """A screening and how far it is."""

    job: str
    state: ScreeningState
    held_up: HeldUpAnswer | None
    rows: int
    rejected: int
    asked: int
    hits: int
    started_at: Instant
    started_by: str
    finished_at: Instant | None = Field(description="Null unless all rows were worked on.")
    cancelled_at: Instant | None
