"""A watched folder with one fault at each step in turn, applied or not: nothing is lost or sealed twice."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from harness.auditor import audit
from harness.faults import Faults, When
from harness.ledger import Databases, Ledger
from harness.watched import BODY, SETTLE, WatchedFolder
from sqlalchemy import func, select

from ledger.errors import UnavailableError
from ledger.store.tables import intake_request, statement
from node.watching.content import WatchedContent
from node.watching.filing import Filing

LARGE = BODY * 10
EFFECTS = {"commit", "vault.seal", "evidence_key.sign", "filing.write_receipt"} | {
    "filing.move_description",
    "filing.move_content",
}


def _run(folder: WatchedFolder, attempts: int = 1) -> None:
    """Look until everything is sealed, starting the node anew after every failure."""
    for _ in range(attempts):
        try:
            folder.look()
        except UnavailableError:
            folder.restart(folder.ledger.restarted())
        else:
            return
    raise AssertionError


def _dropped(ledger: Ledger, faults: Faults) -> WatchedFolder:
    folder = WatchedFolder(ledger)
    folder.drop("a.wav", kind="call_recording", case="C-1")
    folder.drop("in/b.wav", LARGE, kind="call_recording", case="C-1")
    folder.drop("listed.wav", b"c" * 5000)
    (folder.root / "manifest.csv").write_text("file,kind,case\nlisted.wav,call_recording,C-2\n")
    folder.restart(filing=faults.wrap("filing", Filing(folder.root)))
    return folder


def _count(make: Callable[..., Ledger], databases: Databases) -> list[str]:
    faults = Faults()
    _run(_dropped(make(databases, wrap=faults.wrap), faults))
    assert set(faults.steps) >= EFFECTS
    return faults.steps


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_at_every_step_seals_each_file_exactly_once(
    sqlite_databases: Databases, make_ledger: Callable[..., Ledger], when: When
) -> None:
    steps = _count(make_ledger, sqlite_databases)
    _strike(make_ledger, sqlite_databases, when, dict(enumerate(steps)))


@pytest.mark.postgres
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_failed_commit_on_postgres_seals_each_file_exactly_once(
    postgres_databases: Databases, make_ledger: Callable[..., Ledger], when: When
) -> None:
    steps = _count(make_ledger, postgres_databases)
    commits = {at: name for at, name in enumerate(steps) if name == "commit"}
    _strike(make_ledger, postgres_databases, when, commits)


def _strike(
    make_ledger: Callable[..., Ledger], databases: Databases, when: When, steps: dict[int, str]
) -> None:
    for at, name in steps.items():
        faults = Faults(at, when)
        folder = _dropped(make_ledger(databases, wrap=faults.wrap), faults)
        _run(folder, attempts=3)
        assert faults.struck, name
        _check(folder, name)
        folder.ledger.close()


def _check(folder: WatchedFolder, step: str) -> None:
    with folder.ledger.node.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(statement)) == 3, step
        assert connection.scalar(select(func.count()).select_from(intake_request)) == 3
    sealed = folder.root / "sealed"
    found = {each.relative_to(sealed).as_posix() for each in sealed.rglob("*") if each.is_file()}
    assert found == {
        "a.wav", "a.wav.json", "a.wav.receipt.json", "in/b.wav", "in/b.wav.json",
        "in/b.wav.receipt.json", "listed.wav", "listed.wav.receipt.json",
    }, step  # fmt: skip
    assert (sealed / "in/b.wav").read_bytes() == LARGE
    assert folder.left() == {"manifest.csv", "in"}
    audit(folder.ledger)


@pytest.mark.parametrize("moment", ["hashed", "sealed"])
def test_a_file_that_changes_under_the_watcher_is_never_filed_under_the_wrong_receipt(
    sqlite_ledger: Ledger, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    folder = WatchedFolder(sqlite_ledger)
    path = folder.drop("a.wav", kind="call_recording")
    changed = [False]

    def meddle() -> None:
        if not changed[0]:
            changed[0] = True
            path.write_bytes(b"another" * 2000)

    original = WatchedContent.read if moment == "hashed" else WatchedContent.check_in_place

    def meddled(self: WatchedContent, *arguments: int) -> object:
        meddle()
        return original(self, *arguments)

    monkeypatch.setattr(WatchedContent, original.__name__, meddled)
    assert folder.look().problems == 1
    assert path.exists()
    assert folder.look().sealed == 1
    assert folder.receipt("a.wav")["size"] == len(b"another" * 2000)
    audit(sqlite_ledger)


def test_a_folder_that_cannot_be_written_keeps_the_file_and_seals_it_once(
    sqlite_ledger: Ledger,
) -> None:
    folder = WatchedFolder(sqlite_ledger)
    folder.drop("a.wav", kind="call_recording")
    (folder.root / "sealed").write_text("in the way")
    assert folder.look().problems == 1
    assert folder.problem("a.wav")["code"] == "watch-filing"
    (folder.root / "sealed").unlink()
    assert folder.look(SETTLE + 60).sealed == 1
    with folder.ledger.node.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(statement)) == 1
    audit(sqlite_ledger)


def test_a_node_that_cannot_seal_blames_no_file(
    sqlite_databases: Databases, make_ledger: Callable[..., Ledger]
) -> None:
    faults = Faults(0, "before")
    folder = WatchedFolder(make_ledger(sqlite_databases, wrap=faults.wrap))
    folder.drop("a.wav", kind="call_recording")
    with suppress(UnavailableError):
        folder.look()
    assert faults.struck
    assert folder.left() == {"a.wav", "a.wav.json"}
    assert folder.watcher.look().sealed == 1


@pytest.mark.parametrize("linked", ["sealed", "sealed/in"])
def test_nothing_is_written_or_moved_through_a_link(sqlite_ledger: Ledger, linked: str) -> None:
    folder = WatchedFolder(sqlite_ledger)
    outside = sqlite_ledger.home / "outside"
    outside.mkdir()
    link = folder.root / linked
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(outside)
    path = folder.drop("in/a.wav", kind="call_recording")
    assert folder.look().problems >= 1
    assert list(outside.iterdir()) == []
    assert path.exists()
    link.unlink()
    assert folder.look(SETTLE + 60).sealed == 1
    audit(sqlite_ledger)
