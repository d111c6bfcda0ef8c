"""Key files as a folder: opening one under whichever master key it is under, and moving all under another.

A file is told by what it holds, so that whatever a later version keeps there under the master key moves too:
encrypted PKCS#8 (``.pem``), keystore v3 (``.json``), sealed secrets (``.key``). Others are left alone.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar

from ledger.errors import ConfigurationError
from ledger.keys.accounts import open_account, seal_account
from ledger.keys.files import (
    SECRET_BYTES,
    load_secret,
    open_statement_key,
    read_private,
    seal_secret,
    seal_statement_key,
)
from ledger.ports.master_key import MasterKeys

T = TypeVar("T")
_MASTER: Final = "master.key"
_SEALED_SECRET_BYTES: Final = 12 + SECRET_BYTES + 16
_UNREADABLE: Final = "key-unreadable"


def open_under(load: Callable[[Path, bytes], T], path: Path, keys: MasterKeys) -> T:
    """Return what ``load`` finds under the newest key that opens the file.

    Raises:
        ConfigurationError: missing, or under another master key.
    """
    *newer, last = keys.all
    for key in newer:
        try:
            return load(path, key)
        except ConfigurationError as error:
            if error.code != _UNREADABLE:
                raise
    return load(path, last)


def under_master_key(folder: Path) -> Iterator[Path]:
    """Yield the files of ``folder`` that a master key protects."""
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith(_MASTER) and _is_protected(path):
            yield path


def moved(path: Path, keys: MasterKeys) -> bytes | None:
    """Return the file's content under the newest key; ``None`` when it is under it already.

    Raises:
        ConfigurationError: it opens under none of the keys.
    """
    match path.suffix:
        case ".pem":
            return _moved(path, keys, open_statement_key, seal_statement_key)
        case ".json":
            return _moved(path, keys, open_account, seal_account)
        case _:
            return _moved(path, keys, load_secret, lambda s, key: seal_secret(path.name, s, key))


def _moved(
    path: Path,
    keys: MasterKeys,
    load: Callable[[Path, bytes], T],
    seal: Callable[[T, bytes], bytes],
) -> bytes | None:
    try:
        load(path, keys.newest)
    except ConfigurationError as error:
        if error.code != _UNREADABLE:
            raise
        return seal(open_under(load, path, keys), keys.newest)
    return None


def _is_protected(path: Path) -> bool:
    data = read_private(path)
    match path.suffix:
        case ".pem":
            return b"ENCRYPTED PRIVATE KEY" in data
        case ".json":
            try:
                found = json.loads(data)
            except ValueError:
                return False
            return isinstance(found, dict) and "crypto" in found
        case ".key":
            return len(data) == _SEALED_SECRET_BYTES
    return False
