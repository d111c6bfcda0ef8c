"""A package that anybody sends to be verified: in memory, a few at a time, within a deadline.

Strangers may ask, so that what they can hold is bounded: each address by the limiter, all of them by the
number of places, and each by the time in which its bytes must have come. No thread waits for them.
"""

from collections.abc import AsyncIterator
from threading import BoundedSemaphore
from typing import Annotated, Final

from anyio import fail_after
from fastapi import Depends, Request
from starlette.requests import ClientDisconnect

from ledger.errors import LimitError, UnavailableError
from node.api.requests import service_of, source_address
from node.errors import TooManyRequestsError
from node.identity.lockout import source_name
from node.memory_package import MemoryPackage

MAX_VERIFIED_BYTES: Final = 64 * 1024 * 1024
"""Held in memory while it is checked; larger packages are checked with ``verify.pyz``."""
SECONDS: Final = 60
_places: Final = BoundedSemaphore(4)


async def package_body(request: Request) -> AsyncIterator[MemoryPackage]:
    """Yield the body as a package, and hold its place until it is answered.

    Raises:
        TooManyRequestsError: too many at once, or from this address.
        LimitError: it is too large.
        UnavailableError: its bytes did not come in time.
    """
    service_of(request).limiter.count("verify", source_name(source_address(request)))
    if not _places.acquire(blocking=False):
        raise TooManyRequestsError("too-many-requests", seconds=SECONDS // 10)
    try:
        yield MemoryPackage(await _read(request))
    finally:
        _places.release()


async def _read(request: Request) -> bytes:
    parts, size = [], 0
    try:
        with fail_after(SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > MAX_VERIFIED_BYTES:
                    raise LimitError("request-too-large", limit=MAX_VERIFIED_BYTES)
                parts.append(chunk)
    except (TimeoutError, ClientDisconnect) as error:
        raise UnavailableError("client-gone") from error
    return b"".join(parts)


PackageBody = Annotated[MemoryPackage, Depends(package_body)]
