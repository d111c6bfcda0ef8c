"""What the peer API opens: to the role auditor only, in the form that is documented, and recorded."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from harness.evaluators import Holders
from harness.ledger import Ledger

from blacklist.curve.sealed_box import open_box, public_key
from blacklist.curve.secret import Secret, fill_random
from blacklist.domain.auditing.drawing import drawn_value, place_of
from blacklist.domain.chronicle.events import BlockTime
from blacklist.domain.chronicle.oversight import DrawOpened, DrawRecord, OversightState
from blacklist.domain.identifiers.identifier import IdentifierType, nobody
from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.inquiring import InquirySubject
from blacklist.services.opening_log import LogOpener
from blacklist.store import inquiries
from ledger.errors import MalformedError, RefusedError
from ledger.evidence.log import LogIdentity
from ledger.primitives.canonical import JsonValue, encode
from ledger.proof.trust import TrustedMember
from node.audit.trail import TrailQuery
from node.blacklist.auditing import answer_audit
from node.blacklist.forgetting import forget
from node.errors import NotPermittedError
from node.peer.neighbours import Neighbour

AUDITOR = b"\x0d" * 32


def _peer(*roles: str) -> Neighbour:
    member = TrustedMember(AUDITOR, "auditor", "auditor.example", ())
    return Neighbour(member, LogIdentity(AUDITOR, "auditor.example", 0), "", True, roles)


@pytest.fixture
def holders(tmp_path: Path, ledger: Ledger) -> Iterator[Holders]:
    made = Holders.make(tmp_path, 3, 2, {1: ledger})
    subject = InquirySubject(nobody(IdentifierType.NATIONAL_ID, bytes(32)), "LA-2026-5")
    for each in made.inquirer().ask([subject] * 3, Purpose.PROBE, "operator:li"):
        each.wipe()
    yield made
    made.close()


@pytest.fixture
def opener(holders: Holders, ledger: Ledger) -> LogOpener:
    """Of a member that sees a draw which has ended."""
    opened = ledger.clock.now() + timedelta(minutes=1)
    draw = DrawOpened(BlockTime(1, opened), 1, opened, opened + timedelta(minutes=24))
    values = {1: b"a" * 32, 2: b"b" * 32}
    state = OversightState(draws={1: DrawRecord(draw, values, values)})
    ledger.clock.move(3600)
    own = holders.servers[1]
    return LogOpener(
        own.database.read, own.member, lambda: state, own.record_keys, own.signer, ledger.clock
    )


def _request(ledger: Ledger) -> bytes:
    with ledger.node.database.read() as connection:
        (row,) = inquiries.newest(connection, 5)
    return row.request_id


def test_nobody_but_an_auditor_is_answered(opener: LogOpener, ledger: Ledger) -> None:
    body = encode({"draw": 1, "caller": opener.member.hex(), "first": 0})
    for roles in ((), ("member",), ("member", "court", "regulator", "observer")):
        for step in ("listing", "evaluation", "opening"):
            with pytest.raises(NotPermittedError, match="peer-role"):
                answer_audit(ledger.node, opener, _peer(*roles), step, body)
    assert answer_audit(ledger.node, opener, _peer("auditor"), "listing", body)


def test_an_opening_is_for_the_auditors_key_and_recorded(opener: LogOpener, ledger: Ledger) -> None:
    with Secret(32) as key, Secret(32) as other:
        fill_random(key)
        fill_random(other)
        asked: dict[str, JsonValue] = {
            "draw": 1, "request": _request(ledger).hex(), "recipient": public_key(key).hex(),
        }  # fmt: skip
        box = answer_audit(ledger.node, opener, _peer("auditor"), "opening", encode(asked))
        assert open_box(box, other) is None
        opened = open_box(box, key)
    assert opened is not None
    assert b"LA-2026-5" in opened.reveal()
    assert b"LA-2026-5" not in box
    value = drawn_value(opener.oversight().draws[1], ledger.clock.now())
    assert value is not None
    assert b'place\\":%d' % place_of(value, _request(ledger), 3) in opened.reveal()
    (recorded,) = ledger.node.trail.page(TrailQuery(action="blacklist.opened")).entries
    assert recorded.entry.subject == _request(ledger).hex()


def test_questions_of_another_form_are_refused(opener: LogOpener, ledger: Ledger) -> None:
    peer, request = _peer("auditor"), _request(ledger).hex()
    wrong: list[tuple[str, dict[str, JsonValue]]] = [
        ("listing", {"draw": 0}),
        ("listing", {"draw": 1, "caller": "00", "first": 0}),
        ("listing", {"draw": 1, "caller": "00" * 32, "first": -1}),
        ("evaluation", {"draw": 1, "request": request}),
        ("opening", {"draw": 1, "request": request}),
        ("opening", {"draw": 1, "request": request, "recipient": "00" * 32}),
        ("opening", {"draw": 1, "request": request, "recipient": "00" * 32, "more": 1}),
    ]
    for step, body in wrong:
        with pytest.raises(MalformedError):
            answer_audit(ledger.node, opener, peer, step, encode(body))
    unknown = encode({"draw": 1, "caller": "00" * 32, "request": "00" * 16})
    with pytest.raises(RefusedError, match="evaluation-unknown"):
        answer_audit(ledger.node, opener, peer, "evaluation", unknown)


def test_what_was_forgotten_is_opened_to_nobody(opener: LogOpener, ledger: Ledger) -> None:
    node, years = ledger.node, ledger.node.settings.blacklist_keep_years
    ledger.clock.move(timedelta(days=365 * years).total_seconds())
    assert forget(node) == 0
    ledger.clock.move(timedelta(days=years + 1).total_seconds())
    assert forget(node) == 1
    assert forget(node) == 0
    with pytest.raises(RefusedError, match="inquiry-forgotten"):
        opener.opening(1, _request(ledger), b"\x09" * 32)
    with ledger.node.database.read() as connection:
        (row,) = inquiries.newest(connection, 5)
    assert node.record_keys.open(row.key_id) is None
    assert (row.sealed, row.count, row.purpose) == (None, 3, "probe")
