"""The vault in a local folder: what its disk and crashes do to it."""

import io
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.errors import UnavailableError
from ledger.ports.record_keys import RecordKey
from ledger.vault.local import LocalVault

KEY = RecordKey(b"k" * 16, b"s" * 32)
OBJECT = b"o" * 16


def test_what_a_crash_left_half_written_is_never_read_and_is_swept(tmp_path: Path) -> None:
    vault = LocalVault(tmp_path / "vault")
    vault.seal(io.BytesIO(bytes(1 << 17)), object_id=OBJECT, key=KEY)
    part = tmp_path / "vault" / OBJECT.hex()[:2] / (OBJECT.hex() + ".part")
    part.write_bytes(b"half")
    assert list(vault.object_ids()) == [OBJECT]
    assert vault.sweep_parts(timedelta()) == 1
    assert not part.exists()
    assert b"".join(vault.open(OBJECT, key=KEY, inline=None)) == bytes(1 << 17)


def test_a_vault_that_cannot_be_written_is_an_outage(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnavailableError):
        LocalVault(tmp_path / "file").seal(io.BytesIO(bytes(1 << 17)), object_id=OBJECT, key=KEY)


def test_an_object_that_cannot_be_read_is_an_outage_and_not_missing(tmp_path: Path) -> None:
    vault = LocalVault(tmp_path / "vault")
    (tmp_path / "vault" / OBJECT.hex()[:2] / (OBJECT.hex() + ".lzv")).mkdir(parents=True)
    with pytest.raises(UnavailableError):
        next(vault.open(OBJECT, key=KEY, inline=None))
