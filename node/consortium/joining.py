"""Joining a consortium that is there already: look at it, apply at a member's node, enter once admitted.

The first look is kept in the home (``joining.json``): when the contact later describes another consortium,
the node refuses, instead of entering what nobody has looked at.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ledger.errors import ConfigurationError, MalformedError, RefusedError
from ledger.primitives.canonical import JsonValue
from node.consortium.application import Application
from node.consortium.applications import make_application
from node.consortium.card import read_document
from node.consortium.description import Description, read_description
from node.consortium.entering import Entered, check_chain, check_contracts, enter, own_record
from node.consortium.fetching import fetch
from node.peer.client import MAX_ANSWER_BYTES
from node.wiring import Node

FILE_NAME: Final = "joining.json"
DESCRIPTION_PATH: Final = "/v1/consortium"
APPLICATIONS_PATH: Final = "/v1/consortium/applications"


def look(node: Node, contact: str) -> Description:
    """Return the consortium as the contact describes it, after checking the description on this node's chain.

    Raises:
        ConfigurationError: the contact may not be asked, or this chain is another one or lacks our contracts.
        RefusedError: the contact describes another consortium than at the first look.
        UnavailableError: contact or chain do not answer.
    """
    found = _read(fetch(contact, DESCRIPTION_PATH, production=node.settings.production))
    earlier = pinned(node)
    if earlier is not None and (earlier.chain, earlier.places) != (found.chain, found.places):
        raise RefusedError("consortium-changed", file=FILE_NAME)
    check_chain(node, found.chain)
    check_contracts(node.settings.chain_url, found.places)
    if earlier is None:
        _pin(node.settings.home / FILE_NAME, found)
    return found


def pinned(node: Node) -> Description | None:
    """Return what was described at the first look; ``None`` before it.

    Raises:
        ConfigurationError: the file was changed by hand and cannot be read.
    """
    try:
        data = (node.settings.home / FILE_NAME).read_bytes()
    except FileNotFoundError:
        return None
    try:
        return read_description(read_document(data, MAX_ANSWER_BYTES))
    except MalformedError as error:
        raise ConfigurationError("joining-file", file=FILE_NAME) from error


def apply(
    node: Node, contact: str, found: Description, roles: Sequence[str] = ("member",)
) -> Application:
    """Send this institution's application to the contact, and return it.

    Raises:
        RefusedError: the contact refuses.
        UnavailableError: it does not answer.
    """
    application = make_application(
        node, chain_id=found.chain.chain_id, registry=found.places.registry, roles=roles
    )
    fetch(
        contact,
        APPLICATIONS_PATH,
        production=node.settings.production,
        body=application.to_bytes(),
    )
    return application


def is_admitted(node: Node, found: Description) -> bool:
    """Tell whether the registry holds this member.

    Raises:
        UnavailableError: the chain does not answer.
    """
    return own_record(node, found.places) is not None


def enter_as_newcomer(node: Node, found: Description) -> Entered:
    """Configure this node from the chain, once it was admitted; raises as ``entering.enter``."""
    entered = enter(node, found.chain, found.places)
    (node.settings.home / FILE_NAME).unlink(missing_ok=True)
    return entered


def _read(value: JsonValue) -> Description:
    try:
        return read_description(value)
    except MalformedError as error:
        raise RefusedError("contact-not-a-member") from error


def _pin(path: Path, found: Description) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(found.to_json(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    part.replace(path)
