"""Every error that the ledger raises on purpose.

When to raise what, and whether the caller may try again:

* ``MalformedError``: bytes or values that came from outside are not of the form they claim. Never retry.
* ``LimitError``: they are of the form but over a named limit. Never retry.
* ``RefusedError``: well-formed, but a rule forbids it in the present state. A person decides.
* ``ConflictError``: somebody else changed the state in between. Retry with fresh state.
* ``UnavailableError``: an outside party (chain, disk, database) did not answer. Retry later.
* ``IntegrityError``: what is stored is not what was stored. Never retry; raise the alarm.
* ``ConfigurationError``: settings, keys or deployment do not fit. A person repairs them.

An error carries a stable kebab-case code and its parameters; the words in Chinese and English stand
in ``ledger.messages`` under that code, with the remedy. Parameters never hold secrets or personal data.
"""

from typing import ClassVar


class LedgerError(Exception):
    """Base of all deliberate errors.

    Args:
        code: the stable code, key of the message catalogue.
        params: values for the placeholders of the message.
    """

    retry: ClassVar[bool] = False

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __reduce__(self) -> tuple[object, ...]:
        """Let an error pass between processes: its parameters are keywords, which pickle forgets."""
        return _restored, (type(self), self.code, self.params)

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code} ({details})" if details else self.code


def _restored(family: type[LedgerError], code: str, params: dict[str, object]) -> LedgerError:
    return family(code, **params)


class MalformedError(LedgerError):
    """Raised when bytes or values from outside are not of the form they claim."""


class LimitError(MalformedError):
    """Raised when an input is over a named limit."""


class RefusedError(LedgerError):
    """Raised when a rule forbids the request in the present state."""


class ConflictError(LedgerError):
    """Raised when the state changed between reading and writing."""

    retry: ClassVar[bool] = True


class UnavailableError(LedgerError):
    """Raised when an outside party did not answer, or answered that it cannot now."""

    retry: ClassVar[bool] = True


class IntegrityError(LedgerError):
    """Raised when stored data is not what was stored."""


class ConfigurationError(LedgerError):
    """Raised when settings, keys or deployment do not fit together."""
