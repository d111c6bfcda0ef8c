"""What each member used of its budgets, and how long it would take to ask about everybody."""

import pytest
from harness.ledger import Ledger

from blacklist.domain.budgets import period_of
from blacklist.domain.chronicle.keys import HeldKey
from blacklist.domain.keygen.ceremony import PublicKeys
from blacklist.domain.protocol.purposes import Purpose
from blacklist.store import evaluations
from blacklist.store.evaluations import BudgetName
from ledger.errors import ConfigurationError
from node.blacklist import use
from node.blacklist.making import limits_of
from node.settings import load_settings, write_settings

CALLER, OTHER = b"\x01" * 32, b"\x02" * 32


class Followed:
    """A blacklist that was followed so far."""

    def __init__(self, *keys: HeldKey) -> None:
        self.keys = {each.identifiers: each for each in keys}

    def refresh(self) -> "Followed":
        return self


def key(identifiers: int, threshold: int, holders: int) -> HeldKey:
    keys = PublicKeys(b"K", dict.fromkeys(range(1, holders + 1), b"k"))
    return HeldKey(identifiers, 1, 1, threshold, 1, keys)


def spend(ledger: Ledger, caller: bytes, purpose: Purpose, count: int, period: str) -> None:
    name = BudgetName(caller, "id", purpose.value, period)
    with ledger.node.database.write() as connection:
        evaluations.lock_used(connection, name)
        evaluations.set_used(connection, name, count)


def test_each_member_s_use_and_what_is_left(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed = Followed(key(1, 3, 5), key(2, 2, 3))
    monkeypatch.setattr(use, "make_follower", lambda _node: followed)
    now = period_of(ledger.node.clock.now())
    spend(ledger, CALLER, Purpose.QUERY, 19_000, now)
    spend(ledger, OTHER, Purpose.LISTING, 6_000, now)
    spend(ledger, OTHER, Purpose.QUERY, 7, "2001-01")
    found = use.read_use(ledger.node)
    shown = [(each.member, each.purpose, each.used, each.left) for each in found.budgets]
    assert shown == [
        (CALLER.hex(), "query", 19_000, 1_000),
        (OTHER.hex(), "listing", 6_000, 0),
    ]
    assert found.period == now
    # c = 1 … t - 1 of each key; more that work together need fewer years.
    assert [(each.identifiers, each.colluding) for each in found.meter] == [
        ("id", 1), ("id", 2), ("phone", 1),
    ]  # fmt: skip
    budget = sum(found.limits.values())
    assert found.meter[0].evaluations == 12 * 1 * 4 * budget // 2
    assert found.meter[1].evaluations == 12 * 2 * 3 * budget // 1
    assert found.meter[0].years == round(1.4e9 / found.meter[0].evaluations, 1)
    assert found.meter[1].years < found.meter[0].years


def test_an_operator_sets_limits_by_purpose(ledger: Ledger) -> None:
    file = ledger.home / "lianzheng.toml"
    file.write_text(file.read_text("utf-8") + "\n[blacklist_limits]\nquery = 12\n", "utf-8")
    limits = limits_of(load_settings(ledger.home))
    assert limits[Purpose.QUERY] == 12
    assert limits[Purpose.PERSON] == 1_000
    write_settings(ledger.home, {"blacklist_since": 1})
    assert load_settings(ledger.home).blacklist_limits == {Purpose.QUERY: 12}
    for wrong in ("querry = 12", "query = -1"):
        file.write_text(file.read_text("utf-8").replace("query = 12", wrong), "utf-8")
        with pytest.raises(ConfigurationError, match="settings-invalid"):
            load_settings(ledger.home)
        file.write_text(file.read_text("utf-8").replace(wrong, "query = 12"), "utf-8")
