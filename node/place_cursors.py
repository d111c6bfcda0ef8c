"""Cursors of lists in the order of an instant and an id: they hold when what they name is gone meanwhile."""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Final

from ledger.errors import MalformedError
from ledger.evidence.instants import format_instant, parse_instant

_TIME_BYTES: Final = 6
_ID_BYTES: Final = 16
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def write_place(instant: str, identifier: bytes) -> str:
    """Return the cursor after an item: its instant, and its id of 16 bytes."""
    at = (parse_instant(instant) - _EPOCH) // _MILLISECOND
    return (
        base64.urlsafe_b64encode(at.to_bytes(_TIME_BYTES, "big") + identifier).decode().rstrip("=")
    )


def read_place(cursor: str) -> tuple[str, bytes]:
    """Return what ``write_place`` wrote.

    Raises:
        MalformedError: ``request-invalid``: no cursor of ours.
    """
    try:
        place = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        if len(place) != _TIME_BYTES + _ID_BYTES:
            raise ValueError(cursor)  # noqa: TRY301  # one way out for all that is no cursor
        at = _EPOCH + _MILLISECOND * int.from_bytes(place[:_TIME_BYTES], "big")
    except (ValueError, OverflowError, binascii.Error):
        raise MalformedError("request-invalid", where="cursor", why="not a cursor") from None
    return format_instant(at), place[_TIME_BYTES:]
