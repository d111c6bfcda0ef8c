"""Looks at a watched folder: seals what is finished and described, notes what cannot be, goes on.

* What is wrong with one file does not hold up the others. What is wrong with the node (database, vault, key
  store) ends the look: no file is to blame, and the next look tries again.
* A look ends after a while, so that the worker gets back to anchoring; ``more`` tells that it was not done.
* It logs codes and numbers, never the name of a file.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from ledger.errors import LedgerError, LimitError, MalformedError, RefusedError
from node.items import file_name
from node.watching import names
from node.watching.attempts import Attempts, Signature
from node.watching.content import state_of
from node.watching.describing import Described, read_manifest, read_sidecar
from node.watching.filing import Filing
from node.watching.scanning import Folder, scan
from node.watching.sealing import FileSealer
from node.watching.settling import Settling, State
from node.words.catalogue import remedy, word

LOOK_SECONDS: Final = 10.0
"""Far below the merge delay: what was sealed must be placed and anchored in between."""
UNDESCRIBED_SECONDS: Final = 600.0
"""For which a file may wait for its description before people are told."""
_log = structlog.get_logger("lianzheng.watching")


@dataclass(slots=True)
class Looked:
    """What one look did.

    Attributes:
        sealed: files that are in ``sealed/`` now.
        problems: files that were tried and could not be sealed.
        waiting: files that are unfinished, undescribed, or backed off.
        more: time was up before all were tried.
    """

    sealed: int = 0
    problems: int = 0
    waiting: int = 0
    more: bool = False


class Watcher:
    """Watches one folder; used by one thread at a time.

    Args:
        root: the folder.
        sealer: seals one file.
        filing: notes problems.
        settle_seconds: for which a finished file has not changed.
        now: seconds of a clock that never steps back.
    """

    def __init__(
        self,
        root: Path,
        sealer: FileSealer,
        filing: Filing,
        *,
        settle_seconds: float,
        now: Callable[[], float],
    ) -> None:
        self._root: Final = root
        self._sealer: Final = sealer
        self._filing: Final = filing
        self._now: Final = now
        self._settling: Final = Settling(settle_seconds)
        self._attempts: Final = Attempts()

    def look(self, seconds: float = LOOK_SECONDS) -> Looked:
        """Look once.

        Args:
            seconds: after which the rest is left for the next look.

        Raises:
            ConfigurationError: the folder cannot be read.
            UnavailableError: the node cannot seal now.
        """
        folders = scan(self._root)
        start = self._now()
        self._settling.see(_states(folders), start)
        self._forget_gone(folders)
        looked = Looked()
        for folder in folders:
            for name in folder.refused:
                self._refuse(folder.path / name, looked)
            self._look_into(folder, looked, start + seconds)
        return looked

    def _look_into(self, folder: Folder, looked: Looked, deadline: float) -> None:
        listed = self._manifest(folder, looked)
        for name in names.contents(folder.files, listed):
            if self._now() >= deadline:
                looked.more = True
                return
            self._consider(folder, name, listed, looked)

    def _consider(
        self, folder: Folder, name: str, listed: Mapping[str, Described], looked: Looked
    ) -> None:
        path = folder.path / name
        signature = self._signature(folder, name)
        now = self._now()
        if not self._settled(folder, name, now) or not self._attempts.is_due(path, signature, now):
            looked.waiting += 1
            return
        try:
            done = self._try(folder, name, listed)
        except (MalformedError, RefusedError) as error:
            self._failed(path, error, signature, looked)
            return
        if done:
            self._attempts.forget(path)
            looked.sealed += 1
        else:
            looked.waiting += 1

    def _try(self, folder: Folder, name: str, listed: Mapping[str, Described]) -> bool:
        """Seal a file, or see that it waits for its description."""
        path = folder.path / name
        if names.is_too_long(name):
            raise LimitError("watch-name-too-long", limit=names.MAX_NAME_BYTES)
        described: Described | None = listed.get(unicodedata.normalize("NFC", name))
        if name + names.SIDECAR in folder.files:
            described = read_sidecar(path.with_name(name + names.SIDECAR), path)
        if described is not None:
            self._sealer.seal(path, described)
            return True
        if self._sealer.finish(path):
            return True
        if self._settling.age(path, self._now()) >= UNDESCRIBED_SECONDS:
            raise RefusedError("watch-undescribed", file=file_name(path))
        return False

    def _manifest(self, folder: Folder, looked: Looked) -> Mapping[str, Described]:
        state = folder.files.get(names.MANIFEST)
        path, now = folder.path / names.MANIFEST, self._now()
        if state is None or not self._settling.is_finished(path, now):
            return {}
        try:
            listed = read_manifest(path)
        except (MalformedError, RefusedError) as error:
            if self._attempts.is_due(path, (state,), now):
                self._failed(path, error, (state,), looked)
            return {}
        self._attempts.forget(path)
        self._filing.forget_problem(path)
        return listed

    def _refuse(self, path: Path, looked: Looked) -> None:
        signature = (state_of(path),)
        if self._attempts.is_due(path, signature, self._now()):
            self._failed(path, RefusedError("watch-link", file=file_name(path)), signature, looked)

    def _failed(self, path: Path, error: LedgerError, signature: Signature, looked: Looked) -> None:
        if state_of(path) is None:
            return  # taken away meanwhile: there is nothing to seal, and nobody to tell
        looked.problems += 1
        self._attempts.failed(path, signature, self._now())
        _log.warning("file not sealed", code=error.code)
        self._filing.write_problem(
            path,
            {
                "code": error.code,
                "zh": word(error.code, "zh", error.params),
                "en": word(error.code, "en", error.params),
                "remedy_zh": remedy(error.code, "zh", error.params),
                "remedy_en": remedy(error.code, "en", error.params),
            },
        )

    def _forget_gone(self, folders: list[Folder]) -> None:
        present = {f.path / name for f in folders for name in (*f.files, *f.refused)}
        for path in self._attempts.gone(present):
            self._filing.forget_problem(path)

    def _settled(self, folder: Folder, name: str, now: float) -> bool:
        parts = [name, name + names.SIDECAR, names.MANIFEST]
        return all(
            self._settling.is_finished(folder.path / each, now)
            for each in parts
            if each in folder.files
        )

    def _signature(self, folder: Folder, name: str) -> Signature:
        parts = name, name + names.SIDECAR, names.MANIFEST
        return tuple(folder.files.get(each) for each in parts)


def _states(folders: list[Folder]) -> dict[Path, State]:
    return {f.path / name: state for f in folders for name, state in f.files.items()}
