"""What members had this node evaluate: each one's use of its budgets, and how long asking about all takes.

A limit counts for one caller, identifier type and purpose in a month. The meter assumes that every server has
this node's limits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from blacklist.domain.budgets import (
    evaluations_a_year,
    period_of,
    years_to_enumerate,
)
from blacklist.domain.chronicle.keys import HeldKey, KeyState
from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.evaluating import TYPES
from blacklist.store import evaluations
from ledger.errors import ConfigurationError, UnavailableError
from node.blacklist.making import limits_of, make_follower
from node.consortium import members
from node.wiring import Node


@dataclass(frozen=True, slots=True)
class BudgetView:
    """One budget of one caller in this month.

    Attributes:
        member: 32-byte id in hex.
        name: of the caller.
        identifiers: wire name of the type.
        purpose: as it travels.
        used: evaluations.
        limit: how many there may be.
        left: how many are.
    """

    member: str
    name: str
    identifiers: str
    purpose: str
    used: int
    limit: int
    left: int


@dataclass(frozen=True, slots=True)
class MeterView:
    """How long members that work together would need to ask about everybody.

    Attributes:
        identifiers: wire name of the type.
        colluding: how many members.
        evaluations: how many they get in a year at most.
        years: how many it takes.
    """

    identifiers: str
    colluding: int
    evaluations: int
    years: float


@dataclass(frozen=True, slots=True)
class UseView:
    """Everything about use.

    Attributes:
        period: the month, as ``2026-11``.
        budgets: that were used, most first.
        limits: by purpose.
        restored: in this month, so that all budgets count as spent until it ends.
        meter: for each key in force, and each number of members below its threshold.
    """

    period: str
    budgets: tuple[BudgetView, ...]
    limits: Mapping[str, int]
    restored: bool
    meter: tuple[MeterView, ...]

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


def read_use(
    node: Node, state: KeyState | None = None, names: Mapping[bytes, str] | None = None
) -> UseView:
    """Return who used how much in this month; with state and names given no chain is asked.

    Raises:
        ConfigurationError: this node takes no part in a blacklist yet.
        UnavailableError: the chain does not answer.
    """
    limits, period = limits_of(node.settings), period_of(node.clock.now())
    names = _names(node) if names is None else names
    state = make_follower(node).refresh() if state is None else state
    with node.database.read() as connection:
        used = evaluations.usage(connection, period)
        restored = evaluations.is_all_spent(connection, period)
    return UseView(
        period=period,
        budgets=tuple(
            BudgetView(
                name.caller.hex(), names.get(name.caller, name.caller.hex()[:12]),
                name.identifiers, name.purpose, count,
                limit := limits[Purpose(name.purpose)], 0 if restored else max(0, limit - count),
            )
            for name, count in used
        ),
        limits={purpose.value: limit for purpose, limit in limits.items()},
        restored=restored,
        meter=tuple(
            each
            for _, held in sorted(state.keys.items())
            for each in _meter(held, sum(limits.values()))
        ),
    )  # fmt: skip


def _meter(held: HeldKey, budget: int) -> Iterator[MeterView]:
    identifiers, holders = TYPES[held.identifiers], len(held.keys.share_keys)
    for colluding in range(1, held.threshold):
        found = evaluations_a_year(colluding, holders, held.threshold, budget)
        years = round(years_to_enumerate(identifiers, found), 1)
        yield MeterView(identifiers.value, colluding, found, years)


def _names(node: Node) -> Mapping[bytes, str]:
    try:
        return {each.member: each.name for each in members.all_members(node)}
    except (UnavailableError, ConfigurationError):
        return {}
