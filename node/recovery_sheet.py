"""The recovery sheet: the master key on paper, and the mark that somebody compared the paper with the key.

The mark names the key that was confirmed, so that it does not outlive a change of the master key. It says
nothing about the key.
"""

import hmac
import json
from pathlib import Path
from typing import Final

from ledger.errors import RefusedError
from ledger.keys.files import replace_private
from ledger.ports.master_key import MASTER_KEY_BYTES, master_key_id
from node.key_places import KEYS

GROUP: Final = 4
"""Digits a group: what people copy without losing their place."""
MARK: Final = "sheet-confirmed"
_DIGITS: Final = frozenset("0123456789abcdef")


def groups(key: bytes) -> str:
    """Return the key as it stands on the sheet."""
    digits = key.hex()
    return " ".join(digits[at : at + GROUP] for at in range(0, len(digits), GROUP))


def confirm(home: Path, key: bytes, given: str, *, at: str) -> None:
    """Compare what somebody read from the sheet with the key, and mark the sheet as confirmed.

    Args:
        home: of the node.
        key: the master key, 32 bytes.
        given: the whole key, or its first and last group.
        at: instant.

    Raises:
        RefusedError: it is not what the sheet should say.
    """
    if not _matches(key, given):
        raise RefusedError("sheet-differs")
    mark = {"master_key": master_key_id(key).hex(), "confirmed_at": at}
    replace_private(home / KEYS / MARK, json.dumps(mark).encode("ascii"))


def confirmed_at(home: Path, key: bytes) -> str | None:
    """Return the instant at which the sheet of this key was confirmed; ``None`` when it never was."""
    try:
        found = json.loads((home / KEYS / MARK).read_text("ascii"))
        same = found["master_key"] == master_key_id(key).hex()
        return str(found["confirmed_at"]) if same else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _matches(key: bytes, given: str) -> bool:
    text = given.lower()
    digits = "".join(each for each in text if each in _DIGITS)
    if any(each.isalnum() and each not in _DIGITS for each in text):
        return False
    whole = key.hex()
    if len(digits) == 2 * MASTER_KEY_BYTES:
        return hmac.compare_digest(digits, whole)
    return hmac.compare_digest(digits, whole[:GROUP] + whole[-GROUP:])
