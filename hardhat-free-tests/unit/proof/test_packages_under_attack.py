"""Packages as bytes: every file changed, bits flipped, and archives that other programs would take."""

import io
import json
import random
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from harness.packages import Case, each_file
from harness.trusting import trust_bytes
from tampering import changed_files, flip_bit, repack, unpack

from ledger.errors import LedgerError
from ledger.proof.report import ExitCode, Report
from ledger.proof.trust import Trust, read_trust
from ledger.proof.verify import verify_package
from ledger.verifier import command
from ledger.verifier.rendering import render, to_json
from node.memory_package import MemoryPackage

FLIPS = 1000


def _trust(case: Case) -> Trust:
    return read_trust(trust_bytes(case.trust))


def _verify(case: Case, data: bytes) -> Report:
    return verify_package(MemoryPackage(data), _trust(case))


def test_one_changed_byte_in_any_file_is_refuted_though_checksums_are_right(full: Case) -> None:
    package = full.package()
    exit_codes = {path: _verify(full, data).exit_code for path, data in changed_files(package)}
    assert len(exit_codes) > 20
    assert {path for path, code in exit_codes.items() if code is not ExitCode.REFUTED} == set()


@pytest.mark.parametrize("shape", ["cut", "grown", "emptied"])
def test_any_file_of_another_length_is_refuted(full: Case, shape: str) -> None:
    changes = {"cut": lambda d: d[:-1], "grown": lambda d: d + b"\n", "emptied": lambda _: b""}
    for path, data in each_file(full, changes[shape]):
        assert _verify(full, data).exit_code is ExitCode.REFUTED, path


def test_a_package_with_any_file_left_out_is_refuted(full: Case) -> None:
    folder, files = unpack(full.package())
    for path in files:
        rest = {name: data for name, data in files.items() if name != path}
        report = _verify(full, repack(folder, rest, repair=path.startswith("data/")))
        assert report.exit_code is ExitCode.REFUTED, path


def test_any_flipped_bit_is_refuted(small: Case) -> None:
    """Sampled evenly over the whole archive: headers, contents, directory."""
    package, trust = small.package(), _trust(small)
    assert verify_package(MemoryPackage(package), trust).exit_code is not ExitCode.REFUTED
    generator = random.Random(20261124)  # noqa: S311 - positions, not secrets
    bits = 8 * len(package)
    positions = [bits * at // FLIPS + generator.randrange(bits // FLIPS) for at in range(FLIPS)]
    accepted = [
        position
        for position in positions
        if verify_package(MemoryPackage(flip_bit(package, position)), trust).exit_code
        is not ExitCode.REFUTED
    ]
    assert accepted == []


def test_any_package_that_was_cut_off_is_refuted(small: Case) -> None:
    package = small.package()
    for length in range(0, len(package), max(1, len(package) // 200)):
        report = _verify(small, package[:length])
        assert report.exit_code is ExitCode.REFUTED
        assert report.of("V1").verdict.value == "refuted"


def _zip(names: list[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in names:
            info = zipfile.ZipInfo(name)
            info.compress_type = compression
            archive.writestr(info, data)
    return buffer.getvalue()


def _symlink() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("bag/data/x")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def _canonical(name: str) -> bytes:
    """Return an archive in the one form but for its name, which the writer would refuse."""
    placeholder = "b/" + "x" * (len(name.encode()) - 2)
    from ledger.proof.archive import write_archive  # noqa: PLC0415 - one use

    sink = io.BytesIO()
    write_archive(sink, [(placeholder, 1, (b"x",))])
    return sink.getvalue().replace(placeholder.encode(), name.encode())


def _zip64_lie(package: bytes) -> bytes:
    """Say 0xffffffff in the first header, and a size of an exabyte in an extra field."""
    name_length = struct.unpack_from("<H", package, 26)[0]
    extra = struct.pack("<HHQQ", 1, 16, 1 << 60, 1 << 60)
    head = bytearray(package[:30])
    struct.pack_into("<II", head, 18, 0xFFFFFFFF, 0xFFFFFFFF)
    struct.pack_into("<HH", head, 26, name_length, len(extra))
    return bytes(head) + package[30 : 30 + name_length] + extra + package[30 + name_length :]


def _two_lists(package: bytes) -> bytes:
    return package + package


ARCHIVES: dict[str, Any] = {
    "nothing": lambda _: b"",
    "not an archive": lambda _: b"%PDF-1.7",
    "an empty archive": lambda _: _zip([]),
    "packed again by another program": lambda p: _zip([(f"b/{k}", v) for k, v in unpack(p)[1].items()]),
    "a bomb": lambda _: _zip([("b/data/x", bytes(50_000_000))], zipfile.ZIP_DEFLATED),
    "a symbolic link": lambda _: _symlink(),
    "bytes before": lambda p: b"#!/bin/sh\n" + p,
    "bytes behind": lambda p: p + b"\0",
    "two archives": _two_lists,
    "a comment": lambda p: p[:-2] + struct.pack("<H", 5) + b"hello",
    "a lie about zip64": _zip64_lie,
    "a path upwards": lambda _: _canonical("b/../../etc/passwd"),
    "an absolute path": lambda _: _canonical("/etc/passwd"),
    "a Windows path": lambda _: _canonical("b\\..\\windows"),
    "a drive": lambda _: _canonical("C:/windows/x"),
    "a control character": lambda _: _canonical("b/data\n/x"),
    "a folder": lambda _: _canonical("b/data/"),
    "a decomposed name": lambda _: _canonical("b/data/e\u0301"),
    "a name of 300 bytes": lambda _: _raw(["b/" + "x" * 300]),
    "a name that is not UTF-8": lambda _: _canonical("b/data/\u00e9").replace(b"\xc3\xa9", b"\xe9\xe9"),
    "a duplicate name": lambda _: _twice(),
    "a name that differs in case only": lambda _: _other_case(),
    "two bags": lambda _: _two_bags(),
}  # fmt: skip


def _raw(names: list[str]) -> bytes:
    """Write an archive in the one form with names that the writer would refuse."""
    import ledger.proof.archive as module  # noqa: PLC0415 - to get around its writer's check

    check = module.check_order
    module.check_order = lambda _previous, _name: None  # type: ignore[assignment]
    try:
        sink = io.BytesIO()
        module.write_archive(sink, [(name, 1, (b"x",)) for name in names])
    finally:
        module.check_order = check  # type: ignore[assignment]
    return sink.getvalue()


def _twice() -> bytes:
    return _raw(["b/data/x", "b/data/x"])


def _other_case() -> bytes:
    return _raw(["b/data/X", "b/data/x"])


def _two_bags() -> bytes:
    return _raw(["a/data/x", "b/data/x"])


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_in_any_other_form_refutes_the_package(small: Case, name: str) -> None:
    report = _verify(small, ARCHIVES[name](small.package()))
    assert report.of("V1").verdict.value == "refuted"
    assert report.exit_code is ExitCode.REFUTED
    assert {each.verdict.value for each in report.findings[1:]} == {"not_provable"}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("which", ["full", "case", "small"])
def test_every_report_can_be_read_by_people(
    request: pytest.FixtureRequest, which: str, language: str
) -> None:
    case: Case = request.getfixturevalue(which)
    text = render(case.verify(), language)
    assert all(f" V{number} " in text for number in range(1, 18))
    assert "{" not in text.replace("{'", "")


def test_the_report_for_machines_keeps_its_members(full: Case) -> None:
    value = json.loads(json.dumps(to_json(full.verify())))
    assert sorted(value) == [
        "asserted", "checks", "conclusion", "disclosed", "exit_code", "facts", "policy",
        "required", "trust_fingerprint", "trust_signing",
    ]  # fmt: skip
    assert [each["check"] for each in value["checks"]] == [f"V{n}" for n in range(1, 18)]
    assert {tuple(sorted(each)) for each in value["checks"]} == {
        ("check", "code", "law", "params", "trusts", "verdict")
    }
    assert (value["exit_code"], value["conclusion"]) == (0, "proved")
    assert value["facts"]["kind"] == "call_recording"


def test_the_report_is_the_same_each_time(full: Case) -> None:
    first, second = (json.dumps(to_json(full.verify())) for _ in range(2))
    assert first == second


def test_the_fingerprint_of_a_trust_file_does_not_depend_on_its_spaces(full: Case) -> None:
    spread = json.dumps(full.trust, indent=4, ensure_ascii=True).encode()
    assert read_trust(spread).fingerprint == _trust(full).fingerprint


def _nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


BAD_TRUST: dict[str, Any] = {
    "nothing": lambda _: b"",
    "not JSON": lambda _: b"{",
    "an array": lambda _: b"[]",
    "deep nesting": lambda _: _nested(100_000),
    "a huge number": lambda t: json.dumps(t).replace("20261124", "9" * 5000).encode(),
    "a float": lambda t: json.dumps(t).replace("20261124", "1.5").encode(),
    "not UTF-8": lambda t: json.dumps(t).encode() + b"\xff",
    "a member twice": lambda t: json.dumps(t).replace('"schema"', '"schema":"x","schema"', 1).encode(),
    "another schema": lambda t: json.dumps({**t, "schema": "x"}).encode(),
    "an unknown member": lambda t: json.dumps({**t, "polcy": {}}).encode(),
    "a missing member": lambda t: json.dumps({k: v for k, v in t.items() if k != "policy"}).encode(),
    "an unknown check": lambda t: json.dumps({**t, "policy": {**t["policy"], "required": ["V99"]}}).encode(),
    "one member twice": lambda t: json.dumps({**t, "members": 2 * t["members"]}).encode(),
    "one validator twice": lambda t: _validators(t, 2),
    "no validator": lambda t: _validators(t, 0),
    "five megabytes": lambda t: json.dumps(t).encode() + b" " * 5_000_000,
}  # fmt: skip


def _validators(trust: dict[str, Any], times: int) -> bytes:
    (group,) = trust["chain"]["validators"]
    changed = {**group, "addresses": times * group["addresses"]}
    return json.dumps({**trust, "chain": {**trust["chain"], "validators": [changed]}}).encode()


@pytest.mark.parametrize("name", BAD_TRUST)
def test_a_trust_file_in_any_other_form_is_unreadable(
    full: Case, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = BAD_TRUST[name](full.trust)
    with pytest.raises(LedgerError):
        read_trust(data)
    package, trust = tmp_path / "p.zip", tmp_path / "t.json"
    package.write_bytes(full.package())
    trust.write_bytes(data)
    assert command.main([str(package), "--trust", str(trust)]) == 2
    assert capsys.readouterr().err.strip()


@pytest.mark.parametrize("which", ["package", "trust"])
@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "device", "memory"])
def test_what_is_no_file_is_unreadable_and_nobody_waits(
    full: Case, tmp_path: Path, which: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    import os  # noqa: PLC0415 - one use

    paths = {"package": tmp_path / "p.zip", "trust": tmp_path / "t.json"}
    paths["package"].write_bytes(full.package())
    paths["trust"].write_bytes(trust_bytes(full.trust))
    bad = tmp_path / "bad"
    if kind == "folder":
        bad.mkdir()
    elif kind == "pipe":
        os.mkfifo(bad)
    elif kind in ("device", "memory"):
        bad = Path("/dev/zero" if kind == "device" else "/proc/self/mem")
    paths[which] = bad
    assert command.main([str(paths["package"]), "--trust", str(paths["trust"])]) == 2
    assert capsys.readouterr().err.strip()
