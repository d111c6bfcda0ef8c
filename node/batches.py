"""Bulk sealing: NDJSON in, one answer a line, in order; a bad line does not hold up the others.

One batch is prepared (read, salted, encrypted) while the one before is committed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from ledger.errors import LedgerError
from ledger.evidence import shape
from ledger.services.composing import Draft, Item
from ledger.services.intake import MAX_BATCH, Intake, Receipt
from node.items import build_item, open_source, read_json_object

Answers: TypeAlias = list[tuple[int, Receipt | LedgerError]]
Prepared: TypeAlias = Draft | LedgerError


def seal_lines(
    lines: Iterable[bytes],
    intake: Intake,
    *,
    lookup: Callable[[str], bytes],
    folder: Path,
    size: int = MAX_BATCH,
) -> Iterator[tuple[int, Receipt | LedgerError]]:
    """Seal each line and yield its number (from 1) with a receipt or an error.

    Args:
        lines: JSON objects; empty lines are skipped.
        intake: takes them in, ``size`` to a transaction.
        lookup: blind index of a case number.
        folder: what relative file names are relative to.
        size: lines a transaction.
    """
    numbered = ((at, line) for at, line in enumerate(lines, start=1) if line.strip())
    with ThreadPoolExecutor(max_workers=1) as committing:
        earlier: Future[Answers] | None = None
        while batch := list(islice(numbered, size)):
            prepared = _prepare([line for _, line in batch], intake, lookup, folder)
            if earlier is not None:
                yield from earlier.result()
            # One commit at a time, in order: the next batch of a case numbers on from this one.
            earlier = committing.submit(_commit, [at for at, _ in batch], prepared, intake)
        if earlier is not None:
            yield from earlier.result()


def _prepare(
    lines: Sequence[bytes], intake: Intake, lookup: Callable[[str], bytes], folder: Path
) -> list[Prepared]:
    """Read and prepare a batch; its files are open no longer than that."""
    with ExitStack() as files:
        built = [_build(line, files, lookup, folder) for line in lines]
        drafts = iter(intake.prepare([each for each in built if isinstance(each, Item)]))
        return [each if isinstance(each, LedgerError) else next(drafts) for each in built]


def _commit(numbers: Sequence[int], prepared: Sequence[Prepared], intake: Intake) -> Answers:
    return list(zip(numbers, intake.commit(prepared), strict=True))


def _build(
    line: bytes, files: ExitStack, lookup: Callable[[str], bytes], folder: Path
) -> Item | LedgerError:
    try:
        described = read_json_object(line, "item")
        name = described.get("file")
        source = None
        if name is not None:
            source = files.enter_context(open_source(folder / shape.text(name, "file")))
        return build_item(described, source=source, lookup=lookup)
    except LedgerError as error:
        return error
