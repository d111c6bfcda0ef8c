"""Tokens are renewed before their certificates end; the chain of renewals is checked and carried."""

from hashlib import sha256

import pytest
from harness.auditor import audit
from harness.ledger import Ledger
from harness.stamped import anchored, asked, package_of, renewable, stamper, verified
from harness.timestamp_authority import LocalAuthority
from sqlalchemy import select, update

from ledger.errors import MalformedError
from ledger.primitives.tlog_proof import TlogProof
from ledger.proof import layout
from ledger.proof.bundle import open_bundle
from ledger.proof.renewal import check_renewals, renewals_from_bytes
from ledger.proof.report import ExitCode
from ledger.services.timestamping import Done
from ledger.store import timestamps
from ledger.store.tables import timestamp_token
from node.memory_package import MemoryPackage


def test_tokens_are_renewed_before_their_certificates_end(
    ledger: Ledger, served: LocalAuthority
) -> None:
    """Three tokens under one renewal, and that one renewed again; the package carries the chain."""
    leaves = anchored(ledger, 3)
    authority = asked(served)
    timestamper = stamper(ledger, authority)
    renewable(served, 200)
    assert timestamper.run(authority).stamped == 3
    assert timestamper.run(authority).renewed == 0, "not due"
    ledger.clock.move(30 * 86400)
    assert timestamper.run(authority) == Done(), "its certificates last no longer"
    renewable(served, 300)
    assert timestamper.run(authority) == Done(), "and it is not asked again at once"
    ledger.clock.move(86400)
    assert timestamper.run(authority).renewed == 3
    assert timestamper.run(authority).renewed == 0
    ledger.clock.move(100 * 86400)
    renewable(served, 900)
    assert timestamper.run(authority).renewed == 1
    package = package_of(ledger, leaves[1])
    assert verified(ledger, package, served.root_der).exit_code is ExitCode.PROVED
    bundle = open_bundle(MemoryPackage(package))
    renewals = renewals_from_bytes(bundle.read(layout.TIMESTAMP_RENEWALS))
    text = TlogProof.parse(bundle.read(layout.LEAF_PROOF)).checkpoint.text
    imprint = sha256(text.encode()).digest()
    until = check_renewals(renewals, imprint_sha256=imprint, roots=[served.root_der])
    assert [each.size for each in renewals] == [3, 1]
    assert all(each.covered.revocation for each in renewals)
    assert until == served.signer.not_valid_after_utc
    with pytest.raises(MalformedError, match="timestamp-renewal"):
        check_renewals(renewals[1:], imprint_sha256=imprint, roots=[served.root_der])
    audit(ledger)


def test_a_renewal_over_other_tokens_is_found_by_the_audit(
    ledger: Ledger, served: LocalAuthority
) -> None:
    anchored(ledger, 2)
    authority = asked(served)
    timestamper = stamper(ledger, authority)
    renewable(served, 100)
    timestamper.run(authority)
    renewable(served, 400)
    assert timestamper.run(authority, at_once=True).renewed == 2
    with ledger.node.database.write() as connection:
        first = connection.scalar(
            select(timestamp_token.c.token_id).where(timestamp_token.c.renewed_as == 0)
        )
        connection.execute(
            update(timestamp_token)
            .where(timestamp_token.c.token_id == first)
            .values(renewed_by=None, renewed_as=None)
        )
    assert [each.code for each in ledger.node.auditor.run().problems] == ["audit-timestamp-renewal"]


def test_two_renewals_at_once_leave_one(ledger: Ledger, served: LocalAuthority) -> None:
    anchored(ledger)
    authority = asked(served)
    renewable(served, 100)
    stamper(ledger, authority).run(authority)
    renewable(served, 400)
    inner = authority.stamp

    def stamp(message: bytes) -> object:
        authority.stamp = inner  # type: ignore[method-assign]  # another process is faster
        stamper(ledger, authority).run(authority, at_once=True)
        return inner(message)

    authority.stamp = stamp  # type: ignore[method-assign, assignment]  # as above
    assert stamper(ledger, authority).run(authority, at_once=True).renewed == 0
    with ledger.node.database.read() as connection:
        rows = timestamps.after(connection, 0, 10)
    assert [row.generation for row in rows] == [0, None]
    audit(ledger)
