"""One embedded chain for all tests of the consortium; each founds one of its own on it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.commands import ROOT, development_chain
from harness.founders import Institution, make_institution

ANVIL = next((ROOT / "node_modules" / "@foundry-rs").glob("*/bin/anvil"), None)


@pytest.fixture(scope="session")
def chain_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if ANVIL is None:
        pytest.skip("anvil is not installed: run npm ci")
    with development_chain(tmp_path_factory.mktemp("chain")) as url:
        yield url


Make = Callable[[int], Institution]


@pytest.fixture
def institution(chain_url: str, tmp_path: Path) -> Make:
    """Makes institutions by number."""
    origin = f"lianzheng.example/{tmp_path.name.lower()}"[:60]
    return lambda number: make_institution(tmp_path, chain_url, number, origin=origin)
