"""A chain whose blocks have this machine's time, and an authority."""

import time
from collections.abc import Iterator

import pytest
from harness.timestamp_authority import LocalAuthority


@pytest.fixture(autouse=True)
def _blocks_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenSSL's tokens have this machine's time, so the chain in memory has it too."""
    monkeypatch.setattr("harness.network.GENESIS_TIME", int(time.time()) - 7200)


@pytest.fixture
def served() -> Iterator[LocalAuthority]:
    with LocalAuthority() as authority:
        yield authority
