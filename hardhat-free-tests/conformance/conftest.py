"""Real chain clients: the embedded chain, and geth with Clique where it is installed."""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.geth import Geth, find_geth
from harness.member import Member

from ledger.devchain.supervisor import DevelopmentChainWarning, Supervisor


@pytest.fixture(scope="session")
def geth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Geth]:
    """One geth for all tests of a run; each test brings its own member."""
    program = find_geth()
    if program is None:
        pytest.skip("geth 1.13 is not installed: harness/geth.py says how, GETH names one")
    node = Geth(program, tmp_path_factory.mktemp("geth") / "data")
    yield node
    node.close()


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervisor]:
    """The embedded chain, with short pauses between blocks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DevelopmentChainWarning)
        chain = Supervisor(
            tmp_path_factory.mktemp("embedded"), port=0, block_time=0.05, heartbeat=0.2
        )
        with chain:
            yield chain


@pytest.fixture
def make_member(tmp_path: Path) -> Callable[..., Member]:
    """Makes members in homes of their own."""

    def make(**settings: object) -> Member:
        return Member.create(tmp_path / "home", **settings)

    return make
