"""The vault on S3: abandoned uploads, outages told from refusals, memory, addresses without secrets."""

import io
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError
from harness.commands import ROOT
from harness.s3 import BUCKET, S3Server, s3_server
from unit.vault.test_port import LARGE, Pattern

from ledger.errors import ConfigurationError, LedgerError, LimitError, UnavailableError
from ledger.ports.record_keys import RecordKey
from ledger.vault import s3_upload
from ledger.vault.s3 import S3Vault, read_place
from ledger.vault.s3_upload import PART_BYTES, Upload

KEY = RecordKey(b"k" * 16, b"s" * 32)
OBJECT = b"o" * 16


@pytest.fixture
def lone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """A server that the test may stop."""
    monkeypatch.setattr("ledger.vault.s3.ATTEMPTS", 1)
    monkeypatch.setattr("ledger.vault.s3.READ_SECONDS", 5)
    with s3_server(tmp_path / "buckets") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def _abandon(vault: S3Vault) -> None:
    """Leave an upload behind as a killed process does."""
    upload = Upload(vault._client, BUCKET, vault._name(OBJECT))
    upload.write(bytes(2 * PART_BYTES + 1))
    upload._sender.shutdown()


def test_an_abandoned_upload_is_never_read_and_is_swept_once_nobody_writes_to_it(
    s3_vault: S3Vault,
) -> None:
    _abandon(s3_vault)
    assert list(s3_vault.object_ids()) == []
    with pytest.raises(LedgerError, match="vault-missing"):
        next(s3_vault.open(OBJECT, key=KEY, inline=None))
    assert s3_vault.sweep_parts(timedelta(hours=1)) == 0
    assert s3_vault.sweep_parts(timedelta()) == 1
    assert s3_vault.sweep_parts(timedelta()) == 0


def test_a_service_that_is_gone_is_an_outage_and_works_again_when_it_is_back(
    lone: S3Server,
) -> None:
    vault = S3Vault(read_place(lone.url("p")))
    vault.seal(Pattern(1 << 20), object_id=OBJECT, key=KEY)
    lone.stop()
    with pytest.raises(UnavailableError, match="vault-unreachable"):
        vault.seal(Pattern(1 << 20), object_id=OBJECT, key=KEY)
    with pytest.raises(UnavailableError, match="vault-unreachable"):
        next(vault.open(OBJECT, key=KEY, inline=None))
    with pytest.raises(UnavailableError, match="vault-unreachable"):
        vault.delete(OBJECT)
    with pytest.raises(UnavailableError, match="vault-unreachable"):
        list(vault.object_ids())
    lone.start()
    assert len(b"".join(vault.open(OBJECT, key=KEY, inline=None))) == 1 << 20


def test_a_service_that_goes_away_in_the_middle_of_an_upload_is_an_outage(lone: S3Server) -> None:
    class Cutting(Pattern):
        def read(self, size: int, /) -> bytes:
            if self.read_so_far > 2 * PART_BYTES - (1 << 20):
                lone.stop()
            return super().read(size)

    vault = S3Vault(read_place(lone.url("p")))
    with pytest.raises(UnavailableError, match="vault-unreachable"):
        vault.seal(Cutting(4 * PART_BYTES), object_id=OBJECT, key=KEY)
    lone.start()
    assert list(vault.object_ids()) == []


def test_a_completion_whose_answer_was_lost_leaves_no_object(
    s3_vault: S3Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = s3_vault._client
    complete = client.complete_multipart_upload

    def applied_and_lost(**asked: object) -> None:
        complete(**asked)
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1")

    monkeypatch.setattr(client, "complete_multipart_upload", applied_and_lost)
    with pytest.raises(UnavailableError):
        s3_vault.seal(Pattern(LARGE), object_id=OBJECT, key=KEY)
    assert list(s3_vault.object_ids()) == []


def test_a_service_that_refuses_is_for_people(
    s3: S3Server, s3_vault: S3Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(s3_vault.object_ids()) == []
    nowhere = S3Vault(read_place(s3.url().replace(BUCKET, "no-such-bucket")))
    with pytest.raises(ConfigurationError, match="vault-refuses"):
        nowhere.seal(Pattern(1 << 20), object_id=OBJECT, key=KEY)
    with pytest.raises(ConfigurationError, match="vault-refuses"):
        next(nowhere.open(OBJECT, key=KEY, inline=None))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with pytest.raises(ConfigurationError, match="SignatureDoesNotMatch"):
        S3Vault(read_place(s3.url())).delete(OBJECT)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(ConfigurationError, match="vault-credentials"):
        S3Vault(read_place(s3.url())).delete(OBJECT)


def test_an_object_of_more_parts_than_the_service_allows_is_refused(
    s3_vault: S3Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_upload, "MAX_PARTS", 2)
    with pytest.raises(LimitError, match="vault-object-too-large"):
        s3_vault.seal(Pattern(LARGE + PART_BYTES), object_id=OBJECT, key=KEY)
    assert list(s3_vault.object_ids()) == []
    assert s3_vault.sweep_parts(timedelta()) == 0


PROGRAM = """
import resource, sys
from unit.vault.test_port import Pattern
from ledger.ports.record_keys import RecordKey
from ledger.vault.s3 import S3Vault, read_place
vault, key = S3Vault(read_place(sys.argv[1])), RecordKey(b"k" * 16, b"s" * 32)
vault.seal(Pattern(1 << 20), object_id=b"a" * 16, key=key)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
vault.seal(Pattern(256 << 20), object_id=b"b" * 16, key=key)
total = sum(map(len, vault.open(b"b" * 16, key=key, inline=None)))
assert total == 256 << 20
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_object(s3: S3Server, s3_vault: S3Vault) -> None:
    assert list(s3_vault.object_ids()) == []
    paths = f"{ROOT}:{ROOT / 'hardhat-free-tests'}"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, s3.url("memory")],
        env={**s3.environment, "PYTHONPATH": paths, "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) << 10 < 120 << 20


@pytest.mark.parametrize(
    "url",
    [
        "",
        "evidence/prefix",
        "http://bucket/p",
        "s3://",
        "s3:///prefix",
        "s3://key:secret@bucket/p",
        "s3://bucket/p?secret=x",
        "s3://bucket/p?endpoint=http://s3.bank.example",
        "s3://bucket/p?endpoint=ftp://127.0.0.1",
        "s3://bucket/p?endpoint=https://key:secret@s3.bank.example",
        "s3://bucket/p?endpoint=",
        "s3://bucket/p?endpoint",
        "s3://[bucket/p",
    ],
)
def test_an_address_with_secrets_or_without_tls_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="vault-url"):
        read_place(url)


def test_an_address_names_bucket_prefix_endpoint_and_region() -> None:
    place = read_place("s3://b/p/q/?endpoint=https://s3.bank.example:9000&region=cn-north-1")
    assert (place.bucket, place.prefix) == ("b", "p/q/")
    assert (place.endpoint, place.region) == ("https://s3.bank.example:9000", "cn-north-1")
    assert read_place("s3://b").prefix == ""
    assert read_place("s3://b").region is None


def test_a_small_object_never_asks_the_service(tmp_path: Path) -> None:
    del tmp_path
    vault = S3Vault(read_place("s3://b?endpoint=http://127.0.0.1:1"))
    sealed = vault.seal(io.BytesIO(b"small"), object_id=OBJECT, key=KEY)
    opened = vault.open(OBJECT, key=KEY, inline=sealed.inline)
    assert b"".join(opened) == b"small"
