"""Packages to verify: of a ledger on a sealed chain with witnesses and a timestamp, and what attackers make.

An attacker here is the exporter itself: it holds its own keys, so that it can sign any list of files. What it
cannot do is change what the log, the chain, the witnesses and the authority have fixed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from harness.ledger import Ledger
from harness.trusting import TIMED, key_record, trust_bytes, trust_value
from tampering import repack, unpack
from unit.proof_chain.authority import Token, root

from ledger.keys.files import FileStatementSigner
from ledger.primitives.note import (
    COSIGNATURE_V1,
    VerifierKey,
    cosignature_message,
    join_cosignature,
)
from ledger.primitives.tlog_proof import TlogProof
from ledger.proof import layout
from ledger.proof.package_list import ListedFile, PackageList, read_package_list
from ledger.proof.report import Report
from ledger.proof.trust import read_trust
from ledger.proof.verify import verify_package
from node.memory_package import MemoryPackage


@dataclass(frozen=True)
class Witness:
    """Another member that cosigns checkpoints."""

    origin: str

    @cached_property
    def signer(self) -> FileStatementSigner:
        seed = sha256(self.origin.encode()).digest()
        return FileStatementSigner(Ed25519PrivateKey.from_private_bytes(seed))

    def line(self, text: str, moment: int) -> str:
        """Return a cosignature line over a checkpoint's text."""
        key = VerifierKey(self.origin, COSIGNATURE_V1, self.signer.public_key)
        signature = self.signer.sign(cosignature_message(text, moment))
        return key.signature_line(join_cosignature(moment, signature)).line()

    def trusted(self) -> dict[str, Any]:
        """Return the member as a trust file has it."""
        return {
            "id": sha256(b"member" + self.origin.encode()).hexdigest(),
            "name": self.origin,
            "origin": self.origin,
            "keys": [key_record("log", self.signer.public_key)],
        }


WITNESSES = (Witness("lianzheng.example/bank-b"), Witness("lianzheng.example/bank-c"))


@dataclass
class Case:
    """A package with its trust file, both open to changes.

    Attributes:
        folder: of the bag.
        files: payload and tag files by path.
        trust: JSON of the trust file.
        ledger: whose keys sign lists.
    """

    folder: str
    files: dict[str, bytes]
    trust: dict[str, Any]
    ledger: Ledger
    relist: bool = field(default=False)

    def copy(self) -> "Case":
        """Return a copy to change."""
        import copy  # noqa: PLC0415 - one use

        return Case(self.folder, dict(self.files), copy.deepcopy(self.trust), self.ledger)

    def put(self, path: str, data: bytes | None) -> "Case":
        """Replace or remove a file, and sign a new list over the whole."""
        if data is None:
            self.files.pop(path, None)
        else:
            self.files[path] = data
        self.relist = True
        return self

    def member(self, **changes: Any) -> "Case":
        """Change the member's record in the trust file."""
        self.trust["members"][0].update(changes)
        return self

    def key(self, purpose: str, **changes: Any) -> "Case":
        """Change the member's key record of a purpose."""
        for record in self.trust["members"][0]["keys"]:
            if record["purpose"] == purpose:
                record.update(changes)
        return self

    def package(self) -> bytes:
        """Return the archive, with a list that names what is in it if something was put."""
        if self.relist:
            self.files[layout.PACKAGE] = self._list()
        return repack(self.folder, self.files)

    def verify(self) -> Report:
        """Return the verifier's report."""
        return verify_package(MemoryPackage(self.package()), read_trust(trust_bytes(self.trust)))

    def finding(self, check: str) -> tuple[str, str]:
        """Return verdict and code of one check."""
        found = self.verify().of(check)
        return found.verdict.value, found.code

    def _list(self) -> bytes:
        old = read_package_list(self.files[layout.PACKAGE]).package
        listed = [
            ListedFile(path, "x", sha256(data).digest(), len(data))
            for path, data in sorted(self.files.items(), key=lambda each: each[0].encode())
            if path.startswith("data/") and path != layout.PACKAGE
        ]
        package = PackageList(
            old.leaf_hash, old.created_at, tuple(listed), old.withheld_fields, old.content_withheld
        )
        signer = self.ledger.node.evidence_key
        return package.envelope(
            signature=signer.sign(package.signed_bytes()), key=signer.public_key
        )


def open_case(ledger: Ledger, package: bytes, **policy: Any) -> Case:
    """Open a package for changes, under a trust file of the ledger's chain."""
    folder, files = unpack(package)
    return Case(folder, files, trust_value(ledger.node, ledger.network, **policy), ledger)


def complete(case: Case, moment: int) -> Case:
    """Add two cosignatures and a timestamp, and require everything that can be proved."""
    text = TlogProof.parse(case.files[layout.LEAF_PROOF]).checkpoint.text
    lines = "".join(witness.line(text, moment) for witness in WITNESSES)
    case.put(layout.COSIGNATURES, lines.encode())
    stamped = datetime.fromtimestamp(moment, tz=UTC).strftime("%Y%m%d%H%M%SZ")
    token = Token(imprint=sha256(text.encode()).digest(), gen_time=stamped)
    case.put(layout.TIMESTAMP, token.response())
    case.trust["members"] += [witness.trusted() for witness in WITNESSES]
    case.trust["timestamp_roots"] = [root().der.hex()]
    case.trust["policy"].update(required=list(TIMED), cosignature_quorum=2, name="court")
    case.package()
    case.relist = False
    return case


def each_file(case: Case, change: Callable[[bytes], bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield each path with the package in which that file is changed and checksums are right."""
    package = case.package()
    folder, files = unpack(package)
    for path, data in files.items():
        yield path, repack(folder, {**files, path: change(data)}, repair=path.startswith("data/"))


def codes(report: Report, verdict: str) -> Sequence[str]:
    """Return the checks that ended so."""
    return [each.check for each in report.findings if each.verdict.value == verdict]
