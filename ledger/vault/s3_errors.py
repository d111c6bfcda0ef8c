"""The one place where what boto3 raises becomes ours: an outage is told from a refusal."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
)

from ledger.errors import ConfigurationError, LedgerError, UnavailableError

_CREDENTIALS: Final = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    ProfileNotFound,
)
_REFUSALS: Final = range(400, 500)
_ASK_AGAIN: Final = frozenset(
    {"BadDigest", "NoSuchUpload", "InvalidPart", "OperationAborted", "RequestTimeout", "SlowDown", "429"}
)  # fmt: skip
"""Refusals that pass: damage in transit, an upload somebody else has ended, and haste."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn errors of boto3 into the ledger's.

    Raises:
        UnavailableError: the service does not answer, or asks for patience.
        ConfigurationError: it refuses, or there are no credentials.
    """
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise _meaning(error) from error


def is_absent(error: ClientError) -> bool:
    """Tell whether an object, and not its bucket, is missing."""
    return _code(error) in ("NoSuchKey", "404")


def _meaning(error: ClientError | BotoCoreError) -> LedgerError:
    if isinstance(error, _CREDENTIALS):
        return ConfigurationError("vault-credentials")
    if isinstance(error, ParamValidationError):
        return ConfigurationError("vault-refuses", detail=str(error)[:160])
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if status in _REFUSALS and _code(error) not in _ASK_AGAIN:
            return ConfigurationError("vault-refuses", detail=_code(error))
        return UnavailableError("vault-unreachable", detail=_code(error))
    return UnavailableError("vault-unreachable", detail=type(error).__name__)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))[:64]
