"""Entries of the blacklist for programs: listed by two persons, changed and ended by their reporter."""

from fastapi import APIRouter, Request, Response

from blacklist.domain.entries.facts import Facts
from node import entry_view
from node.api.blacklist import typed
from node.api.blacklist_models import (
    AmendmentRequest,
    CorrectionRequest,
    CorroborationRequest,
    EntriesAnswer,
    EntryAnswer,
    ListingAnswer,
    ListingRequest,
    RulingRequest,
    WithdrawalRequest,
)
from node.api.documents import SIGNED_IN, problems
from node.api.models import HexId, ReleaseAnswer
from node.api.requests import caller, service_of
from node.blacklist import acting
from node.blacklist.entries import Entries
from node.entry_view import EntryView
from node.identity.people import Release
from node.identity.permissions import Permission, Principal

router = APIRouter(tags=["blacklist"])


@router.get(
    "/blacklist/entries",
    response_model=EntriesAnswer,
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def list_entries(request: Request) -> dict[str, object]:
    """List this member's entries: those that wait, and those on chain."""
    caller(request, Permission.BLACKLIST_READ)
    node = service_of(request).node
    return {
        "waiting": entry_view.waiting_entries(node),
        "listed": entry_view.own_entries_on_chain(node),
    }


@router.post(
    "/blacklist/entries",
    status_code=202,
    response_model=ListingAnswer,
    responses=problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def ask_to_list(request: Request, asked: ListingRequest) -> dict[str, object]:
    """Ask for a listing: another person decides the release. A refusal names every rule that is broken."""
    principal = caller(request, Permission.BLACKLIST_LIST)
    entries = service_of(request).blacklist.entries
    identifier = typed(asked.person).read(entries.node.clock.now())
    entry, release = acting.ask_to_list(
        entries, identifier, asked.facts.facts(), asked.reason, principal
    )
    return {"entry": entry.hex(), "release": release}


@router.get(
    "/blacklist/entries/{entry_id}",
    response_model=EntryAnswer,
    responses=problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def show_entry(request: Request, entry_id: HexId) -> EntryView:
    """Return an entry of any member, with its disputes and with who deleted its row."""
    caller(request, Permission.BLACKLIST_READ)
    return entry_view.read_entry(service_of(request).node, bytes.fromhex(entry_id))


@router.post(
    "/blacklist/entries/{entry_id}/correction",
    status_code=202,
    response_model=ReleaseAnswer,
    responses={
        **problems(404, 409),
        204: {"description": "One person was enough: it is on chain."},
    },
    openapi_extra=dict(SIGNED_IN),
)
def correct(request: Request, entry_id: HexId, asked: CorrectionRequest) -> Response | Release:
    """Replace what an own entry says; what is not in the person's favour is decided by another person."""
    entries, principal = _acting(request)
    facts, entry = asked.facts.facts(), bytes.fromhex(entry_id)
    return acting.correct(entries, entry, facts, asked.reason, principal) or Response(
        status_code=204
    )


@router.post(
    "/blacklist/entries/{entry_id}/withdrawal",
    status_code=204,
    responses=problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def withdraw(request: Request, entry_id: HexId, asked: WithdrawalRequest) -> Response:
    """End an own entry for ever; answered when that is on chain."""
    entries, principal = _acting(request)
    acting.withdraw(entries, bytes.fromhex(entry_id), bytes.fromhex(asked.reasons), principal)
    return Response(status_code=204)


@router.post(
    "/blacklist/entries/{entry_id}/decision",
    status_code=204,
    responses=problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def decide(request: Request, entry_id: HexId, asked: RulingRequest) -> Response:
    """Decide a dispute about an own entry: it stands, or it ends."""
    _decide(request, entry_id, asked.decision, asked.answer, None)
    return Response(status_code=204)


@router.post(
    "/blacklist/entries/{entry_id}/amendment",
    status_code=204,
    responses=problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def amend(request: Request, entry_id: HexId, asked: AmendmentRequest) -> Response:
    """Decide a dispute about an own entry by a correction."""
    _decide(request, entry_id, "corrected", asked.answer, asked.facts.facts())
    return Response(status_code=204)


@router.post(
    "/blacklist/entries/{entry_id}/corroboration",
    status_code=204,
    responses=problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def corroborate(request: Request, entry_id: HexId, asked: CorroborationRequest) -> Response:
    """Vouch for another member's entry about a person whom this member knows."""
    entries, principal = _acting(request)
    identifier = typed(asked.person).read(entries.node.clock.now())
    evidence = bytes.fromhex(asked.evidence)
    acting.corroborate(entries, bytes.fromhex(entry_id), identifier, evidence, principal)
    return Response(status_code=204)


def _acting(request: Request) -> tuple[Entries, Principal]:
    principal = caller(request, Permission.BLACKLIST_LIST, recent=True)
    return service_of(request).blacklist.entries, principal


def _decide(
    request: Request, entry_id: str, decision: str, answer: str, facts: Facts | None
) -> None:
    entries, principal = _acting(request)
    entry, leaf = bytes.fromhex(entry_id), bytes.fromhex(answer)
    acting.decide(entries, entry, decision, leaf, principal, facts)
