"""The master key: a file that only this user may read, a variable of the environment, or a key service.

It wraps the record keys and protects the key files. Whoever loses it loses the clear values and contents,
never the proofs; so ``init`` prints a recovery sheet. While it is being changed there are two, and either
opens what is stored (``ledger.ports.master_key``).

Where it is looked for: ``LIANZHENG_MASTER_KEY``; else the wrapped file and the service of
``master_key_kms_url``; else the file ``keys/master.key``.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.errors import ConfigurationError
from ledger.keys.files import rename_private, replace_private, write_private
from ledger.keys.transit_wrapping import TransitWrapping
from ledger.ports.master_key import MASTER_KEY_BYTES, MasterKeys, MasterKeySource
from node.key_places import KEYS
from node.settings import Settings

VARIABLE: Final = "LIANZHENG_MASTER_KEY"
NEXT_VARIABLE: Final = "LIANZHENG_MASTER_KEY_NEXT"
FILE_NAME: Final = "master.key"
WRAPPED_NAME: Final = "master.key.wrapped"
NEXT: Final = ".next"


def create_master_key(keys: Path) -> bytes:
    """Make a key, store it in the folder ``keys`` unless the environment holds one, and return it.

    Raises:
        RefusedError: the file exists.
    """
    if VARIABLE in os.environ:
        return _parse(os.environ[VARIABLE])
    key = os.urandom(MASTER_KEY_BYTES)
    write_private(keys / FILE_NAME, _text(key))
    return key


def source_of(settings: Settings) -> MasterKeySource:
    """Return where the node's master key comes from.

    Raises:
        ConfigurationError: the service's address is not of its form.
    """
    keys = settings.home / KEYS
    if VARIABLE in os.environ:
        return EnvironmentSource()
    if settings.master_key_kms_url:
        return WrappedSource(keys, wrapping_of(settings))
    return ClearSource(keys)


def wrapping_of(settings: Settings) -> TransitWrapping:
    """Return the key service.

    Raises:
        ConfigurationError: none is set, or its address is not of its form.
    """
    if not settings.master_key_kms_url:
        raise ConfigurationError("master-key-kms-missing")
    file = settings.master_key_kms_token_file
    return TransitWrapping(
        settings.master_key_kms_url, None if file is None else settings.home / file
    )


@dataclass(frozen=True, slots=True)
class ClearSource:
    """The key in clear, in a file that only this user may read; implements the master key port.

    Attributes:
        keys: the folder.
    """

    keys: Path

    def load(self) -> MasterKeys:
        """See ``ports.master_key``."""
        present = _parse(_read(self.keys / FILE_NAME))
        following = self.keys / (FILE_NAME + NEXT)
        return _both(present, _parse(_read(following)) if following.exists() else None)

    def prepare_next(self) -> MasterKeys:
        """See ``ports.master_key``."""
        found = self.load()
        if found.following is None:
            key = os.urandom(MASTER_KEY_BYTES)
            replace_private(self.keys / (FILE_NAME + NEXT), _text(key))
        return self.load()

    def promote(self) -> bool:
        """See ``ports.master_key``."""
        rename_private(self.keys / (FILE_NAME + NEXT), self.keys / FILE_NAME)
        return True


@dataclass(frozen=True, slots=True)
class EnvironmentSource:
    """The key in the environment, where whoever starts the node puts it; implements the master key port."""

    def load(self) -> MasterKeys:
        """See ``ports.master_key``."""
        following = os.environ.get(NEXT_VARIABLE)
        return _both(
            _parse(os.environ.get(VARIABLE, "")), None if following is None else _parse(following)
        )

    def prepare_next(self) -> MasterKeys:
        """See ``ports.master_key``.

        Raises:
            ConfigurationError: the next key is not in the environment, or is the present one.
        """
        found = self.load()
        if found.following is None:
            raise ConfigurationError("master-key-next-missing", variable=NEXT_VARIABLE)
        return found

    def promote(self) -> bool:
        """See ``ports.master_key``."""
        return False


@dataclass(frozen=True, slots=True)
class WrappedSource:
    """The key in a file that only a key service can unwrap; implements the master key port.

    Attributes:
        keys: the folder.
        wrapping: the service.
        name: of the file.
    """

    keys: Path
    wrapping: TransitWrapping
    name: str = WRAPPED_NAME

    def load(self) -> MasterKeys:
        """See ``ports.master_key``."""
        present = self.wrapping.unwrap(_read(self.keys / self.name))
        following = self.keys / (self.name + NEXT)
        if not following.exists():
            return MasterKeys(present)
        return _both(present, self.wrapping.unwrap(_read(following)))

    def prepare_next(self) -> MasterKeys:
        """See ``ports.master_key``."""
        if self.load().following is None:
            self._store(os.urandom(MASTER_KEY_BYTES), self.name + NEXT)
        return self.load()

    def promote(self) -> bool:
        """See ``ports.master_key``."""
        rename_private(self.keys / (self.name + NEXT), self.keys / self.name)
        return True

    def store(self, key: bytes) -> None:
        """Write the wrapped file for ``key``, after the service has unwrapped it again."""
        self._store(key, self.name)

    def _store(self, key: bytes, name: str) -> None:
        replace_private(self.keys / name, self.wrapping.wrap(key).encode("ascii") + b"\n")


def _both(present: bytes, following: bytes | None) -> MasterKeys:
    return MasterKeys(present, None if following == present else following)


def _text(key: bytes) -> bytes:
    return key.hex().encode() + b"\n"


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError("key-missing", file=path.name) from error


def _parse(text: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != MASTER_KEY_BYTES:
        raise ConfigurationError("master-key")
    return key
