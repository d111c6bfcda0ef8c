"""Passwords: what is accepted, and how it is stored (Argon2id, the library's parameters).

The rules are NIST SP 800-63B's: length and a list of known passwords, no composition rules, no periodic
change. Text is compared in Unicode form NFKC, so that two keyboards write the same password.
"""

import unicodedata
from functools import cache
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from ledger.errors import LimitError, RefusedError

MIN_CHARACTERS: Final = 12
MAX_CHARACTERS: Final = 256
"""Far above any passphrase; bounds the work that a stranger can ask for."""
_MIN_PART: Final = 4
"""Shorter names occur in good passphrases by chance."""
_MIN_DISTINCT: Final = 5
"""Fewer different characters are a repetition, not a password."""

COMMONEST: Final = frozenset(
    {
        "000000000000", "111111111111", "121212121212", "123123123123", "123412341234", "123456123456",
        "123456654321", "1234567890123", "12345678901234", "1234567890abc", "12345678912345",
        "123456789012", "1234567890qwe", "123456789abc", "123456789qwe", "123qweasdzxc", "147258369147",
        "1q2w3e4r5t6y", "1q2w3e4r5t6y7u", "1qaz2wsx3edc", "1qaz2wsx3edc4rfv", "5201314520131", "666666666666",
        "888888888888", "987654321098", "9876543210987", "999999999999", "a1b2c3d4e5f6", "aaaaaaaaaaaa",
        "abc123456789", "abcabcabcabc", "abcd12345678", "abcdefg12345", "abcdefghijkl", "abcdefghijklm",
        "administrator", "administrator1", "admin1234567", "admin12345678", "adminadminadmin", "asdfghjkl123",
        "asdfasdfasdf", "changeme1234", "changemenow1", "correcthorsebatterystaple",
        "iloveyou1234", "iloveyou12345", "letmein12345", "lianzheng123", "lianzheng1234", "monkey123456",
        "p@ssw0rd1234", "pa55word1234", "password0123", "password1234", "password12345", "password123456",
        "password2024", "password2025", "password2026", "passwordpassword", "q1w2e3r4t5y6", "qazwsxedcrfv",
        "qazwsxedc123", "qqqqqqqqqqqq", "qwer12345678", "qwert1234567", "qwerty123456", "qwerty1234567",
        "qwertyqwerty", "qwertyuiop12", "qwertyuiop123", "qwertyuiop[]", "qwertyuiopasdf",
        "qwertyuiopasdfghjkl", "superuser123", "trustno1trustno1", "welcome12345", "woaini123456",
        "woaini1314520", "woaini5201314", "woshishui123", "zaq12wsxcde3", "zxcvbnm12345", "zxcvbnmasdfg",
        "zxcvbnm123456", "zzzzzzzzzzzz",
    }
)  # fmt: skip
"""The commonest passwords of at least twelve characters; shorter ones are refused for their length."""

_hasher: Final = PasswordHasher()
_slots: Final = BoundedSemaphore(4)
"""Hashes at once: each takes 64 MiB and a tenth of a second, and strangers can ask for them."""


@cache
def _nobody() -> str:
    """Return what is verified without an operator: the time of an answer does not tell who exists."""
    return _hasher.hash("nobody has this password")


def normal(password: str) -> str:
    """Return the form that is compared."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, *names: str) -> None:
    """Check a new password.

    Args:
        password: as typed.
        names: login, name, and others that it must not consist of.

    Raises:
        RefusedError: too short, known, or made of the name.
        LimitError: too long.
    """
    text = normal(password).casefold()
    if len(text) < MIN_CHARACTERS:
        raise RefusedError("password-too-short", minimum=MIN_CHARACTERS)
    if len(text) > MAX_CHARACTERS:
        raise LimitError("password-too-long", limit=MAX_CHARACTERS)
    if text in COMMONEST or len(set(text)) < _MIN_DISTINCT:
        raise RefusedError("password-common")
    for name in names:
        part = normal(name).casefold().replace(" ", "")
        if len(part) >= _MIN_PART and part in text.replace(" ", ""):
            raise RefusedError("password-has-name")


def hash_password(password: str) -> str:
    """Return the encoded Argon2id hash."""
    with _slots:
        return _hasher.hash(normal(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Tell whether ``password`` is the one that was stored; as slow when none is stored."""
    if len(password) > MAX_CHARACTERS:
        return False
    try:
        with _slots:
            matches = _hasher.verify(stored or _nobody(), normal(password))
    except (VerifyMismatchError, InvalidHashError):
        return False
    return matches and stored is not None


def is_outdated(stored: str) -> bool:
    """Tell whether the library's parameters have grown since ``stored`` was made."""
    return _hasher.check_needs_rehash(stored)
