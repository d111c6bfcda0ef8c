"""Where a watched file goes: to ``sealed/`` with its receipt, or it stays with a note of its problem.

The order is receipt, description, content, each durable before the next. A content that lies in its old place
is either not sealed, or its receipt names its digest: so whatever a crash leaves can be finished.
"""

import glob
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from ledger.errors import RefusedError
from ledger.services.intake import Receipt
from node.watching import names
from node.watching.content import WatchedContent, state_of

_WRITING: Final = ".lianzheng-writing.part"
"""One name a folder: what a crash leaves is overwritten."""
_ID_DIGITS: Final = 16


class Filing:
    """Writes receipts and problems, and moves files.

    Args:
        root: the watched folder.
    """

    def __init__(self, root: Path) -> None:
        self._root: Final = root

    def write_receipt(self, content: WatchedContent, path: Path, receipt: Receipt) -> Path:
        """Write a receipt durably and return where the content belongs.

        Raises:
            RefusedError: the folder does not take it.
        """
        told = {
            "id": receipt.leaf_hash.hex(),
            "sealed_at": receipt.sealed_at,
            "case_number": receipt.case_number,
            "sha256": content.sha256.hex(),
            "size": content.size,
            "receipt": receipt.leaf.decode(),
        }
        with _in_the_folder():
            self._check_no_link(path)
            target = self._target(path, receipt.leaf_hash.hex())
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(_beside(target, names.RECEIPT), told)
        return target

    def move_description(self, path: Path, target: Path) -> None:
        """Move a sidecar, if there is one, to where the content will be.

        Raises:
            RefusedError: the folder does not let it go.
        """
        _move(_beside(path, names.SIDECAR), _beside(target, names.SIDECAR))

    def move_content(self, path: Path, target: Path) -> None:
        """Move a sealed content away.

        Raises:
            RefusedError: the folder does not let it go.
        """
        _move(path, target)
        self.forget_problem(path)

    def has_receipt(self, path: Path) -> bool:
        """Tell whether a file of this name was sealed before, be it this one or another.

        Raises:
            RefusedError: the folder cannot be read.
        """
        with _in_the_folder():
            return _beside(self._place(path), names.RECEIPT).exists()

    def find_receipt(self, path: Path, sha256: bytes) -> Path | None:
        """Return where a content belongs that was sealed, but not moved; ``None`` when it was not.

        Raises:
            RefusedError: the folder cannot be read, or is not where it should be.
        """
        with _in_the_folder():
            self._check_no_link(path)
            for target in self._candidates(self._place(path)):
                found = _read(_beside(target, names.RECEIPT))
                if found.get("sha256") == sha256.hex() and not target.exists():
                    return target
        return None

    def write_problem(self, path: Path, problem: Mapping[str, object]) -> None:
        """Write what is wrong with a file beside it; a folder that refuses even that is passed over."""
        if state_of(path) is not None:
            with suppress(OSError):
                _write(_beside(path, names.PROBLEM), problem)

    def forget_problem(self, path: Path) -> None:
        """Remove the note of a problem that is over."""
        with suppress(OSError):
            _beside(path, names.PROBLEM).unlink(missing_ok=True)

    def _candidates(self, plain: Path) -> list[Path]:
        if not _beside(plain, names.RECEIPT).exists():
            return []
        others = f"{glob.escape(plain.stem)}~*{names.RECEIPT}"
        found = sorted(plain.parent.glob(others))
        return [plain, *(each.with_name(each.name[: -len(names.RECEIPT)]) for each in found)]

    def _check_no_link(self, path: Path) -> None:
        """Whoever can write into the folder must not choose where the node writes and moves."""
        place = self._place(path).parent
        if place.resolve() != self._root.resolve() / place.relative_to(self._root):
            raise RefusedError("watch-filing", why=f"{names.SEALED} is a link")

    def _target(self, path: Path, evidence_id: str) -> Path:
        """Return a place of this content's own: another file of the same name may lie there."""
        plain = self._place(path)
        receipt = _beside(plain, names.RECEIPT)
        taken = receipt.exists() or plain.exists()
        if not taken or (_read(receipt).get("id") == evidence_id and not plain.exists()):
            return plain
        return plain.with_name(f"{plain.stem}~{evidence_id[:_ID_DIGITS]}{plain.suffix}")

    def _place(self, path: Path) -> Path:
        return self._root / names.SEALED / path.relative_to(self._root)


@contextmanager
def _in_the_folder() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RefusedError("watch-filing", why=error.strerror) from error


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _read(receipt: Path) -> Mapping[str, object]:
    try:
        found = json.loads(receipt.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, value: Mapping[str, object]) -> None:
    part = path.with_name(_WRITING)
    # A link of this name must not lead the write elsewhere.
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
    with os.fdopen(descriptor, "wb") as file:
        file.write(json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    _sync(path.parent)


def _move(source: Path, target: Path) -> None:
    with _in_the_folder(), suppress(FileNotFoundError):
        # It may not be there: no sidecar, or an earlier attempt came as far as this.
        source.rename(target)
        _sync(target.parent)
        _sync(source.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
