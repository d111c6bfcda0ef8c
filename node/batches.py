"""Bulk sealing: NDJSON in, one answer a line, in order; a bad line does not hold up the others."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from ledger.errors import LedgerError
from ledger.evidence import shape
from ledger.services.composing import Item
from ledger.services.intake import MAX_BATCH, Intake, Receipt
from node.items import build_item, open_source, read_json_object


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
    while batch := list(islice(numbered, size)):
        with ExitStack() as files:
            built = [_build(line, files, lookup, folder) for _, line in batch]
            outcomes = _seal(built, intake)
        for (number, _), outcome in zip(batch, outcomes, strict=True):
            yield number, outcome


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


def _seal(built: Sequence[Item | LedgerError], intake: Intake) -> list[Receipt | LedgerError]:
    items = [each for each in built if isinstance(each, Item)]
    sealed = iter(intake.seal_many(items))
    return [each if isinstance(each, LedgerError) else next(sealed) for each in built]
