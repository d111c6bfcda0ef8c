"""Each key is changed by vote while sealing goes on; what was anchored before and after is proved."""

from pathlib import Path

import pytest
from harness.founders import found_together
from integration.consortium.conftest import Make

from node.key_places import KEYS, SIGNING_KEYS

INTERRUPTED = 130
pytestmark = [pytest.mark.anvil, pytest.mark.timeout(300)]


def test_every_key_is_changed_by_vote_and_nothing_stops_being_provable(
    institution: Make, tmp_path: Path
) -> None:
    bank, other, _ = founders = [institution(number) for number in (1, 2, 3)]
    found_together(tmp_path, founders, threshold=2)
    sealed = [bank.seal_and_anchor(tmp_path, "before")]
    for purpose in SIGNING_KEYS:
        before = (bank.cli.home / KEYS / SIGNING_KEYS[purpose]).read_bytes()
        proposed = bank.ok("rotate-key", purpose)
        assert proposed["state"] == "proposed"
        assert bank.ok("rotate-key", purpose)["state"] == "waiting"
        sealed.append(bank.seal_and_anchor(tmp_path, f"{purpose}-waits"))
        waiting = bank.seal(tmp_path, f"{purpose}-is-changed-now")
        assert other.ok("vote", proposed["proposal"])["executed"] == [proposed["proposal"]]
        bank.cli.anchor()
        assert (bank.cli.home / KEYS / SIGNING_KEYS[purpose]).read_bytes() != before
        sealed += [waiting, bank.seal_and_anchor(tmp_path, f"{purpose}-changed")]
    with bank.node() as node:
        assert node.auditor.run().problems == []
    assert [bank.verified(each, tmp_path) for each in sealed] == [0] * len(sealed)


def test_the_switch_is_gone_on_with_after_a_crash_between_database_and_file(
    institution: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = institution(1)
    found_together(tmp_path, [bank], threshold=1)
    bank.seal_and_anchor(tmp_path, "before")

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("node.consortium.rotation.rename_private", crash)
    assert bank.cli.run("consortium", "rotate-key", "anchor").code == INTERRUPTED
    monkeypatch.undo()
    receipt = bank.seal_and_anchor(tmp_path, "after")
    assert bank.verified(receipt, tmp_path) == 0
    assert not (bank.cli.home / KEYS / "anchor.next.json").exists()


@pytest.mark.soak
def test_a_home_without_an_admin_account_keeps_its_voice_when_the_anchor_key_changes(
    institution: Make, tmp_path: Path
) -> None:
    bank = institution(1)
    (bank.cli.home / KEYS / "admin.json").unlink()
    found_together(tmp_path, [bank], threshold=1)
    bank.seal_and_anchor(tmp_path, "before")
    assert bank.ok("propose", "set-voting-period", "period=7200")["executed"] == [1]
    bank.seal_and_anchor(tmp_path, "between")  # a vote of the anchor account is no other copy
    assert bank.ok("rotate-key", "anchor")["state"] == "switched"
    assert bank.ok("propose", "set-voting-period", "period=3600")["executed"] == [3]
    assert bank.ok("rotate-key", "anchor")["state"] == "switched"
    assert bank.ok("propose", "set-voting-period", "period=7200")["executed"] == [5]
    assert bank.verified(bank.seal_and_anchor(tmp_path, "after"), tmp_path) == 0


@pytest.mark.soak
def test_an_anchor_account_that_the_registry_knows_as_admin_speaks_and_stays_when_it_anchors_no_more(
    institution: Make, tmp_path: Path
) -> None:
    bank = institution(1)
    keys = bank.cli.home / KEYS
    spare = (keys / "admin.json").read_bytes()
    (keys / "admin.json").unlink()
    found_together(tmp_path, [bank], threshold=1)
    (keys / "admin.json").write_bytes(spare)  # as where the contracts stand in the first block
    assert bank.ok("propose", "set-voting-period", "period=7200")["executed"] == [1]
    assert bank.ok("rotate-key", "anchor")["state"] == "switched"
    assert (keys / "admin.spare.json").read_bytes() == spare
    assert bank.ok("propose", "set-voting-period", "period=3600")["executed"] == [3]
    assert bank.verified(bank.seal_and_anchor(tmp_path, "after"), tmp_path) == 0
