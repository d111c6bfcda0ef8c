"""The master key: a file that only this user may read, or a variable of the environment.

It wraps the record keys and protects the key files. Whoever loses it loses the clear values and contents,
never the proofs; so ``init`` prints a recovery sheet.
"""

import os
from pathlib import Path
from typing import Final

from ledger.errors import ConfigurationError
from ledger.keys.files import write_private
from node.key_places import KEYS

VARIABLE: Final = "LIANZHENG_MASTER_KEY"
FILE_NAME: Final = "master.key"
KEY_BYTES: Final = 32


def create_master_key(keys: Path) -> bytes:
    """Make a key, store it in the folder ``keys`` unless the environment holds one, and return it.

    Raises:
        RefusedError: the file exists.
    """
    if VARIABLE in os.environ:
        return _parse(os.environ[VARIABLE])
    key = os.urandom(KEY_BYTES)
    write_private(keys / FILE_NAME, key.hex().encode() + b"\n")
    return key


def load_master_key(home: Path) -> bytes:
    """Return the key.

    Raises:
        ConfigurationError: missing, or not 64 hexadecimal digits.
    """
    text = os.environ.get(VARIABLE)
    if text is None:
        try:
            text = (home / KEYS / FILE_NAME).read_text("ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError("key-missing", file=FILE_NAME) from error
    return _parse(text)


def _parse(text: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigurationError("master-key")
    return key
