"""Checks of this machine: permissions, keys, disk space, vault, production settings."""

import io
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ledger.errors import ConfigurationError, IntegrityError
from ledger.ports.record_keys import RecordKey
from ledger.ports.vault import INLINE_BYTES
from node import recovery_sheet
from node.doctor.diagnosis import Diagnosis, State
from node.key_places import KEY_STORE, KEY_STORE_FILE, KEYS, key_store_file
from node.master_key import FILE_NAME as MASTER_KEY
from node.master_key import EnvironmentSource, WrappedSource, source_of
from node.settings import FILE_NAME, Settings
from node.wiring import Node

FAILED_BYTES: Final = 1024**3
WARNING_BYTES: Final = 10 * 1024**3
"""A day of recordings of a middling institution."""
_FOREIGN: Final = stat.S_IRWXG | stat.S_IRWXO
_WRITABLE: Final = stat.S_IWGRP | stat.S_IWOTH
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def permissions(settings: Settings) -> Iterator[Diagnosis]:
    """Nobody else may read keys, databases or tokens, or write the settings."""
    home = settings.home
    private = [
        home / KEYS,
        home / KEY_STORE,
        *(home / KEYS).glob("*"),
        *(home / KEY_STORE).glob("*"),
    ]
    private += [*home.glob("ledger.db*"), *(home / each for each in _secret_files(settings))]
    for path in private:
        # In a home that is closed itself nobody gets as far as the files that SQLite makes.
        is_reached = path.suffix[:3] != ".db" or not _is_closed(home)
        if is_reached and path.exists() and path.stat().st_mode & _FOREIGN:
            yield Diagnosis("doctor-permissions", "failed", "doctor-readable", {"file": path})
    if (home / FILE_NAME).stat().st_mode & _WRITABLE:
        yield Diagnosis("doctor-permissions", "failed", "doctor-writable", {"file": FILE_NAME})
    if not _is_closed(home):
        yield Diagnosis("doctor-permissions", "warning", "doctor-open-home", {"home": home})


def _is_closed(home: Path) -> bool:
    return not home.stat().st_mode & _FOREIGN


def _secret_files(settings: Settings) -> list[Path]:
    found = (
        settings.signer_token_file,
        settings.anchor_signer_token_file,
        settings.master_key_kms_token_file,
        settings.oidc_secret_file,
        settings.database_password_file,
        settings.tls_key,
    )
    secrets = (each.secret_file for each in settings.timestamp_authorities)
    return [each for each in (*found, *secrets) if each is not None]


def master_key(settings: Settings) -> Iterator[Diagnosis]:
    """There is a master key; in production not only in clear on this machine."""
    source = source_of(settings)
    source.load()
    if isinstance(source, EnvironmentSource):
        yield Diagnosis("doctor-master-key", "ok", "doctor-master-environment")
    elif isinstance(source, WrappedSource):
        if (settings.home / KEYS / MASTER_KEY).exists():
            yield Diagnosis("doctor-master-key", "warning", "doctor-master-still-clear")
    elif settings.production:
        yield Diagnosis("doctor-master-key", "warning", "doctor-master-clear")


def key_store_apart(settings: Settings) -> Iterator[Diagnosis]:
    """The key store lies apart from the master key, and in a database of its own."""
    beside, file = settings.home / KEYS / KEY_STORE_FILE, key_store_file(settings.home)
    if beside.exists():
        raise ConfigurationError("key-store-beside-master-key", here=beside, there=file)
    if settings.keys_url == settings.ledger_url:
        yield Diagnosis("doctor-key-store", "failed", "doctor-key-store-shared")


def keys(node: Node) -> Iterator[Diagnosis]:
    """Every key opens under the master key."""
    opened = (
        node.evidence_key,
        node.log_key,
        node.keyring.anchor,
        node.lookups,
        node.keyring.purpose,
    )
    del opened
    yield from ()


def sheet(node: Node) -> Iterator[Diagnosis]:
    """Somebody compared the recovery sheet with the master key."""
    if recovery_sheet.confirmed_at(node.settings.home, node.master_keys.newest) is None:
        yield Diagnosis("doctor-sheet", "warning", "doctor-sheet-unconfirmed")
    if node.master_keys.following is not None:
        yield Diagnosis("doctor-sheet", "warning", "rotation-unfinished")


def disk(settings: Settings) -> Iterator[Diagnosis]:
    """There is room for what comes."""
    for place in {settings.home, _existing(settings.home / settings.vault)}:
        free = shutil.disk_usage(place).free
        if free < WARNING_BYTES:
            state: State = "failed" if free < FAILED_BYTES else "warning"
            params = {"place": place, "free": round(free / 1024**3, 1)}
            yield Diagnosis("doctor-disk", state, "doctor-disk-low", params)


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.exists())


def vault(node: Node) -> Iterator[Diagnosis]:
    """The vault takes an object, gives it back unchanged, and deletes it."""
    object_id, key = os.urandom(16), RecordKey(os.urandom(16), os.urandom(32))
    content = os.urandom(INLINE_BYTES + 1)
    node.vault.seal(io.BytesIO(content), object_id=object_id, key=key)
    try:
        found = b"".join(node.vault.open(object_id, key=key, inline=None))
    finally:
        node.vault.delete(object_id)
    if found != content:
        raise IntegrityError("vault-changed", object=object_id.hex(), chunk=0)
    yield from ()


def production(settings: Settings) -> Iterator[Diagnosis]:
    """What people send passwords to is encrypted; what is for development is off."""
    check = "doctor-production"
    if not settings.production:
        yield Diagnosis(check, "warning", "doctor-not-production")
        return
    if not settings.public_url.startswith("https://"):
        yield Diagnosis(check, "failed", "doctor-public-url", {"url": settings.public_url})
    is_encrypted = settings.tls_certificate is not None or bool(settings.trusted_proxies)
    if settings.listen_host not in _LOOPBACK and not is_encrypted:
        yield Diagnosis(check, "failed", "doctor-plain-http", {"host": settings.listen_host})
