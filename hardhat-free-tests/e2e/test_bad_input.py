"""Every kind of bad input of the command line: the exit code, words in two languages, never a traceback."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from harness.commands import Answer, Cli, free_port

pytestmark = pytest.mark.anvil


def _says(answer: Answer, code: int, name: str) -> None:
    """Check exit code, and the same message in Chinese and English on stderr."""
    assert answer.code == code, answer
    lines = [line for line in answer.err.splitlines() if line.startswith(f"[{name}]")]
    assert len(lines) == 2, answer.err
    zh, en = lines
    assert any("\u4e00" <= c <= "\u9fff" for c in zh)
    assert zh != en
    assert any(c.isascii() and c.isalpha() for c in en.removeprefix(f"[{name}]"))


def _file(folder: Path, name: str = "call.wav", data: bytes = b"RIFF" * 2000) -> Path:
    file = folder / name
    file.write_bytes(data)
    return file


def _seal(cli: Cli, *arguments: str | Path, given: str | None = None) -> Answer:
    return cli.run("evidence", "seal", *arguments, given=given)


def test_files_that_cannot_be_sealed(offline: Cli, tmp_path: Path) -> None:
    kind = ("--kind", "call_recording")
    _says(_seal(offline, _file(tmp_path, "empty", b""), *kind), 11, "content-empty")
    _says(_seal(offline, tmp_path, *kind), 11, "content-unreadable")
    _says(_seal(offline, tmp_path / "nothing.wav", *kind), 11, "content-unreadable")
    _says(_seal(offline, "/proc/self/mem", *kind), 11, "content-unreadable")
    _says(_seal(offline, "/dev/zero", *kind), 11, "content-unreadable")
    os.mkfifo(tmp_path / "pipe")
    _says(_seal(offline, tmp_path / "pipe", *kind), 11, "content-unreadable")
    assert offline.ok("evidence", "list") == []


def test_a_file_that_changes_while_it_is_read_is_not_sealed(offline: Cli, tmp_path: Path) -> None:
    file = tmp_path / "growing.wav"
    with file.open("wb") as grown:
        grown.truncate(600 << 20)
    process = offline.start("evidence", "seal", file, "--kind", "call_recording")
    deadline = 2000
    while process.poll() is None and deadline and not list(offline.home.glob("vault/*/*.part")):
        deadline -= 1
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
    with file.open("ab") as grown:
        grown.write(b"more")
    _, err = process.communicate(timeout=60)
    _says(Answer(process.returncode, "", err), 11, "content-changed-while-read")
    assert list(offline.home.glob("vault/*/*")) == []


NAMES = ["录音 📞.wav", "تسجيل.wav", "e\u0301.wav", "-rf", "a\nb.wav", "'; DROP TABLE.wav"]


@pytest.mark.parametrize("name", NAMES)
def test_names_in_any_script_are_sealed(offline: Cli, tmp_path: Path, name: str) -> None:
    file = _file(tmp_path, name)
    answer = offline.run("evidence", "seal", "--kind", "letter", "--json", "--", file)
    assert answer.code == 0, answer.err


def test_a_name_that_is_not_utf_8_is_sealed(offline: Cli, tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/" + b"\xff\xfe.wav"
    with open(name, "wb") as file:  # noqa: PTH123 - a name that no Path of text can hold
        file.write(b"x" * 5000)
    done = subprocess.run(
        [b"lianzheng", b"evidence", b"seal", b"--kind", b"letter", name],
        executable=str(Path(os.sys.executable).with_name("lianzheng")),  # type: ignore[attr-defined]
        env={**os.environ, "LIANZHENG_HOME": str(offline.home), "LIANZHENG_CHAIN_URL": offline.url},
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_one_case_number_is_one_case_however_it_is_typed(offline: Cli) -> None:
    numbers = [
        offline.seal("--kind", "decision", "--case", case, "--fields", "-", given='{"a":1}')[
            "case_number"
        ]
        for case in ("caf\u00e9", "cafe\u0301")
    ]
    assert numbers == [1, 2]


def test_descriptions_that_are_not_of_their_form(offline: Cli, tmp_path: Path) -> None:
    file = _file(tmp_path)
    _says(_seal(offline, file, "--kind", "rumour"), 10, "statement-kind")
    _says(_seal(offline, file, "--kind", "case_head"), 11, "kind-sealed-by-node")
    _says(_seal(offline, "--kind", "letter"), 11, "content-needed")
    _says(_seal(offline, "--kind", "decision"), 11, "nothing-to-seal")
    fields = ("--kind", "decision", "--fields", "-")
    _says(_seal(offline, *fields, given="{"), 10, "fields-file")
    _says(_seal(offline, *fields, given="[" * 100_000), 10, "canonical-too-deep")
    _says(_seal(offline, *fields, given="[]"), 10, "statement-form")
    _says(_seal(offline, *fields, given='{"Phone":1}'), 10, "field-name")
    _says(_seal(offline, *fields, given='{"amount":0.5}'), 10, "canonical-float")
    _says(_seal(offline, *fields, given=json.dumps({"a": "x" * 5000})), 10, "field-too-long")
    _says(
        _seal(offline, *fields, given=json.dumps({f"f{n}": n for n in range(70)})),
        10,
        "field-too-many",
    )
    details = (file, "--kind", "letter", "--details", "-")
    _says(_seal(offline, *details, given='{"mood":1}'), 10, "item-member")
    _says(_seal(offline, *details, given='{"capture":{"mood":1}}'), 10, "capture-member")
    _says(_seal(offline, *details, given='{"extraction":"by hand"}'), 10, "statement-form")
    assert _seal(offline, file).code == 2
    assert _seal(offline, file, "--kind", "letter", "--fields", tmp_path / "nothing").code == 2
    assert offline.ok("evidence", "list") == []


def test_the_same_content_needs_a_reason(offline: Cli, tmp_path: Path) -> None:
    file = _file(tmp_path)
    first = offline.seal(file, "--kind", "letter")
    answer = _seal(offline, file, "--kind", "letter")
    _says(answer, 11, "duplicate-content")
    assert first["id"] in answer.err
    assert (
        offline.seal(file, "--kind", "letter", "--duplicate-reason", "法院要求")["id"]
        != first["id"]
    )


def test_bad_lines_of_a_batch_do_not_hold_up_the_others(offline: Cli, tmp_path: Path) -> None:
    _file(tmp_path)
    lines = [
        '{"kind":"letter","file":"call.wav"}',
        "not JSON",
        '{"kind":"letter","file":"nothing.wav"}',
        "",
        '{"kind":"letter","file":"a\\u0000b"}',
        '{"kind":"decision","fields":{"a":1}}',
        '{"kind":7}',
        "[1]",
    ]
    batch = tmp_path / "batch.ndjson"
    batch.write_text("\n".join(lines), "utf-8")
    answer = offline.run("evidence", "seal", "--batch", batch, "--json")
    assert answer.code == 11
    rows = [json.loads(line) for line in answer.out.splitlines()]
    assert {row["line"]: row.get("error", "sealed") for row in rows} == {
        1: "sealed",
        2: "fields-file",
        3: "content-unreadable",
        5: "content-unreadable",
        6: "sealed",
        7: "statement-form",
        8: "statement-form",
    }


def test_a_batch_of_more_files_than_a_process_may_open_is_sealed(
    offline: Cli, tmp_path: Path
) -> None:
    lines = []
    for number in range(300):
        _file(tmp_path, f"{number}.wav", b"%d" % number * 2000)
        lines.append(json.dumps({"kind": "letter", "file": f"{number}.wav"}))
    batch = tmp_path / "batch.ndjson"
    batch.write_text("\n".join(lines), "utf-8")
    program = Path(os.sys.executable).with_name("lianzheng")  # type: ignore[attr-defined]
    command = f'ulimit -n 64; exec "{program}" evidence seal --batch "{batch}"'
    environment = {
        **os.environ,
        "LIANZHENG_HOME": str(offline.home),
        "LIANZHENG_CHAIN_URL": offline.url,
    }
    done = subprocess.run(
        ["bash", "-c", command], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout


def test_a_home_that_is_none(tmp_path: Path) -> None:
    cli = Cli(tmp_path / "nothing", inside=True)
    for command in (["evidence", "list"], ["anchor", "run"], ["chain", "status"], ["log", "audit"]):
        _says(cli.run(*command), 15, "not-initialised")
    blocked = Cli(tmp_path / "file" / "home", inside=True)
    (tmp_path / "file").write_bytes(b"")
    _says(blocked.run("init", "--name", "x", "--origin", "x.example/y"), 13, "file-unwritable")
    _says(cli.run("init", "--name", "x", "--origin", "HTTP://X"), 10, "log-origin")


def test_a_node_without_contracts_seals_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    cli = Cli(tmp_path / "home", inside=True)
    cli.ok("init", "--name", "x", "--origin", "x.example/y")
    _says(cli.run("init", "--name", "x", "--origin", "x.example/y"), 11, "key-exists")
    _says(
        cli.run("evidence", "seal", "--kind", "decision", "--fields", "-", given='{"a":1}'),
        15,
        "log-missing",
    )
    _says(cli.run("anchor", "run"), 15, "chain-not-configured")
    _says(cli.run("chain", "deploy"), 13, "chain-unreachable")


def test_a_chain_that_does_not_answer_or_is_another_one(
    offline: Cli, chain_url: str, tmp_path: Path
) -> None:
    offline.seal("--kind", "decision", "--fields", "-", given='{"a":1}')
    _says(offline.run("anchor", "run"), 13, "chain-never-compared")
    _says(offline.run("chain", "status"), 13, "chain-unreachable")
    _says(offline.run("trust", "export", "-o", tmp_path / "t.json"), 13, "chain-unreachable")
    assert not (tmp_path / "t.json").exists()
    wrong = Cli(offline.home, chain_url, {"LIANZHENG_CHAIN_ID": "7"}, inside=True)
    _says(wrong.run("anchor", "run"), 15, "chain-id")
    missing = Cli(offline.home, chain_url, {"LIANZHENG_REGISTRY": "0b" * 20}, inside=True)
    _says(missing.run("anchor", "run"), 15, "contract-missing")
    nobody = Cli(offline.home, f"http://127.0.0.1:{free_port()}", inside=True)
    _says(nobody.run("chain", "status"), 13, "chain-unreachable")


def test_identifiers_and_places_that_are_not_there(offline: Cli, tmp_path: Path) -> None:
    sealed = offline.seal("--kind", "decision", "--fields", "-", given='{"a":1}')
    for given in ("xyz", "12", "'; DROP", "é" * 8):
        _says(offline.run("evidence", "show", given), 10, "evidence-id")
    _says(offline.run("evidence", "show", "00" * 8), 11, "evidence-unknown")
    export = ("evidence", "export", sealed["id"], "-o", tmp_path / "p.zip")
    _says(offline.run(*export), 11, "evidence-not-sequenced")
    assert offline.run("evidence", "list", "--limit", "-1").code == 2
    assert offline.run("evidence", "hold", sealed["id"]).code == 11
    assert offline.run("nonsense").code == 2
    assert list(tmp_path.glob("p.zip*")) == []


def test_settings_and_keys_that_do_not_fit(offline: Cli) -> None:
    wrong = Cli(offline.home, offline.url, {"LIANZHENG_CHAIN_KIND": "rumour"}, inside=True)
    _says(wrong.run("evidence", "list"), 15, "settings-invalid")
    wrong = Cli(offline.home, offline.url, {"LIANZHENG_MASTER_KEY": "00" * 32}, inside=True)
    _says(
        _seal(wrong, "--kind", "decision", "--fields", "-", given='{"a":1}'), 15, "key-unreadable"
    )
    wrong = Cli(offline.home, offline.url, {"LIANZHENG_MASTER_KEY": "secret"}, inside=True)
    _says(wrong.run("evidence", "list"), 15, "master-key")
    wrong = Cli(
        offline.home,
        offline.url,
        {"LIANZHENG_DATABASE_URL": "sqlite:////nowhere/at/all.db"},
        inside=True,
    )
    _says(wrong.run("evidence", "list"), 13, "database-unavailable")
    (offline.home / "ledger.db").write_bytes(b"not a database" * 1000)
    _says(offline.run("evidence", "list"), 14, "database-damaged")
