"""Changing the master key: everything that is under it moves under a new one, no content or field is touched.

1. The next key is made durable where the present one comes from; its recovery sheet is handed out.
2. New record keys go under the next key, in every process that shares the key store.
3. Record keys move, a batch a transaction.
4. Key files move, each replaced at once.
5. When nothing is left under the old key, the next key becomes the present one and the old one is gone.

Until the last step both keys open what is stored. Whatever stops it, the next run goes on with the same next
key; what has moved is passed over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.errors import ConflictError
from ledger.keys.files import replace_private
from ledger.keys.key_files import moved, under_master_key
from ledger.keys.rewrapping import BATCH, Rewrapper
from ledger.ports.master_key import MasterKeys, MasterKeySource
from node.key_places import KEYS
from node.master_key import source_of
from node.running import exclusive
from node.wiring import Node

LOCK_FILE: Final = "rotation.lock"


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a run moved.

    Attributes:
        files: key files that this run moved.
        promoted: whether the next key is the present one now; if not, a person changes the environment.
    """

    files: int
    promoted: bool


@dataclass(frozen=True, slots=True)
class Rotation:
    """Moves everything under the next master key.

    Attributes:
        source: where the master key comes from.
        records: moves record keys.
        folder: of the key files.
        replace: replaces a file at once, durable on return.
    """

    source: MasterKeySource
    records: Rewrapper
    folder: Path
    replace: Callable[[Path, bytes], None] = replace_private

    def run(
        self, *, sheet: Callable[[bytes], None], progress: Callable[[int], None] = lambda _: None
    ) -> Rotated:
        """Change the key, or go on with a change that was cut short.

        Args:
            sheet: is handed the next key before anything is under it.
            progress: is told how many record keys were looked at.

        Raises:
            ConfigurationError: a key file opens under neither key; nothing was changed by this run.
            IntegrityError: a record key unwraps under neither; what has moved stays moved.
            ConflictError: something is under the old key still; run it again.
            UnavailableError: disk, database or key service; run it again.
        """
        self._files_to_move(self.source.load())
        keys = self.source.prepare_next()
        sheet(keys.newest)
        self.records.use_newest(keys)
        self._move_records(keys, progress)
        files = self._files_to_move(keys)
        for path, content in files:
            self.replace(path, content)
        if self.records.left(keys) or self._files_to_move(MasterKeys(keys.newest)):
            raise ConflictError("rotation-unfinished")
        return Rotated(len(files), self.source.promote())

    def _move_records(self, keys: MasterKeys, progress: Callable[[int], None]) -> None:
        done, last = 0, self.records.move(keys, b"")
        while last is not None:
            done += BATCH
            progress(done)
            last = self.records.move(keys, last)

    def _files_to_move(self, keys: MasterKeys) -> list[tuple[Path, bytes]]:
        """Return the files that are not under the newest key, as they will be; each must open."""
        found = [(path, moved(path, keys)) for path in under_master_key(self.folder)]
        return [(path, content) for path, content in found if content is not None]


def rotate(
    node: Node, *, sheet: Callable[[bytes], None], progress: Callable[[int], None]
) -> Rotated:
    """Change the master key of ``node``, as ``Rotation.run``; one process at a time.

    Raises:
        RefusedError: another process is changing it.
    """
    home = node.settings.home
    records = Rewrapper(node.key_database.write)
    with exclusive(home, lock=LOCK_FILE, code="rotation-running"):
        return Rotation(source_of(node.settings), records, home / KEYS).run(
            sheet=sheet, progress=progress
        )
