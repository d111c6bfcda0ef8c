"""One pass over the bytes on three threads: SHA-256, SM3, and encryption with writing.

hashlib and OpenSSL release the interpreter's lock, so the three run beside each other on two cores; SM3 is
the slowest and sets the pace. Chunks are handed over through short queues: memory does not grow with the
object. An exception on any thread stops all three and is raised to the caller.
"""

import hashlib
from collections.abc import Callable
from queue import Queue
from threading import Thread
from typing import Final, Self

from ledger.errors import RefusedError
from ledger.ports.record_keys import RecordKey
from ledger.ports.vault import ByteSource
from ledger.primitives.digest import Hasher, new_sm3
from ledger.vault.reading import read_up_to
from ledger.vault.stream import CHUNK_BYTES, Encryptor

QUEUE_CHUNKS: Final = 8
"""8 MiB a thread: enough to smooth an fsync, far below the memory limit."""


def digest_and_encrypt(
    first: bytes,
    source: ByteSource,
    *,
    object_id: bytes,
    key: RecordKey,
    write: Callable[[bytes], object],
) -> tuple[bytes, bytes, int]:
    """Hash and encrypt ``first`` and the rest of ``source``; ``write`` receives the ciphertext.

    Returns:
        SHA-256, SM3, and size of the plaintext.

    Raises:
        RefusedError: the source is empty.
    """
    if not first:
        raise RefusedError("content-empty")
    with _HashThread(hashlib.sha256()) as sha256, _HashThread(new_sm3()) as sm3:
        encryptor = Encryptor.begin(object_id, key)
        write(encryptor.header)
        size, current = 0, read_up_to(source, CHUNK_BYTES, start=first)
        while current:
            sha256.put(current)
            sm3.put(current)
            size += len(current)
            whole = len(current) == CHUNK_BYTES
            following = read_up_to(source, CHUNK_BYTES) if whole else b""
            write(encryptor.chunk(current, last=not following))
            current = following
        return sha256.finish(), sm3.finish(), size


class _HashThread:
    """A hash on a thread of its own, fed through a short queue."""

    def __init__(self, hasher: Hasher) -> None:
        self._hasher = hasher
        self._queue: Queue[bytes | None] = Queue(QUEUE_CHUNKS)
        self._thread = Thread(target=self._run, daemon=True)
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def put(self, chunk: bytes) -> None:
        self._queue.put(chunk)

    def finish(self) -> bytes:
        self._queue.put(None)
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._hasher.digest()

    def _run(self) -> None:
        while (chunk := self._queue.get()) is not None:
            if self._error is None:
                try:
                    self._hasher.update(chunk)
                except BaseException as error:  # noqa: BLE001 - raised again by finish, on the caller's thread
                    # The queue is emptied all the same: a full one would hold the caller for ever.
                    self._error = error
