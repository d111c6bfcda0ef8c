"""What other members ask of this node, signed (RFC 9421): cosign, tell what was seen, hand out mirrors.

``/peer/v1/add-checkpoint`` is C2SP tlog-witness, with its statuses. Logs themselves are public (``/v1/log``).
"""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response

from ledger.errors import RefusedError
from ledger.evidence import shape
from ledger.evidence.tiles import HASH_BYTES
from ledger.primitives.canonical import JsonValue, decode, encode
from ledger.primitives.witness_request import AddCheckpoint
from ledger.proof.trust import read_trust
from ledger.services.certifying import ExportOptions
from node import blacklist_view, trust_signing
from node.api.log import read_tile_name
from node.api.packages import make_package
from node.api.problems import SMALL_BYTES
from node.api.requests import SmallBody, service_of
from node.peer import courts
from node.peer.answering import Answering
from node.peer.client import STALE_TYPE
from node.peer.neighbours import Neighbour
from node.peer.signatures import SignedRequest

Origin = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9._-]*(/[a-z0-9._-]+)*$", max_length=160)]

Number = Annotated[int, Path(ge=1, le=2**31)]

router = APIRouter(prefix="/peer/v1", include_in_schema=False)


def _asked(request: Request, body: bytes) -> tuple[Answering, Neighbour]:
    answering = service_of(request).answering
    signed = SignedRequest(request.method, str(request.url), request.headers)
    return answering, answering.caller(signed, body)


def _frame(body: bytes) -> Response:
    return Response(body, media_type="application/octet-stream")


def _answer(value: JsonValue) -> Response:
    return Response(encode(value), media_type="application/json")


@router.post("/add-checkpoint")
def add_checkpoint(request: Request, data: SmallBody) -> Response:
    """Cosign the caller's checkpoint after checking its growth."""
    answering, peer = _asked(request, data)
    try:
        line = answering.cosign(peer, AddCheckpoint.from_bytes(data))
    except RefusedError as error:
        if error.code == "witness-stale":
            size = f"{error.params['size']}\n"
            return Response(size, HTTPStatus.CONFLICT, media_type=STALE_TYPE)
        return Response(error.code, HTTPStatus.UNPROCESSABLE_ENTITY, media_type="text/plain")
    return Response(line.line(), media_type="text/plain")


@router.post("/trust-signature")
def trust_signature(request: Request, data: SmallBody) -> Response:
    """Sign a trust file that the caller composed, if it is what this node sees on its chain."""
    answering, peer = _asked(request, data)
    actor = f"peer:{peer.log.member.hex()[:16]}"
    signature = trust_signing.sign(answering.node, read_trust(data), actor)
    return Response(encode(signature.to_json()), media_type="application/json")


@router.post("/trust-file")
def trust_file(request: Request, data: SmallBody) -> Response:
    """Take a trust file that enough members have signed, to offer it to courts."""
    answering, _ = _asked(request, data)
    kept = trust_signing.receive(answering.node, data)
    return Response(encode({"kept": kept}), media_type="application/json")


@router.get("/witnessed")
def witnessed(request: Request) -> Response:
    """Return the newest checkpoint of every log that this member has seen."""
    answering, _ = _asked(request, b"")
    return _answer({"logs": list(answering.witnessed())})


@router.post("/package-requests")
def ask_for_package(request: Request, data: SmallBody) -> Response:
    """Take a court's request for the package of an item; two persons of this member decide."""
    answering, peer = _asked(request, data)
    found = shape.members(decode(data, max_bytes=SMALL_BYTES), "request", {"evidence_id", "reason"})
    evidence_id, reason = (shape.text(found[name], name) for name in ("evidence_id", "reason"))
    asked = courts.ask(answering.node, peer, evidence_id, reason)
    return _answer({"id": asked.release_id, "state": asked.state})


@router.get("/package-requests/{release_id}")
def look_at_request(request: Request, release_id: str) -> Response:
    """Tell a court how its request stands."""
    answering, peer = _asked(request, b"")
    found = courts.look(answering.node, peer, release_id)
    return _answer({"id": found.release_id, "state": found.state})


@router.get("/package-requests/{release_id}/package")
def fetch_package(request: Request, release_id: str) -> Response:
    """Hand a released package to the court that asked for it."""
    answering, peer = _asked(request, b"")
    found = courts.granted(answering.node, peer, release_id)
    by = courts.principal_of(peer)
    return make_package(answering.node, by, found.subject, ExportOptions())


@router.get("/statistics")
def statistics(request: Request) -> Response:
    """Return counts to a regulator."""
    answering, peer = _asked(request, b"")
    return _answer(courts.statistics(answering.node, peer))


@router.post("/blacklist/evaluations")
def evaluate(request: Request, data: SmallBody) -> Response:
    """Count the caller's request and evaluate its elements."""
    _, peer = _asked(request, data)
    return _frame(service_of(request).blacklist.evaluate(peer, data))


@router.post("/blacklist/proofs")
def prove(request: Request, data: SmallBody) -> Response:
    """Prove the answers to a batch of the caller's."""
    _, peer = _asked(request, data)
    return _frame(service_of(request).blacklist.prove(peer, data))


@router.post("/blacklist/challenged")
def challenged(request: Request, data: SmallBody) -> Response:
    """Return the request that a challenge of this member's to the caller names."""
    _, peer = _asked(request, data)
    return _frame(service_of(request).blacklist.challenged(peer, data))


@router.post("/blacklist/audits/{step}")
def audit(
    request: Request, step: Literal["listing", "evaluation", "opening"], data: SmallBody
) -> Response:
    """Answer an auditor's question about a draw."""
    _, peer = _asked(request, data)
    return _frame(service_of(request).blacklist.audit(peer, step, data))


@router.get("/blacklist/ceremonies/{ceremony}/envelopes/{dealer}")
def envelopes(request: Request, ceremony: Number, dealer: Number) -> Response:
    """Return a dealer's sealed shares, which only their receivers can open."""
    answering, _ = _asked(request, b"")
    found = blacklist_view.envelopes(answering.node, ceremony, dealer)
    return _answer({str(receiver): each.hex() for receiver, each in found.items()})


@router.post("/blacklist/entries/rows")
def entry_rows(request: Request, data: SmallBody) -> Response:
    """Return what this member has of the index: rows as their reporters signed them, and tombstones."""
    _asked(request, data)
    return _answer(service_of(request).blacklist.rows(data))


@router.post("/blacklist/entries/receipts")
def entry_receipts(request: Request, data: SmallBody) -> Response:
    """Return this member's receipts for deleted rows."""
    _asked(request, data)
    return _answer(service_of(request).blacklist.receipts(data))


@router.post("/blacklist/statements")
def take_statement(request: Request, data: SmallBody) -> Response:
    """Take what a person said at the caller's desk about an entry of this member's."""
    _, peer = _asked(request, data)
    return _answer(service_of(request).blacklist.statement(peer, data))


@router.get("/blacklist/entries/acknowledgement")
def acknowledgement(request: Request) -> Response:
    """Say up to which status change this member has followed the entries."""
    _asked(request, b"")
    return _answer(service_of(request).blacklist.acknowledgement())


@router.get("/mirror/{origin:path}/tile/{number:path}")
def mirror(request: Request, origin: Origin, number: str) -> Response:
    """Return a tile of leaf hashes of another member's log, as it was verified here."""
    answering, _ = _asked(request, b"")
    name, width = read_tile_name(0, number)
    hashes = answering.mirrored(origin, name)
    if len(hashes) < width * HASH_BYTES:
        raise RefusedError("tile-unknown")
    return Response(hashes[: width * HASH_BYTES], media_type="application/octet-stream")
