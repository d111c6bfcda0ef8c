"""When more shares are lost than the threshold can bear: what still works, and the way out by a new key."""

from dataclasses import replace
from datetime import timedelta

import pytest
from harness.entry_members import Banks, facts, identifier, specimen
from harness.key_members import NATIONAL_ID
from harness.watchers import watch

from blacklist.domain.entries.grounds import Severity
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.protocol.purposes import Purpose
from blacklist.store import entries
from ledger.errors import LedgerError

FRAUDSTER, LATE = specimen(123), specimen(7)


def lose_shares(banks: Banks) -> None:
    """Let all banks but one lose what their shares are sealed under: the threshold of three is two."""
    for bank in banks.banks[1:]:
        bank.keygen.share_keys.kept.clear()  # type: ignore[attr-defined]  # the test's own


def test_cached_tags_go_on_matching_and_a_new_key_brings_everything_back(banks: Banks) -> None:
    reporter, watching = banks.banks[0], banks.banks[1]
    entry = reporter.list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    monitoring, _ = watch(watching, FRAUDSTER, LATE)
    assert monitoring.round(IdentifierType.NATIONAL_ID) == 1
    lose_shares(banks)
    with pytest.raises(LedgerError, match="too-few"):
        watching.querying.query(watching.person(FRAUDSTER), Purpose.QUERY, "officer")
    # What is decided about entries needs no share, and every member's index and hits follow.
    reporter.revising.contract.dispute(entry, b"\x33" * 32)
    banks.settle()
    reporter.revising.uphold(entry, b"\x44" * 32)
    banks.settle()
    with watching.database.read() as connection:
        assert entries.has_row(connection, NATIONAL_ID, 1, watching.index.clock.now())
    # As docs/blacklist.md says: nobody can read the lost key, so nobody is to wait for it.
    watching.querying = replace(watching.querying, dual_read=timedelta(0))
    monitoring = replace(monitoring, querying=watching.querying)
    banks.make_key(2)
    queued = reporter.succession.queue({NATIONAL_ID: 2})
    assert (queued, reporter.listing.prepare(), reporter.listing.send()) == (1, 1, 1)
    banks.settle()
    (kept,) = watching.querying.query(watching.person(FRAUDSTER), Purpose.QUERY, "officer")
    assert (kept.found.listed.key_epoch, kept.found.facts) == (2, facts(banks.today()))
    assert monitoring.round(IdentifierType.NATIONAL_ID) == 0, "announced before"
    late = replace(facts(banks.today()), severity=Severity.GRAVE)
    reporter.list(LATE, late)
    banks.settle()
    assert monitoring.round(IdentifierType.NATIONAL_ID) == 1


def test_what_was_prepared_under_the_lost_key_is_prepared_again(banks: Banks) -> None:
    reporter = banks.banks[0]
    entry = reporter.listing.ask(identifier(FRAUDSTER), facts(banks.today()), "officer")
    reporter.listing.release(entry)
    reporter.follower.refresh()
    lose_shares(banks)
    with pytest.raises(LedgerError, match="too-few"):
        reporter.listing.prepare()
    banks.make_key(2)
    assert (reporter.listing.prepare(), reporter.listing.send()) == (1, 1)
