"""The master key's three sources, its wrapping by a key service, its recovery sheet."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from harness.rpc_node import RawServer, send
from harness.signing_service import TOKEN, WrappingService

from ledger.errors import (
    ConfigurationError,
    IntegrityError,
    LedgerError,
    RefusedError,
    UnavailableError,
)
from ledger.keys.transit_wrapping import TransitWrapping
from ledger.ports.master_key import MasterKeys, MasterKeySource, master_key_id
from node import recovery_sheet
from node.key_wrapping import wrap_master_key
from node.master_key import (
    NEXT_VARIABLE,
    VARIABLE,
    ClearSource,
    EnvironmentSource,
    WrappedSource,
    create_master_key,
    source_of,
)
from node.settings import Settings

KEY, NEXT_KEY = bytes(range(32)), bytes(range(32, 64))


@pytest.fixture
def service() -> Iterator[WrappingService]:
    with WrappingService() as running:
        yield running


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    return file


@pytest.fixture
def wrapping(service: WrappingService, token_file: Path) -> TransitWrapping:
    return TransitWrapping(service.decrypt_url, token_file)


@pytest.fixture(params=["file", "wrapped"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> MasterKeySource:
    keys = tmp_path / "keys"
    create_master_key(keys)
    if request.param == "file":
        return ClearSource(keys)
    wrapped = WrappedSource(keys, request.getfixturevalue("wrapping"))
    wrapped.store(ClearSource(keys).load().present)
    return wrapped


def test_the_next_key_is_the_same_until_it_becomes_the_present_one(
    source: MasterKeySource, tmp_path: Path
) -> None:
    before = source.load()
    assert before.following is None
    both = source.prepare_next()
    assert both.present == before.present
    assert both.following not in (None, before.present)
    assert source.prepare_next() == source.load() == both
    assert source.promote()
    assert source.load() == MasterKeys(both.newest)
    assert all(each.stat().st_mode & 0o777 == 0o600 for each in (tmp_path / "keys").iterdir())


def test_what_a_crash_left_half_written_is_no_key(source: MasterKeySource, tmp_path: Path) -> None:
    before = source.load()
    for name in ("master.key.next.part", "master.key.wrapped.next.part"):
        (tmp_path / "keys" / name).write_bytes(b"00")
    assert source.load() == before
    assert source.prepare_next().present == before.present


def test_the_environment_holds_both_keys_and_changes_by_hand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = EnvironmentSource()
    monkeypatch.setenv(VARIABLE, KEY.hex())
    assert source.load() == MasterKeys(KEY)
    with pytest.raises(ConfigurationError, match="master-key-next-missing"):
        source.prepare_next()
    monkeypatch.setenv(NEXT_VARIABLE, NEXT_KEY.hex())
    assert source.prepare_next() == MasterKeys(KEY, NEXT_KEY)
    assert not source.promote()
    monkeypatch.setenv(VARIABLE, NEXT_KEY.hex())
    assert source.load() == MasterKeys(NEXT_KEY)
    monkeypatch.setenv(NEXT_VARIABLE, "short")
    with pytest.raises(ConfigurationError, match="master-key"):
        source.load()


def test_a_master_key_is_named_and_never_shown() -> None:
    keys = MasterKeys(KEY, NEXT_KEY)
    assert keys.all == (NEXT_KEY, KEY)
    assert keys.named(master_key_id(KEY)) == KEY
    assert keys.named(bytes(8)) is None
    shown = repr(keys) + master_key_id(KEY).hex()
    assert not any(text in shown for text in (repr(KEY), KEY.hex(), KEY.hex()[:16]))


def test_a_wrapped_key_is_unwrapped_also_after_the_service_changed_its_own(
    service: WrappingService, wrapping: TransitWrapping
) -> None:
    first = wrapping.wrap(KEY)
    assert KEY.hex() not in first
    service.versions.append(os.urandom(32))
    second = wrapping.wrap(KEY)
    assert (first.split(":")[1], second.split(":")[1]) == ("v1", "v2")
    assert wrapping.unwrap(first) == wrapping.unwrap(second) == KEY


LIES: dict[str, Callable[[bytes], bytes]] = {
    "another key": lambda _: NEXT_KEY,
    "too short": lambda key: key[:-1],
    "too long": lambda key: key + b"\0",
    "nothing": lambda _: b"",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_service_that_gives_back_something_else_wraps_nothing(
    service: WrappingService, wrapping: TransitWrapping, tmp_path: Path, lie: Any
) -> None:
    service.lie = lie
    with pytest.raises(IntegrityError, match="master-key-wrapping"):
        WrappedSource(tmp_path, wrapping).store(KEY)
    assert not list(tmp_path.glob("master*"))


@pytest.mark.parametrize(
    ("status", "kind"),
    [(503, UnavailableError), (429, UnavailableError), (400, ConfigurationError), (403, ConfigurationError)],
)  # fmt: skip
def test_an_outage_of_the_service_is_told_from_a_refusal(
    service: WrappingService, wrapping: TransitWrapping, status: int, kind: type[LedgerError]
) -> None:
    wrapped = wrapping.wrap(KEY)
    service.status = status
    for ask in (lambda: wrapping.unwrap(wrapped), lambda: wrapping.wrap(KEY)):
        with pytest.raises(kind):
            ask()


def test_a_changed_text_or_a_wrong_token_is_refused(
    wrapping: TransitWrapping, token_file: Path
) -> None:
    wrapped = wrapping.wrap(KEY)
    with pytest.raises(ConfigurationError, match="signer-refuses"):
        wrapping.unwrap(wrapped[:-8] + "AAAAAAA=")
    token_file.write_text("expired")
    with pytest.raises(ConfigurationError, match="signer-refuses"):
        wrapping.unwrap(wrapped)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"data":{}}', b'{"data":{"plaintext":7}}', b'{"data":{"ciphertext":"a b"}}'],
)  # fmt: skip
def test_an_answer_that_is_none_is_never_a_key(token_file: Path, body: bytes) -> None:
    with RawServer(lambda handler, _request: send(handler, body)) as server:
        wrapping = TransitWrapping(server.url + "/v1/transit/decrypt/master", token_file)
        with pytest.raises((UnavailableError, IntegrityError)):
            wrapping.unwrap("vault:v1:AAAA")
        with pytest.raises((UnavailableError, IntegrityError)):
            wrapping.wrap(KEY)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://vault.example/v1/transit/decrypt/k",
        "https://user:secret@vault.example/v1/transit/decrypt/k",
        "https://vault.example/v1/transit/encrypt/k",
        "https://vault.example/v1/transit/keys/k",
        "https://vault.example/v1/transit/decrypt/",
        "https://vault.example/v1/transit/decrypt/a/b",
        "https://vault.example/v1/transit/decrypt/k?token=s.1",
    ],
)
def test_an_address_that_is_not_of_decryption_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="signer-url"):
        TransitWrapping(url, None)


def _settings(home: Path, **more: Any) -> Settings:
    return Settings(home=home, member="00" * 32, name="n", origin="o.example/a", **more)


def test_wrapping_moves_the_key_to_the_service_and_again_wraps_it_anew(
    service: WrappingService, token_file: Path, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match="master-key-kms-missing"):
        wrap_master_key(_settings(tmp_path), remove=False)
    settings = _settings(
        tmp_path, master_key_kms_url=service.decrypt_url, master_key_kms_token_file=token_file.name
    )
    key = create_master_key(tmp_path / "keys")
    path = wrap_master_key(settings, remove=False)
    assert (tmp_path / "keys" / "master.key").exists()
    assert wrap_master_key(settings, remove=True) == path
    assert not (tmp_path / "keys" / "master.key").exists()
    assert key.hex() not in path.read_text("ascii")
    assert source_of(settings).load() == MasterKeys(key)
    service.versions.append(os.urandom(32))
    first = path.read_text("ascii")
    wrap_master_key(settings, remove=False)
    assert path.read_text("ascii") != first
    assert source_of(settings).load() == MasterKeys(key)


def test_an_old_key_that_was_left_lying_about_is_not_wrapped(
    service: WrappingService, token_file: Path, tmp_path: Path
) -> None:
    from ledger.keys.files import create_secret  # noqa: PLC0415 - one use

    create_master_key(tmp_path / "keys")
    create_secret(tmp_path / "keys" / "lookup.key", NEXT_KEY)
    settings = _settings(
        tmp_path, master_key_kms_url=service.decrypt_url, master_key_kms_token_file=token_file.name
    )
    with pytest.raises(ConfigurationError, match="key-unreadable"):
        wrap_master_key(settings, remove=True)
    assert (tmp_path / "keys" / "master.key").exists()


@pytest.mark.parametrize(
    "given",
    [KEY.hex(), KEY.hex().upper(), recovery_sheet.groups(KEY), f"{KEY.hex()[:4]} … {KEY.hex()[-4:]}\n"],
)  # fmt: skip
def test_a_sheet_that_says_the_key_is_confirmed_for_that_key_only(
    tmp_path: Path, given: str
) -> None:
    assert recovery_sheet.confirmed_at(tmp_path, KEY) is None
    (tmp_path / "keys").mkdir()
    recovery_sheet.confirm(tmp_path, KEY, given, at="2026-11-24T08:00:00.000Z")
    assert recovery_sheet.confirmed_at(tmp_path, KEY) == "2026-11-24T08:00:00.000Z"
    assert recovery_sheet.confirmed_at(tmp_path, NEXT_KEY) is None
    assert KEY.hex()[:8] not in (tmp_path / "keys" / recovery_sheet.MARK).read_text("ascii")


@pytest.mark.parametrize(
    "given",
    ["", "0001", KEY.hex()[:-1], KEY.hex() + "0", NEXT_KEY.hex(), "0001 1f1f", f"key {KEY.hex()}"],
)
def test_a_sheet_that_says_anything_else_is_not_confirmed(tmp_path: Path, given: str) -> None:
    (tmp_path / "keys").mkdir()
    with pytest.raises(RefusedError, match="sheet-differs"):
        recovery_sheet.confirm(tmp_path, KEY, given, at="2026-11-24T08:00:00.000Z")
    assert recovery_sheet.confirmed_at(tmp_path, KEY) is None
