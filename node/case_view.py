"""A case as people and machines see it: how many items, which running numbers are missing, the hold."""

from dataclasses import dataclass

from sqlalchemy import Connection

from ledger.store import cases
from ledger.store.cases import CaseRow


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case and whether it is complete."""

    case: CaseRow
    missing: tuple[int, ...]

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return {
            "case_id": self.case.case_id.hex(),
            "items": self.case.last_number,
            "missing": list(self.missing),
            "legal_hold": self.case.legal_hold,
        }


def view(connection: Connection, case: CaseRow) -> CaseView:
    """Return a case with its gaps."""
    there = set(cases.numbers(connection, case.case_id))
    return CaseView(case, tuple(n for n in range(1, case.last_number + 1) if n not in there))
