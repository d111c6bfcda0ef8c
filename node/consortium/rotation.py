"""Changing one of the member's keys by vote, without a gap.

1. A new key is made beside the present one (``keys/evidence.next.pem``) and proposed with its proof of
   possession.
2. Members vote. The registry opens the new record and closes the old one in the same block; what was signed
   before stays verifiable.
3. The worker's next round finds the new key on chain, in a final block, and the node goes over to it: first
   the database, in one transaction, then the file, at once. Whatever stops it, the next round does it again.

Statements and checkpoints under the old key that were not anchored yet are covered by the grace that trust
files give a closed key. A transaction of the old anchor account that was not mined is worth nothing any more:
its anchor is planned again under the new account, whose nonces fencing counts from then on.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from sqlalchemy import Connection

from ledger.chain.changes import Change
from ledger.chain.deploy import next_nonce
from ledger.chain.voting import Proposal
from ledger.errors import RefusedError
from ledger.evidence.anchoring import AnchorState, Phase
from ledger.evidence.instants import format_instant
from ledger.evidence.possession import PURPOSES
from ledger.keys.accounts import create_transaction_key, load_transaction_key
from ledger.keys.files import (
    create_statement_key,
    load_statement_key,
    rename_private,
    write_private,
)
from ledger.keys.key_files import open_under
from ledger.services.fencing import LEASE, TAKEOVER
from ledger.services.sequencing import current_log
from ledger.store import anchors, former_keys, leases
from ledger.store.leases import LeaseRow
from node.audit.entries import AuditEntry
from node.consortium.application import OwnKeys
from node.consortium.deciding import Voice, proposals
from node.consortium.members import ConsortiumMember, all_members, registry_of
from node.key_places import ADMIN_KEY, KEYS, SIGNING_KEYS, following
from node.keyring import Keyring
from node.wiring import Node

KeyState: TypeAlias = Literal["proposed", "waiting", "admitted", "switched"]
SPARE_ADMIN_KEY: Final = "admin.spare.json"
_ANCHOR: Final = "anchor"


@dataclass(frozen=True, slots=True)
class KeyChange:
    """Where the change of a key stands.

    Attributes:
        purpose: of the key.
        key: the new public key, or address.
        state: ``proposed`` by this call, ``waiting`` for votes, ``admitted`` on chain, or ``switched``.
        proposal: its number; ``None`` once it was carried out.
    """

    purpose: str
    key: bytes
    state: KeyState
    proposal: int | None

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return {
            "purpose": self.purpose,
            "key": self.key.hex(),
            "state": self.state,
            "proposal": self.proposal,
        }


def rotate(node: Node, purpose: str, *, actor: str) -> KeyChange:
    """Begin the change of a key, or tell where it stands; safe to repeat.

    Raises:
        RefusedError: the key lies with a remote signer, this member is not in the registry, or the registry
            refuses the proposal.
        UnavailableError: the chain does not answer.
    """
    if _is_remote(node, purpose):
        raise RefusedError("key-remote", purpose=purpose)
    own = _own(node)
    path = _next_path(node, purpose)
    if not path.exists():
        create = create_transaction_key if purpose == _ANCHOR else create_statement_key
        create(path, node.master_keys.newest)
    key = _public(node, purpose)
    if own.open_key(purpose) == key:
        return KeyChange(purpose, key, "admitted", None)
    open_now = _open_proposal(node, key)
    if open_now is not None:
        return KeyChange(purpose, key, "waiting", open_now.number)
    decided = Voice(node, actor).propose(_change(node, purpose, key))
    done = decided.proposal in decided.executed
    return KeyChange(
        purpose, key, "admitted" if done else "proposed", None if done else decided.proposal
    )


def switch(node: Node) -> tuple[str, ...]:
    """Go over to every new key that the registry holds in a final block; return their purposes.

    Only whoever leads may do it: nothing else may sign checkpoints or transactions meanwhile.

    Raises:
        UnavailableError: chain, database or disk do not answer; the next call goes on.
    """
    due = [purpose for purpose in PURPOSES if _next_path(node, purpose).exists()]
    if not due or node.settings.registry is None:
        return ()
    own, final = _own(node), node.chain.final()
    done = []
    for purpose in due:
        key = _public(node, purpose)
        since = next(
            (each.since for each in own.keys if each.key == key and each.until is None), None
        )
        if since is not None and final is not None and since <= final.number:
            _go_over(node, purpose, key, own)
            done.append(purpose)
    return tuple(done)


def _go_over(node: Node, purpose: str, key: bytes, own: ConsortiumMember) -> None:
    keys = node.settings.home / KEYS
    former = _present(node, purpose)
    nonce = next_nonce(node.settings.chain_url, key) if purpose == _ANCHOR else 0
    if purpose == _ANCHOR:
        _keep_as_admin(node, own)
    at = format_instant(node.clock.now())
    with node.database.write() as connection:
        former_keys.add(connection, former, purpose=purpose, ended_at=at)
        if purpose == _ANCHOR and former != key:
            anchors.retire_account(connection, former)
            held = leases.read(connection, LEASE)
            if held is not None:
                leases.write(connection, LEASE, LeaseRow(held.holder, nonce, held.checked_at))
            leases.remove(connection, TAKEOVER)
            _plan_again(connection)
    rename_private(_next_path(node, purpose), keys / SIGNING_KEYS[purpose])
    details: dict[str, str | int | bool] = {"former": former.hex(), "key": key.hex()}
    node.trail.record(AuditEntry("node", "consortium.key-switched", purpose, details))


def _plan_again(connection: Connection) -> None:
    """Plan anew what the former account did not get final.

    What it got mined is found again by its stored transaction; everything else the contract refuses by now.
    """
    rows = anchors.all_of(connection, current_log(connection).identity.generation)
    final = max((row.size for row in rows if row.state.phase is Phase.FINAL), default=0)
    for row in rows:
        if row.size > final and row.state.phase is not Phase.LOST:
            anchors.set_state(connection, row.anchor_id, AnchorState())


def _keep_as_admin(node: Node, own: ConsortiumMember) -> None:
    """Keep the account as admin where the registry knows the anchor account as the member's admin.

    An admin key that the registry does not know is laid aside as ``admin.spare.json``.
    """
    keys, keyring = node.settings.home / KEYS, node.keyring
    if own.admin != keyring.anchor.address or own.admin == _stored_admin(keys, keyring):
        return
    if (keys / ADMIN_KEY).exists():
        rename_private(keys / ADMIN_KEY, keys / SPARE_ADMIN_KEY)
    write_private(keys / ADMIN_KEY, (keys / SIGNING_KEYS[_ANCHOR]).read_bytes())
    keyring.__dict__.pop("admin", None)


def _stored_admin(keys: Path, keyring: Keyring) -> bytes | None:
    return keyring.admin.address if (keys / ADMIN_KEY).exists() else None


def _change(node: Node, purpose: str, key: bytes) -> Change:
    keys = _next_keys(node, purpose)
    proof = keys.prove(
        purpose,
        chain_id=node.settings.chain_id,
        registry=registry_of(node),
        member=bytes.fromhex(node.settings.member),
    )
    return Change(
        "add-key",
        {
            "member": node.settings.member,
            "key": {
                "purpose": purpose,
                "public_key": key.rjust(32, b"\0").hex(),
                "proof_of_possession": proof.hex(),
            },
        },
    )


def _next_keys(node: Node, purpose: str) -> OwnKeys:
    """Return the member's keys with the new one in its place."""
    path, keyring = _next_path(node, purpose), node.keyring
    if purpose == _ANCHOR:
        account = open_under(load_transaction_key, path, node.master_keys)
        return OwnKeys(keyring.evidence, keyring.log, account)
    signer = open_under(load_statement_key, path, node.master_keys)
    if purpose == "log":
        return OwnKeys(keyring.evidence, signer, keyring.anchor)
    return OwnKeys(signer, keyring.log, keyring.anchor)


def _public(node: Node, purpose: str) -> bytes:
    return _next_keys(node, purpose).public[purpose]


def _present(node: Node, purpose: str) -> bytes:
    keyring = node.keyring
    return OwnKeys(keyring.evidence, keyring.log, keyring.anchor).public[purpose]


def _open_proposal(node: Node, key: bytes) -> Proposal | None:
    """Return the open proposal that would register this key."""
    wanted = key.rjust(32, b"\0").hex()
    for each in proposals(node):
        if each.state != "open" or each.change is None or each.change.kind != "add-key":
            continue
        proposed = each.change.values.get("key")
        if isinstance(proposed, dict) and proposed.get("public_key") == wanted:
            return each
    return None


def _own(node: Node) -> ConsortiumMember:
    own = bytes.fromhex(node.settings.member)
    for each in all_members(node):
        if each.member == own:
            return each
    raise RefusedError("member-not-found", member=node.settings.member)


def _next_path(node: Node, purpose: str) -> Path:
    return node.settings.home / KEYS / following(SIGNING_KEYS[purpose])


def _is_remote(node: Node, purpose: str) -> bool:
    settings = node.settings
    return bool(
        {
            "evidence": settings.evidence_signer_url,
            "log": settings.log_signer_url,
            _ANCHOR: settings.anchor_signer_url,
        }[purpose]
    )
