"""A wrong answer becomes an alarm with a file that convicts its server, for anybody; the node seals it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from harness.evaluators import Holders
from harness.exchanges import Pair, verify
from harness.ledger import Ledger

from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import fill_random
from blacklist.domain.oprf.threshold import coefficients
from blacklist.domain.protocol.conviction import Guilt
from blacklist.domain.protocol.conviction_file import ConvictionFile, verify_conviction
from blacklist.services.accusing import WRONG_ANSWER, Accuser
from blacklist.services.evaluating import Evaluator
from ledger.errors import MalformedError
from ledger.proof.trust import KeyRecord, Trust, TrustedMember
from ledger.store import alarms, statements
from ledger.store.alarms import PeerAlarm
from node.peer.rounds import seal_alarms

PERSON = b"lz-blacklist/v1|id|person"


@pytest.fixture
def holders(tmp_path: Path, ledger: Ledger) -> Iterator[Holders]:
    made = Holders.make(tmp_path, 4, 3, {1: ledger})
    yield made
    made.close()


def answer_wrongly(holders: Holders, index: int) -> None:
    """Let a server use another share, and sign what comes of it."""
    other = Scalar.random(fill_random)

    class Wrong(Evaluator):
        def _share(self, _held: object, own: int, servers: tuple[int, ...]) -> Scalar:
            return coefficients(servers)[own] * other if servers else other + Scalar.of(0)

    evaluator = holders.servers[index].evaluator
    fields = {name: getattr(evaluator, name) for name in Evaluator.__slots__}
    holders.servers[index].evaluator = Wrong(**fields)


def ask(holders: Holders, way: str) -> None:
    own = holders.servers[1]
    accuser = Accuser(
        own.database.write, own.evaluator.state, own.signer.public_key, verify, holders.clock
    )
    asker = replace(holders.asker(), accuse=accuser.accuse)
    getattr(asker, way)(holders.asking(PERSON, b"other"), holders.order())


def found(ledger: Ledger) -> list[PeerAlarm]:
    with ledger.node.database.read() as connection:
        return alarms.read_all(connection)


def trust(ledger: Ledger, holders: Holders) -> Trust:
    """What a court was given: members with their evidence keys."""
    members = {
        each.member: TrustedMember(
            each.member, f"bank {each.index}", f"bank-{each.index}",
            (KeyRecord("evidence", each.signer.public_key, 0, None, None, None),),
        )
        for each in holders.servers.values()
    }  # fmt: skip
    return replace(ledger.node.trust, members=members)


@pytest.mark.parametrize("way", ["single", "batch"])
def test_a_wrong_answer_is_an_alarm_whose_file_convicts(
    holders: Holders, ledger: Ledger, way: str
) -> None:
    answer_wrongly(holders, 2)
    ask(holders, way)
    (alarm,) = found(ledger)
    assert (alarm.code, alarm.subject) == (WRONG_ANSWER, "id 1.1 proof-invalid")
    assert alarm.member == holders.servers[2].member
    assert alarm.proof is not None
    file = ConvictionFile.from_bytes(alarm.proof)
    assert file.share_key == holders.held.keys.share_keys[2]
    shown = verify_conviction(file, trust(ledger, holders), verify)
    assert (shown.server.name, shown.guilt) == ("bank 2", Guilt.PROOF_INVALID)
    assert shown.caller.member == holders.servers[1].member


def test_the_proof_is_sealed_once(holders: Holders, ledger: Ledger) -> None:
    answer_wrongly(holders, 2)
    ask(holders, "single")
    assert seal_alarms(ledger.node) == 1
    assert seal_alarms(ledger.node) == 0
    with ledger.node.database.read() as connection:
        (row,) = statements.newest(connection, limit=5, kind="misbehaviour")
    assert found(ledger)[0].leaf_hash == row.leaf_hash


def test_a_broken_server_is_one_alarm_not_thousands(holders: Holders, ledger: Ledger) -> None:
    answer_wrongly(holders, 2)
    for _ in range(3):
        ask(holders, "single")
    assert len(found(ledger)) == 1


def test_an_honest_exchange_accuses_nobody(holders: Holders, ledger: Ledger) -> None:
    own = holders.servers[1]
    accuser = Accuser(
        own.database.write, own.evaluator.state, own.signer.public_key, verify, holders.clock
    )
    pair = Pair.make()
    accuser.accuse(holders.servers[2].asked, pair.single())
    assert found(ledger) == []


def test_what_was_changed_shows_nothing(holders: Holders, ledger: Ledger) -> None:
    answer_wrongly(holders, 2)
    ask(holders, "batch")
    (alarm,) = found(ledger)
    assert alarm.proof is not None
    file, known = ConvictionFile.from_bytes(alarm.proof), trust(ledger, holders)
    exchange = file.exchange
    swapped = replace(exchange, blinded=exchange.blinded[::-1])
    stripped = replace(exchange, check=None)
    for changed in (replace(file, exchange=swapped), replace(file, exchange=stripped)):
        assert ConvictionFile.from_bytes(changed.to_bytes()) == changed
        with pytest.raises(MalformedError, match="conviction-not-shown"):
            verify_conviction(changed, known, verify)
    strangers = replace(known, members={})
    with pytest.raises(MalformedError, match="misbehaviour-member"):
        verify_conviction(file, strangers, verify)


def test_files_of_another_form_are_not_read(holders: Holders, ledger: Ledger) -> None:
    answer_wrongly(holders, 2)
    ask(holders, "single")
    proof = found(ledger)[0].proof or b""
    for bad, code in (
        (b"{}", "statement-form"),
        (proof.replace(b"conviction-1", b"conviction-9"), "conviction-schema"),
        (proof.replace(b'"index":2', b'"index":0'), "statement-form"),
    ):
        with pytest.raises(MalformedError, match=code):
            ConvictionFile.from_bytes(bad)
