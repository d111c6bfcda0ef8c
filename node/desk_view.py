"""What the desk's people see: disputes with their clocks, answers, requests. No personal data."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from math import ceil

from blacklist.domain.entries.facts import CHINA
from blacklist.store import entries, person_requests, person_statements
from blacklist.store.entries import Dispute
from blacklist.store.person_requests import PersonRequest, RequestOutcome
from blacklist.store.person_statements import PersonStatement
from ledger.errors import RefusedError
from ledger.evidence.instants import format_instant, parse_instant
from node.blacklist.person_rights import changes
from node.blacklist.reporters import Reporters, read_reporters
from node.entry_view import DECISIONS
from node.wiring import Node
from node.words.catalogue import word

_DAY = 86400


@dataclass(frozen=True, slots=True)
class OpenDisputeView:
    """A dispute that nobody has decided; ids in hex.

    Attributes:
        reporter: name of who has to answer.
        can_answer: ``False`` when the reporter has left or is suspended.
        own: whether this member has to answer.
        days_left: begun days until the answer is due, by block time; negative once it is overdue.
        overdue: the entry is not relied on any more.
        statement_here: whether what the person said is sealed at this member.
    """

    entry: str
    reporter: str
    can_answer: bool
    own: bool
    disputed_at: str
    decide_by: str
    days_left: int
    overdue: bool
    statement_here: bool

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class AnswerView:
    """How the newest dispute about an entry was decided; ids in hex.

    Attributes:
        reporter: name.
        reasons: digest of the written answer.
        answer_here: whether that answer is sealed at this member.
        day: of the dispute, in China.
        decided_on: day of the decision, in China.
    """

    entry: str
    reporter: str
    decision: str
    reasons: str
    answer_here: bool
    in_time: bool
    day: str
    decided_on: str

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class StatementView:
    """What a person said about an entry; ids in hex.

    Attributes:
        state: ``waiting``, ``recorded``, ``handed-over`` or ``refused``.
    """

    digest: str
    entry: str
    disputes: bool
    leaf_hash: str
    state: str
    refused: str | None

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request of a person; ids in hex.

    Attributes:
        reporter: name of the other member that it has to be passed on to; ``None`` when this one answers it.
    """

    request: str
    kind: str
    entry: str | None
    received_at: str
    due_at: str
    days_left: int
    outcome: str | None
    reporter: str | None

    @property
    def outcomes(self) -> tuple[str, ...]:
        """How it can end."""
        if self.reporter is not None:
            return (RequestOutcome.PASSED_ON.value,)
        return (RequestOutcome.GRANTED.value, RequestOutcome.REFUSED.value)

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


def open_disputes(node: Node) -> Sequence[OpenDisputeView]:
    """Return open disputes: first those that this member has to answer, most urgent first."""
    reporters, now = read_reporters(node), node.clock.now()
    found = []
    with node.database.read() as connection:
        for dispute in entries.open_disputes(connection):
            listed = entries.find(connection, dispute.entry)
            if listed is None or listed.disputed_at is None:
                continue
            reporter = reporters.of(listed.reporter)
            found.append(
                OpenDisputeView(
                    entry=dispute.entry.hex(),
                    reporter=reporter.name,
                    can_answer=reporter.can_answer,
                    own=listed.reporter.hex() == node.settings.member,
                    disputed_at=format_instant(dispute.disputed_at),
                    decide_by=format_instant(dispute.decide_by),
                    days_left=_days(dispute.decide_by, now),
                    overdue=now > dispute.decide_by,
                    statement_here=_is_here(person_statements.find(connection, dispute.statement)),
                )
            )
    return sorted(found, key=lambda each: (not each.own, each.decide_by))


def read_answer(node: Node, entry: bytes) -> AnswerView:
    """Return how the newest dispute about an entry was decided.

    Raises:
        RefusedError: ``entry-unknown``, ``dispute-none``, or ``dispute-open``: nobody has decided it.
    """
    with node.database.read() as connection:
        listed, found = entries.find(connection, entry), entries.disputes(connection, entry)
    if listed is None:
        raise RefusedError("entry-unknown", entry=entry.hex()[:12])
    if not found:
        raise RefusedError("dispute-none", entry=entry.hex()[:12])
    return _answer(node, found[-1], listed.reporter)


def letter_text(found: AnswerView) -> str:
    """Return the text for the person, Chinese first: what was decided, and what can be done next."""
    codes = ("answer-decided", "answer-here" if found.answer_here else "answer-elsewhere")
    late = () if found.in_time else ("answer-late",)
    parts = []
    for language in ("zh", "en"):
        decision = word(f"decision-{found.decision}", language)
        said = {**found.to_json(), "decision": decision}
        parts += [word(code, language, said) for code in (*codes, *late, "answer-next")]
    return "\n".join(parts)


def statement_view(said: PersonStatement) -> StatementView:
    """Return what became of a statement."""
    if said.refused is not None:
        state = "refused"
    elif said.handed_at is not None and (said.recorded_at is not None or not said.disputes):
        state = "handed-over"
    else:
        state = "waiting" if said.recorded_at is None else "recorded"
    return StatementView(
        said.digest.hex(),
        said.entry.hex(),
        said.disputes,
        said.leaf_hash.hex(),
        state,
        said.refused,
    )


def read_requests(node: Node, *, unsettled: bool) -> Sequence[RequestView]:
    """Return requests, the most urgent first; only open ones, if asked."""
    with node.database.read() as connection:
        found = person_requests.read_all(connection, unsettled=unsettled)
    reporters = cache(lambda: read_reporters(node))
    return [_request(node, each, reporters) for each in found]


def request_view(node: Node, asked: PersonRequest) -> RequestView:
    """Return a request."""
    return _request(node, asked, lambda: read_reporters(node))


def _request(node: Node, asked: PersonRequest, reporters: Callable[[], Reporters]) -> RequestView:
    with node.database.read() as connection:
        wanted = changes(asked)
        listed = None if wanted is None else entries.find(connection, wanted)
    elsewhere = listed is not None and listed.reporter.hex() != node.settings.member
    return RequestView(
        request=asked.request.hex(),
        kind=asked.kind.value,
        entry=None if asked.entry is None else asked.entry.hex(),
        received_at=asked.received_at,
        due_at=asked.due_at,
        days_left=_days(parse_instant(asked.due_at), node.clock.now()),
        outcome=None if asked.outcome is None else asked.outcome.value,
        reporter=reporters().of(listed.reporter).name if listed and elsewhere else None,
    )


def _answer(node: Node, dispute: Dispute, reporter: bytes) -> AnswerView:
    entry, reasons = dispute.entry.hex(), dispute.reasons
    if dispute.decision is None or reasons is None or dispute.decided_at is None:
        raise RefusedError(
            "dispute-open", entry=entry[:12], decide_by=format_instant(dispute.decide_by)
        )
    return AnswerView(
        entry=entry,
        reporter=read_reporters(node).of(reporter).name,
        decision=DECISIONS[dispute.decision],
        reasons=reasons.hex(),
        answer_here=reporter.hex() == node.settings.member,
        in_time=bool(dispute.in_time),
        day=_day(dispute.disputed_at),
        decided_on=_day(dispute.decided_at),
    )


def _is_here(said: PersonStatement | None) -> bool:
    return said is not None


def _days(until: datetime, now: datetime) -> int:
    return ceil((until - now).total_seconds() / _DAY)


def _day(at: datetime) -> str:
    return at.astimezone(CHINA).date().isoformat()
