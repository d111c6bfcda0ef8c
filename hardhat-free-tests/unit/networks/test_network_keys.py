"""Keys of a written network: for their owner only, and never overwritten."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from eth_keys import keys
from networks.errors import NetworkError
from networks.keys import make_key, read_key
from networks.making import Wishes, load_network, make_network
from networks.running import running

SCRIPT = Path(__file__).parents[3] / "scripts" / "qbft_network.py"


def every_key(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): file.read_text()
        for file in (folder / "members").rglob("*")
        if file.is_file()
    }


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_only_the_owner_reads_keys(mask: int, tmp_path: Path) -> None:
    before = os.umask(mask)
    try:
        make_network(tmp_path, Wishes(members=2))
    finally:
        os.umask(before)
    files = [tmp_path / name for name in every_key(tmp_path)]
    assert len(files) == 4
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    public = [file for file in tmp_path.iterdir() if file.is_file()]
    secrets = [text.encode() for text in every_key(tmp_path).values()]
    assert not [file for file in public for key in secrets if key in file.read_bytes()]


def test_a_key_has_the_address_that_others_compute(tmp_path: Path) -> None:
    made = make_key(tmp_path / "key", keep=False)
    other = keys.PrivateKey(bytes.fromhex((tmp_path / "key").read_text()))
    assert other.public_key.to_bytes() == made.public
    assert other.public_key.to_canonical_address() == made.address
    assert made.enode("10.0.0.1", 30303) == f"enode://{made.public.hex()}@10.0.0.1:30303"


def test_keys_are_never_overwritten(tmp_path: Path) -> None:
    make_network(tmp_path, Wishes(members=2))
    before = every_key(tmp_path)
    genesis = (tmp_path / "genesis.json").read_bytes()
    with pytest.raises(NetworkError, match="never overwritten"):
        make_network(tmp_path, Wishes(members=3))
    assert every_key(tmp_path) == before
    assert (tmp_path / "genesis.json").read_bytes() == genesis
    make_network(tmp_path, Wishes(members=3), keep_keys=True)
    after = every_key(tmp_path)
    assert {name: after[name] for name in before} == before
    assert len(after) == 6


def test_a_member_may_hand_over_the_public_half_alone(tmp_path: Path) -> None:
    own = make_key(tmp_path / "elsewhere" / "nodekey", keep=False)
    place = tmp_path / "net" / "members" / "2"
    place.mkdir(parents=True)
    (place / "nodekey.pub").write_text(own.public.hex())
    plan = make_network(tmp_path / "net", Wishes(members=3))
    assert plan.validators[1].key.address == own.address
    assert own.address in plan.addresses
    assert not (place / "nodekey").exists()
    assert load_network(tmp_path / "net").addresses == plan.addresses
    with (
        pytest.raises(NetworkError, match="its member starts that validator"),
        running(tmp_path / "net", Path("/bin/true"), port_base=0),
    ):
        raise AssertionError("it ran")
    (place / "nodekey.pub").write_text("11" * 64)
    with pytest.raises(NetworkError, match="no public key"):
        make_network(tmp_path / "net", Wishes(members=3), keep_keys=True)


def test_a_key_is_not_written_through_a_link(tmp_path: Path) -> None:
    target = tmp_path / "target"
    (tmp_path / "key").symlink_to(target)
    with pytest.raises(NetworkError):
        make_key(tmp_path / "key", keep=False)
    assert not target.exists()


@pytest.mark.parametrize("text", ["", "12", "zz" * 32, "00" * 32, "ff" * 32, "\xff"])
def test_a_file_that_is_no_key_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(text, "latin-1")
    with pytest.raises(NetworkError, match="key"):
        read_key(tmp_path / "key")


def test_the_script_says_what_it_wrote_and_refuses_in_a_sentence(tmp_path: Path) -> None:
    done = run("--out", tmp_path / "net", "--for", "besu", "--members", "3", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["client"], len(found["validators"])) == ("besu", 3)
    assert found == {"folder": str(tmp_path / "net")} | json.loads(
        (tmp_path / "net" / "network.json").read_bytes()
    )
    again = run("--out", tmp_path / "net")
    assert again.returncode == 1
    assert again.stderr.startswith("qbft_network: ")
    assert "--keep-keys" in again.stderr
    assert "Traceback" not in again.stderr
    missing = run("--out", tmp_path / "other", "--client", tmp_path / "nothing")
    assert missing.returncode == 1
    assert "is no program" in missing.stderr
