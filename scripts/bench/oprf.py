"""The blacklist's cryptography: a query and a screening, each against the same library calls played back.

What is compared: every call into libsodium's group, scalar and hash functions that the product makes is
recorded with its arguments, and made again in a loop without anything around it. CPU time of one thread.
"""

import ctypes
import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final

from harness.evaluators import Holders
from measure import Row, peak_memory_mib

from blacklist.curve import points
from blacklist.curve.library import sodium
from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import fill_random
from blacklist.curve.slots import SLOT_BYTES
from blacklist.domain.keygen.polynomials import Polynomial
from blacklist.domain.oprf import batch
from blacklist.domain.oprf.evaluation import ProvedAnswer, answer, evaluate, is_right
from blacklist.domain.oprf.tags import tag_of
from blacklist.domain.oprf.threshold import coefficients, combine, is_one_epoch
from blacklist.domain.protocol.combining import BlindedBatch, blind_all
from blacklist.domain.protocol.elements import MAX_ELEMENTS
from blacklist.domain.protocol.purposes import Purpose

THRESHOLD: Final = 3
MEMBERS: Final = 5
SERVERS: Final = (1, 2, 3)
QUERIES: Final = 200
ITEMS: Final = 2048
MILLION: Final = 1_000_000
SEED: Final = bytes(range(32))
_ADDRESSES: Final = ctypes.c_void_p
_OF_THE_GROUP: Final = "crypto_"


class Shares:
    """A key dealt to the servers, and what each gives back."""

    def __init__(self) -> None:
        polynomial = Polynomial.random(THRESHOLD, fill_random)
        weights = coefficients(SERVERS)
        self.key = points.multiply_base(polynomial.coefficients[0])
        self.shares = {index: polynomial.at(index) for index in SERVERS}
        self.weighted = {index: weights[index] * share for index, share in self.shares.items()}
        self.keys = {index: points.multiply_base(each) for index, each in self.shares.items()}
        self.weighted_keys = {
            index: points.multiply_base(each) for index, each in self.weighted.items()
        }

    def query(self, identifier: bytes) -> bytes:
        """Answer one query, all proofs made and checked; return the tag."""
        asked = _blinded([identifier])
        given = {
            index: answer(share, asked.elements, Scalar.random(fill_random))
            for index, share in self.shares.items()
        }
        if not all(is_right(self.keys[at], asked.elements, each) for at, each in given.items()):
            raise RuntimeError("an answer is wrong")
        if not is_one_epoch(self.keys, self.key):
            raise RuntimeError("shares of two epochs")
        found = combine({index: each.evaluated[0] for index, each in given.items()})
        return _tags(asked, [found])[0]

    def serve(
        self, index: int, elements: Sequence[bytes]
    ) -> tuple[tuple[bytes, ...], ProvedAnswer]:
        """Answer a batch, and prove it."""
        share = self.weighted[index]
        evaluated = evaluate(share, elements)
        combined = batch.aggregate(SEED, elements)
        return evaluated, answer(share, [combined], Scalar.random(fill_random))

    def finish(
        self, asked: BlindedBatch, given: Sequence[tuple[tuple[bytes, ...], ProvedAnswer]]
    ) -> list[bytes]:
        """Check what the servers gave back for a batch; return the tags."""
        total = batch.aggregate(SEED, asked.elements)
        for index, (_, proved) in zip(SERVERS, given, strict=True):
            if not is_right(self.weighted_keys[index], [total], proved):
                raise RuntimeError("a proof is wrong")
        sums = batch.totals([evaluated for evaluated, _ in given])
        if not batch.holds(SEED, sums, [proved.evaluated[0] for _, proved in given]):
            raise RuntimeError("a batch is wrong")
        return _tags(asked, sums)


def rows() -> list[Row]:
    """Measure a query, and a screening at both sides."""
    shares = Shares()
    numbers = [_identifier(number) for number in range(ITEMS)]
    query = _row(
        f"query, t = {THRESHOLD}, all proofs: CPU of client and servers",
        lambda: [shares.query(each) for each in numbers[:QUERIES]],
        QUERIES, "< 2.5 ms (prototype 1.42)", unit=1e3, name="ms",
    )  # fmt: skip
    asked = _blinded(numbers)
    given = [shares.serve(index, asked.elements) for index in SERVERS]
    client = _row(
        "screening, per item at the client",
        lambda: shares.finish(blind_all(numbers, asked.blinds), given),
        ITEMS, "≥ 70 % of raw (ratio ≤ 1.43)", unit=1e6, name="µs",
    )  # fmt: skip
    server = _row(
        "screening, per item at a server",
        lambda: shares.serve(1, asked.elements),
        ITEMS, "≥ 70 % of raw (ratio ≤ 1.43)", unit=1e6, name="µs",
    )  # fmt: skip
    return [query, client, server]


def _row(
    what: str, action: Callable[[], object], count: int, mark: str, *, unit: float, name: str
) -> Row:
    with _recorded() as calls:
        action()
    took, raw = (each * unit / count for each in _cpu(action, lambda: _play(calls)))
    limit = f"{raw:.2f} {name} (the same {len(calls)} calls into libsodium)"
    return Row(what, f"{took:.2f} {name}", limit, took / raw, mark)


def _cpu(*actions: Callable[[], object], runs: int = 5) -> list[float]:
    """Return the median CPU time of each action; they take turns, so that a busy machine slows them alike."""
    times: list[list[float]] = [[] for _ in actions]
    for _ in range(runs):
        for action, taken in zip(actions, times, strict=True):
            gc.collect()
            start = time.process_time()
            action()
            taken.append(time.process_time() - start)
    return [median(each) for each in times]


Call = tuple[Callable[..., int], tuple[Any, ...]]


@contextmanager
def _recorded() -> Iterator[list[Call]]:
    """Record calls of the group with copies of what lies at the addresses that they were given."""
    library, calls = sodium(), list[Call]()
    names = [name for name in vars(library) if name.startswith(_OF_THE_GROUP)]
    kept = {name: getattr(library, name) for name in names}

    def recording(function: Any) -> Callable[..., int]:  # noqa: ANN401 - of ctypes
        def call(*given: object) -> int:
            pairs = zip(function.argtypes, given, strict=True)
            calls.append((function, tuple(_copied(kind, each) for kind, each in pairs)))
            return int(function(*given))

        return call

    for name, function in kept.items():
        setattr(library, name, recording(function))
    try:
        yield calls
    finally:
        for name, function in kept.items():
            setattr(library, name, function)


def _copied(kind: object, given: object) -> object:
    if kind is _ADDRESSES and isinstance(given, int):
        return ctypes.create_string_buffer(ctypes.string_at(given, SLOT_BYTES), SLOT_BYTES)
    return given


def _play(calls: Sequence[Call]) -> None:
    for function, given in calls:
        function(*given)


def screening_rows(folder: Path, count: int) -> list[Row]:
    """Screen customers through the protocol: signed requests, servers' logs and budgets on SQLite."""
    holders = Holders.make(folder, MEMBERS, THRESHOLD)
    asker, order, screened = holders.asker(), holders.order(), 0
    start, cpu, half = time.perf_counter(), time.process_time(), 0.0
    while screened < count:
        size = min(MAX_ELEMENTS, count - screened)
        numbers = [_identifier(each) for each in range(screened, screened + size)]
        asking = holders.asking(*numbers, purpose=Purpose.SCREENING)
        tags = _tags(asking.batch, asker.batch(asking, order))
        screened += len(set(tags))
        if screened >= count // 2 and not half:
            half = peak_memory_mib()
        print(f"{screened} of {count}", file=sys.stderr, flush=True)
    took, burnt = time.perf_counter() - start, time.process_time() - cpu
    holders.close()
    of = f"screening {count:,} customers, client and {THRESHOLD} servers in one process"
    return [
        Row(of, f"{took:.0f} s", "", None, "printed"),
        Row("  CPU of all", f"{burnt:.0f} s", "", None, "printed"),
        Row("  most memory", f"{peak_memory_mib():.0f} MiB", f"{half:.0f} MiB half-way",
            None, "< 500 MiB, flat"),
    ]  # fmt: skip


def _blinded(identifiers: Sequence[bytes]) -> BlindedBatch:
    return blind_all(identifiers, [Scalar.random(fill_random) for _ in identifiers])


def _tags(asked: BlindedBatch, evaluated: Sequence[bytes]) -> list[bytes]:
    tags = []
    for secret in asked.secrets(evaluated):
        with secret:
            tags.append(tag_of(secret, 1))
    return tags


def _identifier(number: int) -> bytes:
    return b"lz-blacklist/v1|id|%018d" % number
