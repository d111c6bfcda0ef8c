"""The log as its public reads it (C2SP tlog-tiles under ``/v1/log``): checkpoint, hash tiles, trust file.

Open without login: hash tiles tell nothing but how large the log is, which the chain tells too. Statements
are not public, so that there are no entry tiles.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response

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
_ASK_AGAIN: Final = {"Cache-Control": "no-cache"}
Generation = Annotated[int, Path(ge=0, le=2**31 - 1)]

router = APIRouter(tags=["log"])


@router.get(
    "/log/checkpoint",
    response_class=Response,
    responses=content("text/plain", "C2SP tlog-checkpoint.") | problems(404),
)
def checkpoint(request: Request) -> Response:
    """Return the newest signed checkpoint."""
    return _checkpoint(request, None)


@router.get(
    "/log/g{generation}/checkpoint",
    response_class=Response,
    responses=content("text/plain", "C2SP tlog-checkpoint.") | problems(404),
)
def checkpoint_of_generation(request: Request, generation: Generation) -> Response:
    """Return the newest signed checkpoint of a generation, a closed one too."""
    return _checkpoint(request, generation)


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
    # Under this address another log stands once the members voted a new generation: nothing to keep for ever.
    return _tile(request, None, level, number, _ASK_AGAIN)


@router.get(
    "/log/g{generation}/tile/{level}/{number:path}",
    response_class=Response,
    responses=content("application/octet-stream", "Hashes.") | problems(404),
)
def tile_of_generation(
    request: Request, generation: Generation, level: int, number: str
) -> Response:
    """Return a hash tile of a generation, a closed one too."""
    return _tile(request, generation, level, number, _FOREVER)


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


def _checkpoint(request: Request, generation: int | None) -> Response:
    with service_of(request).node.database.read() as connection:
        found = log_view.latest_checkpoint(connection, generation)
    if found is None:
        raise RefusedError("checkpoint-unknown")
    return Response(found.note, media_type="text/plain", headers=_ASK_AGAIN)


def _tile(
    request: Request, generation: int | None, level: int, number: str, caching: Mapping[str, str]
) -> Response:
    name, partial = read_tile_name(level, number)
    hashes = _read(request, generation, name)[: partial * HASH_BYTES]
    if len(hashes) < partial * HASH_BYTES:
        raise RefusedError("tile-unknown")
    return Response(hashes, media_type="application/octet-stream", headers=caching)


def _read(request: Request, generation: int | None, name: TileName) -> bytes:
    with service_of(request).node.database.read() as connection:
        present = current_log(connection).identity.generation
        try:
            chosen = present if generation is None else generation
            return logs.read_tiles(connection, chosen, [name])[name]
        except IntegrityError:
            raise RefusedError("tile-unknown") from None
