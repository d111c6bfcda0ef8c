"""An auditor's side: compare the logs of callers and servers, and examine what a draw takes of each caller.

1. Each caller lists what it asked, each server what it counted for that caller.
2. What a server has and the caller does not is looked at with the caller's signature: it convicts the caller,
   or the server that cannot show one.
3. The draw's samples among what both have are opened by the caller and examined.

A finding holds no personal data. A member that cannot be reached is looked at again by the next run.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from blacklist.curve.sealed_box import KEY_BYTES, open_box, public_key
from blacklist.curve.secret import Fill, Secret
from blacklist.domain.auditing.drawing import drawn_value, is_drawn, place_of
from blacklist.domain.auditing.listing import PAGE, ListedRequest, read_page
from blacklist.domain.auditing.opened import OpenedSample
from blacklist.domain.auditing.opening import Opening, Sample, SampleFinding, examine
from blacklist.domain.chronicle.oversight import OversightState
from blacklist.domain.protocol.documents import VerifySignature
from blacklist.domain.protocol.elements import merkle_root
from blacklist.domain.protocol.frames import unpack
from blacklist.domain.protocol.requests import REQUEST, EvaluationRequest
from blacklist.ports.audit_peers import AuditedMember, AuditPeers
from blacklist.store import audits
from blacklist.store.audits import FindingRow
from ledger.errors import LedgerError, MalformedError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.store import alarms
from ledger.store.transactions import Begin

VIOLATION: Final = "peer-audit-violation"
NOT_OPENED: Final = "peer-audit-not-opened"
MAX_DIFFERENCES: Final = 100
"""Requests of one caller that are looked at because only a server lists them; more show nothing more."""
IN_CHINA: Final = timedelta(hours=8)
NOBODY: Final = b""


@dataclass(frozen=True, slots=True)
class CountedRequest:
    """A request as a server counted it, signed by its caller."""

    asked: EvaluationRequest
    elements: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class AuditRun:
    """What a run did.

    Attributes:
        draw: number of the draw.
        findings: all of them, those in order too.
        unreachable: ids of servers whose logs could not be read.
    """

    draw: int
    findings: Sequence[FindingRow]
    unreachable: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class SampleAuditor:
    """Audits the members' requests.

    Attributes:
        begin: opens a write transaction.
        member: 32-byte id of the auditor, who does not examine itself.
        peers: the members' nodes.
        oversight: the draws, as far as the chain was followed.
        verify: checks signatures.
        clock: this machine's.
        fill: random bytes.
    """

    begin: Begin
    member: bytes
    peers: AuditPeers
    oversight: Callable[[], OversightState]
    verify: VerifySignature
    clock: Clock
    fill: Fill

    def run(self, draw: int) -> AuditRun:
        """Examine every caller and keep what is found.

        Raises:
            RefusedError: ``audit-no-value``: the draw is not over, or gave no value.
        """
        record = self.oversight().draws.get(draw)
        value = None if record is None else drawn_value(record, self.clock.now())
        if value is None:
            raise RefusedError("audit-no-value", draw=draw)
        members = self.peers.members()
        found: list[FindingRow] = []
        unreachable: set[bytes] = set()
        for caller in members:
            if caller.member != self.member:
                look = _Look(self, draw, value, caller, members)
                found += look.run()
                unreachable |= look.unreachable
        self._keep(found)
        return AuditRun(draw, found, sorted(unreachable))

    def _keep(self, found: Sequence[FindingRow]) -> None:
        at = format_instant(self.clock.now())
        closed = {each.member for each in found if each.finding == SampleFinding.NOT_OPENED}
        with self.begin() as connection:
            audits.put_findings(connection, list(found))
            for row in found:
                if row.finding != SampleFinding.IN_ORDER:
                    code = NOT_OPENED if row.finding == SampleFinding.NOT_OPENED else VIOLATION
                    subject = f"{row.draw} {row.request_id.hex()} {row.finding}"
                    alarms.add(connection, row.member, code, subject, at=at, proof=None)
            for member in {each.member for each in found} - closed:
                alarms.end(connection, member, NOT_OPENED, at=at)


@dataclass
class _Look:
    """A look at one caller."""

    auditor: SampleAuditor
    draw: int
    value: bytes
    caller: AuditedMember
    members: Sequence[AuditedMember]
    unreachable: set[bytes] = field(default_factory=set)

    def run(self) -> list[FindingRow]:
        own = self._listing(self.caller)
        if own is None:
            return [self._row(SampleFinding.NOT_OPENED)]
        servers = [each for each in self.members if each.member != self.caller.member]
        listed = {server.member: self._listing(server) for server in servers}
        self.unreachable = {member for member, rows in listed.items() if rows is None}
        found = self._differences(own, servers, listed)
        total = len(own)
        for request_id, row in own.items():
            if is_drawn(self.value, self.caller.member, request_id, listed=total):
                found += self._sample(row, servers, listed)
        return found

    def _listing(self, speaker: AuditedMember) -> dict[bytes, ListedRequest] | None:
        """Return what a member lists of the caller's requests; ``None`` when nothing sound came."""
        found: dict[bytes, ListedRequest] = {}
        first, total = 0, 1
        try:
            while first < total:
                body = self.auditor.peers.listing(
                    speaker.member, self.draw, self.caller.member, first
                )
                page = read_page(body, speaker.evidence_keys, self.auditor.verify)
                said = (page.head.draw, page.head.speaker, page.head.caller, page.head.first)
                if said != (self.draw, speaker.member, self.caller.member, first):
                    return None
                total = page.head.total
                if not page.rows and first < total:
                    return None
                found |= {each.request_id: each for each in page.rows}
                first += PAGE
        except LedgerError:
            return None
        return found if len(found) == total else None

    def _differences(
        self,
        own: dict[bytes, ListedRequest],
        servers: Sequence[AuditedMember],
        listed: dict[bytes, dict[bytes, ListedRequest] | None],
    ) -> list[FindingRow]:
        """Return findings about what servers list and the caller does not, or not so."""
        found = []
        for server in servers:
            rows = (listed[server.member] or {}).values()
            strange = [each for each in rows if own.get(each.request_id) != each]
            for row in strange[:MAX_DIFFERENCES]:
                counted = self._counted(server, row)
                if counted is None:
                    finding = self._row(SampleFinding.UNPROVED, server.member, row.request_id)
                    found.append(_about(finding, server.member))
                else:
                    found.append(
                        self._row(SampleFinding.LOGS_DIFFER, server.member, row.request_id)
                    )
        return found

    def _sample(
        self,
        row: ListedRequest,
        servers: Sequence[AuditedMember],
        listed: dict[bytes, dict[bytes, ListedRequest] | None],
    ) -> list[FindingRow]:
        """Examine the drawn element of a request that a server counted; nothing where none did."""
        for server in servers:
            if (listed[server.member] or {}).get(row.request_id) != row:
                continue
            counted = self._counted(server, row)
            if counted is None:
                continue
            asked, place = counted.asked, place_of(self.value, row.request_id, row.count)
            sample = Sample(
                asked.key.identifiers, asked.purpose, asked.elements, asked.authorisation,
                asked.count, place, counted.elements[place],
            )  # fmt: skip
            today = (self.auditor.clock.now() + IN_CHINA).date()
            finding = examine(sample, self._opening(row.request_id, place), today=today)
            return [self._row(finding, server.member, row.request_id, place)]
        return []

    def _counted(self, server: AuditedMember, row: ListedRequest) -> CountedRequest | None:
        """Return a request as a server has it; ``None`` when the caller did not sign it."""
        try:
            body = self.auditor.peers.evaluation(
                server.member, self.draw, self.caller.member, row.request_id
            )
            document, elements = unpack(body)
            if document.name != REQUEST:
                return None
            asked = EvaluationRequest.read(document)
            root = merkle_root(elements)
        except LedgerError:
            return None
        keys, verify = self.caller.evidence_keys, self.auditor.verify
        right = (
            any(document.is_signed_by(each, verify) for each in keys)
            and (asked.request_id, asked.caller) == (row.request_id, self.caller.member)
            and asked.server == server.member
            and (asked.elements, asked.count) == (root, len(elements)) == (row.elements, row.count)
        )
        return CountedRequest(asked, elements) if right else None

    def _opening(self, request_id: bytes, place: int) -> Opening | None:
        """Return what the caller opens; ``None`` when it opens nothing, or something else."""
        with Secret(KEY_BYTES) as key:
            self.auditor.fill(key)
            try:
                box = self.auditor.peers.opening(
                    self.caller.member, self.draw, request_id, public_key(key)
                )
                opened = self._read(box, key)
            except LedgerError:
                return None
        about = (opened.draw, opened.request_id, opened.place)
        return opened.opening() if about == (self.draw, request_id, place) else None

    def _read(self, box: bytes, key: Secret) -> OpenedSample:
        content = open_box(box, key)
        if content is None:
            raise MalformedError("statement-form", member="opening")
        with content:
            document, _ = unpack(content.reveal())
        keys = self.caller.evidence_keys
        signed = any(document.is_signed_by(each, self.auditor.verify) for each in keys)
        if not signed:
            raise MalformedError("statement-form", member="opening")
        return OpenedSample.read(document)

    def _row(
        self,
        finding: SampleFinding,
        server: bytes = NOBODY,
        request_id: bytes = NOBODY,
        place: int | None = None,
    ) -> FindingRow:
        at = format_instant(self.auditor.clock.now())
        return FindingRow(
            self.draw, self.caller.member, server, request_id, place, finding.value, at
        )


def _about(row: FindingRow, member: bytes) -> FindingRow:
    return FindingRow(
        row.draw, member, row.server, row.request_id, row.place, row.finding, row.found_at
    )
