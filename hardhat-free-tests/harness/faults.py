"""Faults at every step: the step fails and was not applied, or fails and was applied.

``Faults`` numbers the effects of a run (commits, signatures, files, calls of the chain) and makes one of them
fail. A reader of the run only ever sees a documented error, as it would from the real part.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from sqlalchemy import Connection

from ledger.errors import UnavailableError

When = Literal["before", "after"]


class Faults:
    """Makes step ``at`` fail, once.

    Attributes:
        at: number of the step from 0; -1 for none.
        when: before it takes effect, or after.
        steps: names of the steps so far.
    """

    def __init__(self, at: int = -1, when: When = "before") -> None:
        self.at = at
        self.when = when
        self.steps: list[str] = []

    @property
    def struck(self) -> bool:
        """Whether the fault has happened."""
        return 0 <= self.at < len(self.steps)

    def wrap(self, name: str, part: Any) -> Any:
        """Return a part whose effects are steps."""
        if name == "database":
            return _Database(self, part)
        return _Part(self, name, part)

    def step(self, name: str, effect: Callable[[], Any]) -> Any:
        """Carry out one step, or fail in it."""
        strike = len(self.steps) == self.at
        self.steps.append(name)
        if strike and self.when == "before":
            raise UnavailableError("chain-unreachable", detail=f"before {name}")
        done = effect()
        if strike:
            raise UnavailableError("chain-unreachable", detail=f"after {name}")
        return done


class _Part:
    def __init__(self, faults: Faults, name: str, part: Any) -> None:
        self._faults = faults
        self._name = name
        self._part = part

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(self._part, attribute)
        if not callable(found):
            return found
        name = f"{self._name}.{attribute}"
        return lambda *a, **k: self._faults.step(name, lambda: found(*a, **k))


class _Database:
    """A database whose commits are steps."""

    def __init__(self, faults: Faults, database: Any) -> None:
        self._faults = faults
        self._database = database
        self.engine = database.engine
        self.read = database.read
        self.dispose = database.dispose

    @contextmanager
    def write(self) -> Iterator[Connection]:
        faults = self._faults
        strike = len(faults.steps) == faults.at
        faults.steps.append("commit")
        with self._database.write() as connection:
            yield connection
            if strike and faults.when == "before":
                raise UnavailableError("database-unavailable", detail="before commit")
        if strike:
            raise UnavailableError("database-unavailable", detail="after commit")
