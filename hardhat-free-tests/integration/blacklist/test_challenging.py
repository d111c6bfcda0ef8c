"""A silent server is asked on chain; what it answers there, or does not, all members judge alike."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from harness.evm_blacklist import PHASE_SECONDS
from harness.overseers import Overseers

from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import fill_random
from blacklist.domain.oprf.evaluation import answer
from blacklist.domain.protocol.frames import unpack
from blacklist.domain.protocol.purposes import Purpose
from blacklist.services import asking
from blacklist.services.asking import Asking
from blacklist.services.challenging import (
    ANSWERED_WRONGLY,
    CHALLENGE_EVERY,
    REFUSED,
    SILENT_FOR,
    UNANSWERED,
)
from blacklist.store import evaluations
from ledger.errors import RefusedError, UnavailableError

PEOPLE = [b"lz-blacklist/v1|id|%d" % n for n in range(40)]
CALLER, SERVER, THIRD = 1, 2, 3


@pytest.fixture
def overseers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Overseers]:
    # A busy machine is no slow server.
    monkeypatch.setattr(asking, "HEDGE_SECONDS", 60.0)
    made = Overseers.make(tmp_path, 3, 2)
    yield made
    made.holders.close()


def ask(overseers: Overseers, count: int = 1) -> Asking:
    asking = overseers.holders.asking(*PEOPLE[:count])
    asker = overseers.asker()
    way = asker.single if count == 1 else asker.batch
    servers = [overseers.holders.servers[index].asked for index in (SERVER, THIRD, CALLER)]
    way(asking, servers)
    return asking


def be_silent(overseers: Overseers, count: int = 1) -> None:
    """Let the server be silent for as long as it takes to be challenged."""
    server = overseers.holders.servers[SERVER]
    server.away = True
    for _ in range(3):
        ask(overseers, count)
        overseers.wait(int(SILENT_FOR.total_seconds()) // 2)
    server.away = False


def challenges(overseers: Overseers) -> int:
    return len(overseers.oversight().challenges)


def codes(overseers: Overseers, index: int) -> list[str]:
    return [each.code for each in overseers.alarms(index)]


def test_a_server_that_stays_silent_is_challenged_about_the_request(overseers: Overseers) -> None:
    be_silent(overseers)
    assert overseers.round(CALLER) == ["challenged"]
    (record,) = overseers.oversight().challenges.values()
    frame = overseers.silences(overseers.holders.servers[CALLER]).request_for(
        overseers.holders.servers[SERVER].member, record.asked.request
    )
    document, elements = unpack(frame)
    assert document.digest == record.asked.request
    assert b"".join(elements) == record.asked.blinded


def test_a_moment_of_silence_or_a_single_request_is_no_challenge(overseers: Overseers) -> None:
    server = overseers.holders.servers[SERVER]
    server.away = True
    for _ in range(5):
        ask(overseers)
    assert overseers.round(CALLER) == []
    server.away = False
    ask(overseers)
    server.away = True
    overseers.wait(int(SILENT_FOR.total_seconds()))
    ask(overseers)
    assert overseers.round(CALLER) == []


def test_a_server_is_challenged_once_a_day_at_most(overseers: Overseers) -> None:
    be_silent(overseers)
    overseers.round(CALLER)
    for _ in range(3):
        be_silent(overseers)
        assert overseers.round(CALLER) == []
    assert challenges(overseers) == 1
    overseers.wait(int(CHALLENGE_EVERY.total_seconds()))
    be_silent(overseers)
    assert overseers.round(CALLER) == ["challenged"]
    assert challenges(overseers) == 2


@pytest.mark.parametrize("count", [1, 33])
def test_a_challenge_is_answered_with_what_was_never_received(
    overseers: Overseers, count: int
) -> None:
    be_silent(overseers, count)
    overseers.round(CALLER)
    assert overseers.round(SERVER) == ["challenge answered"]
    assert overseers.round(SERVER) == []
    for index in (CALLER, THIRD):
        overseers.round(index)
        assert codes(overseers, index) == []
    (record,) = overseers.oversight().challenges.values()
    assert len(record.asked.blinded) == 32 * min(count, 32)
    with overseers.holders.servers[SERVER].database.read() as connection:
        counted = evaluations.by_digest(connection, record.asked.request)
    assert counted is not None, "what is answered on chain is counted and logged too"


def test_an_answer_that_took_its_time_is_still_one(overseers: Overseers) -> None:
    be_silent(overseers)
    overseers.round(CALLER)
    overseers.wait(PHASE_SECONDS - 5)
    assert overseers.round(SERVER) == ["challenge answered"]
    overseers.wait(10)
    overseers.round(CALLER)
    assert codes(overseers, CALLER) == []


def test_no_answer_in_time_is_an_alarm_at_every_member(overseers: Overseers) -> None:
    be_silent(overseers)
    overseers.round(CALLER)
    overseers.wait(PHASE_SECONDS)
    assert codes(overseers, THIRD) == []
    overseers.wait(2)
    assert overseers.round(SERVER) == []
    for index in (CALLER, THIRD):
        overseers.round(index)
        overseers.round(index)
        (alarm,) = overseers.alarms(index)
        assert (alarm.code, alarm.subject) == (UNANSWERED, "1")
        assert alarm.member == overseers.holders.servers[SERVER].member
    assert codes(overseers, SERVER) == []


def test_who_answers_a_later_challenge_ends_the_alarm(overseers: Overseers) -> None:
    be_silent(overseers)
    overseers.round(CALLER)
    overseers.wait(int(CHALLENGE_EVERY.total_seconds()))
    overseers.round(CALLER)
    be_silent(overseers)
    overseers.round(CALLER)
    overseers.round(SERVER)
    overseers.round(CALLER)
    (alarm,) = overseers.alarms(CALLER)
    assert alarm.ended_at is not None


def test_a_suspended_server_owes_no_answer(overseers: Overseers) -> None:
    be_silent(overseers)
    overseers.round(CALLER)
    overseers.suspended.add(overseers.holders.servers[SERVER].member)
    overseers.wait(PHASE_SECONDS + 2)
    overseers.round(CALLER)
    assert codes(overseers, CALLER) == []


def test_a_wrong_answer_on_chain_is_an_alarm_at_every_member(
    overseers: Overseers, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_silent(overseers)
    overseers.round(CALLER)

    def wrong(
        _self: object, _caller: object, _document: object, _blinded: object, c: list[bytes]
    ) -> object:
        return answer(Scalar.random(fill_random), c, Scalar.random(fill_random))

    monkeypatch.setattr(
        type(overseers.holders.servers[SERVER].evaluator), "answer_challenge", wrong
    )
    assert overseers.round(SERVER) == ["challenge answered"]
    for index in (CALLER, THIRD):
        overseers.round(index)
        assert codes(overseers, index) == [ANSWERED_WRONGLY]


def test_another_members_answer_and_no_answer_at_all_are_wrong(overseers: Overseers) -> None:
    be_silent(overseers)
    overseers.round(CALLER)
    server = overseers.challenging[SERVER]
    forged = replace(server, signer=overseers.holders.servers[THIRD].signer)
    forged.run(overseers.holders.servers[SERVER].evaluator.state(), overseers.oversight())
    overseers.set_clock()
    overseers.round(THIRD)
    assert codes(overseers, THIRD) == [ANSWERED_WRONGLY]


def test_a_refusal_is_signed_and_concerns_the_challenger(overseers: Overseers) -> None:
    be_silent(overseers)
    overseers.round(CALLER)
    server = overseers.holders.servers[SERVER]
    server.evaluator = replace(server.evaluator, limits={Purpose.QUERY: 0})
    overseers.challenging[SERVER] = overseers._challenging(server)
    assert overseers.round(SERVER) == ["challenge answered"]
    overseers.round(CALLER)
    (alarm,) = overseers.alarms(CALLER)
    assert (alarm.code, alarm.subject) == (REFUSED, "1 evaluation-budget")
    overseers.round(THIRD)
    assert codes(overseers, THIRD) == []


def test_a_challenger_that_does_not_show_its_request_is_refused_late(overseers: Overseers) -> None:
    be_silent(overseers)
    overseers.round(CALLER)
    overseers.holders.servers[CALLER].away = True
    assert overseers.round(SERVER) == []
    overseers.wait(PHASE_SECONDS // 2 + 60)
    assert overseers.round(SERVER) == ["challenge answered"]
    overseers.round(CALLER)
    assert overseers.alarms(CALLER)[0].subject == "1 evaluation-unknown"


def test_a_challenged_request_goes_to_its_server_only(overseers: Overseers) -> None:
    be_silent(overseers)
    overseers.round(CALLER)
    (record,) = overseers.oversight().challenges.values()
    silences = overseers.silences(overseers.holders.servers[CALLER])
    third = overseers.holders.servers[THIRD].member
    for member, digest in ((third, record.asked.request), (record.asked.server, bytes(32))):
        with pytest.raises(RefusedError, match="evaluation-unknown"):
            silences.request_for(member, digest)


def test_silence_of_all_is_noticed_of_each(overseers: Overseers) -> None:
    for index in (SERVER, THIRD):
        overseers.holders.servers[index].away = True
    for _ in range(3):
        with pytest.raises(UnavailableError):
            ask(overseers)
        overseers.wait(int(timedelta(minutes=5).total_seconds()))
    assert overseers.round(CALLER) == ["challenged", "challenged"]
