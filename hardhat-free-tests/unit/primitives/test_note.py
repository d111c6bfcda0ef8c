"""Signed notes, checkpoints and single-leaf proofs of C2SP."""

from typing import Any

import pytest
from vectors.reading import cases

from ledger.errors import LimitError, MalformedError
from ledger.primitives import ed25519, note
from ledger.primitives.checkpoint_text import CheckpointBody, parse_decimal
from ledger.primitives.merkle import EMPTY_ROOT
from ledger.primitives.note import Note, NoteSignature, VerifierKey, signed_message
from ledger.primitives.tlog_proof import TlogProof

VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONn"
    "cAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
"""The verifier key and note of C2SP signed-note."""
BODY = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
"""The checkpoint of C2SP tlog-checkpoint."""
LINE = NoteSignature("a", b"1234", b"sig")


@pytest.mark.parametrize(("name", "case"), cases("note"))
def test_project_vectors_have_their_verdict(name: str, case: dict[str, Any]) -> None:
    data = case["input"].encode()
    if case["verdict"] == "note":
        assert Note.parse(data).serialise() == data, name
        return
    with pytest.raises(MalformedError) as caught:
        Note.parse(data)
    assert caught.value.code == case["verdict"], name


def test_the_example_of_the_specification_verifies() -> None:
    key = VerifierKey.parse(VKEY)
    assert str(key) == VKEY
    parsed = Note.parse(EXAMPLE.encode())
    (line,) = parsed.signatures_of(key)
    message, signature, time = signed_message(parsed.text, line, key)
    assert time is None
    assert ed25519.verify(key.public_key, message, signature)
    assert not ed25519.verify(key.public_key, message + b"x", signature)


def test_a_cosignature_signs_its_time_and_the_whole_text() -> None:
    expected = b"cosignature/v1\ntime 1679315147\n" + BODY.encode()
    assert note.cosignature_message(BODY, 1679315147) == expected
    key = VerifierKey("w.example/1", note.COSIGNATURE_V1, bytes(32))
    line = key.signature_line(note.join_cosignature(1679315147, b"s" * 64))
    assert signed_message(BODY, line, key) == (expected, b"s" * 64, 1679315147)


def test_the_same_key_has_another_id_for_each_type() -> None:
    log, witness = (VerifierKey("a", kind, bytes(32)) for kind in (1, 4))
    assert log.key_id != witness.key_id
    assert Note(BODY, (log.signature_line(b"x"),)).signatures_of(witness) == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("example.com/foo+530d903a", "note-key-form"),
        ("example.com/foo+530d903a+", "note-key-form"),
        (VKEY.replace("530d903a", "530D903A"), "note-key-id"),
        (VKEY.replace("foo", "bar"), "note-key-id"),
        (VKEY + "A", "note-base64"),
        ("a b+530d903a+" + VKEY.rpartition("+")[2], "note-key-name"),
        ("a+00000000+BekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "note-key-type"),
        ("a+00000000+AQAA", "note-key-length"),
    ],
)
def test_a_verifier_key_in_another_form_is_refused(text: str, code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        VerifierKey.parse(text)
    assert caught.value.code == code


def test_signatures_of_the_wrong_length_are_refused() -> None:
    log, witness = (VerifierKey("a", kind, bytes(32)) for kind in (1, 4))
    for key, signature in ((log, b"s" * 63), (witness, b"s" * 71), (witness, b"s" * 64)):
        with pytest.raises(MalformedError, match="note-signature-length"):
            signed_message(BODY, key.signature_line(signature), key)
    late = (2**63).to_bytes(8, "big") + b"s" * 64
    with pytest.raises(MalformedError, match="note-cosignature-time"):
        signed_message(BODY, witness.signature_line(late), witness)


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (Note("text", (LINE,)), "note-text-no-final-newline"),
        (Note("a\tb\n", (LINE,)), "note-control-character"),
        (Note("\ud800\n", (LINE,)), "note-not-utf-8"),
        (Note("text\n", ()), "note-no-signature"),
        (Note("text\n", (NoteSignature("a b", b"1234", b"s"),)), "note-key-name"),
        (Note("text\n", (NoteSignature("\ud800", b"1234", b"s"),)), "note-key-name"),
    ],
)
def test_what_could_not_be_read_is_not_written(broken: Note, code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        broken.serialise()
    assert caught.value.code == code


def test_notes_have_limits() -> None:
    with pytest.raises(LimitError, match="note-too-long"):
        Note.parse(EXAMPLE.encode(), max_bytes=10)
    many = "x\n\n" + EXAMPLE.rpartition("\n\n")[2] * 65
    with pytest.raises(LimitError, match="note-too-many-signatures"):
        Note.parse(many.encode())
    with pytest.raises(MalformedError, match="note-not-utf-8"):
        Note.parse(b"\xff\n\n")


def test_the_checkpoint_of_the_specification_reads_back() -> None:
    body = CheckpointBody.parse(BODY)
    assert (body.origin, body.size) == ("example.com/behind-the-sofa", 20852163)
    assert body.text() == BODY
    extended = CheckpointBody.parse(BODY + "more\n")
    assert extended.extensions == ("more",)
    assert extended.text() == BODY + "more\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BODY[:-1], "checkpoint-lines"),
        ("a\n1\n", "checkpoint-lines"),
        (BODY.replace("2085", "02085"), "checkpoint-decimal"),
        (BODY.replace("2085", "+2085"), "checkpoint-decimal"),
        (BODY.replace("2085", "٢085"), "checkpoint-decimal"),
        (BODY.replace("20852163", "9223372036854775808"), "checkpoint-decimal"),
        (BODY.replace("20852163", ""), "checkpoint-decimal"),
        (BODY.replace("CsUY", "CsU*"), "note-base64"),
        (BODY.replace("q2I=", "q2J="), "note-base64"),
        ("a\n1\nAAAA\n", "checkpoint-root"),
        (BODY.replace("20852163", "0"), "checkpoint-root"),
        (BODY.replace("example.com/behind-the-sofa", ""), "checkpoint-origin"),
        (BODY + "\n", "checkpoint-extension"),
        (BODY + "x" * 5000 + "\n", "checkpoint-too-long"),
    ],
)
def test_a_checkpoint_in_another_form_is_refused(text: str, code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        CheckpointBody.parse(text)
    assert caught.value.code == code


def test_an_empty_log_has_the_empty_root() -> None:
    assert CheckpointBody.parse(CheckpointBody("a", 0, EMPTY_ROOT).text()).size == 0
    with pytest.raises(MalformedError, match="checkpoint-size"):
        CheckpointBody("a", -1, EMPTY_ROOT)
    assert parse_decimal("0") == 0


def _proof(**changes: Any) -> TlogProof:
    values: dict[str, Any] = {"index": 7, "path": (b"a" * 32, b"b" * 32), "extra": None}
    return TlogProof(checkpoint=Note(BODY, (LINE,)), **values | changes)


@pytest.mark.parametrize("extra", [None, b"x", bytes(1000)])
def test_a_proof_file_reads_back_as_written(extra: bytes | None) -> None:
    for path in ((), (b"a" * 32,) * 63):
        proof = _proof(extra=extra, path=path)
        assert TlogProof.parse(proof.serialise()) == proof


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"@v1", b"@v2", "tlog-proof-header"),
        (b"\nindex 7", b"", "tlog-proof-index"),
        (b"index 7", b"index 07", "checkpoint-decimal"),
        (b"\nindex", b"\nextra \nindex", "tlog-proof-extra"),
        (b"\nindex", b"\nextra YQ\nindex", "note-base64"),
        (b"YWFh", b"YWFhYWFh", "tlog-proof-hash"),
        (b"YWFhYWFh", b"", "tlog-proof-hash"),
        (b"index", "índex".encode(), "tlog-proof-form"),
        (b"\n\n", b"\n", "note-base64"),
        (b"index 7\n", b"index 7\nAAAA\n", "tlog-proof-hash"),
        (b"index 7\n", b"index 7\n" + b"AAAA\n" * 64, "tlog-proof-path"),
    ],
)
def test_a_proof_file_in_another_form_is_refused(old: bytes, new: bytes, code: str) -> None:
    data = _proof().serialise()
    assert old in data
    with pytest.raises(MalformedError) as caught:
        TlogProof.parse(data.replace(old, new, 1))
    assert caught.value.code == code


def test_a_proof_file_has_a_limit() -> None:
    with pytest.raises(LimitError, match="tlog-proof-too-long"):
        TlogProof.parse(bytes(200_000))
