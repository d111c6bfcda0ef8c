"""``lianzheng backup`` and ``lianzheng restore`` as they are typed."""

from pathlib import Path

from harness.commands import Cli
from harness.ledger import Ledger

LARGE = b"a recording above what is kept in a row " * 5000


def test_backup_and_restore_say_what_they_did_and_what_to_do_next(
    sqlite_ledger: Ledger, tmp_path: Path
) -> None:
    sqlite_ledger.seal(LARGE)
    sqlite_ledger.anchor()
    sqlite_ledger.close()
    cli = Cli(sqlite_ledger.home, inside=True)
    folder, keys, new = tmp_path / "backup", tmp_path / "keys", tmp_path / "new"
    taken = cli.ok("backup", folder, "--keys", keys, "--prune")
    assert [each["kind"] for each in taken] == ["ledger", "keys"]
    assert (taken[0]["log_size"], taken[0]["copied"], taken[0]["missing"]) == (1, 1, [])
    shown = cli.run("backup", folder, "--keys", keys)
    assert shown.code == 0, shown.err
    assert "账本备份" in shown.out
    restored = Cli(new, inside=True)
    done = restored.run("--lang", "en", "restore", folder, "--keys", keys)
    assert done.code == 0, done.err
    assert "lianzheng log audit" in done.out
    again = restored.run("restore", folder)
    assert (again.code, "[restore-not-empty]" in again.err) == (11, True)


def test_folders_that_make_no_sense_are_refused(sqlite_ledger: Ledger, tmp_path: Path) -> None:
    cli = Cli(sqlite_ledger.home, inside=True)
    for arguments, code in (
        ((), "backup-nowhere"),
        ((tmp_path / "a", "--keys", tmp_path / "a" / "b"), "backup-folders-together"),
    ):
        done = cli.run("backup", *arguments)
        assert (done.code, f"[{code}]" in done.err) == (11, True)
    done = Cli(tmp_path / "new", inside=True).run("restore", tmp_path / "nothing")
    assert (done.code, "[backup-absent]" in done.err) == (11, True)
