"""Entries of the blacklist for people: asked for, decided by a second person, looked at, changed, ended."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from blacklist.domain.entries.grounds import Ground
from blacklist.domain.entries.standing import OPEN, RELIED_ON
from ledger.errors import LedgerError, MalformedError, RefusedError
from node import entry_view
from node.api.languages import language_of
from node.api.problems import status_of
from node.api.requests import SmallBody, service_of
from node.blacklist import acting
from node.blacklist.entries import Entries
from node.console import blacklist_forms
from node.console.asking import Form, form_of, go, recent, visitor
from node.console.blacklist_forms import CHOICES, FACTS, NOTHING, PERSON, faults_of, values_of
from node.console.failures import PageRoute
from node.console.rendering import render
from node.identity.people import Release
from node.identity.permissions import Permission, Principal
from node.release_kinds import LISTING
from node.service import Service

EntryId = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
_LEAF = 32

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/blacklist/entries")
def show_all(request: Request) -> Response:
    """List this member's entries: those that wait, and those on chain."""
    visitor(request, Permission.BLACKLIST_READ)
    service = service_of(request)
    return render(
        request,
        "blacklist_entries.html",
        waiting=entry_view.waiting_entries(service.node),
        listed=entry_view.own_entries_on_chain(service.node),
        releases=_releases(service),
    )


@router.get("/blacklist/listing")
def begin(request: Request) -> Response:
    """Ask for what a listing needs."""
    visitor(request, Permission.BLACKLIST_LIST)
    return render(request, "blacklist_listing.html", values=NOTHING, faults=(), choices=CHOICES)


@router.get("/blacklist/checklist")
def checklist(request: Request, ground: Annotated[str, Query(max_length=64)] = "") -> Response:
    """Return the questions of a ground; of all grounds for none."""
    visitor(request, Permission.BLACKLIST_LIST)
    known = ground in tuple(Ground)
    values = {**NOTHING, "ground": ground if known else ""}
    return render(request, "blacklist_checklist.html", values=values, faults=(), choices=CHOICES)


@router.post("/blacklist/listing")
def ask_to_list(request: Request, data: SmallBody) -> Response:
    """Ask for a listing: another person decides. Everything that is wrong is shown at once."""
    who = visitor(request, Permission.BLACKLIST_LIST)
    form = form_of(request, data)
    release, errors = _asked(service_of(request).blacklist.entries, form, who.principal)
    if release is not None:
        return go(f"/releases/{release.release_id}", "ui-done-asked")
    values = {**NOTHING, **values_of(form, *PERSON, *FACTS, "reason")}
    return _again(request, "blacklist_listing.html", errors, values=values)


@router.get("/blacklist/entries/{entry_id}")
def show(request: Request, entry_id: EntryId) -> Response:
    """Show an entry of any member, its disputes with their clocks, and what this person can do about it."""
    visitor(request, Permission.BLACKLIST_READ)
    return _entry_page(request, entry_id, NOTHING, ())


@router.get("/blacklist/entries/{entry_id}/correction")
def begin_correction(request: Request, entry_id: EntryId) -> Response:
    """Show what an own entry says, to be changed: the reading is recorded."""
    who = visitor(request, Permission.BLACKLIST_LIST)
    service, entry = service_of(request), bytes.fromhex(entry_id)
    found = entry_view.read_entry(service.node, entry)
    facts = acting.own_facts(service.blacklist.entries, entry, who.principal)
    values = {**NOTHING, **blacklist_forms.values_of_facts(facts)}
    return render(
        request, "blacklist_correction.html", entry=found, disputed=found.standing in OPEN,
        values=values, faults=(), choices=CHOICES,
    )  # fmt: skip


@router.post("/blacklist/entries/{entry_id}/correction")
def correct(request: Request, entry_id: EntryId, data: SmallBody) -> Response:
    """Replace what an own entry says; of a disputed one that is the decision, with its written answer."""
    who = recent(request, Permission.BLACKLIST_LIST)
    form, service = form_of(request, data), service_of(request)
    found = entry_view.read_entry(service.node, bytes.fromhex(entry_id))
    disputed = found.standing in OPEN
    try:
        entries = service.blacklist.entries
        release = _correct(entries, found.entry, form, who.principal, disputed=disputed)
    except (MalformedError, RefusedError) as error:
        values = {**NOTHING, **values_of(form, *FACTS, "answer", "reason")}
        more: dict[str, object] = {"entry": found, "disputed": disputed, "values": values}
        return _again(request, "blacklist_correction.html", [error], **more)
    if release is not None:
        return go(f"/releases/{release.release_id}", "ui-done-asked")
    return go(f"/blacklist/entries/{entry_id}", "ui-done-corrected")


@router.post("/blacklist/entries/{entry_id}/withdrawal")
def withdraw(request: Request, entry_id: EntryId, data: SmallBody) -> Response:
    """End an own entry for ever."""
    who = recent(request, Permission.BLACKLIST_LIST)
    reasons = leaf_of(form_of(request, data), "reasons")
    entries = service_of(request).blacklist.entries
    acting.withdraw(entries, bytes.fromhex(entry_id), reasons, who.principal)
    return go(f"/blacklist/entries/{entry_id}", "ui-done-ended")


@router.post("/blacklist/entries/{entry_id}/decision")
def decide(request: Request, entry_id: EntryId, data: SmallBody) -> Response:
    """Decide a dispute about an own entry: it stands, or it ends."""
    who = recent(request, Permission.BLACKLIST_LIST)
    form = form_of(request, data)
    answer, decision = leaf_of(form, "answer"), form.get("decision")
    if decision not in ("upheld", "withdrawn"):
        raise MalformedError("statement-form", member="decision")
    entries = service_of(request).blacklist.entries
    acting.decide(entries, bytes.fromhex(entry_id), decision, answer, who.principal, None)
    return go(f"/blacklist/entries/{entry_id}", "ui-done-ruled")


@router.post("/blacklist/entries/{entry_id}/corroboration")
def corroborate(request: Request, entry_id: EntryId, data: SmallBody) -> Response:
    """Vouch for another member's entry about a person whom this member knows."""
    who = recent(request, Permission.BLACKLIST_LIST)
    form, entries = form_of(request, data), service_of(request).blacklist.entries
    try:
        identifier = blacklist_forms.typed(form).read(entries.node.clock.now())
        evidence = leaf_of(form, "evidence")
        acting.corroborate(entries, bytes.fromhex(entry_id), identifier, evidence, who.principal)
    except (MalformedError, RefusedError) as error:
        values = {**NOTHING, **values_of(form, *PERSON, "evidence")}
        return _entry_page(request, entry_id, values, [error])
    return go(f"/blacklist/entries/{entry_id}", "ui-done-vouched")


def leaf_of(form: Form, name: str) -> bytes:
    """Return the evidence id in a field.

    Raises:
        MalformedError: it is none.
    """
    try:
        found = bytes.fromhex(form.get(name))
    except ValueError:
        found = b""
    if len(found) != _LEAF:
        raise MalformedError("statement-form", member=name)
    return found


def _asked(
    entries: Entries, form: Form, by: Principal
) -> tuple[Release | None, Sequence[LedgerError]]:
    """Ask for the listing that a form describes; return its release, or everything that is wrong."""
    read = blacklist_forms.read(form, entries.node.clock.now())
    if read.identifier is None or read.facts is None:
        return None, read.errors
    try:
        reason = form.get("reason")
        _, release = acting.ask_to_list(entries, read.identifier, read.facts, reason, by)
    except (MalformedError, RefusedError) as error:
        return None, [error]
    return release, ()


def _correct(
    entries: Entries, entry: str, form: Form, by: Principal, *, disputed: bool
) -> Release | None:
    """Correct; return the release where a second person has to decide."""
    facts, entry_id = blacklist_forms.facts_of(form), bytes.fromhex(entry)
    if not disputed:
        return acting.correct(entries, entry_id, facts, form.get("reason"), by)
    acting.decide(entries, entry_id, "corrected", leaf_of(form, "answer"), by, facts)
    return None


def _releases(service: Service) -> Mapping[str, str]:
    """Return the releases of listings by entry, so that people find where to decide."""
    found = service.releases.list(limit=200, kind=LISTING)
    return {each.subject: each.release_id for each in found}


def _entry_page(
    request: Request,
    entry_id: str,
    values: Mapping[str, object],
    errors: Sequence[LedgerError],
) -> Response:
    node = service_of(request).node
    found = entry_view.read_entry(node, bytes.fromhex(entry_id))
    more: dict[str, object] = {
        "entry": found,
        "names": entry_view.member_names(node),
        "now": node.clock.now(),
        "relied_on": found.standing in RELIED_ON,
        "disputed": found.standing in OPEN,
    }
    return _again(request, "blacklist_entry.html", errors, values=values, **more)


def _again(
    request: Request, template: str, errors: Sequence[LedgerError], **context: object
) -> Response:
    """Return a form's page, with what is wrong beside its fields."""
    status = max((status_of(each).value for each in errors), default=200)
    faults = faults_of(errors, language_of(request))
    return render(request, template, status=status, faults=faults, **context, choices=CHOICES)
