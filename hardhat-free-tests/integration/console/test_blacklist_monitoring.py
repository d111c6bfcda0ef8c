"""Watching a customer in the console: begun in a form, hit by a new entry, ended and forgotten."""

import re
from pathlib import Path

from harness.bank_service import bank_service
from harness.browsing import Console
from harness.entry_members import facts, specimen
from harness.ledger import Ledger

from node.identity.permissions import Role

FRAUDSTER = specimen(123)
PLACE = "/blacklist/monitoring"


def test_a_customer_is_watched_until_the_relationship_ends(
    sqlite_ledger: Ledger, tmp_path: Path
) -> None:
    with bank_service(sqlite_ledger, tmp_path) as bank:
        officer = Console(bank).signed_in(Role.COMPLIANCE)
        form = {
            "type": "id", "identifier": FRAUDSTER, "issuer": "", "authorisation": "auth-1",
            "reference": "C-77", "purpose": "loan",
        }  # fmt: skip
        refused = officer.post(PLACE, {**form, "purpose": ""})
        assert refused.status_code == 400
        assert "C-77" in refused.text
        assert officer.post(PLACE, form).status_code == 303
        page = officer.get(PLACE).text
        assert "C-77" in page
        assert FRAUDSTER not in page
        bank.others[0].list(FRAUDSTER, facts(bank.banks.today()))
        bank.work()
        bank.work()
        assert "/blacklist/hits/" in officer.get("/blacklist/hits").text
        (ending,) = re.findall(rf'action="({PLACE}/[0-9a-f]{{32}}/end)"', page)
        assert officer.post(ending, {}).status_code == 303
        assert "C-77" not in officer.get(PLACE).text
