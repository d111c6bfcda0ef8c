"""A member's side of an audit: it lists, shows what it counted, and opens what was drawn, to an auditor only.

Who may ask is checked by its caller; what may be opened is checked here: the sample of a draw that is over,
and nothing else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from blacklist.curve.sealed_box import seal
from blacklist.curve.secret import hold
from blacklist.domain.auditing.drawing import (
    AuditWindow,
    drawn_value,
    is_drawn,
    place_of,
    window_of,
)
from blacklist.domain.auditing.listing import PAGE, ListedRequest, ListingHead, write_page
from blacklist.domain.auditing.opened import OPENING, OpenedSample
from blacklist.domain.chronicle.oversight import OversightState
from blacklist.domain.protocol.documents import SignedDocument, sign
from blacklist.domain.protocol.elements import membership_path, split
from blacklist.domain.protocol.frames import pack
from blacklist.domain.protocol.requests import REQUEST, EvaluationRequest
from blacklist.services.inquiring import blinded, open_content
from blacklist.store import evaluations, inquiries
from blacklist.store.evaluations import CountedEvaluation
from blacklist.store.inquiries import InquiryRow
from ledger.errors import MalformedError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.ports.record_keys import RecordKey, RecordKeys
from ledger.ports.signer import StatementSigner
from ledger.store.transactions import Begin


@dataclass(frozen=True, slots=True)
class LogOpener:
    """Opens this member's log.

    Attributes:
        read: opens a transaction for reading.
        member: 32-byte id.
        oversight: the draws, as far as the chain was followed.
        record_keys: open what requests were about.
        signer: this member's evidence key.
        clock: this machine's.
    """

    read: Begin
    member: bytes
    oversight: Callable[[], OversightState]
    record_keys: RecordKeys
    signer: StatementSigner
    clock: Clock

    def listing(self, draw: int, caller: bytes, first: int) -> bytes:
        """Return a page of a caller's requests in the window of a draw; of its own, if it is the caller.

        Raises:
            RefusedError: ``audit-no-value``: the draw is not over, or gave no value.
        """
        _, window = self._drawn(draw)
        if caller == self.member:
            total, rows = self._own_rows(window.of_caller(), first)
        else:
            total, rows = self._counted_rows(window, caller, first)
        head = ListingHead(draw, self.member, caller, first, total, b"")
        return write_page(head, rows, self.signer)

    def evaluation(self, draw: int, caller: bytes, request_id: bytes) -> bytes:
        """Return a request that was counted for a caller, with its elements, which hide everybody.

        Raises:
            RefusedError: ``evaluation-unknown``, or see ``listing``.
        """
        self._drawn(draw)
        with self.read() as connection:
            counted = evaluations.find(connection, caller, request_id)
        if counted is None:
            raise RefusedError("evaluation-unknown")
        document = SignedDocument(REQUEST, counted.document, counted.signature)
        return pack(document, split(counted.elements))

    def opening(self, draw: int, request_id: bytes, recipient: bytes) -> bytes:
        """Return the drawn element of an own request, opened and sealed to an auditor's key.

        Raises:
            RefusedError: ``audit-not-drawn``: the draw does not take it; ``evaluation-unknown``;
                ``inquiry-forgotten``: its retention is over; or see ``listing``.
            MalformedError: nobody can be the only reader under that key.
        """
        value, window = self._drawn(draw)
        row = self._own(value, window.of_caller(), request_id)
        key = self.record_keys.open(row.key_id)
        if key is None or row.sealed is None:
            raise RefusedError("inquiry-forgotten")
        opened = _opened(draw, row, key, place_of(value, request_id, row.count))
        document = sign(OPENING, opened.to_json(), self.signer.sign)
        with hold(pack(document)) as content:
            try:
                return seal(content, recipient)
            except ValueError as error:
                raise MalformedError("point-malformed", field="recipient") from error

    def _drawn(self, draw: int) -> tuple[bytes, AuditWindow]:
        oversight, now = self.oversight(), self.clock.now()
        record = oversight.draws.get(draw)
        value = None if record is None else drawn_value(record, now)
        if value is None:
            raise RefusedError("audit-no-value", draw=draw)
        return value, window_of(oversight, draw, now)

    def _own(self, value: bytes, window: AuditWindow, request_id: bytes) -> InquiryRow:
        after, until = format_instant(window.after), format_instant(window.until)
        with self.read() as connection:
            row = inquiries.find(connection, request_id)
            listed = inquiries.count_between(connection, after, until)
        if row is None:
            raise RefusedError("evaluation-unknown")
        within = after < row.asked_at <= until
        if not within or not is_drawn(value, self.member, request_id, listed=listed):
            raise RefusedError("audit-not-drawn")
        return row

    def _own_rows(self, window: AuditWindow, first: int) -> tuple[int, Sequence[ListedRequest]]:
        after, until = format_instant(window.after), format_instant(window.until)
        with self.read() as connection:
            total = inquiries.count_between(connection, after, until)
            rows = inquiries.between(connection, after, until, first=first, limit=PAGE)
        return total, [ListedRequest(each.request_id, each.elements, each.count) for each in rows]

    def _counted_rows(
        self, window: AuditWindow, caller: bytes, first: int
    ) -> tuple[int, Sequence[ListedRequest]]:
        after, until = format_instant(window.after), format_instant(window.until)
        with self.read() as connection:
            total = evaluations.count_of(connection, caller, after, until)
            rows = evaluations.of_caller(connection, caller, after, until, first=first, limit=PAGE)
        return total, [_listed(each) for each in rows]


def _listed(counted: CountedEvaluation) -> ListedRequest:
    asked = EvaluationRequest.read(SignedDocument(REQUEST, counted.document, counted.signature))
    return ListedRequest(asked.request_id, asked.elements, asked.count)


def _opened(draw: int, row: InquiryRow, key: RecordKey, place: int) -> OpenedSample:
    content = open_content(row, key)
    batch = blinded(content, key, row.request_id)
    opened = OpenedSample(
        draw=draw,
        request_id=row.request_id,
        place=place,
        identifier=content.identifiers[place],
        blinding=batch.blinds[place].reveal(),
        path=membership_path(batch.elements, place),
        reference=content.references[place],
        salt=content.salts[place],
        reference_path=membership_path(content.leaves(), place),
    )
    for each in batch.blinds:
        each.wipe()
    return opened
