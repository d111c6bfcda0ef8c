"""What the console and the API show of timestamps."""

from datetime import timedelta

from harness.browsing import console_of
from harness.ledger import Ledger
from harness.stamped import anchored, configure
from harness.timestamp_authority import LocalAuthority

from ledger.services.timestamping import ALARM_AFTER
from node.identity.permissions import Role
from node.stamping import make_timestamper


def test_the_pages_name_the_bound_with_its_source_and_who_fails(
    sqlite_ledger: Ledger, served: LocalAuthority
) -> None:
    (leaf,) = anchored(sqlite_ledger)
    ledger = configure(sqlite_ledger, served)
    timestamper = make_timestamper(ledger.node)
    (authority,) = timestamper.authorities
    with console_of(ledger) as console:
        browser = console.signed_in(Role.COMPLIANCE)
        page = f"/evidence/{leaf.hex()}"
        assert "Not after" not in browser.get(page).text
        timestamper.run(authority)
        shown = browser.get(page).text
        assert "Not after" in shown
        assert "(source: timestamp of 机构0)" in shown
        assert "Timestamped by an authority" in shown
        assert "has given no timestamp" not in browser.get("/").text
        served.status = 500
        ledger.seal(b"more" * 2000)
        ledger.anchor()
        timestamper.run(authority)
        ledger.clock.moment += ALARM_AFTER + timedelta(seconds=1)
        browser = console.signed_in(Role.COMPLIANCE)
        assert "机构0 has given no timestamp since" in browser.get("/").text
