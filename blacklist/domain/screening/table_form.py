"""How the bytes of a table are read: said by a person, like the meaning of its columns, and never guessed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from ledger.errors import RefusedError
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue

ENCODING: Final = "utf-8-sig"
SEPARATOR: Final = ","
_MEMBERS: Final = {"kind", "encoding", "separator", "sheet"}


class TableKind(StrEnum):
    """A kind of file; its value is the name's ending."""

    CSV = "csv"
    EXCEL = "xlsx"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class TableForm:
    """How a file is read.

    Attributes:
        kind: of file.
        encoding: of CSV.
        separator: one character between the fields of CSV.
        sheet: of a workbook that has several; ``None`` where there is one.
    """

    kind: TableKind
    encoding: str = ENCODING
    separator: str = SEPARATOR
    sheet: str | None = None

    def check(self) -> None:
        """Return when a file can be read so at all.

        Raises:
            RefusedError: ``screening-encoding-unknown``, ``screening-separator``.
        """
        try:
            " ".encode(self.encoding)
        except (LookupError, ValueError):
            raise RefusedError("screening-encoding-unknown") from None
        if len(self.separator) != 1 or self.separator in '"\r\n':
            raise RefusedError("screening-separator")

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as it is kept with a table."""
        return {
            "kind": self.kind.value,
            "encoding": self.encoding,
            "separator": self.separator,
            "sheet": self.sheet,
        }

    @classmethod
    def from_json(cls, value: JsonValue) -> Self:
        """Read what ``to_json`` gave.

        Raises:
            MalformedError: not of the form.
        """
        given = shape.members(value, "form", _MEMBERS)
        sheet = given["sheet"]
        return cls(
            TableKind(shape.text(given["kind"], "kind")),
            shape.text(given["encoding"], "encoding"),
            shape.text(given["separator"], "separator"),
            None if sheet is None else shape.text(sheet, "sheet"),
        )
