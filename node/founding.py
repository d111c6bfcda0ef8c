"""Founding a node: its keys, its databases, its settings, and its contracts on a chain without them."""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from ledger.chain.deploy import Founder, FoundingKey, Plan, deploy
from ledger.chain.registry import name_hash
from ledger.errors import RefusedError
from ledger.evidence.instants import format_instant
from ledger.evidence.log import LogIdentity, check_origin
from ledger.evidence.possession import possession_message
from ledger.keys.accounts import create_transaction_key
from ledger.keys.files import create_secret, create_statement_key
from ledger.store import logs
from node.key_places import (
    ADMIN_KEY,
    ANCHOR_KEY,
    EVIDENCE_KEY,
    KEYS,
    LOG_KEY,
    LOOKUP_KEY,
    PURPOSE_KEY,
    prepare_key_store,
)
from node.master_key import create_master_key
from node.recovery_sheet import groups
from node.settings import write_settings
from node.wiring import Node


@dataclass(frozen=True, slots=True)
class CreatedNode:
    """A new node.

    Attributes:
        home: its folder.
        name: of the institution.
        member: 32-byte id.
        origin: of its log.
        evidence_key: 32 bytes.
        log_key: 32 bytes.
        account: 20 bytes, anchors.
        admin: 20 bytes, speaks for the member in the registry.
        master_key: 32 bytes; shown once, on the recovery sheet.
    """

    home: Path
    name: str
    member: bytes
    origin: str
    evidence_key: bytes
    log_key: bytes
    account: bytes
    admin: bytes
    master_key: bytes

    def to_json(self) -> dict[str, str]:
        """Return everything but the master key, which belongs on paper."""
        return {
            "home": str(self.home),
            "name": self.name,
            "member": self.member.hex(),
            "origin": self.origin,
            "evidence_key": self.evidence_key.hex(),
            "log_key": self.log_key.hex(),
            "account": "0x" + self.account.hex(),
            "admin": "0x" + self.admin.hex(),
        }

    def for_people(self) -> dict[str, str]:
        """Return the same under the catalogue's names."""
        return {name.replace("_", "-"): value for name, value in self.to_json().items()}

    def recovery_sheet(self) -> str:
        """Return the master key in groups that people can copy."""
        return groups(self.master_key)


def create_node(home: Path, *, name: str, origin: str) -> CreatedNode:
    """Create keys and settings in ``home``.

    Raises:
        RefusedError: there is a node already.
        MalformedError: the origin is not allowed.
    """
    check_origin(origin)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Keys are made beside their place, so that an interrupted start can simply be repeated.
    part, keys = home / "keys.part", home / KEYS
    if keys.exists():
        raise RefusedError("key-exists", file=keys.name)
    shutil.rmtree(part, ignore_errors=True)
    created = _create_keys(home, part, name=name, origin=origin)
    write_settings(home, {"member": created.member.hex(), "name": name, "origin": origin})
    prepare_key_store(home)
    part.rename(keys)
    return created


def _create_keys(home: Path, keys: Path, *, name: str, origin: str) -> CreatedNode:
    master_key = create_master_key(keys)
    created = CreatedNode(
        home=home,
        name=name,
        member=hashlib.sha256(f"lianzheng-member|{origin}".encode()).digest(),
        origin=origin,
        evidence_key=create_statement_key(keys / EVIDENCE_KEY, master_key).public_key,
        log_key=create_statement_key(keys / LOG_KEY, master_key).public_key,
        account=create_transaction_key(keys / ANCHOR_KEY, master_key).address,
        admin=create_transaction_key(keys / ADMIN_KEY, master_key).address,
        master_key=master_key,
    )
    create_secret(keys / LOOKUP_KEY, master_key)
    create_secret(keys / PURPOSE_KEY, master_key)
    return created


def deploy_contracts(node: Node) -> dict[str, str | int | bool]:
    """Deploy the contracts with this node as founder, begin its log, and return the new settings.

    Raises:
        RefusedError: they are deployed already, or the deployment failed.
        UnavailableError: the chain does not answer.
    """
    settings = node.settings
    if settings.registry is not None:
        raise RefusedError("already-deployed")
    deployed = deploy(
        settings.chain_url,
        chain_id=settings.chain_id,
        signer=node.keyring.anchor,
        plan=lambda registry: Plan(founders=(_founder(node, registry),), threshold=1),
        gas_price=settings.gas_price,
    )
    identity = LogIdentity(bytes.fromhex(settings.member), settings.origin, generation=0)
    with node.database.write() as connection:
        if logs.current(connection) is None:
            started_at = format_instant(node.clock.now())
            logs.begin_generation(connection, identity, started_at=started_at)
    addresses: dict[str, str | int | bool] = {
        "registry": deployed.registry.hex(),
        "anchor": deployed.anchor.hex(),
    }
    write_settings(settings.home, addresses)
    return addresses


def _founder(node: Node, registry: bytes) -> Founder:
    settings, member = node.settings, bytes.fromhex(node.settings.member)

    def message(purpose: str) -> bytes:
        return possession_message(
            chain_id=settings.chain_id, registry=registry, member=member, purpose=purpose
        )

    evidence, log, account = node.evidence_key, node.log_key, node.keyring.anchor
    return Founder(
        member=member,
        name_hash=name_hash(settings.name),
        admin=node.keyring.admin.address,
        origin=settings.origin,
        endpoint=settings.endpoint,
        keys=(
            FoundingKey("evidence", evidence.public_key, evidence.sign(message("evidence"))),
            FoundingKey("log", log.public_key, log.sign(message("log"))),
            FoundingKey("anchor", account.address, account.sign_message(message("anchor"))),
        ),
    )
