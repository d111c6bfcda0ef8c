"""The court's verifier: as a process, and in process at 4 and 22 sealing validators with all cosignatures."""

import subprocess
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eth_account import Account
from harness.databases import SqliteDatabases
from harness.ledger import Ledger, TestClock, make_template, migrate, open_ledger
from harness.network import Network
from harness.packages import Witness
from harness.trusting import trust_bytes, trust_value
from measure import Row, seconds

from ledger.primitives import ecdsa, ed25519
from ledger.primitives.keccak import keccak256
from ledger.primitives.note import Note
from ledger.primitives.secp256k1 import SECP256K1
from ledger.proof.qbft import quorum
from ledger.proof.report import ExitCode
from ledger.proof.trust import read_trust
from ledger.proof.verify import verify_package
from ledger.store import logs
from ledger.store.tables import cosignature
from node.memory_package import MemoryPackage

VERIFIER = Path(__file__).resolve().parents[2] / "build" / "verify.pyz"
MARKS = {4: 25.0, 22: 100.0}
"""Milliseconds, on the machine on which one keccak-f took ``KECCAK_OF_THE_MARKS``."""
KECCAK_OF_THE_MARKS = 0.00010


def rows(folder: Path) -> list[Row]:
    """Measure both ways."""
    found = []
    for validators, mark in MARKS.items():
        package, trust = _package(folder / str(validators), validators)
        held, source = read_trust(trust), MemoryPackage(package)
        report = verify_package(source, held)
        if report.exit_code is not ExitCode.PROVED:
            message = f"the measured package is {report.exit_code.name}"
            raise RuntimeError(message)
        elapsed = seconds(lambda s=source, h=held: verify_package(s, h), runs=9)
        empty = seconds(
            lambda: subprocess.run([sys.executable, "-I", "-S", "-c", ""], check=True), runs=5
        )
        name = f"verify in process, {validators} validators, {validators - 1} cosignatures"
        signatures, seals = (
            validators + 3,
            2 * quorum(validators),
        )  # anchor block and not-before block
        limit = _raw(signatures, seals)
        counted = f"{limit * 1000:.1f} ms ({signatures} signatures, {seals} seals)"
        pace = seconds(lambda: keccak256(b"x" * 100), runs=50) / KECCAK_OF_THE_MARKS
        scaled = f"< {mark:.0f} ms where a keccak-f takes 0.10 ms; here < {mark * pace:.0f} ms"
        found.append(Row(name, f"{elapsed * 1000:.1f} ms", counted, elapsed / limit, scaled))
    whole = seconds(lambda: _process(folder, package, trust), runs=5)
    limit = f"{empty * 1000:.0f} ms (empty interpreter)"
    found.append(
        Row("verify.pyz as a process", f"{whole * 1000:.0f} ms", limit, whole / empty, "< 500 ms")
    )
    return found


def _raw(signatures: int, seals: int) -> float:
    """Return the time of the curve operations alone."""
    signer = Ed25519PrivateKey.generate()
    public, message = signer.public_key().public_bytes_raw(), b"x" * 200
    signature = signer.sign(message)
    account = Account.create()
    digest = b"d" * 32
    sealed = account.unsafe_sign_hash(digest)

    def operations() -> None:
        for _ in range(signatures):
            ed25519.verify(public, message, signature)
        for _ in range(seals):
            ecdsa.recover(
                curve=SECP256K1, digest=digest, r=sealed.r, s=sealed.s, recovery_id=sealed.v - 27
            )

    return seconds(operations, runs=5)


def _package(home: Path, validators: int) -> tuple[bytes, bytes]:
    """Return package and trust file of an item that every other validator's bank has cosigned."""
    make_template(home)
    migrate(home)
    network = Network("qbft-header", sealers=validators)
    ledger = open_ledger(home, network, TestClock(), SqliteDatabases(home))
    receipt = ledger.seal(b"x" * 10_000)
    ledger.anchor()
    witnesses = [Witness(f"bench.example/bank-{number:02d}") for number in range(1, validators)]
    _cosign(ledger, witnesses)
    package = ledger.export(receipt, with_content=False)
    value = trust_value(ledger.node, network, cosignature_quorum=len(witnesses))
    value["members"] += [witness.trusted() for witness in witnesses]
    ledger.close()
    return package, trust_bytes(value)


def _cosign(ledger: Ledger, witnesses: list[Witness]) -> None:
    with ledger.node.database.write() as connection:
        checkpoint = logs.latest_checkpoint(connection, 0)
        if checkpoint is None:
            message = "nothing was sequenced"
            raise RuntimeError(message)
        text = Note.parse(checkpoint.note.encode()).text
        place = {"generation": 0, "size": checkpoint.size}
        moment = int(ledger.clock.now().timestamp())
        for each in witnesses:
            values = {**place, "witness": each.origin, "line": each.line(text, moment)}
            connection.execute(cosignature.insert().values(values))


def _process(folder: Path, package: bytes, trust: bytes) -> None:
    paths = folder / "package.zip", folder / "trust.json"
    for path, data in zip(paths, (package, trust), strict=True):
        path.write_bytes(data)
    command = [sys.executable, "-I", "-S", VERIFIER, paths[0], "--trust", paths[1], "--json"]
    subprocess.run(command, check=True, capture_output=True)
