"""A stream is recorded, hashed while it comes, and sealed by one command."""

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest
from harness.commands import Cli

from ledger.errors import MalformedError
from ledger.evidence.statement import read_leaf
from node.capture.recorder import check_capture

pytestmark = pytest.mark.anvil
SOUND = "通话录音" * 20_000


def _capture(target: Path) -> tuple[str, ...]:
    return (
        "evidence", "capture", "--device", "pbx-2", "--kind", "call_recording",
        "--case", "C-1", "--clock-offset-ms", "-12", "-o", str(target),
    )  # fmt: skip


def test_a_recorded_stream_is_sealed_with_how_it_came_into_being(bank: Cli, tmp_path: Path) -> None:
    target = tmp_path / "录音.wav"
    (receipt,) = bank.ok(*_capture(target), given=SOUND)
    statement = read_leaf(receipt["receipt"].encode()).statement
    capture, data = statement.capture, target.read_bytes()
    assert capture is not None
    assert data == SOUND.encode()
    check_capture([data], capture)
    with pytest.raises(MalformedError, match="capture-root"):
        check_capture([data[:-1]], capture)
    assert (capture["device"], capture["clock_offset_ms"]) == ("pbx-2", -12)
    block = capture["block"]
    assert isinstance(block, dict)
    assert len(str(block["hash"])) == 64
    assert str(capture["start"]) <= str(capture["end"]) <= statement.sealed_at
    assert {each.name for each in tmp_path.iterdir() if each.is_file()} == {
        "录音.wav",
        "录音.wav.json",
    }
    bank.anchor()
    package = tmp_path / "package.zip"
    bank.ok("evidence", "export", receipt["id"], "-o", package)
    trust = tmp_path / "trust.json"
    bank.ok("trust", "export", "-o", trust)
    assert bank.run("verify", "--trust", trust, package).code == 0


def test_an_earlier_recording_is_not_written_over_and_nothing_is_no_recording(
    offline: Cli, tmp_path: Path
) -> None:
    target = tmp_path / "a.wav"
    target.write_bytes(b"earlier")
    answer = offline.run(*_capture(target), given=SOUND)
    assert answer.code != 0
    assert target.read_bytes() == b"earlier"
    assert offline.run(*_capture(tmp_path / "b.wav"), given="").code != 0
    assert {each.name for each in tmp_path.iterdir() if each.is_file()} == {"a.wav"}
    assert offline.ok("evidence", "list") == []


def test_what_was_recorded_before_sealing_failed_can_be_sealed_later(
    offline: Cli, tmp_path: Path
) -> None:
    target = tmp_path / "a.wav"
    arguments = [*_capture(target)]
    arguments[arguments.index("call_recording")] = "no-such"
    assert offline.run(*arguments, given=SOUND).code != 0
    described = target.with_name("a.wav.json")
    told = json.loads(described.read_bytes())
    described.write_text(json.dumps({**told, "kind": "call_recording"}), "utf-8")
    receipt = offline.seal("--kind", "call_recording", "--details", described, target)
    capture = read_leaf(receipt["receipt"].encode()).statement.capture
    assert capture is not None
    check_capture([SOUND.encode()], capture)


def test_an_interrupted_pipeline_keeps_its_last_bytes(offline: Cli, tmp_path: Path) -> None:
    target = tmp_path / "a.wav"
    process = offline.start(*_capture(target), "--json", stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write("begin" * 1000)
    process.stdin.flush()
    part, deadline = target.with_name("a.wav.part"), time.monotonic() + 30
    while not part.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    process.stdin.write("end")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert target.read_bytes() == b"begin" * 1000 + b"end"
    assert json.loads(out)[0]["id"]
