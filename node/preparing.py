"""Preparing lines for sealing: here, or in a process of its own while the caller commits.

Reading, salting and encrypting an item costs about two thirds of what numbering, signing and inserting it
costs, all of it under Python's lock; with the two in two processes a large batch runs on two cores.

* The other process opens the node by its home, as any command does, and prepares one batch at a time.
* What comes back can be committed and nothing more: sources and clear values stay where they were read.
* It ends when the caller does, however that ends: its pipe then has no other end.
"""

import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from ledger.errors import LedgerError, MalformedError, UnavailableError
from ledger.evidence import shape
from ledger.services.composing import Draft, Item
from ledger.services.intake import Intake
from node.items import build_item, open_source, read_json_object
from node.lookups import Lookups
from node.wiring import open_node

END_SECONDS: Final = 10.0
"""For the batch it prepares; its pipe is closed already."""

Prepared: TypeAlias = Draft | LedgerError


class Preparer(Protocol):
    """Prepares batches, one at a time: ``begin``, then ``finish``."""

    def begin(self, lines: Sequence[bytes], caller: str) -> None:
        """Hand over the JSON lines of a batch, and whose request keys they name."""
        ...

    def finish(self) -> Sequence[Prepared]:
        """Return the batch that was begun, one answer a line, in order.

        Raises:
            UnavailableError: the key store or the vault refuses; nothing of the batch is prepared.
        """
        ...


@dataclass
class Here:
    """Prepares in this process.

    Attributes:
        intake: checks, salts, encrypts.
        lookups: makes blind indices.
        folder: what relative file names are relative to; ``None`` refuses files.
    """

    intake: Intake
    lookups: Lookups
    folder: Path | None
    _lines: Sequence[bytes] = field(default=(), init=False)
    _caller: str = field(default="", init=False)

    def begin(self, lines: Sequence[bytes], caller: str) -> None:
        """See ``Preparer``."""
        self._lines, self._caller = lines, caller

    def finish(self) -> Sequence[Prepared]:
        """See ``Preparer``."""
        with ExitStack() as files:
            built = [self._build(line, files) for line in self._lines]
            drafts = iter(self.intake.prepare([each for each in built if isinstance(each, Item)]))
            return [each if isinstance(each, LedgerError) else next(drafts) for each in built]

    def _build(self, line: bytes, files: ExitStack) -> Item | LedgerError:
        try:
            described = read_json_object(line, "item")
            name = described.get("file")
            source = None
            if name is not None:
                if self.folder is None:
                    raise MalformedError("item-member", name="file")
                source = files.enter_context(open_source(self.folder / shape.text(name, "file")))
            return build_item(described, source=source, lookups=self.lookups, caller=self._caller)
        except LedgerError as error:
            return error
        except UnicodeError as error:
            return MalformedError("fields-file", why=str(error)[:160])


@dataclass
class Apart:
    """Prepares in the process at the other end of ``pipe``; ``apart`` starts it."""

    pipe: Connection

    def begin(self, lines: Sequence[bytes], caller: str) -> None:
        """See ``Preparer``."""
        try:
            self.pipe.send((lines, caller))
        except OSError as error:
            raise UnavailableError("preparing-stopped") from error

    def finish(self) -> Sequence[Prepared]:
        """See ``Preparer``.

        Raises:
            UnavailableError: also when that process has died.
        """
        try:
            answer: Sequence[Prepared] | LedgerError = self.pipe.recv()
        except (EOFError, OSError) as error:
            raise UnavailableError("preparing-stopped") from error
        if isinstance(answer, LedgerError):
            raise answer
        return answer


@contextmanager
def apart(home: Path, folder: Path | None) -> Iterator[Apart]:
    """Run a preparing process of the node in ``home`` until the end of the block."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, home, folder), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Apart(ours)
    finally:
        ours.close()
        process.join(END_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()


def _work(pipe: Connection, home: Path, folder: Path | None) -> None:
    # Ctrl-C reaches the whole group of processes; the caller decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with open_node(home) as node:
        here = Here(node.intake, node.lookups, folder)
        while True:
            try:
                here.begin(*pipe.recv())
                pipe.send(_finish(here))
            except (EOFError, OSError):
                return


def _finish(here: Here) -> list[Prepared] | LedgerError:
    try:
        return [_committable(each) for each in here.finish()]
    except LedgerError as error:
        return error


def _committable(prepared: Prepared) -> Prepared:
    if isinstance(prepared, LedgerError):
        return prepared
    return replace(prepared, item=replace(prepared.item, source=None, fields={}))
