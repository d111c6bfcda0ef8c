"""The log as its public reads it (C2SP tlog-tiles under ``/v1/log``): checkpoint, hash tiles, trust file.

Open without login: hash tiles tell nothing but how large the log is, which the chain tells too. Statements
are not public, so that there are no entry tiles.
"""

import re
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from ledger.errors import IntegrityError, RefusedError
from ledger.evidence.tiles import HASH_BYTES, WIDTH, TileName
from ledger.services.sequencing import current_log
from ledger.store import logs
from node import log_view, trust_signing
from node.api.documents import content, problems
from node.api.requests import service_of, source_address
from node.identity.lockout import source_name

_NUMBER: Final = re.compile(r"(?:x[0-9]{3}/)*[0-9]{3}")
_MAX_LEVEL: Final = 63
_FOREVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}

router = APIRouter(tags=["log"])


@router.get(
    "/log/checkpoint",
    response_class=Response,
    responses=content("text/plain", "C2SP tlog-checkpoint.") | problems(404),
)
def checkpoint(request: Request) -> Response:
    """Return the newest signed checkpoint."""
    with service_of(request).node.database.read() as connection:
        found = log_view.latest_checkpoint(connection)
    if found is None:
        raise RefusedError("checkpoint-unknown")
    return Response(found.note, media_type="text/plain", headers={"Cache-Control": "no-cache"})


@router.get(
    "/trust",
    response_class=Response,
    responses=content("application/json", "The trust file.") | problems(429),
)
def trust(request: Request, *, now: Annotated[bool, Query()] = False) -> Response:
    """Return the newest trust file that enough members signed; without one, or with ``now``, an unsigned one.

    The unsigned one is what the registry on chain says now.
    """
    service = service_of(request)
    service.limiter.count("verify", source_name(source_address(request)))
    found = trust_signing.compose(service.node) if now else trust_signing.offered(service.node)
    return Response(found, media_type="application/json")


@router.get(
    "/log/tile/{level}/{number:path}",
    response_class=Response,
    responses=content("application/octet-stream", "Hashes.") | problems(404),
)
def tile(request: Request, level: int, number: str) -> Response:
    """Return a hash tile; ``number`` as C2SP writes it (``x001/x234/067``, partial ``….p/W``)."""
    name, partial = read_tile_name(level, number)
    hashes = _read(request, name)
    if len(hashes) < partial * HASH_BYTES:
        raise RefusedError("tile-unknown")
    return Response(
        hashes[: partial * HASH_BYTES], media_type="application/octet-stream", headers=_FOREVER
    )


def read_tile_name(level: int, number: str) -> tuple[TileName, int]:
    """Return the tile that a path names, and how many hashes of it.

    Raises:
        RefusedError: no path of a tile.
    """
    place, partial = number, WIDTH
    if ".p/" in number:
        place, _, width = number.partition(".p/")
        partial = int(width) if width.isdecimal() and len(width) <= len("255") else 0
    if not (_NUMBER.fullmatch(place) and 0 <= level <= _MAX_LEVEL and 1 <= partial <= WIDTH):
        raise RefusedError("tile-unknown")
    return TileName(level, int(place.replace("x", "").replace("/", "")[-18:])), partial


def _read(request: Request, name: TileName) -> bytes:
    with service_of(request).node.database.read() as connection:
        generation = current_log(connection).identity.generation
        try:
            return logs.read_tiles(connection, generation, [name])[name]
        except IntegrityError:
            raise RefusedError("tile-unknown") from None
