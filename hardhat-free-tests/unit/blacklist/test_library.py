"""Which libsodium is taken, and what happens where there is none."""

import ctypes.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from blacklist.curve import library
from ledger.errors import ConfigurationError


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    library.sodium.cache_clear()
    yield
    library.sodium.cache_clear()


def _without_the_system_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes.util, "find_library", lambda _name: None)


def test_the_wheel_s_library_is_taken_where_the_system_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _without_the_system_s(monkeypatch)
    found = library.sodium()
    assert found.crypto_core_ristretto255_bytes() == 32
    name = library.origin().rpartition(" ")[0]
    assert name.endswith(".so")
    assert not Path(name).exists()  # the copy in the temporary folder is gone once it is mapped


def test_the_wheel_s_library_makes_the_same_points(monkeypatch: pytest.MonkeyPatch) -> None:
    by_system = _base()
    library.sodium.cache_clear()
    _without_the_system_s(monkeypatch)
    assert _base() == by_system


def _base() -> bytes:
    made = ctypes.create_string_buffer(32)
    one = (1).to_bytes(32, "little")
    assert library.sodium().crypto_scalarmult_ristretto255_base(made, one) == 0
    return made.raw


def test_a_system_s_library_that_cannot_be_loaded_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ctypes.util, "find_library", lambda _name: "libnothing-of-the-kind.so.1")
    assert "libnothing" not in library.origin()


def test_without_any_library_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _without_the_system_s(monkeypatch)
    monkeypatch.setitem(sys.modules, "rbcl", None)
    with pytest.raises(ConfigurationError, match="libsodium-missing"):
        library.sodium()


def test_a_library_that_is_too_old_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    _without_the_system_s(monkeypatch)
    monkeypatch.setattr(library, "_OLDEST", (10_000, 0))
    with pytest.raises(ConfigurationError, match="libsodium-missing"):
        library.sodium()
