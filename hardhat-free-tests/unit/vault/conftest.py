"""The vault port on a local folder, and on a real S3 server."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness.s3 import S3Server, s3_server

from ledger.ports.vault import Vault
from ledger.vault.local import LocalVault
from ledger.vault.s3 import S3Vault, read_place


@dataclass(frozen=True)
class Stored:
    """A vault, and what really lies where it keeps things.

    Attributes:
        vault: under test.
        files: every file it keeps, half-written ones included.
    """

    vault: Vault
    files: Callable[[], list[Path]]


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A server for one file of tests: after uploads that broke off it keeps a core busy until it ends."""
    with s3_server(tmp_path_factory.mktemp("s3") / "buckets") as server:
        yield server


@pytest.fixture
def s3_vault(s3: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> S3Vault:
    """A vault under a prefix of its own."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return S3Vault(read_place(s3.url(tmp_path.name)))


@pytest.fixture(params=["local", "s3"])
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> Stored:
    if request.param == "local":
        folder = tmp_path / "vault"
        return Stored(
            LocalVault(folder), lambda: [each for each in folder.rglob("*") if each.is_file()]
        )
    server: S3Server = request.getfixturevalue("s3")
    vault: S3Vault = request.getfixturevalue("s3_vault")
    return Stored(vault, lambda: [f for f in server.files() if tmp_path.name in f.parts])
