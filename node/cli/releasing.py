"""Commands that take two persons: under an approved release, and in production never without one."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from ledger.errors import LedgerError, RefusedError
from node.adapters import SystemClock
from node.audit.trail import Trail
from node.cli.person import at_the_shell
from node.database import Database
from node.identity.releases import Releases
from node.settings import Settings

release_option = click.option(
    "--release", metavar="ID", help="已批准的放行申请 Approved release; in production needed"
)


@contextmanager
def released(
    settings: Settings, release_id: str | None, *, kind: str, subject: str
) -> Iterator[None]:
    """Carry out the block under a release, which is done at its end, or failed with the block's error.

    What was cut short, or failed for a reason that passes, is gone on with under the same release: the
    commands can be repeated, and until then it stays claimed. Needs no key of the node: without the master
    key in its new place none can be opened.

    Raises:
        RefusedError: none is given in production; unknown, of something else, not approved, over, or expired.
    """
    if release_id is None:
        if settings.production:
            raise RefusedError("release-needed", kind=kind, subject=subject)
        yield
        return
    by = at_the_shell()
    with _releases(settings) as releases:
        found = releases.get(release_id)
        if (found.kind, found.subject) != (kind, subject):
            raise RefusedError("release-other", kind=found.kind, subject=found.subject)
        if found.state != "claimed":
            releases.claim(release_id, by)
        try:
            yield
        except LedgerError as error:
            if not error.retry:
                releases.finish(release_id, by, why=error.code)
            raise
        releases.finish(release_id, by)


@contextmanager
def _releases(settings: Settings) -> Iterator[Releases]:
    database, clock = Database(settings.ledger_url), SystemClock()
    try:
        trail = Trail(database.write, clock, database.read)
        yield Releases(database.write, database.read, clock, trail)
    finally:
        database.dispose()
