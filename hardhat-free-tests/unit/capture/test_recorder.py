"""The recorder: what it says, what it refuses, and what check_capture notices."""

from datetime import UTC, datetime, timedelta

import pytest

from ledger.errors import LimitError, MalformedError, RefusedError
from ledger.primitives.merkle import EMPTY_ROOT, leaf_hash, vertex_hash
from ledger.services.composing import CAPTURE_MEMBERS, Item, check_item
from node.capture.chunk_tree import MAX_CHUNK_BYTES, ChunkTree
from node.capture.recorder import METHOD, KnownBlock, Recorder, check_capture


def recorded(data: bytes = b"abcdefg", chunk_bytes: int = 3) -> dict[str, object]:
    begin = datetime(2026, 11, 24, 8, tzinfo=UTC)
    times = iter([begin, begin + timedelta(seconds=90)])
    recorder = Recorder(
        "pbx-2",
        clock_offset_ms=-12,
        block=KnownBlock(7, bytes(range(32))),
        chunk_bytes=chunk_bytes,
        now=lambda: next(times),
    )
    recorder.add(data)
    return dict(recorder.finish())


def test_a_capture_says_device_times_offset_block_and_root() -> None:
    expected = vertex_hash(vertex_hash(leaf_hash(b"abc"), leaf_hash(b"def")), leaf_hash(b"g"))
    assert recorded() == {
        "start": "2026-11-24T08:00:00.000Z",
        "end": "2026-11-24T08:01:30.000Z",
        "device": "pbx-2",
        "clock_offset_ms": -12,
        "method": METHOD,
        "chunk_bytes": 3,
        "block": {"number": 7, "hash": bytes(range(32)).hex()},
        "tree_root": expected.hex(),
    }


def test_what_a_device_does_not_know_it_does_not_say() -> None:
    recorder = Recorder("pbx-2")
    recorder.add(b"x")
    assert recorder.size == 1
    assert set(recorder.finish()) == {
        "start", "end", "device", "method", "chunk_bytes", "tree_root"
    }  # fmt: skip


def test_intake_takes_a_capture_as_it_is() -> None:
    capture = recorded()
    assert capture.keys() <= CAPTURE_MEMBERS
    check_item(
        Item(kind="promise_to_pay", fields={"a": 1}, capture=capture),  # type: ignore[arg-type]  # JSON
        by_node=False,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"block": "0x12"},
        {"block": {"number": 1}},
        {"block": {"number": -1, "hash": "00" * 32}},
        {"block": {"number": 1, "hash": "00"}},
        {"chunk_bytes": 0},
        {"chunk_bytes": "64k"},
    ],
)
def test_intake_refuses_blocks_and_chunks_of_another_form(wrong: dict[str, object]) -> None:
    item = Item(kind="promise_to_pay", fields={"a": 1}, capture=wrong)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(MalformedError):
        check_item(item, by_node=False)


def test_the_original_is_recognised_and_any_changed_byte_is_not() -> None:
    data = bytes(range(10))
    capture = recorded(data)
    check_capture([data[:1], data[1:]], capture)  # type: ignore[arg-type]  # JSON
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises(MalformedError, match="capture-root"):
            check_capture([bytes(changed)], capture)  # type: ignore[arg-type]  # JSON
    for other in (data[:-1], data + b"\0", b""):
        with pytest.raises(MalformedError, match="capture-root"):
            check_capture([other], capture)  # type: ignore[arg-type]  # JSON


def test_a_capture_made_in_another_way_is_not_judged() -> None:
    for wrong in ({"method": "sha1"}, {"chunk_bytes": True}, {"chunk_bytes": None}):
        with pytest.raises(MalformedError, match="capture-method"):
            check_capture([b"abcdefg"], {**recorded(), **wrong})  # type: ignore[dict-item]  # on purpose


def test_a_recording_ends_once() -> None:
    recorder = Recorder("pbx-2")
    recorder.finish()
    with pytest.raises(RefusedError, match="capture-finished"):
        recorder.finish()
    with pytest.raises(RefusedError, match="capture-finished"):
        recorder.add(b"x")


@pytest.mark.parametrize("size", [0, -1, MAX_CHUNK_BYTES + 1])
def test_a_chunk_has_a_sensible_size(size: int) -> None:
    with pytest.raises(LimitError, match="capture-chunk-bytes"):
        Recorder("pbx-2", chunk_bytes=size)


def test_nothing_recorded_has_the_root_of_the_empty_tree() -> None:
    assert ChunkTree(4).root() == EMPTY_ROOT
