"""What all integration tests share."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from node.identity import passwords


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """Hash with the least work that Argon2id allows: the tests sign in a thousand times.

    The real parameters are looked at in ``unit/identity/test_passwords.py`` and run in ``e2e``.
    """
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", cheap)
        passwords._nobody.cache_clear()
        yield
    passwords._nobody.cache_clear()
