"""Watching a customer in the console: begun in a form, hit by a new entry, ended and forgotten."""

import re
from pathlib import Path

from harness.bank_service import bank_service
from harness.browsing import Console
from harness.entry_members import facts, identifier, specimen
from harness.ledger import Ledger

from blacklist.domain.screening.monitoring import MonitoringPurpose, WatchedPerson
from blacklist.store import monitors
from node.blacklist.monitoring import watching
from node.console import blacklist_monitoring
from node.identity.permissions import Role

FRAUDSTER = specimen(123)
MANY = blacklist_monitoring.PAGE + 1
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


def test_older_ones_are_a_page_further(sqlite_ledger: Ledger, tmp_path: Path) -> None:
    with bank_service(sqlite_ledger, tmp_path) as bank:
        officer = Console(bank).signed_in(Role.COMPLIANCE)
        persons = [WatchedPerson(identifier(specimen(n)), "A", f"C-{n:03}") for n in range(MANY)]
        watching(bank.entries).add(persons, MonitoringPurpose.LOAN, "officer")
        page = officer.get(PLACE).text
        (older,) = re.findall(rf'href="({PLACE}\?cursor=[^"]+)"', page)
        following = officer.get(older).text
        shown = [re.findall(r"<td>(C-[0-9]{3})</td>", each) for each in (page, following)]
        assert [len(each) for each in shown] == [MANY - 1, 1]
        assert len({each for some in shown for each in some}) == MANY
        assert "cursor=" not in following
        assert officer.get(f"{PLACE}?cursor=none").status_code == 400


def test_a_whole_relationship_is_ended_by_the_customers_number(
    sqlite_ledger: Ledger, tmp_path: Path
) -> None:
    with bank_service(sqlite_ledger, tmp_path) as bank:
        officer = Console(bank).signed_in(Role.COMPLIANCE)
        persons = [WatchedPerson(identifier(specimen(n)), "A", "C-9") for n in range(3)]
        watching(bank.entries).add(persons, MonitoringPurpose.LOAN, "officer")
        for reference in ("C-8", ""):
            nobody = officer.post(f"{PLACE}/end", {"reference": reference})
            assert nobody.headers["location"].endswith("ui-nobody-watched")
        assert officer.get(PLACE).text.count("<td>C-9</td>") == len(persons)
        ended = officer.post(f"{PLACE}/end", {"reference": "C-9"})
        assert ended.headers["location"].endswith("ui-done-unwatched")
        assert "C-9" not in officer.get(PLACE).text
        with bank.entries.node.database.read() as connection:
            assert monitors.newest(connection, None, 9) == []
