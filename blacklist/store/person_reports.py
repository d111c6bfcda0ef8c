"""Reports to persons, counted by year: who asks is known by a blind index only."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from blacklist.store.desk_tables import person_report


@dataclass(frozen=True, slots=True)
class PersonReportRow:
    """A report that was made.

    Attributes:
        subject: blind index of the identifier.
        year: calendar year in China.
        number: of this person in this year, from 1.
        made_at: instant.
        made_by: operator.
    """

    subject: bytes
    year: int
    number: int
    made_at: str
    made_by: str


def add(connection: Connection, subject: bytes, year: int, *, at: str, by: str) -> PersonReportRow:
    """Count a report and return it.

    Raises:
        ConflictError: another one of the same person was counted at the same moment.
    """
    own = (person_report.c.subject == subject) & (person_report.c.year == year)
    before = connection.scalar(select(func.count()).select_from(person_report).where(own)) or 0
    row = PersonReportRow(subject, year, before + 1, at, by)
    values = {each.name: getattr(row, each.name) for each in person_report.c}
    connection.execute(insert(person_report).values(values))
    return row
