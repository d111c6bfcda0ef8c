"""What ``evidence seal`` does around the one call to intake: read JSON, open files, print receipts."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import click

from ledger.errors import LedgerError
from ledger.primitives.canonical import JsonValue
from ledger.services.intake import Receipt
from node.cli.context import Context, print_json
from node.items import build_item, open_source, read_json_object
from node.wiring import Node
from node.words.catalogue import remedy, word


def describe(
    *, fields: BinaryIO | None, details: BinaryIO | None, **named: str | None
) -> dict[str, JsonValue]:
    """Return the description that options and their JSON files make.

    Raises:
        MalformedError: a file is not a JSON object.
    """
    described: dict[str, JsonValue] = {}
    if details is not None:
        described.update(read_json_object(details.read(), "details"))
    if fields is not None:
        described["fields"] = dict(read_json_object(fields.read(), "fields"))
    described.update({name: value for name, value in named.items() if value is not None})
    if "kind" not in described:
        raise click.UsageError("缺少 --kind。 Option --kind is missing.")
    return described


def seal_files(
    node: Node, files: Sequence[Path], described: dict[str, JsonValue]
) -> list[tuple[str, Receipt | LedgerError]]:
    """Seal each file as an item of its own, or one item without a file."""
    if not files:
        item = build_item(described, source=None, lookups=node.lookups)
        (outcome,) = node.intake.seal_many([item])
        return [("", outcome)]
    answers: list[tuple[str, Receipt | LedgerError]] = []
    for path in files:
        with ExitStack() as opened:
            try:
                source = opened.enter_context(open_source(path))
                item = build_item(described, source=source, lookups=node.lookups)
                (outcome,) = node.intake.seal_many([item])
            except LedgerError as error:
                outcome = error
        answers.append((path.name, outcome))
    return answers


def print_receipts(
    context: Context,
    answers: Sequence[tuple[str, Receipt | LedgerError]],
    delay: int,
    *,
    machine: bool,
) -> None:
    """Print what became of each file; the first error decides the exit code.

    Raises:
        LedgerError: at least one item was not sealed; the others are.
    """
    if machine:
        print_json([{"file": name, **answer_to_json(outcome)} for name, outcome in answers])
    else:
        sealed = [(name, o) for name, o in answers if isinstance(o, Receipt)]
        columns = ("col-file", "col-id", "col-sealed", "col-case-number")
        rows = [(name, r.leaf_hash.hex()[:16], r.sealed_at, r.case_number) for name, r in sealed]
        if rows:
            context.table("sealed", columns, rows)
            context.say("receipt-note", delay=delay)
    for _, outcome in answers:
        if isinstance(outcome, LedgerError):
            raise outcome


def answer_to_json(outcome: Receipt | LedgerError) -> dict[str, object]:
    """Return a receipt or an error for machines."""
    if isinstance(outcome, Receipt):
        return {
            "id": outcome.leaf_hash.hex(),
            "sealed_at": outcome.sealed_at,
            "case_number": outcome.case_number,
            "receipt": outcome.leaf.decode(),
        }
    return {
        "error": outcome.code,
        "zh": explain(outcome, "zh"),
        "en": explain(outcome, "en"),
    }


def explain(error: LedgerError, language: str) -> str:
    """Return what happened and what to do about it, in ``zh`` or ``en``."""
    said = word(error.code, language, error.params)
    what_to_do = remedy(error.code, language, error.params)
    return (said + what_to_do) if language == "zh" else f"{said} {what_to_do}".strip()


def print_batch(
    context: Context, outcomes: Iterable[tuple[int, Receipt | LedgerError]], *, machine: bool
) -> bool:
    """Print one line an item for machines, or errors and a sum for people; tell whether all were sealed."""
    sealed = failed = 0
    for number, outcome in outcomes:
        if isinstance(outcome, Receipt):
            sealed += 1
        else:
            failed += 1
        if machine:
            print_json({"line": number, **answer_to_json(outcome)})
        elif isinstance(outcome, LedgerError):
            context.say("batch-line", line=number, why=explain(outcome, context.language))
    if not machine:
        context.say("batch-done", sealed=sealed, failed=failed)
    return failed == 0
