"""Draws and findings of audits as people and programs see them; no finding names a person."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from blacklist.domain.auditing.drawing import drawn_value, is_settled
from blacklist.domain.chronicle.oversight import OversightState
from blacklist.store import audits
from ledger.evidence.instants import format_instant
from node.blacklist.making import make_follower
from node.consortium import members
from node.wiring import Node


@dataclass(frozen=True, slots=True)
class DrawView:
    """A draw.

    Attributes:
        draw: its number.
        commit_by: instant.
        reveal_by: instant.
        committed: how many members committed to a value.
        revealed: how many showed theirs.
        state: ``running``, ``valid`` or ``spoiled``.
    """

    draw: int
    commit_by: str
    reveal_by: str
    committed: int
    revealed: int
    state: str

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FindingView:
    """What was found about one request.

    Attributes:
        draw: number of the draw.
        member: name of whom it is about.
        server: name of whose log has the request; empty where none had a part in it.
        request: its id in hex; empty where the member listed nothing.
        place: of the element; ``None`` where none was drawn.
        finding: of ``SampleFinding``.
        found_at: instant.
    """

    draw: int
    member: str
    server: str
    request: str
    place: int | None
    finding: str
    found_at: str

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


def read_draws(node: Node, oversight: OversightState | None = None) -> Sequence[DrawView]:
    """Return the draws, the newest first: at the newest final block, or as in ``oversight``.

    Raises:
        ConfigurationError: this node takes no part in a blacklist yet.
        UnavailableError: the chain does not answer.
    """
    found, now = [], node.clock.now()
    oversight = _newest(node) if oversight is None else oversight
    for number, record in sorted(oversight.draws.items(), reverse=True):
        ended = "valid" if drawn_value(record, now) is not None else "spoiled"
        found.append(
            DrawView(
                draw=number,
                commit_by=format_instant(record.opened.commit_by),
                reveal_by=format_instant(record.opened.reveal_by),
                committed=len(record.committed),
                revealed=len(record.revealed),
                state=ended if is_settled(record, now) else "running",
            )
        )
    return found


def read_findings(
    node: Node, draw: int | None = None, names: Mapping[bytes, str] | None = None
) -> Sequence[FindingView]:
    """Return what this member found as an auditor, of one draw or of all; by ``names`` no chain is asked.

    Raises:
        UnavailableError: the chain, which knows the names, does not answer.
    """
    if names is None:
        names = {each.member: each.name for each in members.all_members(node)}
    with node.database.read() as connection:
        rows = audits.findings(connection, draw)
    return [
        FindingView(
            draw=row.draw,
            member=names.get(row.member, row.member.hex()[:12]),
            server=names.get(row.server, row.server.hex()[:12]),
            request=row.request_id.hex(),
            place=row.place,
            finding=row.finding,
            found_at=row.found_at,
        )
        for row in rows
    ]


def _newest(node: Node) -> OversightState:
    follower = make_follower(node)
    follower.refresh()
    return follower.oversight()
