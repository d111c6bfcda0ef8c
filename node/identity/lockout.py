"""Growing delays after failed logins, stored durably, and never a permanent denial by a stranger.

Each attempt is counted *before* the password is looked at, under the row's lock, so that a hundred parallel
guesses count as a hundred. A success takes its own count back. Three counters delay, each by
2, 4, 8 … seconds up to a limit once its free attempts are used up:

* login and source together: 5 free, at most 1 minute;
* a source, whatever the login: 20 free, at most 15 minutes (one machine that tries many accounts);
* a login, whatever the source: 10 free, at most 5 minutes (many machines that try one account).

The last two do not apply where the operator has signed in from before: a stranger who guesses at an
operator's password delays strangers, not the operator at the usual place. An attempt during a delay is not
counted, and a counter is forgotten a day after its last failure. Locking accounts for good was rejected:
it lets anybody who knows a login shut its owner out.

Sources are IPv4 addresses or IPv6 /64 networks (one household has a whole one), stored as HMACs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from sqlalchemy import Connection, case, null, select
from sqlalchemy.dialects import postgresql, sqlite

from ledger.evidence.instants import format_instant, parse_instant
from node.errors import TooManyRequestsError
from node.identity.random_tokens import blinded
from node.identity.tables import known_source, login_failure

MEMORY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """Attempts without delay, and the longest delay in seconds."""

    free: int
    longest: int


PAIR: Final = Limit(5, 60)
SOURCE: Final = Limit(20, 900)
LOGIN: Final = Limit(10, 300)


@dataclass(frozen=True, slots=True)
class CountedAttempt:
    """A counted attempt: each counter's key and its number of failures, this one included."""

    pair: bytes
    counts: Sequence[tuple[bytes, int]]


def delay(failures: int, limit: Limit) -> int:
    """Return the seconds to wait after ``failures``; 0 while attempts are free."""
    over = failures - limit.free
    return 0 if over <= 0 else min(limit.longest, 2 ** min(over, 16))


def source_name(source: str) -> str:
    """Return what of an address is counted; other text, such as ``console``, as it is."""
    try:
        address = ip_address(source.partition("%")[0])
    except ValueError:
        return source[:64]
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((address, 64), strict=False))
    return str(address)


class Lockout:
    """Counts attempts and says when one comes too early.

    Args:
        key: 32 bytes, for the HMACs.
    """

    def __init__(self, key: bytes) -> None:
        self._key: Final = key

    def count(
        self,
        connection: Connection,
        *,
        login: str,
        source: str,
        operator_id: str | None,
        now: datetime,
    ) -> CountedAttempt:
        """Count an attempt as failed, in a transaction of its own.

        Raises:
            TooManyRequestsError: it comes too early; it is not counted.
        """
        name = source_name(source)
        pair = blinded(self._key, "pair", login, name)
        counters = [(pair, PAIR)]
        if operator_id is None or not self._is_known(connection, operator_id, name):
            counters.append((blinded(self._key, "source", name), SOURCE))
            counters.append((blinded(self._key, "login", login), LOGIN))
        old = login_failure.c.last_at < format_instant(now - MEMORY)
        connection.execute(login_failure.delete().where(old))
        counts = []
        for key, limit in sorted(counters, key=lambda each: each[0]):  # one order: no deadlocks
            counts.append((key, _count_one(connection, key, limit, now)))
        return CountedAttempt(pair, counts)

    def take_back(self, connection: Connection, attempt: CountedAttempt, *, clear: bool) -> None:
        """Take the count of an attempt back that did not fail; ``clear`` forgives the pair's earlier ones.

        Only this attempt's count is taken back elsewhere: who has one account must not clear the way for
        guesses at others.
        """
        if clear:
            connection.execute(login_failure.delete().where(login_failure.c.key == attempt.pair))
        for key, counted in attempt.counts:
            # The delay stays when others failed in the meantime.
            until = case(
                (login_failure.c.failures == counted, null()), else_=login_failure.c.blocked_until
            )
            connection.execute(
                login_failure.update()
                .where(login_failure.c.key == key, login_failure.c.failures > 0)
                .values(failures=login_failure.c.failures - 1, blocked_until=until)
            )

    def remember(
        self, connection: Connection, *, operator_id: str, source: str, now: datetime
    ) -> None:
        """Remember that the operator has signed in from ``source``."""
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        row = {
            "operator_id": operator_id,
            "source": blinded(self._key, "known", source_name(source)),
            "seen_at": format_instant(now),
        }
        statement = insert(known_source).values(row)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["operator_id", "source"], set_={"seen_at": row["seen_at"]}
            )
        )

    def _is_known(self, connection: Connection, operator_id: str, name: str) -> bool:
        query = select(known_source.c.seen_at).where(
            known_source.c.operator_id == operator_id,
            known_source.c.source == blinded(self._key, "known", name),
        )
        return connection.scalar(query) is not None


def _count_one(connection: Connection, key: bytes, limit: Limit, now: datetime) -> int:
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    at = format_instant(now)
    fresh = {"key": key, "failures": 0, "last_at": at}
    connection.execute(insert(login_failure).values(fresh).on_conflict_do_nothing())
    row = connection.execute(
        select(login_failure).where(login_failure.c.key == key).with_for_update()
    ).one()
    if row.blocked_until is not None and row.blocked_until > at:
        seconds = (parse_instant(row.blocked_until) - now).total_seconds()
        raise TooManyRequestsError("login-delayed", seconds=max(1, int(seconds + 0.999)))
    failures: int = row.failures + 1
    wait = delay(failures, limit)
    until = format_instant(now + timedelta(seconds=wait)) if wait else None
    changed = {"failures": failures, "last_at": at, "blocked_until": until}
    connection.execute(login_failure.update().where(login_failure.c.key == key).values(changed))
    return failures
