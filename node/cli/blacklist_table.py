"""A table of customers for a command: where it is, and which columns hold what."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.screening.mapping import ColumnMapping
from blacklist.ports.row_source import RowSource
from node.cli.files import read_bounded

MAX_URL_BYTES = 4096
_PATH = click.Path(path_type=Path, exists=True, dir_okay=False)
_OPTIONS = (
    click.argument("file", type=_PATH, required=False),
    click.option(
        "--database", type=_PATH, help="内含数据库地址的文件 File that holds a database URL"
    ),
    click.option("--table", help="数据库中的表 Table of that database"),
    click.option("--encoding", default="utf-8-sig", show_default=True, help="CSV 编码 Of CSV"),
    click.option("--separator", default=",", show_default=True, help="CSV 分隔符 Of CSV"),
    click.option("--sheet", help="Excel 工作表 Sheet of a workbook"),
    click.option(
        "--identifier",
        "identifiers",
        multiple=True,
        metavar="TYPE=COLUMN",
        help="标识列及类型，可多次 Type and column, repeatable: "
        + " ".join(each.value for each in IdentifierType),
    ),
    click.option(
        "--authorisation", metavar="COLUMN", help="授权编号列 Number of the authorisation"
    ),
    click.option(
        "--issuer", metavar="COLUMN", help="出入境证件签发方列 Issuer of travel documents"
    ),
    click.option("--reference", metavar="COLUMN", help="客户编号列 Your number of the customer"),
)


@dataclass(frozen=True, slots=True)
class GivenTable:
    """How a command was told about a table; the options of the same names."""

    file: Path | None
    database: Path | None
    table: str | None
    encoding: str
    separator: str
    sheet: str | None
    identifiers: tuple[str, ...]
    authorisation: str | None
    issuer: str | None
    reference: str | None

    def source(self) -> RowSource:
        """Return the table.

        Raises:
            UsageError: neither one file nor one table.
            RefusedError: of a kind that cannot be read.
        """
        # pandas, which takes most of a second.
        from node.blacklist.table_reading import database_source, file_source  # noqa: PLC0415

        if self.file is not None and self.database is None and self.table is None:
            return file_source(
                self.file, encoding=self.encoding, separator=self.separator, sheet=self.sheet
            )
        if self.file is None and self.database is not None and self.table is not None:
            url = read_bounded(self.database, MAX_URL_BYTES).decode("utf-8", "replace").strip()
            return database_source(url, self.table)
        raise click.UsageError("FILE，或 --database 与 --table。 FILE, or --database and --table.")

    def mapping(self) -> ColumnMapping:
        """Return which columns hold what.

        Raises:
            UsageError: no authorisations.
            BadParameter: an identifier column without a type.
        """
        if self.authorisation is None:
            raise click.UsageError(
                "缺少 --authorisation（征信业管理条例 18）。 Option --authorisation is missing."
            )
        pairs = tuple(map(_typed, self.identifiers))
        return ColumnMapping(pairs, self.authorisation, self.issuer, self.reference)

    def names_columns(self) -> bool:
        """Tell whether any column was named."""
        return any((self.identifiers, self.authorisation, self.issuer, self.reference))


def of_a_table(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command options for a table, which it receives as ``given``."""
    names = GivenTable.__slots__

    @wraps(command)
    def run(*arguments: Any, **rest: Any) -> None:  # noqa: ANN401 - the command's own
        given = GivenTable(**{name: rest.pop(name) for name in names})
        command(*arguments, given=given, **rest)

    found: Callable[..., None] = run
    for option in reversed(_OPTIONS):
        found = option(found)
    return found


def _typed(text: str) -> tuple[str, IdentifierType]:
    kind, _, column = text.partition("=")
    if kind not in {each.value for each in IdentifierType} or not column:
        raise click.BadParameter(text, param_hint="--identifier")
    return column, IdentifierType(kind)
