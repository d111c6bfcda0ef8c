"""Handing the master key to a key service: the wrapped file takes the place of the one in clear."""

import os
from pathlib import Path

from ledger.errors import RefusedError
from ledger.keys.key_files import moved, under_master_key
from ledger.ports.master_key import MasterKeys, MasterKeySource
from node.key_places import KEYS
from node.master_key import (
    FILE_NAME,
    VARIABLE,
    ClearSource,
    EnvironmentSource,
    WrappedSource,
    wrapping_of,
)
from node.settings import Settings


def wrap_master_key(settings: Settings, *, remove: bool) -> Path:
    """Write ``keys/master.key.wrapped`` and return its path; again, it is wrapped anew.

    Args:
        settings: name the key service.
        remove: afterwards delete the key in clear from ``keys``.

    Raises:
        ConfigurationError: no service is set, it refuses, or the key is not the one that the files are under.
        RefusedError: the master key is being changed.
        IntegrityError: the service does not give back what it wrapped; nothing was written.
    """
    folder = settings.home / KEYS
    wrapped = WrappedSource(folder, wrapping_of(settings))
    keys = _present_source(folder, wrapped).load()
    if keys.following is not None:
        raise RefusedError("rotation-unfinished")
    _check_fits(folder, keys)
    wrapped.store(keys.present)
    if remove:
        (folder / FILE_NAME).unlink(missing_ok=True)
    return folder / wrapped.name


def _present_source(folder: Path, wrapped: WrappedSource) -> MasterKeySource:
    """Return where the key is now: before the first wrapping not yet at the service."""
    if VARIABLE in os.environ:
        return EnvironmentSource()
    return ClearSource(folder) if (folder / FILE_NAME).exists() else wrapped


def _check_fits(folder: Path, keys: MasterKeys) -> None:
    """Check that the key opens the files: an old key that was left lying about must not be wrapped."""
    for path in under_master_key(folder):
        moved(path, keys)
