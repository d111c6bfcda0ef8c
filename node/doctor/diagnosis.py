"""What the doctor finds, and how a check that raises becomes a finding.

A check looks at one thing. It yields what it found; an error that it raises is its failure, with the error's
own words and remedy. Nothing that a check finds keeps the next one from looking.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, TypeVar

from ledger.errors import LedgerError, UnavailableError

State: TypeAlias = Literal["ok", "warning", "failed"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at.

    Attributes:
        check: code of what was looked at, in the catalogue.
        state: ``ok``, ``warning`` (works, but somebody should know), ``failed`` (has to be repaired).
        code: of the words that say what was found, with the remedy; empty when there is nothing to say.
        params: of those words; never a secret.
    """

    check: str
    state: State
    code: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        params = {name: str(value) for name, value in self.params.items()}
        return {"check": self.check, "state": self.state, "code": self.code, "params": params}


Examine: TypeAlias = Callable[[T], Iterator[Diagnosis]]


def examine(check: str, look: Examine[T], at: T) -> list[Diagnosis]:
    """Look at one thing; nothing found is all well."""
    try:
        return list(look(at)) or [Diagnosis(check, "ok")]
    except LedgerError as error:
        return [Diagnosis(check, "failed", error.code, error.params)]
    except OSError as error:
        failed = UnavailableError("file-unwritable", file=error.filename or "?", why=error.strerror)
        return [Diagnosis(check, "failed", failed.code, failed.params)]


def failed(found: Sequence[Diagnosis]) -> bool:
    """Tell whether something has to be repaired."""
    return any(each.state == "failed" for each in found)
