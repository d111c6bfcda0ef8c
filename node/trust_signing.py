"""Members sign one trust file: each node compares it with its own chain, and signs with its evidence key.

Asked are the nodes of all active members with a vote; who does not answer, or refuses, is listed with the
reason. What enough members signed is kept in the home, handed to those that signed, and offered to courts.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ledger.chain.registry import name_hash, read_members
from ledger.errors import LedgerError, MalformedError, RefusedError
from ledger.evidence.instants import format_instant, parse_instant
from ledger.primitives.canonical import JsonValue, encode
from ledger.proof.trust import VOTER, Trust, read_trust, without_signatures
from ledger.proof.trust_quorum import check_quorum
from ledger.proof.trust_signatures import MEMBER, TrustSignature, read_signature, signed_message
from node import trust_comparison, trust_file, trust_keeping
from node.audit.entries import AuditEntry
from node.consortium import store
from node.consortium.members import registry_of
from node.peer.client import PeerClient
from node.peer.neighbours import Neighbour, Neighbours
from node.wiring import Node

SIGNATURE_PATH: Final = "/peer/v1/trust-signature"
FILE_PATH: Final = "/peer/v1/trust-file"
CLOCK_SECONDS: Final = 300
"""How far ahead of ours the composer's clock may be."""


@dataclass(frozen=True, slots=True)
class Collected:
    """A trust file with the signatures that came.

    Attributes:
        data: the file.
        missing: code of the reason by name of each member that did not sign.
    """

    data: bytes
    missing: Mapping[str, str]


def compose(node: Node) -> bytes:
    """Return an unsigned trust file as the registry says now; raises as ``trust_file.compose``."""
    return trust_file.compose(node.settings, _names(node))


def draft(node: Node) -> bytes:
    """Return a trust file for members to sign; raises as ``trust_file.compose``."""
    made_at = format_instant(node.clock.now())
    return trust_file.draft(node.settings, _names(node), made_at=made_at)


def offered(node: Node) -> bytes:
    """Return what courts are given: the newest file that enough members signed, else an unsigned one.

    Raises:
        ConfigurationError: see ``trust_file.compose``.
        UnavailableError: see ``trust_file.compose``.
    """
    return trust_keeping.kept(node.settings.home) or compose(node)


def check(node: Node, trust: Trust) -> None:
    """Compare a file with what this node sees on its own chain.

    Raises:
        RefusedError: ``trust-differs`` with the first thing that differs.
        ConfigurationError: the contracts are not there.
        UnavailableError: the chain does not answer.
    """
    own = read_trust(draft(node))
    registered = read_members(node.settings.chain_url, registry_of(node))
    trust_comparison.compare(trust, own, {each.member: each.name_hash for each in registered})
    latest = (own.height or 0) + trust_file.BEHIND_BLOCKS
    if trust.height is None or not trust_file.newest_change(trust) <= trust.height <= latest:
        raise RefusedError("trust-differs", what="height")
    ahead = timedelta(seconds=CLOCK_SECONDS)
    if trust.made_at is None or parse_instant(trust.made_at) > node.clock.now() + ahead:
        raise RefusedError("trust-differs", what="made_at")


def sign(node: Node, trust: Trust, actor: str) -> TrustSignature:
    """Return this member's signature over a file, after comparing it; leave it in the audit trail.

    Raises:
        RefusedError: see ``check``; ``trust-own-key`` when the file lists another evidence key of ours.
        ConfigurationError: see ``check``.
        UnavailableError: the chain or a remote signer does not answer.
    """
    check(node, trust)
    member, key = bytes.fromhex(node.settings.member), node.evidence_key
    listed = trust.members.get(member)
    record = None if listed is None else listed.key("evidence", key.public_key)
    if record is None or not record.trusted_at(trust.height or 0, grace=0):
        raise RefusedError("trust-own-key")
    signed_at = format_instant(node.clock.now())
    message = signed_message(bytes.fromhex(trust.fingerprint), member=member, signed_at=signed_at)
    signature = TrustSignature(member, key.public_key, signed_at, key.sign(message))
    details = {"height": trust.height or 0}
    node.trail.record(AuditEntry(actor, "trust.sign", trust.fingerprint, details))
    return signature


def sign_file(node: Node, data: bytes, actor: str) -> bytes:
    """Return a file with this member's signature in place of an earlier one; keep it once enough signed.

    Raises:
        MalformedError: it is no trust file, or a signature under it does not hold.
        RefusedError: see ``sign``.
        UnavailableError: see ``sign``.
    """
    trust = read_trust(data)
    signature = sign(node, trust, actor)
    others = [each for each in trust.signatures if each.member != signature.member]
    signed = with_signatures(data, [*others, signature])
    trust_keeping.keep(node.settings.home, signed)
    return signed


def merge(data: bytes, other: bytes) -> bytes:
    """Return a file with the signatures of another copy of it added.

    Raises:
        MalformedError: one of them cannot be read.
        RefusedError: they are not copies of one file.
    """
    trust, copy = read_trust(data), read_trust(other)
    if trust.fingerprint != copy.fingerprint:
        raise RefusedError("trust-other-file")
    found = {each.member: each for each in (*copy.signatures, *trust.signatures)}
    return with_signatures(data, list(found.values()))


def with_signatures(data: bytes, signatures: Sequence[TrustSignature]) -> bytes:
    """Return a trust file with these signatures and no others, in order of the members' ids."""
    content: JsonValue = without_signatures(json.loads(data))
    entries: list[JsonValue] = [
        each.to_json() for each in sorted(signatures, key=lambda each: each.member)
    ]
    value = {**content, MEMBER: entries} if isinstance(content, dict) else content
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def collect(node: Node, actor: str) -> Collected:
    """Compose a file, sign it, and ask every other active member with a vote for its signature.

    Raises:
        RefusedError: this member cannot sign it itself.
        ConfigurationError: see ``trust_file.compose``.
        UnavailableError: the chain does not answer.
    """
    data = draft(node)
    trust = read_trust(data)
    signatures, missing = [sign(node, trust, actor)], {}
    signed_by = []
    for peer in Neighbours(node.settings).others():
        if VOTER not in peer.roles:
            continue
        try:
            signatures.append(_ask(node, peer, trust, data))
            signed_by.append(peer)
        except LedgerError as error:
            missing[trust.members[peer.log.member].name] = _reason(error)
    signed = with_signatures(data, signatures)
    if trust_keeping.keep(node.settings.home, signed):
        _hand_out(node, signed_by, signed)
    return Collected(signed, missing)


def receive(node: Node, data: bytes) -> bool:
    """Keep a file that another member collected; tell whether it was newer than ours.

    Raises:
        MalformedError: it is no trust file, or a signature under it does not hold.
        RefusedError: too few signed, or it is not what this node sees on its chain.
        UnavailableError: the chain does not answer.
    """
    trust = read_trust(data)
    check_quorum(trust)
    check(node, trust)
    return trust_keeping.keep(node.settings.home, data)


def _ask(node: Node, peer: Neighbour, trust: Trust, data: bytes) -> TrustSignature:
    client = PeerClient(peer, node.log_key, production=node.settings.production)
    found = read_signature(client.decided(SIGNATURE_PATH, encode(json.loads(data))))
    member = trust.members[peer.log.member]
    if found.member != member.member or member.key("evidence", found.key) is None:
        raise MalformedError("trust-signer-key", name=member.name)
    if not found.holds(bytes.fromhex(trust.fingerprint)):
        raise MalformedError("trust-signature", name=member.name)
    return found


def _hand_out(node: Node, peers: Sequence[Neighbour], data: bytes) -> None:
    """Give the file to those that signed; who is away now gets the next one."""
    for peer in peers:
        client = PeerClient(peer, node.log_key, production=node.settings.production)
        try:
            client.decided(FILE_PATH, encode(json.loads(data)))
        except LedgerError:
            continue


def _reason(error: LedgerError) -> str:
    """Return a short reason that people and programs can read: the code, and what it is about."""
    about = error.params.get("reason") or error.params.get("why") or error.params.get("what")
    return f"{error.code}: {about}" if about else error.code


def _names(node: Node) -> Mapping[bytes, str]:
    with node.database.read() as connection:
        return {**store.names(connection), name_hash(node.settings.name): node.settings.name}
