"""Trying a key: what is nobody's identifier is evaluated by as many holders as it takes, both ways.

It is asked and logged like anything else, under a purpose of its own; no tag comes of it.
"""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Final

from blacklist.curve.secret import Secret
from blacklist.domain.identifiers.identifier import PROBE_BYTES, IdentifierType, nobody
from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.evaluating import NUMBERS
from blacklist.services.inquiring import SINGLE_LIMIT, InquirySubject
from ledger.errors import IntegrityError, RefusedError
from node.blacklist.inquiring import make_inquirer
from node.blacklist.making import make_follower
from node.wiring import Node

BATCH: Final = SINGLE_LIMIT + 1
"""The smallest request that is asked as a checked batch."""
AUTHORISATION: Final = "probe"
"""No person is asked about, so nobody authorised it."""


@dataclass(frozen=True, slots=True)
class Probed:
    """What came of it.

    Attributes:
        identifiers: wire name of the type.
        servers: indices of the holders that can be asked, this member's own among them.
        single_ms: milliseconds of a single query.
        batch_ms: of a checked batch of ``BATCH``.
    """

    identifiers: str
    servers: tuple[int, ...]
    single_ms: int
    batch_ms: int

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


def probe(node: Node, identifiers: IdentifierType, actor: str) -> Probed:
    """Let holders evaluate what is nobody's identifier, and compare both ways.

    Raises:
        ConfigurationError: this node takes no part in a blacklist yet.
        RefusedError: there is no key of this type.
        IntegrityError: the two ways give different results.
        UnavailableError: the chain, or too many holders, do not answer rightly.
    """
    follower = make_follower(node)
    state = follower.refresh()
    held = state.keys.get(NUMBERS[identifiers])
    if held is None:
        raise RefusedError("blacklist-no-key")
    inquirer = make_inquirer(node, follower)
    subject = InquirySubject(nobody(identifiers, os.urandom(PROBE_BYTES)), AUTHORISATION)
    started = perf_counter()
    single = inquirer.ask([subject], Purpose.PROBE, actor)
    between = perf_counter()
    batch = inquirer.ask([subject] * BATCH, Purpose.PROBE, actor)
    ended = perf_counter()
    _compare(single[0], batch)
    return Probed(
        identifiers.value,
        tuple(sorted(each.index for each in inquirer.servers(state, held))),
        _milliseconds(started, between),
        _milliseconds(between, ended),
    )


def _compare(single: Secret, batch: Sequence[Secret]) -> None:
    same = all(single.equals(each) for each in batch)
    for each in (single, *batch):
        each.wipe()
    if not same:
        raise IntegrityError("blacklist-probe-differs")


def _milliseconds(start: float, end: float) -> int:
    return round(1000 * (end - start))
