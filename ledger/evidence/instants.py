"""Instants as the ledger writes them: ISO 8601 in UTC with milliseconds, so that text order is time order."""

from datetime import UTC, datetime


def format_instant(moment: datetime) -> str:
    """Return ``moment`` (aware) as ``2026-11-24T08:00:00.000Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_instant(text: str) -> datetime:
    """Return the aware datetime of an instant that ``format_instant`` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
