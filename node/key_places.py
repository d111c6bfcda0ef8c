"""Where keys lie in a node's home: key files in ``keys``, wrapped record keys in ``keystore``.

Two folders, because their backups must not share one: whoever holds the master key's file and an old key
store can read what was erased since.
"""

from pathlib import Path
from typing import Final

from ledger.errors import ConfigurationError

KEYS: Final = "keys"
KEY_STORE: Final = "keystore"
KEY_STORE_FILE: Final = "keystore.db"

EVIDENCE_KEY: Final = "evidence.pem"
LOG_KEY: Final = "log.pem"
ANCHOR_KEY: Final = "anchor.json"
ADMIN_KEY: Final = "admin.json"
OPERATOR_KEY: Final = "operator.json"
"""The account that acts for the member at the blacklist's contract."""
LOOKUP_KEY: Final = "lookup.key"
PURPOSE_KEY: Final = "purposes.key"
SIGNING_KEYS: Final = {"evidence": EVIDENCE_KEY, "log": LOG_KEY, "anchor": ANCHOR_KEY}
"""Files of the keys that the registry knows, by purpose."""


def following(name: str) -> str:
    """Return the file of the key that is to replace the key in file ``name``."""
    stem, _, suffix = name.rpartition(".")
    return f"{stem}.next.{suffix}"


def key_store_file(home: Path) -> Path:
    """Return the key store's SQLite file, for a node whose key store is in its home."""
    return home / KEY_STORE / KEY_STORE_FILE


def prepare_key_store(home: Path) -> None:
    """Make the folder of the key store.

    Raises:
        ConfigurationError: there is none yet, but one beside the master key, where it must not stay.
    """
    file, beside = key_store_file(home), home / KEYS / KEY_STORE_FILE
    if beside.exists() and not file.exists():
        # Beginning an empty one instead would make every record unreadable.
        raise ConfigurationError("key-store-beside-master-key", here=beside, there=file)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
