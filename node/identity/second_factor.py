"""The second factor: time-based codes (TOTP, RFC 6238), and recovery codes for a lost device.

* The secret is encrypted with AES-256-GCM under a key that is derived for it, the operator's id as
  associated data: a row that is moved to another operator does not open.
* A code counts once: the newest accepted time step is kept, and older or equal ones are refused (§5.2).
* One step of clock drift is allowed on either side (§6).
* Ten recovery codes of 80 random bits, each good once; only their SHA-256 is stored.
"""

import os
import secrets
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Row

from ledger.errors import IntegrityError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.store.transactions import Begin
from node.audit.entries import AuditEntry
from node.audit.trail import Trail
from node.errors import NotAuthenticatedError
from node.identity import operators
from node.identity.permissions import Permission, Principal
from node.identity.random_tokens import digest
from node.identity.tables import operator, recovery_code

ISSUER: Final = "Lianzheng"
STEP_SECONDS: Final = 30
DRIFT_STEPS: Final = 1
RECOVERY_CODES: Final = 10
_RECOVERY_BYTES: Final = 10
_NONCE_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a person puts into an authenticator; shown once.

    Attributes:
        secret: base32.
        uri: ``otpauth://…`` for a QR code.
    """

    secret: str
    uri: str


class SecondFactor:
    """Enrols, checks and removes second factors.

    Args:
        begin: opens a write transaction.
        clock: this machine's time.
        trail: takes an entry for every change.
        key: 32 bytes, for the secrets.
    """

    def __init__(self, begin: Begin, clock: Clock, trail: Trail, key: bytes) -> None:
        self._begin: Final = begin
        self._clock: Final = clock
        self._trail: Final = trail
        self._cipher: Final = AESGCM(key)

    def begin(self, operator_id: str) -> Enrolment:
        """Make a secret; it counts once a code of it was confirmed.

        Raises:
            RefusedError: unknown operator, or there is a second factor already: remove it first.
        """
        secret = pyotp.random_base32()
        with self._begin() as connection:
            row = operators.find(connection, operator_id)
            if row is None:
                raise RefusedError("operator-unknown")
            if row.totp_confirmed_at is not None:
                raise RefusedError("second-factor-exists")
            _change(connection, operator_id, totp_secret=self._seal(operator_id, secret))
        uri = pyotp.TOTP(secret).provisioning_uri(name=row.login, issuer_name=ISSUER)
        return Enrolment(secret, uri)

    def confirm(self, operator_id: str, code: str) -> Sequence[str]:
        """Turn the second factor on and return ten recovery codes, shown once.

        Raises:
            NotAuthenticatedError: the code is wrong.
            RefusedError: nothing was begun.
        """
        codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
        now = self._clock.now()
        with self._begin() as connection:
            row = operators.find(connection, operator_id)
            if row is None or row.totp_secret is None or row.totp_confirmed_at is not None:
                raise RefusedError("second-factor-not-begun")
            self._use_code(connection, row, code, now)
            _change(connection, operator_id, totp_confirmed_at=format_instant(now))
            _replace_recovery_codes(connection, operator_id, codes)
            self._trail.record_in(
                connection, AuditEntry(operator_id, "second-factor.on", operator_id)
            )
        return codes

    def remove(self, operator_id: str, *, by: Principal) -> None:
        """Turn the second factor off, one's own after a step-up, or as an administrator for a lost device.

        Raises:
            NotPermittedError: somebody else's.
            RefusedError: unknown operator.
        """
        if by.operator_id != operator_id:
            by.require(Permission.OPERATORS_MANAGE)
        with self._begin() as connection:
            if operators.find(connection, operator_id) is None:
                raise RefusedError("operator-unknown")
            _change(connection, operator_id, totp_secret=None, totp_confirmed_at=None)
            _replace_recovery_codes(connection, operator_id, ())
            self._trail.record_in(
                connection, AuditEntry(by.actor, "second-factor.off", operator_id)
            )

    def check_in(self, connection: Connection, row: Row[Any], code: str) -> None:
        """Use up a code or recovery code of an operator whose locked row is ``row``.

        Raises:
            NotAuthenticatedError: wrong, or used before.
        """
        text = code.replace(" ", "").replace("-", "")
        if text.isascii() and text.isdigit():
            self._use_code(connection, row, text, self._clock.now())
            return
        used = connection.execute(
            recovery_code.update()
            .where(
                recovery_code.c.code_hash == _code_hash(row.operator_id, text),
                recovery_code.c.used_at.is_(None),
            )
            .values(used_at=format_instant(self._clock.now()))
        )
        if used.rowcount != 1:
            raise NotAuthenticatedError("second-factor-wrong")

    def _use_code(self, connection: Connection, row: Row[Any], code: str, now: datetime) -> None:
        totp = pyotp.TOTP(self._open(row.operator_id, row.totp_secret), interval=STEP_SECONDS)
        present = int(now.timestamp()) // STEP_SECONDS
        for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
            if secrets.compare_digest(totp.generate_otp(step), code) and step > row.totp_step:
                used = connection.execute(
                    operator.update()
                    .where(operator.c.operator_id == row.operator_id, operator.c.totp_step < step)
                    .values(totp_step=step)
                )
                if used.rowcount == 1:
                    return
        raise NotAuthenticatedError("second-factor-wrong")

    def _seal(self, operator_id: str, secret: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), operator_id.encode())

    def _open(self, operator_id: str, sealed: bytes) -> str:
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, rest, operator_id.encode()).decode()
        except (InvalidTag, ValueError):
            raise IntegrityError("second-factor-damaged") from None


def _recovery_code() -> str:
    text = b32encode(os.urandom(_RECOVERY_BYTES)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _code_hash(operator_id: str, code: str) -> bytes:
    return digest(f"{operator_id}|{code.replace('-', '').casefold()}")


def _replace_recovery_codes(connection: Connection, operator_id: str, codes: Sequence[str]) -> None:
    connection.execute(recovery_code.delete().where(recovery_code.c.operator_id == operator_id))
    for code in codes:
        row = {"code_hash": _code_hash(operator_id, code), "operator_id": operator_id}
        connection.execute(recovery_code.insert().values(row))


def _change(connection: Connection, operator_id: str, **values: bytes | str | None) -> None:
    changed = operator.update().where(operator.c.operator_id == operator_id)
    connection.execute(changed.values(**values))
