"""Files that are dropped into a watched folder, finished or not, described or not, on both databases."""

import json
import os

import pytest
from harness.auditor import audit
from harness.ledger import Ledger
from harness.watched import BODY, SETTLE, WatchedFolder
from sqlalchemy import func, select

from ledger.evidence.statement import read_leaf
from ledger.store.finding import Wanted
from ledger.store.tables import statement
from node import evidence_view
from node.audit.trail import TrailQuery
from node.watching.watcher import UNDESCRIBED_SECONDS, Looked


@pytest.fixture
def folder(ledger: Ledger) -> WatchedFolder:
    return WatchedFolder(ledger)


@pytest.fixture
def sqlite_folder(sqlite_ledger: Ledger) -> WatchedFolder:
    return WatchedFolder(sqlite_ledger)


def sealed_count(ledger: Ledger) -> int:
    with ledger.node.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(statement)) or 0


def test_a_described_file_is_sealed_and_moved_with_its_receipt(folder: WatchedFolder) -> None:
    folder.drop("通话.wav", kind="call_recording", case="C-1", persons=["11010119900307889X"])
    assert folder.look() == Looked(sealed=1)
    receipt = folder.receipt("通话.wav")
    told = read_leaf(receipt["receipt"].encode())
    assert told.leaf_hash.hex() == receipt["id"]
    assert told.statement.content is not None
    assert told.statement.content.sha256.hex() == receipt["sha256"]
    assert (folder.root / "sealed/通话.wav").read_bytes() == BODY
    assert (folder.root / "sealed/通话.wav.json").exists()
    assert folder.left() == set()
    node = folder.ledger.node
    with node.database.read() as connection:
        wanted = Wanted(case=node.lookups.case("C-1"))
        (found,) = evidence_view.page(connection, wanted, limit=5).views
    assert found.row.leaf_hash == told.leaf_hash
    assert [e.entry.action for e in node.trail.page(TrailQuery(limit=5)).entries] == [
        "evidence.seal"
    ]
    audit(folder.ledger)


def test_a_manifest_describes_many_files_and_its_other_columns_become_fields(
    folder: WatchedFolder,
) -> None:
    for n in range(3):
        folder.drop(f"{n}.wav", bytes([n]) * 5000)
    rows = "\n".join(f'{n}.wav,call_recording,C-{n},甲;乙,audio/wav,"a,{n}"' for n in range(2))
    text = "\ufefffile,kind,case,persons,media_type,agent\n" + rows + "\n"
    (folder.root / "manifest.csv").write_text(text, "utf-8")
    assert folder.look() == Looked(sealed=2, waiting=1)
    leaf = read_leaf(folder.receipt("1.wav")["receipt"].encode()).statement
    assert set(leaf.fields) == {"agent", "persons", "case_number", "file_name"}
    assert folder.left() == {"2.wav", "manifest.csv"}
    audit(folder.ledger)


def test_a_file_that_still_grows_waits_however_it_names_its_time(
    sqlite_folder: WatchedFolder,
) -> None:
    path = sqlite_folder.drop("a.wav", b"begin" * 999, kind="call_recording")
    for n in range(4):
        assert sqlite_folder.look(SETTLE - 1).sealed == 0
        with path.open("ab") as file:
            file.write(bytes([n]) * 4000)
        os.utime(path, (1, 1))  # as a copy that keeps the original's time
    assert sqlite_folder.look().sealed == 1
    assert sqlite_folder.receipt("a.wav")["size"] == 5 * 999 + 4 * 4000


@pytest.mark.parametrize("name", ["a.wav.part", "a.TMP", ".hidden.wav", "a.wav.filepart"])
def test_unfinished_and_hidden_names_are_never_touched(
    sqlite_folder: WatchedFolder, name: str
) -> None:
    sqlite_folder.drop(name, kind="call_recording")
    assert sqlite_folder.look(10 * UNDESCRIBED_SECONDS).sealed == 0
    assert name in sqlite_folder.left()
    assert sealed_count(sqlite_folder.ledger) == 0


def test_a_file_without_description_waits_is_reported_and_sealed_once_it_has_one(
    sqlite_folder: WatchedFolder,
) -> None:
    path = sqlite_folder.drop("a.wav")
    assert sqlite_folder.look() == Looked(waiting=1)
    assert sqlite_folder.look(UNDESCRIBED_SECONDS) == Looked(problems=1)
    problem = sqlite_folder.problem("a.wav")
    assert problem["code"] == "watch-undescribed"
    assert all(problem[each] for each in ("zh", "en", "remedy_zh", "remedy_en"))
    path.with_name("a.wav.json").write_text('{"kind": "call_recording"}')
    assert sqlite_folder.look() == Looked(sealed=1)
    assert sqlite_folder.left() == set()


@pytest.mark.parametrize(
    ("described", "code"),
    [
        ("{", "fields-file"),
        ("[]", "statement-form"),
        ('{"kind": "no-such"}', "statement-kind"),
        ('{"kind": "message", "mood": 1}', "item-member"),
        ('{"kind": "message", "request_key": "x"}', "item-member"),
        ('{"kind": "message", "file": "/etc/passwd"}', "item-member"),
        ('{"kind": "message", "capture": {"mood": "x"}}', "capture-member"),
        ('{"kind": "erasure"}', "kind-sealed-by-node"),
    ],
)
def test_a_file_that_cannot_be_sealed_stays_with_its_problem_and_the_others_go_on(
    sqlite_folder: WatchedFolder, described: str, code: str
) -> None:
    bad = sqlite_folder.drop("a.txt")
    sidecar = bad.with_name("a.txt.json")
    sidecar.write_text(described)
    sqlite_folder.drop("b.wav", b"b" * 5000, kind="call_recording")
    assert sqlite_folder.look() == Looked(sealed=1, problems=1)
    assert sqlite_folder.problem("a.txt")["code"] == code
    assert bad.read_bytes() == BODY
    assert sqlite_folder.look(1) == Looked(waiting=1), "backed off"
    sidecar.write_text('{"kind": "message"}')
    assert sqlite_folder.look() == Looked(sealed=1), "tried again because it changed"
    assert sqlite_folder.left() == set()
    audit(sqlite_folder.ledger)


def test_a_failure_is_tried_again_after_growing_pauses(sqlite_folder: WatchedFolder) -> None:
    sqlite_folder.drop("a.txt", kind="no-such")
    sqlite_folder.look()
    tried = []
    for second in range(0, 6000, 10):
        sqlite_folder.ledger.clock.move(10)
        if sqlite_folder.watcher.look().problems:
            tried.append(second)
    assert 3 <= len(tried) <= 4
    assert tried[2] - tried[1] > 3 * (tried[1] - tried[0])


def test_the_same_file_dropped_again_is_answered_as_before_and_another_one_keeps_its_own_name(
    folder: WatchedFolder,
) -> None:
    for body in (BODY, BODY, b"other" * 999):
        folder.drop("a.wav", body, kind="call_recording")
        assert folder.look() == Looked(sealed=1)
    assert sealed_count(folder.ledger) == 2
    places = {each.name for each in (folder.root / "sealed").iterdir()}
    assert len([each for each in places if each.endswith(".wav")]) == 3
    assert (folder.root / "sealed/a.wav").read_bytes() == BODY
    audit(folder.ledger)


def test_content_that_was_sealed_under_another_name_is_a_problem(
    sqlite_folder: WatchedFolder,
) -> None:
    sqlite_folder.drop("a.wav", kind="call_recording")
    sqlite_folder.drop("b.wav", kind="call_recording")
    assert sqlite_folder.look() == Looked(sealed=1, problems=1)
    assert sqlite_folder.problem("b.wav")["code"] == "duplicate-content"


def test_links_and_pipes_are_refused_and_nothing_behind_them_is_read(
    sqlite_folder: WatchedFolder,
) -> None:
    root = sqlite_folder.root
    secret = sqlite_folder.ledger.home / "lianzheng.toml"
    (root / "a.wav").symlink_to(secret)
    (root / "a.wav.json").write_text('{"kind": "call_recording"}')
    (root / "folder").symlink_to(sqlite_folder.ledger.home / "keys")
    os.mkfifo(root / "pipe.wav")
    sqlite_folder.drop("b.wav", kind="call_recording").with_name("c.wav.json").symlink_to(secret)
    sqlite_folder.drop("c.wav")
    assert sqlite_folder.look().sealed == 1
    assert {sqlite_folder.problem(n)["code"] for n in ("a.wav", "folder", "pipe.wav")} == {
        "watch-link"
    }
    assert sealed_count(sqlite_folder.ledger) == 1


def test_names_in_any_script_and_in_none_are_sealed(sqlite_folder: WatchedFolder) -> None:
    listed = ["é.wav", "e\u0301 2.wav", "شكوى.wav", "😀.wav", "a b'\"*?[~.wav", "x.json", "-rf"]
    odd = os.fsdecode(b"\xff\xfe.wav")
    for n, name in enumerate([*listed, odd, "in/deep/ü.wav", "x" * 221 + ".wav"]):
        sqlite_folder.drop(name, bytes([n]) * 5000, kind="call_recording")
    assert sqlite_folder.look() == Looked(sealed=10)
    assert sqlite_folder.receipt("in/deep/ü.wav")["size"] == 5000
    assert sqlite_folder.left() == {"in"}
    audit(sqlite_folder.ledger)


def test_a_name_that_leaves_no_room_for_a_receipt_is_not_sealed(
    sqlite_folder: WatchedFolder,
) -> None:
    name = "x" * 240
    sqlite_folder.drop(name)
    (sqlite_folder.root / "manifest.csv").write_text(f"file,kind\n{name},message\n")
    assert sqlite_folder.look() == Looked(problems=1)
    assert sealed_count(sqlite_folder.ledger) == 0
    assert sqlite_folder.problem(name)["code"] == "watch-name-too-long"


@pytest.mark.parametrize(
    "text",
    [
        b"kind\nmessage\n",
        b"file,kind\na.wav,message,x\n",
        b"file,kind\na.wav,message\na.wav,letter\n",
        "file,kind\n文.wav,message\n".encode("gb18030"),
        b'file,kind\n"a.wav,message\n',
        b"",
    ],
)
def test_a_manifest_that_is_not_valid_is_a_problem_of_its_own(
    sqlite_folder: WatchedFolder, text: bytes
) -> None:
    sqlite_folder.drop("a.wav")
    sqlite_folder.drop("b.wav", b"b" * 5000, kind="call_recording")
    manifest = sqlite_folder.root / "manifest.csv"
    manifest.write_bytes(text)
    assert sqlite_folder.look() == Looked(sealed=1, problems=1, waiting=1)
    assert sqlite_folder.problem("manifest.csv")["code"] == "watch-manifest"
    manifest.write_text("file,kind\na.wav,call_recording\n")
    assert sqlite_folder.look() == Looked(sealed=1)
    assert sqlite_folder.left() == {"manifest.csv"}


def test_a_file_that_vanishes_is_forgotten_with_its_problem(sqlite_folder: WatchedFolder) -> None:
    path = sqlite_folder.drop("a.wav", kind="no-such")
    sqlite_folder.look()
    path.unlink()
    path.with_name("a.wav.json").unlink()
    assert sqlite_folder.look() == Looked()
    assert sqlite_folder.left() == set()


def test_a_look_ends_in_time_and_the_next_one_goes_on(sqlite_folder: WatchedFolder) -> None:
    for n in range(3):
        sqlite_folder.drop(f"{n}.wav", bytes([n]) * 5000, kind="call_recording")
    sqlite_folder.look(0)
    sqlite_folder.ledger.clock.move(SETTLE)
    assert sqlite_folder.watcher.look(seconds=0) == Looked(more=True)
    assert sqlite_folder.watcher.look() == Looked(sealed=3)


def test_receipts_and_problems_hold_no_names_of_the_matter(sqlite_folder: WatchedFolder) -> None:
    sqlite_folder.drop("a.wav", kind="call_recording", case="贷-317", persons=["王小明"])
    sqlite_folder.look()
    told = json.dumps(sqlite_folder.receipt("a.wav"), ensure_ascii=False)
    assert "317" not in told
    assert "王小明" not in told
