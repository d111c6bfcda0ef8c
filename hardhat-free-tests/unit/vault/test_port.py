"""The vault port, the same on a local folder and on a real S3 server."""

import io
import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from unit.vault.conftest import Stored

from ledger.errors import IntegrityError, RefusedError
from ledger.ports.record_keys import RecordKey
from ledger.ports.vault import INLINE_BYTES
from ledger.primitives.digest import sha256
from ledger.vault.local import LocalVault
from ledger.vault.s3_upload import PART_BYTES
from ledger.vault.stream import CHUNK_BYTES

KEY = RecordKey(b"k" * 16, b"s" * 32)
OBJECT = b"o" * 16
LARGE = 2 * PART_BYTES + 12345
"""Three parts on S3."""


class Pattern:
    """``size`` bytes that need no memory; fails at ``fails_at``, and tells how far it was read."""

    def __init__(self, size: int, fails_at: int | None = None) -> None:
        self._block, self._size, self.read_so_far, self._fails_at = (
            os.urandom(1 << 16), size, 0, fails_at,
        )  # fmt: skip

    def read(self, size: int, /) -> bytes:
        if self._fails_at is not None and self.read_so_far >= self._fails_at:
            raise RefusedError("content-unreadable", file="x", why="gone")
        at = self.read_so_far % (1 << 16)
        piece = self._block[at : at + min(size, self._size - self.read_so_far)]
        self.read_so_far += len(piece)
        return piece

    def all(self) -> bytes:
        whole = self._block * (self._size // (1 << 16) + 1)
        return whole[: self._size]


def _read(stored: Stored, key: RecordKey = KEY) -> bytes:
    return b"".join(stored.vault.open(OBJECT, key=key, inline=None))


@pytest.mark.parametrize(
    "size", [INLINE_BYTES + 1, CHUNK_BYTES, CHUNK_BYTES + 1, PART_BYTES, LARGE]
)
def test_what_was_sealed_is_read_again_with_its_digest(stored: Stored, size: int) -> None:
    source = Pattern(size)
    sealed = stored.vault.seal(source, object_id=OBJECT, key=KEY)
    assert (sealed.sha256, sealed.size, sealed.inline) == (sha256(source.all()), size, None)
    assert _read(stored) == source.all()
    assert list(stored.vault.object_ids()) == [OBJECT]
    assert len(stored.files()) == 1


@pytest.mark.parametrize("size", [1, INLINE_BYTES])
def test_a_small_object_is_handed_back_and_not_stored(stored: Stored, size: int) -> None:
    sealed = stored.vault.seal(Pattern(size), object_id=OBJECT, key=KEY)
    assert sealed.inline is not None
    opened = stored.vault.open(OBJECT, key=KEY, inline=sealed.inline)
    assert sha256(b"".join(opened)) == sealed.sha256
    assert stored.files() == []
    assert list(stored.vault.object_ids()) == []


def test_an_empty_content_is_refused_and_leaves_nothing(stored: Stored) -> None:
    with pytest.raises(RefusedError, match="content-empty"):
        stored.vault.seal(io.BytesIO(), object_id=OBJECT, key=KEY)
    assert stored.files() == []


@pytest.mark.parametrize("at", [CHUNK_BYTES * 3, PART_BYTES * 2])
def test_a_source_that_fails_in_the_middle_leaves_nothing(stored: Stored, at: int) -> None:
    with pytest.raises(RefusedError):
        stored.vault.seal(Pattern(LARGE, fails_at=at), object_id=OBJECT, key=KEY)
    assert stored.files() == []
    assert list(stored.vault.object_ids()) == []
    assert stored.vault.sweep_parts(timedelta()) == 0


def test_nothing_clear_reaches_the_disk(stored: Stored) -> None:
    secret = os.urandom(32)
    sealed = stored.vault.seal(io.BytesIO(secret * 5000), object_id=OBJECT, key=KEY)
    assert sealed.sha256 == sha256(secret * 5000)
    (file,) = stored.files()
    assert secret not in file.read_bytes()


def test_sealing_the_same_object_again_replaces_the_unfinished_attempt(stored: Stored) -> None:
    for fill in (b"a", b"b"):
        stored.vault.seal(io.BytesIO(fill * (1 << 17)), object_id=OBJECT, key=KEY)
    assert _read(stored) == b"b" * (1 << 17)


def test_a_missing_object_is_damage_and_deleting_it_twice_is_none(stored: Stored) -> None:
    stored.vault.seal(io.BytesIO(bytes(1 << 17)), object_id=OBJECT, key=KEY)
    stored.vault.delete(OBJECT)
    stored.vault.delete(OBJECT)
    assert stored.files() == []
    with pytest.raises(IntegrityError, match="vault-missing"):
        _read(stored)


def test_a_changed_cut_or_exchanged_object_is_damage(stored: Stored) -> None:
    stored.vault.seal(Pattern(3 * CHUNK_BYTES), object_id=OBJECT, key=KEY)
    (file,) = stored.files()
    whole = file.read_bytes()
    flipped = whole[:50] + bytes([whole[50] ^ 1]) + whole[51:]
    for changed in (whole[:-1], whole[: CHUNK_BYTES + 59], b"", flipped):
        file.write_bytes(changed)
        with pytest.raises(IntegrityError):
            _read(stored)
    file.write_bytes(whole)
    with pytest.raises(IntegrityError):
        _read(stored, RecordKey(KEY.key_id, b"t" * 32))
    assert len(_read(stored)) == 3 * CHUNK_BYTES


def test_only_objects_of_an_age_are_listed_and_what_is_foreign_never_is(stored: Stored) -> None:
    stored.vault.seal(io.BytesIO(bytes(1 << 17)), object_id=OBJECT, key=KEY)
    (file,) = stored.files()
    (file.parent / "notes.txt").write_bytes(b"somebody's")
    assert list(stored.vault.object_ids()) == [OBJECT]
    assert list(stored.vault.object_ids(timedelta(hours=1))) == []
    past = file.stat().st_mtime - 7200
    os.utime(file, (past, past))
    assert list(stored.vault.object_ids(timedelta(hours=1))) == [OBJECT]


def test_a_reader_that_stops_early_leaves_nothing_open(stored: Stored) -> None:
    stored.vault.seal(Pattern(4 * CHUNK_BYTES), object_id=OBJECT, key=KEY)
    for _ in range(30):
        pieces: Iterator[bytes] = stored.vault.open(OBJECT, key=KEY, inline=None)
        assert len(next(pieces)) == CHUNK_BYTES
        pieces.close()  # type: ignore[attr-defined]  # a generator
    assert len(_read(stored)) == 4 * CHUNK_BYTES


def test_many_objects_are_sealed_at_once(stored: Stored) -> None:
    ids = [bytes([at]) * 16 for at in range(1, 5)]
    failed: list[BaseException] = []

    def work(object_id: bytes) -> None:
        try:
            stored.vault.seal(Pattern(3 * CHUNK_BYTES), object_id=object_id, key=KEY)
        except BaseException as error:  # noqa: BLE001 - handed to the test
            failed.append(error)

    threads = [threading.Thread(target=work, args=(each,)) for each in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(stored.vault.object_ids()) == ids


def test_a_copy_needs_no_key_and_opens_under_the_old_one(stored: Stored, tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    stored.vault.seal(io.BytesIO(content), object_id=OBJECT, key=KEY)
    copy = LocalVault(tmp_path / "copy")
    copy.write_sealed(OBJECT, stored.vault.read_sealed(OBJECT))
    assert b"".join(copy.open(OBJECT, key=KEY, inline=None)) == content
    stored.vault.delete(OBJECT)
    stored.vault.write_sealed(OBJECT, copy.read_sealed(OBJECT))
    assert b"".join(stored.vault.open(OBJECT, key=KEY, inline=None)) == content


def test_a_copy_that_is_interrupted_leaves_nothing(stored: Stored) -> None:
    def chunks() -> Iterator[bytes]:
        yield bytes(1000)
        raise IntegrityError("vault-missing", object="00")

    with pytest.raises(IntegrityError):
        stored.vault.write_sealed(OBJECT, chunks())
    assert list(stored.vault.object_ids()) == []
    assert stored.files() == []
    with pytest.raises(IntegrityError, match="vault-missing"):
        next(stored.vault.read_sealed(OBJECT))
