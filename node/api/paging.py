"""Cursors: opaque to callers, so that what they order by can change."""

import base64
import binascii

from ledger.errors import MalformedError

_LARGEST = 2**63 - 1


def write_cursor(seq: int | None) -> str | None:
    """Return the cursor after ``seq``; ``None`` at the end."""
    return (
        None if seq is None else base64.urlsafe_b64encode(f"{seq:x}".encode()).decode().rstrip("=")
    )


def read_cursor(text: str | None) -> int | None:
    """Return what ``write_cursor`` wrote.

    Raises:
        MalformedError: no cursor of ours.
    """
    if text is None:
        return None
    try:
        seq = int(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), 16)
    except (ValueError, binascii.Error) as error:
        raise MalformedError("request-invalid", where="cursor", why="not a cursor") from error
    if not 0 <= seq <= _LARGEST:
        raise MalformedError("request-invalid", where="cursor", why="not a cursor")
    return seq
