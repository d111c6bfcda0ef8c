"""Ledgers whose checkpoints a local authority stamps, and what their packages say."""

from datetime import UTC, datetime, timedelta

from harness.ledger import Ledger
from harness.timestamp_authority import LocalAuthority
from harness.trusting import DEVELOPMENT, trust_bytes, trust_value

from ledger.proof.report import Report
from ledger.proof.trust import read_trust
from ledger.proof.verify import verify_package
from ledger.services.timestamping import Timestamper
from ledger.tsa.authority import BOUNDS, HttpAuthority
from node.memory_package import MemoryPackage

RENEW_BEFORE = timedelta(days=180)


def asked(served: LocalAuthority, name: str = "local") -> HttpAuthority:
    return HttpAuthority(name, served.url, lambda: (served.root_der,), bounds=BOUNDS)


def stamper(ledger: Ledger, *found: HttpAuthority) -> Timestamper:
    return Timestamper(ledger.node.database.write, found, ledger.clock, RENEW_BEFORE)


def anchored(ledger: Ledger, count: int = 1) -> list[bytes]:
    ledger.clock.moment = datetime.now(UTC)
    found = []
    for number in range(count):
        found.append(ledger.seal(f"recording {number}".encode() * 1000).leaf_hash)
        ledger.anchor()
    return found


def configure(ledger: Ledger, *served: LocalAuthority) -> Ledger:
    """Write the settings and start the node again."""
    lines = []
    for number, each in enumerate(served):
        (ledger.home / f"roots-{number}.pem").write_bytes(each.root_pem)
        lines.append(
            f'[[timestamp_authorities]]\nname = "机构{number}"\nurl = "{each.url}"\n'
            f'roots = "roots-{number}.pem"\n'
        )
    with (ledger.home / "lianzheng.toml").open("a", encoding="utf-8") as file:
        file.writelines(lines)
    return ledger.restarted()


def verified(ledger: Ledger, package: bytes, *roots: bytes) -> Report:
    policy = {"name": "timed", "required": [*DEVELOPMENT, "V13"]}
    value = trust_value(ledger.node, ledger.network, **policy)
    value["timestamp_roots"] = [each.hex() for each in roots]
    return verify_package(MemoryPackage(package), read_trust(trust_bytes(value)))


def package_of(ledger: Ledger, leaf: bytes) -> bytes:
    (receipt,) = [each for each in ledger.receipts if each.leaf_hash == leaf]
    return ledger.export(receipt)


def renewable(served: LocalAuthority, days: int = 200) -> None:
    now = datetime.now(UTC)
    served.renew_certificate(now - timedelta(days=1), now + timedelta(days=days))
