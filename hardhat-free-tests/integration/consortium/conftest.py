"""Institutions that found a consortium of their own on the embedded chain that all tests share."""

from collections.abc import Callable
from pathlib import Path

import pytest
from harness.founders import Institution, make_institution

Make = Callable[[int], Institution]


@pytest.fixture
def institution(chain_url: str, tmp_path: Path) -> Make:
    """Makes institutions by number."""
    origin = f"lianzheng.example/{tmp_path.name.lower()}"[:60]
    return lambda number: make_institution(tmp_path, chain_url, number, origin=origin)
