"""Audits between nodes: draws, the member's own log, and an auditor's run over the others' logs."""

from collections.abc import Sequence
from dataclasses import dataclass

from blacklist.curve.secret import fill_random
from blacklist.ports.audit_peers import AuditedMember
from blacklist.services.drawing import Drawing
from blacklist.services.following import Follower
from blacklist.services.opening_log import LogOpener
from blacklist.services.sampling import AuditRun, SampleAuditor
from ledger.errors import RefusedError
from ledger.evidence import shape
from ledger.keys.files import verify_statement
from ledger.primitives.canonical import decode, encode
from node.audit.entries import AuditEntry
from node.blacklist.making import make_contract, make_follower
from node.blacklist.overseeing import evidence_keys
from node.peer.client import PeerClient
from node.peer.courts import require
from node.peer.neighbours import Neighbour, Neighbours
from node.wiring import Node

AUDITOR = "auditor"
AUDITS = "/peer/v1/blacklist/audits"
MAX_ASKED_BYTES = 1024


def make_drawing(node: Node) -> Drawing:
    """Return what takes part in draws.

    Raises:
        ConfigurationError: this node takes no part in a blacklist yet.
    """
    # The ABI codec, which most commands do without.
    from blacklist.chain.oversight_contract import Web3OversightContract  # noqa: PLC0415

    contract = Web3OversightContract(make_contract(node).caller)
    member = bytes.fromhex(node.settings.member)
    return Drawing(node.database.write, member, contract, node.clock)


def make_log_opener(node: Node, follower: Follower) -> LogOpener:
    """Return what opens this member's log, by the draws that ``follower`` has read."""
    return LogOpener(
        read=node.database.read,
        member=bytes.fromhex(node.settings.member),
        oversight=follower.oversight,
        record_keys=node.record_keys,
        signer=node.evidence_key,
        clock=node.clock,
    )


def answer_audit(node: Node, opener: LogOpener, peer: Neighbour, step: str, body: bytes) -> bytes:
    """Answer one question of an auditor's; what is opened is recorded in the trail.

    Args:
        node: this member's.
        opener: of its log.
        peer: who asks.
        step: ``listing``, ``evaluation`` or ``opening``.
        body: the question.

    Raises:
        NotPermittedError: the member has not the role auditor.
        MalformedError: not of the form.
        RefusedError: see ``LogOpener``.
    """
    require(peer, AUDITOR)
    names = {"caller", "first", "request", "recipient"}
    given = shape.members(decode(body, max_bytes=MAX_ASKED_BYTES), "audit", {"draw"}, names)
    draw = shape.integer(given["draw"], "audit.draw", minimum=1)
    match step:
        case "listing":
            caller = shape.hex_bytes(given.get("caller"), "audit.caller", 32)
            first = shape.integer(given.get("first"), "audit.first", minimum=0)
            return opener.listing(draw, caller, first)
        case "evaluation":
            caller = shape.hex_bytes(given.get("caller"), "audit.caller", 32)
            request = shape.hex_bytes(given.get("request"), "audit.request")
            return opener.evaluation(draw, caller, request)
        case _:
            request = shape.hex_bytes(given.get("request"), "audit.request")
            recipient = shape.hex_bytes(given.get("recipient"), "audit.recipient", 32)
            return _open(node, opener, peer, draw, request, recipient)


def _open(
    node: Node, opener: LogOpener, peer: Neighbour, draw: int, request: bytes, recipient: bytes
) -> bytes:
    box = opener.opening(draw, request, recipient)
    actor = f"peer:{peer.log.member.hex()[:16]}"
    node.trail.record(AuditEntry(actor, "blacklist.opened", request.hex(), {"draw": draw}))
    return box


@dataclass(frozen=True, slots=True)
class PeerAudits:
    """The audit peers port over the signed peer API; this member's own log is read here.

    Attributes:
        node: the auditor's.
        neighbours: the members.
        own: opens this member's log, as a server's.
    """

    node: Node
    neighbours: Neighbours
    own: LogOpener

    def members(self) -> Sequence[AuditedMember]:
        """See ``ports.audit_peers``."""
        find = evidence_keys(self.neighbours)
        others = [each.log.member for each in self.neighbours.others() if each.endpoint]
        found = [AuditedMember(each, find(each)) for each in others]
        return [*found, AuditedMember(self.own.member, [self.own.signer.public_key])]

    def listing(self, asked: bytes, draw: int, caller: bytes, first: int) -> bytes:
        """See ``ports.audit_peers``."""
        if asked == self.own.member:
            return self.own.listing(draw, caller, first)
        return self._ask(asked, "listing", {"draw": draw, "caller": caller.hex(), "first": first})

    def evaluation(self, asked: bytes, draw: int, caller: bytes, request_id: bytes) -> bytes:
        """See ``ports.audit_peers``."""
        if asked == self.own.member:
            return self.own.evaluation(draw, caller, request_id)
        question: dict[str, str | int] = {
            "draw": draw, "caller": caller.hex(), "request": request_id.hex(),
        }  # fmt: skip
        return self._ask(asked, "evaluation", question)

    def opening(self, asked: bytes, draw: int, request_id: bytes, recipient: bytes) -> bytes:
        """See ``ports.audit_peers``; an auditor does not examine itself."""
        question: dict[str, str | int] = {
            "draw": draw, "request": request_id.hex(), "recipient": recipient.hex(),
        }  # fmt: skip
        return self._ask(asked, "opening", question)

    def _ask(self, asked: bytes, step: str, question: dict[str, str | int]) -> bytes:
        peer = self.neighbours.active(asked)
        client = PeerClient(peer, self.node.log_key, production=self.node.settings.production)
        return client.exchange(f"{AUDITS}/{step}", encode({**question}))


def run_audit(node: Node, draw: int | None, actor: str) -> AuditRun:
    """Examine what a draw takes of every member; this member has to be an auditor.

    Args:
        node: the auditor's.
        draw: its number; ``None`` takes the last one.
        actor: who runs it.

    Raises:
        RefusedError: ``audit-not-auditor``; ``audit-no-value``: it is not over, or gave no value.
        UnavailableError: the chain does not answer.
    """
    neighbours, follower = Neighbours(node.settings), make_follower(node)
    follower.refresh()
    own = bytes.fromhex(node.settings.member)
    if not any(AUDITOR in each.roles for each in neighbours.all() if each.log.member == own):
        raise RefusedError("audit-not-auditor")
    opener = make_log_opener(node, follower)
    auditor = SampleAuditor(
        begin=node.database.write,
        member=own,
        peers=PeerAudits(node, neighbours, opener),
        oversight=follower.oversight,
        verify=verify_statement,
        clock=node.clock,
        fill=fill_random,
    )
    run = auditor.run(max(follower.oversight().draws, default=0) if draw is None else draw)
    details: dict[str, str | int | bool] = {"draw": run.draw, "findings": len(run.findings)}
    node.trail.record(AuditEntry(actor, "blacklist.audited", None, details))
    return run


def open_draw(node: Node, actor: str) -> None:
    """Open a draw now, as rounds do when one is due.

    Raises:
        RefusedError: one is running.
        UnavailableError: the chain does not answer, or mines nothing in time.
    """
    make_drawing(node).contract.open_draw()
    node.trail.record(AuditEntry(actor, "blacklist.draw", None))
