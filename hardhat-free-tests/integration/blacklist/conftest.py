"""Members that make keys with each other."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.desk_members import NodeBanks
from harness.entry_members import Banks, facts, specimen
from harness.evm_blacklist import EvmBlacklist
from harness.key_members import NATIONAL_ID, Members


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[int], Members]]:
    made: list[Members] = []

    def build(count: int) -> Members:
        members = Members(tmp_path, EvmBlacklist.deploy(count))
        for number in range(count):
            members.add(number)
        made.append(members)
        return members

    yield build
    for members in made:
        for member in members.members:
            member.database.dispose()


@pytest.fixture
def four(make: Callable[[int], Members]) -> Members:
    """Four members with a key."""
    members = make(4)
    members.members[0].contract.open_ceremony(NATIONAL_ID, resharing=False)
    members.rounds()
    members.assert_whole()
    return members


@pytest.fixture
def banks(tmp_path: Path) -> Iterator[Banks]:
    """Three banks with a key, without a network."""
    made = Banks.found(tmp_path, 3)
    yield made
    made.close()


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[NodeBanks]:
    """Three banks that are whole nodes."""
    made = NodeBanks.found(tmp_path, 3)
    yield made
    made.close()


@pytest.fixture
def entry(desks: NodeBanks) -> bytes:
    """An entry of bank 0 about ``specimen(123)``."""
    listed = desks.banks[0].list(specimen(123), facts(desks.today()))
    desks.settle()
    return listed
