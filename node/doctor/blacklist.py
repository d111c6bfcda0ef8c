"""Checks of the blacklist: its contract, this member's account there, its shares, and what the law asks."""

from collections.abc import Iterator

from blacklist.domain.entries.law import RunningMode, assessment_is_due
from ledger.errors import LedgerError
from ledger.evidence.instants import parse_instant
from ledger.store import alarms, statements
from node.blacklist.dispute_alarms import CODES
from node.blacklist.founding import check_contract, operator_member
from node.blacklist.making import blacklist_address, make_follower, make_holding
from node.blacklist.upkeep import key_alarms
from node.doctor.diagnosis import Diagnosis
from node.wiring import Node


def contract(node: Node) -> Iterator[Diagnosis]:
    """Our contract stands there for our registry, and our account speaks for us."""
    if node.settings.blacklist is None:
        return
    address = blacklist_address(node.settings)
    check_contract(node, address)
    if operator_member(node, address) != bytes.fromhex(node.settings.member):
        params = {"account": "0x" + node.keyring.operator.address.hex()}
        yield Diagnosis("doctor-blacklist", "failed", "doctor-operator-unnamed", params)


def shares(node: Node) -> Iterator[Diagnosis]:
    """Every share that this member holds by the events read so far opens, and nothing alarms its node."""
    if node.settings.blacklist is None:
        return
    member, holding = bytes.fromhex(node.settings.member), make_holding(node)
    state = make_follower(node).state()
    index = state.index_of(member)
    said = set()
    for held in state.keys.values():
        if index is None or index not in held.keys.share_keys:
            continue
        try:
            share = holding.open(held, index)
        except LedgerError as error:
            said.add(error.code)
            yield Diagnosis("doctor-shares", "failed", error.code, error.params)
            continue
        if share is None:
            said.add("share-absent")
            yield Diagnosis("doctor-shares", "warning", "share-absent")
        else:
            share.wipe()
    with node.database.read() as connection:
        going_on = {each.code for each in key_alarms(connection, member)}
    for code in sorted(going_on - said):
        yield Diagnosis("doctor-shares", "warning", code)


def law(node: Node) -> Iterator[Diagnosis]:
    """Nobody waits too long for an answer; with real data there is an impact assessment of these years."""
    settings, check = node.settings, "doctor-law"
    if settings.blacklist is None:
        return
    with node.database.read() as connection:
        late = sorted({each.code for each in alarms.going_on_of(connection, CODES)})
        leaf = bytes.fromhex(settings.blacklist_assessment or "")
        assessment = statements.by_leaf_hash(connection, leaf)
    for code in late:
        yield Diagnosis(check, "warning", code)
    if RunningMode(settings.blacklist_mode) is RunningMode.TEST:
        return
    if assessment is None:
        yield Diagnosis(check, "warning", "doctor-assessment-missing")
    elif assessment_is_due(parse_instant(assessment.sealed_at), node.clock.now()):
        sealed = {"sealed_at": assessment.sealed_at}
        yield Diagnosis(check, "warning", "doctor-assessment-old", sealed)
