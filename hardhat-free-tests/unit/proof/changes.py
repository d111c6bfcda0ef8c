"""What an exporter that holds its own keys can change in a package, and a court in its trust file."""

from collections.abc import Callable
from typing import Any

from harness.packages import WITNESSES, Case
from unit.proof_chain.sealing import sealed_by

from ledger.evidence.statement import compose_leaf, read_leaf
from ledger.primitives.canonical import decode, encode
from ledger.primitives.note import Note
from ledger.primitives.tlog_proof import TlogProof
from ledger.proof import layout
from ledger.proof.header import parse_header
from ledger.proof.proof_files import consistency_from_bytes, consistency_to_bytes

Change = Callable[[Case], Any]


def json_(case: Case, path: str) -> Any:
    return decode(case.files[path], max_bytes=1 << 22)


def edit(case: Case, path: str, change: Callable[[Any], Any]) -> None:
    value = json_(case, path)
    changed = change(value)
    case.put(path, encode(value if changed is None else changed))


def lines(case: Case) -> list[str]:
    return case.files[layout.COSIGNATURES].decode().splitlines(keepends=True)


def resign_leaf(case: Case, change: Callable[[Any], Any]) -> None:
    """Sign a changed statement with the bank's own key: a leaf that the log never held."""
    statement = json_(case, layout.STATEMENT)["statement"]
    change(statement)
    signed = encode(statement)
    signer = case.ledger.node.evidence_key
    leaf = compose_leaf(signed, signature=signer.sign(signed), key=signer.public_key)
    case.put(layout.STATEMENT, leaf)


def header(case: Case, change: Callable[[Any], Any]) -> None:
    header = parse_header(case.files[layout.HEADER])
    case.put(layout.HEADER, change(header).encode())


def reseal(case: Case, sealers: Any) -> None:
    header(case, lambda header: sealed_by(header, sealers))


def token_of_somebody(case: Case) -> None:
    case.trust["timestamp_roots"] = []


def with_note(case: Case, change: Callable[[Note], Note]) -> None:
    proof = TlogProof.parse(case.files[layout.LEAF_PROOF])
    changed = TlogProof(proof.index, proof.path, change(proof.checkpoint))
    case.put(layout.LEAF_PROOF, changed.serialise())


def other_text(note: Note) -> Note:
    return Note(note.text.replace("\n5\n", "\n6\n", 1), note.signatures)


def path_of(case: Case, at: int, data: bytes) -> None:
    proof = TlogProof.parse(case.files[layout.LEAF_PROOF])
    path = [*proof.path[:at], data, *proof.path[at + 1 :]]
    case.put(layout.LEAF_PROOF, TlogProof(proof.index, tuple(path), proof.checkpoint).serialise())


def consistency(case: Case, change: Callable[[Any], Any]) -> None:
    proof = consistency_from_bytes(case.files[layout.CONSISTENCY])
    case.put(layout.CONSISTENCY, consistency_to_bytes(change(proof)))


def policy(**changes: Any) -> Change:
    return lambda case: case.trust["policy"].update(changes)


def foreign(case: Case) -> Any:
    text = TlogProof.parse(case.files[layout.LEAF_PROOF]).checkpoint.text
    line = WITNESSES[0].line(text, 1).replace("bank-b", "bank-x")
    return Note.parse(f"{text}\n{line}".encode()).signatures


def height(case: Case) -> int:
    return parse_header(case.files[layout.HEADER]).number


def named(case: Case) -> int:
    named = read_leaf(case.files[layout.STATEMENT]).statement.not_before
    assert named is not None
    return named.number
