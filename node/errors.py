"""Errors that only a service with people before it has; the ledger's families stand in ``ledger.errors``.

* ``NotAuthenticatedError``: who asks is not known, or no longer. Sign in and ask again.
* ``NotPermittedError``: who asks is known and may not. Another person decides.
* ``TooManyRequestsError``: asked too often. Retry after ``seconds`` (a parameter of every such error).
"""

from typing import ClassVar

from ledger.errors import LedgerError


class NotAuthenticatedError(LedgerError):
    """Raised when a request does not show who asks."""


class NotPermittedError(LedgerError):
    """Raised when the one who asks may not do this."""


class TooManyRequestsError(LedgerError):
    """Raised when somebody asks too often."""

    retry: ClassVar[bool] = True
