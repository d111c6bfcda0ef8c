"""The port to a table of customers, wherever it lies."""

from collections.abc import Iterator
from typing import Protocol

from blacklist.domain.screening.mapping import ColumnMapping
from blacklist.domain.screening.rows import ReadRow


class RowSource(Protocol):
    """A table that gives the same rows in the same order as often as it is read."""

    def digest(self, salt: bytes) -> bytes:
        """Return 32 bytes that name the content, as far as that can be told without reading rows."""
        ...

    def rows(self, mapping: ColumnMapping) -> Iterator[ReadRow]:
        """Return all rows from the first, each with what is wrong with its form; in bounded memory.

        Raises:
            RefusedError: a column is missing or there twice, or the table cannot be read on.
            UnavailableError: its database does not answer.
        """
        ...
