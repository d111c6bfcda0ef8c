"""Several processes of one node follow the contract into one database."""

from collections.abc import Callable, Sequence

from harness.evm_blacklist import EvmContract
from harness.key_members import NATIONAL_ID, Member, Members
from sqlalchemy import func, select

from blacklist.ports.contract import RawLog
from blacklist.services.following import Follower
from blacklist.store.tables import blacklist_log


class Slow(EvmContract):
    """A chain that answers one process only after another one has read on."""

    def logs(self, first: int, last: int) -> Sequence[RawLog]:
        found = super().logs(first, last)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return found

    meanwhile: Callable[[], object] | None = None


def beside(member: Member) -> tuple[Follower, Slow]:
    """Another process of the same node, on the same database."""
    contract = Slow(member.contract.shared, member.number)
    database, first = member.database, member.service.follower
    return Follower(database.write, database.read, contract, first.address), contract


def stored(member: Member) -> int:
    with member.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(blacklist_log)) or 0


def test_who_is_overtaken_leaves_what_the_other_took(make: Callable[[int], Members]) -> None:
    members = make(3)
    one = members.members[0]
    slow, contract = beside(one)
    contract.meanwhile = one.service.follower.refresh
    assert slow.refresh() == one.service.follower.state()
    members.members[1].contract.open_ceremony(NATIONAL_ID, resharing=False)

    def goes_further() -> None:
        # The slow one asked about fewer blocks than the other has read by now.
        members.members[1].service.run()
        one.service.follower.refresh()

    contract.meanwhile = goes_further
    slow.refresh()
    members.members[2].service.run()
    assert slow.refresh() == one.service.follower.refresh()
    assert stored(one) == len(members.shared.logs)
