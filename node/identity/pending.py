"""Sign-ins that wait for the one-time code: the password was right, and is not asked for or kept again.

What stands for the password in the meantime is sealed (AES-256-GCM) and given to the browser: who it was,
which stored password fitted, until when. Nothing is kept here, so that any replica can go on, and changing
the password ends it. It opens nothing without a code, and each code that is tried counts for the lock-out.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Row

from ledger.errors import MalformedError
from ledger.evidence import shape
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.primitives.canonical import decode, encode
from node.errors import NotAuthenticatedError
from node.identity.random_tokens import digest

VALID: Final = timedelta(minutes=5)
"""Long enough to find the telephone, short enough for a browser that is left alone."""
MAX_BYTES: Final = 1024
_NONCE_BYTES: Final = 12
_PURPOSE: Final = b"lianzheng-pending-sign-in-1"


class SecondFactorNeededError(NotAuthenticatedError):
    """The password was right; now a code is needed.

    Attributes:
        pending: with it and the code the sign-in goes on; never part of what the error says.
    """

    def __init__(self, pending: str) -> None:
        super().__init__("second-factor-needed")
        self.pending: Final = pending


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """Whose password was right, and which one it was.

    Attributes:
        operator_id: whose.
        login: for the lock-out.
        password: digest of the stored hash that it fitted, hex.
    """

    operator_id: str
    login: str
    password: str

    def fits(self, row: Row[Any] | None) -> bool:
        """Tell whether this operator's password is still that one."""
        if row is None or row.disabled_at is not None or row.password_hash is None:
            return False
        return (row.operator_id, digest(row.password_hash).hex()) == (
            self.operator_id,
            self.password,
        )


class PendingSignIns:
    """Seals and opens them.

    Args:
        key: 32 bytes.
        clock: this machine's time.
    """

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._cipher: Final = AESGCM(key)
        self._clock: Final = clock

    def seal(self, row: Row[Any]) -> str:
        """Return what stands for the verified password of an operator's row."""
        nonce = os.urandom(_NONCE_BYTES)
        data = encode(
            {
                "operator": row.operator_id,
                "login": row.login,
                "password": digest(row.password_hash).hex(),
                "until": format_instant(self._clock.now() + VALID),
            }
        )
        return urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, data, _PURPOSE)).decode()

    def open(self, text: str) -> PendingSignIn:
        """Return whose password was verified.

        Raises:
            NotAuthenticatedError: ``sign-in-over``: too old, or none of ours.
        """
        try:
            sealed = urlsafe_b64decode(text[: 2 * MAX_BYTES].encode())
            data = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _PURPOSE)
            named = {"operator", "login", "password", "until"}
            found = shape.members(decode(data, max_bytes=MAX_BYTES), "pending", named)
        except (InvalidTag, ValueError, MalformedError):
            raise NotAuthenticatedError("sign-in-over") from None
        if str(found["until"]) <= format_instant(self._clock.now()):
            raise NotAuthenticatedError("sign-in-over")
        return PendingSignIn(str(found["operator"]), str(found["login"]), str(found["password"]))
