"""Founding a consortium together: cards, the file that everybody signs, deployment, entry."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.chain.deploy import VOTING_PERIOD_SECONDS, Deployed, deploy, next_nonce
from ledger.chain.registry import ROLES, RegisteredMember, read_members
from ledger.chain.voting import read_proposals, read_rules
from ledger.errors import MalformedError, RefusedError
from ledger.evidence.instants import format_instant
from node.consortium import store
from node.consortium.card import Card
from node.consortium.entering import Entered, check_chain, enter, own_keys, present_chain
from node.consortium.founding_file import FoundingFile, check
from node.wiring import Node


@dataclass(frozen=True, slots=True)
class FoundingRules:
    """How the consortium will decide.

    Attributes:
        threshold: votes that a proposal needs.
        voting_period: seconds for which a proposal stays open.
        validators: 20-byte addresses that seal blocks, where the chain takes them from the registry.
    """

    threshold: int
    voting_period: int = VOTING_PERIOD_SECONDS
    validators: tuple[bytes, ...] = ()


def make_card(node: Node, roles: Sequence[str] = ("member",)) -> Card:
    """Return this member's card, signed.

    Raises:
        MalformedError: an unknown role, or none.
        UnavailableError: a remote signer does not answer.
    """
    if not roles or not set(roles) <= set(ROLES):
        raise MalformedError("statement-form", member="card.roles")
    settings, keys = node.settings, own_keys(node)
    card = Card(
        member=bytes.fromhex(settings.member),
        name=unicodedata.normalize("NFC", settings.name),
        origin=settings.origin,
        endpoint=settings.endpoint,
        roles=tuple(each for each in ROLES if each in roles),
        admin=node.keyring.admin.address,
        keys=keys.public,
    )
    return card.signed(keys.evidence)


def begin_file(node: Node, cards: Sequence[Card], rules: FoundingRules) -> FoundingFile:
    """Return the founding file for these founders, without signatures; this node will deploy.

    Raises:
        MalformedError: the founders are not distinct, or the threshold cannot be reached.
        UnavailableError: the chain does not answer.
    """
    deployer = node.keyring.admin.address
    file = FoundingFile(
        chain=present_chain(node),
        deployer=deployer,
        nonce=next_nonce(node.settings.chain_url, deployer),
        threshold=rules.threshold,
        voting_period=rules.voting_period,
        validators=tuple(sorted(rules.validators)),
        founders=tuple(sorted(cards, key=lambda card: card.member)),
        endorsements={},
    )
    check(file)
    return file


def sign_file(node: Node, file: FoundingFile) -> FoundingFile:
    """Return the file with this founder's signature, after a look at its own chain.

    Raises:
        RefusedError: this member is no founder, or its card has other keys.
        ConfigurationError: the file speaks of another chain than this node's.
        UnavailableError: the chain or a remote signer does not answer.
    """
    check_chain(node, file.chain)
    return file.endorsed(bytes.fromhex(node.settings.member), own_keys(node))


def found(node: Node, file: FoundingFile) -> Deployed:
    """Deploy the contracts as the file says; goes on where an earlier run was cut short.

    Raises:
        RefusedError: somebody has not signed, another node deploys, or its account has moved on.
        UnavailableError: the chain does not answer, or mines nothing in time.
    """
    plan = file.plan()
    check_chain(node, file.chain)
    admin = node.keyring.admin
    if admin.address != file.deployer:
        raise RefusedError("founding-not-deployer", deployer="0x" + file.deployer.hex())
    return deploy(
        node.settings.chain_url,
        chain_id=file.chain.chain_id,
        signer=admin,
        plan=lambda _registry: plan,
        gas_price=node.settings.gas_price,
        nonce=file.nonce,
    )


def enter_as_founder(node: Node, file: FoundingFile) -> Entered:
    """Enter the consortium that the file founded, after comparing the chain with it.

    Raises:
        RefusedError: somebody has not signed, or the chain has another consortium at that place.
        ConfigurationError: the chain or its contracts are not what they should be.
        UnavailableError: the chain does not answer.
    """
    file.plan()
    check_chain(node, file.chain)
    entered = enter(node, file.chain, file.places, before=lambda: compare(node, file))
    at = format_instant(node.clock.now())
    with node.database.write() as connection:
        for card in file.founders:
            store.learn_name(connection, card.name_hash, card.name, at=at)
    return entered


def compare(node: Node, file: FoundingFile) -> None:
    """Compare the registry with the file that everybody signed.

    What was voted since may differ: the rules are compared while nothing was proposed yet, founders by what
    no vote changes, their ids, names, origins and first keys.

    Raises:
        RefusedError: it is not the consortium of the file.
        UnavailableError: the chain does not answer.
    """
    url, registry = node.settings.chain_url, file.places.registry
    registered = {each.member: each for each in read_members(url, registry)}
    for card in file.founders:
        if not _is(card, registered.get(card.member)):
            raise RefusedError("founding-differs", what=card.name)
    rules = read_rules(url, registry)
    if read_proposals(url, registry, limit=1):
        return
    if len(registered) != len(file.founders):
        raise RefusedError("founding-differs", what="members")
    if (rules.threshold, rules.voting_period) != (file.threshold, file.voting_period):
        raise RefusedError("founding-differs", what="rules")


def _is(card: Card, found: RegisteredMember | None) -> bool:
    if found is None:
        return False
    first = {each.purpose: each.key for each in reversed(found.keys)}
    return (found.name_hash, found.origin, first) == (card.name_hash, card.origin, dict(card.keys))
