"""Timestamps on a ledger: stamped, stored, renewed, exported, audited; and authorities that fail."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from harness.auditor import audit
from harness.generations import begin
from harness.ledger import Ledger
from harness.stamped import anchored, asked, configure, package_of, renewable, stamper, verified
from harness.timestamp_authority import LocalAuthority
from harness.trusting import DEVELOPMENT, trust_bytes, trust_value
from sqlalchemy import select, update
from tampering import repack, unpack

from ledger.errors import IntegrityError
from ledger.evidence.instants import format_instant
from ledger.proof import layout
from ledger.proof.bundle import open_bundle
from ledger.proof.report import ExitCode, Verdict
from ledger.proof.trust import read_trust
from ledger.proof.verify import verify_package
from ledger.services.timestamping import ALARM_AFTER, STILL_WANTED
from ledger.store import authorities
from ledger.store.tables import timestamp_token
from ledger.tsa.authority import HttpAuthority
from node import evidence_view, history
from node.doctor.timestamps import timestamps as examined
from node.memory_package import MemoryPackage
from node.metrics import Metrics
from node.settings import load_settings
from node.stamping import Stamping, alarming, make_timestamper, timestamp_standing
from node.trust_file import _timestamp_roots


def test_an_anchored_checkpoint_is_stamped_exported_and_proved(
    ledger: Ledger, served: LocalAuthority
) -> None:
    (leaf,) = anchored(ledger)
    authority = asked(served)
    done = stamper(ledger, authority).run(authority)
    assert (done.stamped, done.code) == (1, "")
    assert stamper(ledger, authority).run(authority).stamped == 0, "once is enough"
    report = verified(ledger, package_of(ledger, leaf), served.root_der)
    assert report.exit_code is ExitCode.PROVED
    found = report.of("V13")
    assert found.verdict is Verdict.PROVED
    assert "Test TSA signer" in str(found.params["authority"])
    audit(ledger)


def test_an_anchored_checkpoint_of_a_closed_generation_is_still_stamped(
    ledger: Ledger, served: LocalAuthority
) -> None:
    (leaf,) = anchored(ledger)
    begin(ledger)
    later = ledger.seal(b"in the new one" * 1000).leaf_hash
    ledger.anchor()
    authority = asked(served)
    assert stamper(ledger, authority).run(authority).stamped == 2
    for each in (leaf, later):
        report = verified(ledger, package_of(ledger, each), served.root_der)
        assert (report.exit_code, report.of("V13").code) == (ExitCode.PROVED, "timestamped")
    audit(ledger)


def test_a_token_for_something_else_is_refuted(ledger: Ledger, served: LocalAuthority) -> None:
    first, second = anchored(ledger, 2)
    authority = asked(served)
    stamper(ledger, authority).run(authority)
    with ledger.node.database.write() as connection:
        rows = connection.execute(select(timestamp_token).order_by(timestamp_token.c.size)).all()
        connection.execute(
            update(timestamp_token)
            .where(timestamp_token.c.token_id == rows[0].token_id)
            .values(token=rows[1].token)
        )
    with pytest.raises(IntegrityError, match="export-refuted"):
        package_of(ledger, first)
    assert (
        verified(ledger, package_of(ledger, second), served.root_der).of("V13").code
        == "timestamped"
    )
    problems = [each.code for each in ledger.node.auditor.run().problems]
    assert problems == ["audit-timestamp"]


def test_a_changed_token_in_a_package_is_refuted(
    sqlite_ledger: Ledger, served: LocalAuthority
) -> None:
    (leaf,) = anchored(sqlite_ledger)
    authority = asked(served)
    stamper(sqlite_ledger, authority).run(authority)
    folder, files = unpack(package_of(sqlite_ledger, leaf))
    token = files[layout.TIMESTAMP]
    files[layout.TIMESTAMP] = token[:-1] + bytes([token[-1] ^ 1])
    report = verified(sqlite_ledger, repack(folder, files), served.root_der)
    assert report.exit_code is ExitCode.REFUTED
    assert report.of("V13").verdict is Verdict.REFUTED


def test_v13_and_v14_are_proved_where_blocks_are_sealed(
    sqlite_databases: object, make_ledger: Callable[..., Ledger], served: LocalAuthority
) -> None:
    from harness.network import Network  # noqa: PLC0415 - after the blocks' time is set

    ledger = make_ledger(sqlite_databases, Network("qbft-header"))
    ledger.clock.moment = datetime.now(UTC)
    ledger.network.mine(3)
    ledger.tick()
    (leaf,) = anchored(ledger)
    authority = asked(served)
    stamper(ledger, authority).run(authority)
    policy = {"required": [*DEVELOPMENT, "V10", "V13", "V14"]}
    value = trust_value(ledger.node, ledger.network, **policy)
    value["timestamp_roots"] = [served.root_der.hex()]
    report = verify_package(MemoryPackage(package_of(ledger, leaf)), read_trust(trust_bytes(value)))
    assert report.exit_code is ExitCode.PROVED
    assert report.of("V14").verdict is Verdict.PROVED


def test_a_package_without_an_authority_stays_as_it_is(sqlite_ledger: Ledger) -> None:
    (leaf,) = anchored(sqlite_ledger)
    bundle = open_bundle(MemoryPackage(package_of(sqlite_ledger, leaf)))
    assert not [path for path in bundle.files if "timestamp" in path]
    assert list(examined(sqlite_ledger.node)) == []


def test_a_dead_authority_is_left_behind_and_others_go_on(
    ledger: Ledger, served: LocalAuthority
) -> None:
    anchored(ledger, 2)
    dead = HttpAuthority("dead", "http://127.0.0.1:1", tuple)
    timestamper = stamper(ledger, dead, asked(served))
    found = [timestamper.run(each) for each in timestamper.authorities]
    assert [each.code for each in found] == ["timestamp-unreachable", ""]
    assert [each.stamped for each in found] == [0, 2]
    ledger.seal()
    assert ledger.anchor().progress.frozen, "anchoring does not wait"


def test_an_authority_that_fails_is_asked_less_and_less_often(
    sqlite_ledger: Ledger, served: LocalAuthority
) -> None:
    ledger = sqlite_ledger
    anchored(ledger)
    served.status = 503
    authority = asked(served)
    timestamper = stamper(ledger, authority)
    for _ in range(4):
        timestamper.run(authority)
    assert len(served.queries) == 1, "the pause is kept"
    waits = []
    for _ in range(10):
        with ledger.node.database.read() as connection:
            state = authorities.read(connection, "local")
        assert state.retry_at is not None
        waits.append(datetime.fromisoformat(state.retry_at) - ledger.clock.now())
        ledger.clock.moment = datetime.fromisoformat(state.retry_at)
        timestamper.run(authority)
    assert waits[0] < waits[1] < waits[2]
    assert max(waits) <= timedelta(hours=1, seconds=1)
    assert state.failing_since is not None
    served.status = 200
    assert timestamper.run(authority, at_once=True).stamped == 1
    with ledger.node.database.read() as connection:
        state = authorities.read(connection, "local")
    assert (state.failures, state.failing_since, state.code) == (0, None, "")


def test_what_another_authority_has_stamped_is_not_made_up_for_after_a_day(
    sqlite_ledger: Ledger, served: LocalAuthority
) -> None:
    ledger = sqlite_ledger
    anchored(ledger)
    first, second = asked(served), asked(served, "second")
    timestamper = stamper(ledger, first, second)
    timestamper.run(first)
    ledger.clock.move(STILL_WANTED.total_seconds() + 60)
    assert timestamper.run(second).stamped == 0
    ledger.seal(b"later" * 1000)
    ledger.anchor()
    assert timestamper.run(second).stamped == 1


def test_tokens_of_further_authorities_and_lists_travel_beside_the_first(
    sqlite_ledger: Ledger, served: LocalAuthority
) -> None:
    ledger = sqlite_ledger
    (leaf,) = anchored(ledger)
    with LocalAuthority("Second") as other:
        timestamper = stamper(ledger, asked(served), asked(other, "second"))
        for each in timestamper.authorities:
            timestamper.run(each)
    bundle = open_bundle(MemoryPackage(package_of(ledger, leaf)))
    paths = [path for path in bundle.files if path.startswith(layout.TIMESTAMP_FOLDER)]
    names = [path.removeprefix(layout.TIMESTAMP_FOLDER) for path in paths]
    assert names == ["1.crl", "2.crl", "2.tsr"]


def test_a_token_of_a_revoked_certificate_is_not_kept(
    ledger: Ledger, served: LocalAuthority
) -> None:
    (leaf,) = anchored(ledger)
    served.revoke()
    authority = asked(served)
    timestamper = stamper(ledger, authority)
    for _ in range(2):
        assert timestamper.run(authority, at_once=True).code == "timestamp-revoked"
    assert not [p for p in open_bundle(MemoryPackage(package_of(ledger, leaf))).files if "tsr" in p]
    renewable(served)
    assert timestamper.run(authority, at_once=True).stamped == 1


def test_a_token_from_before_the_named_block_is_asked_for_again(
    sqlite_ledger: Ledger, served: LocalAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chain whose blocks run ahead of the authority's clock: V14 would refute the package."""
    monkeypatch.setattr("harness.network.GENESIS_TIME", int(time.time()) + 3600)
    ledger = sqlite_ledger
    ledger.clock.moment = datetime.now(UTC)
    ledger.network.mine(2)
    ledger.tick()
    (leaf,) = anchored(ledger)
    authority = asked(served)
    assert stamper(ledger, authority).run(authority).code == "timestamp-before-block"
    assert (
        "data/proof/timestamp.tsr" not in open_bundle(MemoryPackage(package_of(ledger, leaf))).files
    )


def test_settings_name_authorities_whose_roots_are_trusted(
    sqlite_ledger: Ledger, served: LocalAuthority
) -> None:
    anchored(sqlite_ledger)
    with LocalAuthority("Second") as other:
        ledger = configure(sqlite_ledger, served, other)
        timestamper = make_timestamper(ledger.node)
        assert [timestamper.run(each).stamped for each in timestamper.authorities] == [1, 1]
        expected = [served.root_der.hex(), other.root_der.hex()]
    assert _timestamp_roots(ledger.node.settings) == expected
    with ledger.node.database.read() as connection:
        found = timestamp_standing(connection, ledger.node.settings, ledger.clock)
    assert [each.name for each in found.states] == ["机构0", "机构1"]
    assert json.dumps(found.to_json())
    assert list(examined(ledger.node)) == []


def test_the_worker_s_threads_stamp_and_stop(sqlite_ledger: Ledger, served: LocalAuthority) -> None:
    (leaf,) = anchored(sqlite_ledger)
    ledger = configure(sqlite_ledger, served)
    metrics = Metrics()
    stamping = Stamping(ledger.node, metrics)
    stamping.nudge()
    stamping.nudge()
    deadline = time.monotonic() + 10
    while b'outcome="stamped"} 1.0' not in metrics.text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    stamping.stop()
    assert len(served.queries) == 1
    with ledger.node.database.read() as connection:
        row = evidence_view.resolve(connection, leaf.hex())
        detail = evidence_view.view(connection, row).detail()
        events = [each.event for each in history.stations(connection, row)]
    assert detail["timestamp_authority"] == "机构0"
    assert str(detail["not_after"]).startswith(format_instant(datetime.now(UTC))[:10])
    assert events[-1] == "timestamped"


def test_the_doctor_tells_of_authorities_that_fail_and_tokens_that_end(
    sqlite_ledger: Ledger, served: LocalAuthority
) -> None:
    anchored(sqlite_ledger)
    ledger = configure(sqlite_ledger, served)
    (authority,) = make_timestamper(ledger.node).authorities
    served.status = 500
    make_timestamper(ledger.node).run(authority)
    assert not list(examined(ledger.node))
    ledger.clock.move(ALARM_AFTER.total_seconds() + 1)
    codes = [each.code for each in examined(ledger.node)]
    assert codes == ["doctor-authority-failing", "doctor-checkpoints-bare"]
    with ledger.node.database.read() as connection:
        assert [each.name for each in alarming(connection, ledger.node.settings, ledger.clock)]
    served.status = 200
    renewable(served, 50)
    make_timestamper(ledger.node).run(authority, at_once=True)
    assert [each.code for each in examined(ledger.node)] == ["doctor-tokens-due"]
    ledger.clock.move(60 * 86400)
    assert [each.code for each in examined(ledger.node)] == ["doctor-tokens-expired"]


@pytest.mark.parametrize(
    "wrong",
    [
        'name = ""\nurl = "https://tsa.example"\nroots = "r"',
        'name = "a"\nurl = "ftp://tsa.example"\nroots = "r"',
        'name = "a"\nurl = "https://tsa.example"\nroots = "r"\npolicy = "x"',
        'name = "a"\nurl = "http://tsa.example"\nroots = "r"\nsecret_file = "s"',
        'name = "a"\nurl = "https://tsa.example"\nroots = "r"\nheader = "a: b"',
        'name = "a"\nurl = "https://tsa.example"\nroots = "r"\nsecret = "s"',
        'name = "a"\nurl = "https://tsa.example"',
    ],
)
def test_wrong_settings_are_told(template: Path, tmp_path: Path, wrong: str) -> None:
    from ledger.errors import ConfigurationError  # noqa: PLC0415 - one use

    text = (template / "lianzheng.toml").read_text("utf-8")
    (tmp_path / "lianzheng.toml").write_text(f"{text}\n[[timestamp_authorities]]\n{wrong}\n")
    with pytest.raises(ConfigurationError):
        load_settings(tmp_path)
