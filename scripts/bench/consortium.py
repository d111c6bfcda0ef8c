"""A consortium of two on the embedded chain: until an item is anchored, cosigning, signed requests, catching up."""

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import api
import bulk
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from harness.commands import development_chain
from harness.founders import Institution, found_together, make_institution
from harness.peer_log import PeerLog
from harness.serving import Served, make_token
from measure import Row, seconds

from ledger.evidence import tiles
from ledger.primitives import ed25519, merkle_proofs
from ledger.primitives.checkpoint_text import CheckpointBody
from ledger.primitives.note import ED25519, Note, VerifierKey
from ledger.primitives.witness_request import AddCheckpoint
from ledger.store import witnessed
from node.batches import seal_lines
from node.peer import signatures
from node.peer.client import PeerClient
from node.peer.making import make_witness
from node.peer.neighbours import Neighbour, Neighbours
from node.peer.signatures import SignedRequest
from node.preparing import apart
from node.settings import write_settings
from node.wiring import Node

BLOCK_SECONDS: Final = 1.0
"""``block_time`` of the embedded chain."""
INTERVALS: Final = (1.0, 5.0)
SEALS: Final = 10
AWAY: Final = 100_000
COSIGNED: Final = 300
REQUESTS: Final = 300
START_SECONDS: Final = 120.0


def rows(folder: Path) -> list[Row]:
    """Found two banks, and measure what the one has from the other."""
    with development_chain(folder) as url:
        banks = [
            make_institution(folder, url, at, origin="bench.example/consortium") for at in range(2)
        ]
        found_together(folder, banks, threshold=2)
        token = make_token(banks[0].cli)
        found = [row for each in INTERVALS for row in _anchoring(banks[0], token, each)]
        with banks[1].node() as watching:
            found += _cosigning(watching)
            found += _signed_requests(watching)
            found += _catching_up(banks[0], watching)
    return found


def _anchoring(bank: Institution, token: str, interval: float) -> list[Row]:
    """Seal at moments that have nothing to do with the rounds; one is waited for before the next."""
    write_settings(bank.cli.home, {"worker_seconds": interval})
    moments = random.Random(7)  # noqa: S311 - moments, not secrets
    lags = []
    with _served(bank) as served:
        for _ in range(SEALS):
            time.sleep(moments.uniform(0, interval))
            lags.append(_lag(served, token))
    limit = interval + BLOCK_SECONDS
    worst = max(lags)
    return [
        Row(f"sealed to anchored, rounds of {interval:.0f} s", f"{median(lags):.1f} s", f"{limit:.1f} s (round + block)", median(lags) / limit, "printed"),
        Row(f"  the longest of {SEALS}", f"{worst:.1f} s", f"{limit:.1f} s", worst / limit, "≤ 2"),
    ]  # fmt: skip


def _lag(served: Served, token: str) -> float:
    value = {"kind": "promise_to_pay", "fields": {"n": os.urandom(4).hex()}}
    status, answer = served.ask("POST", "/v1/evidence", value, token=token)
    start = time.perf_counter()
    if status != requests.codes.created:
        raise RuntimeError(answer)
    path = f"/v1/evidence/{answer['id']}"
    while served.ask("GET", path, token=token)[1]["status"] != "anchored":
        time.sleep(0.02)
    return time.perf_counter() - start


@contextmanager
def _served(bank: Institution, *arguments: str) -> Iterator[Served]:
    own = replace(bank.cli, inside=False)
    with (own.home / "serve.log").open("a", encoding="utf-8") as log:
        process = own.start("serve", "--json-logs", *arguments, stdout=log, stderr=log)
    served = Served(own, bank.port, process)
    try:
        served.until_answering(START_SECONDS)
        yield served
    finally:
        served.stop()


def _cosigning(node: Node) -> list[Row]:
    """Cosign a growing log; each request proves its growth, and each answer is committed."""
    log, witness = PeerLog(hashes=_random_hashes(AWAY)), make_witness(node)
    asked = iter(list(_growth(log)))
    witness.cosign(log.member, next(asked))
    times = _times(lambda: witness.cosign(log.member, next(asked)), COSIGNED)
    key, message = Ed25519PrivateKey.generate(), os.urandom(200)
    public = key.public_key()
    raw = median(_times(lambda: public.verify(key.sign(message), message), COSIGNED))
    signature, data = key.sign(message), public.public_bytes_raw()
    own = median(_times(lambda: ed25519.verify(data, message, signature), COSIGNED))
    took = median(times)
    return [
        Row("cosigning, growth proved, SQLite", f"{took * 1000:.2f} ms", f"{raw * 1000:.3f} ms (Ed25519 sign + verify)", took / raw, "printed"),
        Row("  99th percentile", f"{quantiles(times, n=100)[98] * 1000:.1f} ms", "", None, "< 100 ms"),
        Row("  of it: the log's signature, in Python", f"{own * 1000:.2f} ms", f"{raw * 1000:.3f} ms", own / raw, "printed"),
    ]  # fmt: skip


def _growth(log: PeerLog) -> Iterator[AddCheckpoint]:
    """Yield requests for ever larger sizes; the tiles of the largest hold what the smaller ones need."""
    built = tiles.append(0, log.hashes, {})
    public = log.key.public_key().public_bytes_raw()
    key = VerifierKey(log.checkpoint_origin, ED25519, public)
    chosen = random.Random(7)  # noqa: S311 - sizes, not secrets
    sizes = sorted(chosen.sample(range(1, len(log.hashes)), COSIGNED + 1))
    for old, size in pairwise((0, *sizes)):
        read = tiles.vertices(built.__getitem__)
        text = CheckpointBody(log.checkpoint_origin, size, merkle_proofs.root(size, read)).text()
        note = Note(text, (key.signature_line(log.key.sign(text.encode())),))
        path = merkle_proofs.consistency_path(old, size, read) if old else ()
        yield AddCheckpoint(old, path, note)


def _times(action: Callable[[], object], count: int) -> list[float]:
    found = []
    for _ in range(count):
        start = time.perf_counter()
        action()
        found.append(time.perf_counter() - start)
    return found


def _signed_requests(node: Node) -> list[Row]:
    """Verify signed requests to cosign as they come in, against the bare signature of the same size."""
    recipient, body = os.urandom(32), os.urandom(1500)
    asked = requests.Request("POST", "http://bank.example/peer/v1/add-checkpoint", data=body)
    prepared = asked.prepare()
    signing = median(
        _times(lambda: signatures.sign(asked.prepare(), node.log_key, recipient), REQUESTS)
    )
    signatures.sign(prepared, node.log_key, recipient)
    message = SignedRequest("POST", str(prepared.url), dict(prepared.headers))
    verifying = median(_times(lambda: signatures.verify(message, body, recipient), REQUESTS))
    key = Ed25519PrivateKey.generate()
    public, signature = key.public_key(), key.sign(body[:400])
    raw = median(_times(lambda: public.verify(signature, body[:400]), REQUESTS))
    return [
        Row("RFC 9421 signatures verified", f"{1 / verifying:,.0f}/s", f"{1 / raw:,.0f}/s (Ed25519 verifications)", raw / verifying, "printed"),
        Row("  made", f"{1 / signing:,.0f}/s", "", None, "printed"),
    ]  # fmt: skip


def _catching_up(bank: Institution, watching: Node) -> list[Row]:
    """Let a bank take over ``AWAY`` leaves of another one's, from its served node."""
    with bank.node() as node:
        with apart(bank.cli.home, bank.cli.home) as preparer:
            lines = (bulk._line(number) for number in range(AWAY))  # noqa: SLF001 - the same items
            for _ in seal_lines(lines, node.intake, preparer):
                pass
        node.sequencer.run()
        origin = node.log.checkpoint_origin
    with _served(bank, "--no-worker"):
        (peer,) = Neighbours(watching.settings).others()
        client = PeerClient(peer, watching.log_key, production=False)
        served_rate = REQUESTS / sum(_times(client.witnessed, REQUESTS))
        before = _fresh_memory()
        took = seconds(lambda: _observe(watching, peer, origin, client), runs=1)
        memory = api.resident(os.getpid())
        fetching = seconds(lambda: client.leaf_hashes(0, AWAY), runs=1)
    with watching.database.read() as connection:
        mirrored = witnessed.read(connection, origin)
    size = 0 if mirrored is None else mirrored.mirrored
    if size < AWAY:
        raise RuntimeError(size)
    hashing = seconds(lambda: _tree(_random_hashes(size)))
    return [
        Row("signed requests answered, one client", f"{served_rate:,.0f}/s", "", None, "printed"),
        Row(f"catching up {size:,} leaves", f"{took:.1f} s, {size / took:,.0f}/s", f"{size / hashing:,.0f}/s (tree of SHA-256)", hashing / took, "≥ 10,000/s"),
        Row("  of it: fetching the tiles", f"{fetching:.1f} s", "", None, "printed"),
        Row("  resident memory", f"{memory:.0f} MiB", f"{before:.0f} MiB before", None, "< 50 MiB more"),
    ]  # fmt: skip


def _observe(node: Node, peer: Neighbour, origin: str, client: PeerClient) -> None:
    if not make_witness(node).observe(peer.present, origin, client):
        raise RuntimeError("an alarm")


def _fresh_memory() -> float:
    """Let the largest resident memory count from now on, and return it."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    return api.resident(os.getpid())


def _random_hashes(count: int) -> list[bytes]:
    data = random.Random(7).randbytes(32 * count)  # noqa: S311 - leaves, not secrets
    return [data[at : at + 32] for at in range(0, len(data), 32)]


def _tree(row: Sequence[Any]) -> bytes:
    """Hash a tree with nothing around it; an odd vertex moves up."""
    while len(row) > 1:
        pairs = [
            sha256(b"\x01" + a + b).digest() for a, b in zip(row[::2], row[1::2], strict=False)
        ]
        row = pairs + ([row[-1]] if len(row) % 2 else [])
    return bytes(row[0])
