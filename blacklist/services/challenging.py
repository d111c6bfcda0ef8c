"""Challenges on chain: asking a silent server in public, answering in public, and judging what was answered.

* A server is challenged when it was silent through ``SILENT_TIMES`` requests during ``SILENT_FOR``, and once
  in ``CHALLENGE_EVERY`` at most: a node that restarts, or a line that fails, is no matter for the chain.
* Who is challenged answers from its log; a request that never came is fetched from the challenger. What it
  refuses it says, signed: silence on chain is what counts against it.
* Every member judges every challenge. One that was not answered in time, or wrongly, is an alarm about the
  server; a refusal is one at the challenger only, whose request it was.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from blacklist.domain.chronicle.keys import KeyState
from blacklist.domain.chronicle.oversight import ChallengeRecord, OversightState
from blacklist.domain.protocol.challenges import (
    CHALLENGE_ANSWER,
    CHALLENGE_REFUSAL,
    MAX_CHALLENGED,
    ChallengeAnswer,
    ChallengeAsked,
    ChallengeRefusal,
    ChallengeVerdict,
    judge_challenge,
)
from blacklist.domain.protocol.documents import SignedDocument, VerifySignature, sign
from blacklist.domain.protocol.elements import merkle_root, split
from blacklist.domain.protocol.frames import pack, unpack
from blacklist.domain.protocol.requests import REQUEST, EvaluationRequest
from blacklist.ports.colleagues import Colleagues
from blacklist.ports.oversight_contract import OversightContract
from blacklist.services.accusing import public_share
from blacklist.services.asking import AskedServer
from blacklist.services.evaluating import CallingMember, Evaluator
from blacklist.store import evaluations, silences
from blacklist.store.silences import SilenceRow
from ledger.errors import ConflictError, LedgerError, RefusedError, UnavailableError
from ledger.evidence.instants import format_instant, parse_instant
from ledger.ports.clock import Clock
from ledger.ports.signer import StatementSigner
from ledger.store import alarms
from ledger.store.transactions import Begin

SILENT_TIMES: Final = 3
SILENT_FOR: Final = timedelta(minutes=10)
CHALLENGE_EVERY: Final = timedelta(hours=24)
UNANSWERED: Final = "peer-challenge-unanswered"
ANSWERED_WRONGLY: Final = "peer-challenge-wrong"
REFUSED: Final = "peer-challenge-refused"


@dataclass(frozen=True, slots=True)
class Silences:
    """Remembers servers that did not answer.

    Attributes:
        begin: opens a write transaction.
        read: opens one for reading.
        clock: this machine's.
    """

    begin: Begin
    read: Begin
    clock: Clock

    def silent(
        self, server: AskedServer, request: SignedDocument, elements: Sequence[bytes]
    ) -> None:
        """Remember that a server did not answer a request."""
        now = format_instant(self.clock.now())
        fresh = SilenceRow(server.member, now, 1, request.digest, pack(request, elements), None)
        try:
            with self.begin() as connection:
                found = silences.find(connection, server.member)
                row = fresh if found is None else _once_more(found, fresh)
                silences.put(connection, row)
        except ConflictError:
            # Another request noticed the same silence at the same moment.
            return

    def heard(self, server: AskedServer) -> None:
        """Forget the silence of a server that answered; the request of a challenge is kept for a while."""
        with self.read() as connection:
            found = silences.find(connection, server.member)
        if found is None or found.since is None:
            return
        with self.begin() as connection:
            if found.challenged_at is None:
                silences.forget(connection, server.member)
            else:
                silences.put(connection, replace(found, since=None, times=0))

    def request_for(self, server: bytes, digest: bytes) -> bytes:
        """Return the request that a challenge to ``server`` names, to that server.

        Raises:
            RefusedError: there is none, or it is for another server.
        """
        with self.read() as connection:
            found = silences.by_digest(connection, digest)
        if found is None or found.server != server:
            raise RefusedError("evaluation-unknown")
        return found.frame


def _once_more(found: SilenceRow, fresh: SilenceRow) -> SilenceRow:
    """Return a row with one more silence; the request of a challenge stays while it can be asked for."""
    since, times = (fresh.since, 1) if found.since is None else (found.since, found.times + 1)
    row = replace(found, since=since, times=times)
    if found.challenged_at is None or _is_past(found.challenged_at, fresh.since or ""):
        row = replace(row, digest=fresh.digest, frame=fresh.frame)
    return row


def _is_past(challenged_at: str, now: str) -> bool:
    return parse_instant(now) - parse_instant(challenged_at) >= CHALLENGE_EVERY


@dataclass(frozen=True, slots=True)
class Challenging:
    """Challenges, answers and judges for one member.

    Attributes:
        begin: opens a write transaction.
        own: this member.
        contract: on chain.
        colleagues: the other members.
        evaluator: answers what this member is challenged about.
        signer: its evidence key.
        verify: checks signatures.
        evidence_keys: of an active member, the present one first; none of any other.
        phase: how long a challenge can be answered.
        clock: this machine's.
    """

    begin: Begin
    own: CallingMember
    contract: OversightContract
    colleagues: Colleagues
    evaluator: Evaluator
    signer: StatementSigner
    verify: VerifySignature
    evidence_keys: Callable[[bytes], Sequence[bytes]]
    phase: timedelta
    clock: Clock
    _judged: set[int] = field(default_factory=set)

    def run(self, state: KeyState, oversight: OversightState) -> Sequence[str]:
        """Do one round; return what was done, as words for the log.

        Raises:
            UnavailableError: the chain does not answer.
        """
        done = self._challenge_the_silent()
        for record in oversight.challenges.values():
            if record.asked.server == self.own.member:
                done += self._answer(record)
            else:
                self._judge(record, state)
        return done

    def _challenge_the_silent(self) -> list[str]:
        now, done = self.clock.now(), []
        with self.begin() as connection:
            rows = silences.read_all(connection)
        for row in rows:
            if not self._is_due(row) or not self.evidence_keys(row.server):
                continue
            # Before the call: whatever comes of it, the chain is not asked again soon.
            with self.begin() as connection:
                silences.put(connection, replace(row, challenged_at=format_instant(now)))
            _, elements = unpack(row.frame)
            try:
                self.contract.challenge(row.server, row.digest, elements[:MAX_CHALLENGED])
            except RefusedError:
                continue
            done.append("challenged")
        return done

    def _is_due(self, row: SilenceRow) -> bool:
        now = self.clock.now()
        return (
            row.since is not None
            and row.times >= SILENT_TIMES
            and now - parse_instant(row.since) >= SILENT_FOR
            and (row.challenged_at is None or _is_past(row.challenged_at, format_instant(now)))
        )

    def _answer(self, record: ChallengeRecord) -> list[str]:
        asked = record.asked
        left = asked.where.at + self.phase - self.clock.now()
        if record.answered is not None or left < timedelta(0):
            return []
        try:
            frame = self._made(record)
        except UnavailableError:
            if left > self.phase / 2:
                return []
            frame = self._refusal(record, "evaluation-unknown")
        except LedgerError as error:
            frame = self._refusal(record, error.code)
        try:
            self.contract.answer(asked.challenge, frame)
        except RefusedError:
            # It was answered in a block that is not final yet, or the time is over.
            return []
        return ["challenge answered"]

    def _made(self, record: ChallengeRecord) -> bytes:
        asked = record.asked
        keys = self.evidence_keys(asked.challenger)
        if not keys:
            raise RefusedError("evaluation-signature")
        document, elements = self._request(record)
        caller = CallingMember(asked.challenger, keys[0])
        blinded = split(asked.blinded)
        given = self.evaluator.answer_challenge(caller, document, elements, blinded)
        key = EvaluationRequest.read(document).key
        said = ChallengeAnswer(
            asked.challenge, asked.request, key, merkle_root(given.evaluated), given.proof
        )
        return pack(sign(CHALLENGE_ANSWER, said.to_json(), self.signer.sign), given.evaluated)

    def _request(self, record: ChallengeRecord) -> tuple[SignedDocument, Sequence[bytes]]:
        """Return the request that a challenge names: from the log, or from the challenger."""
        with self.begin() as connection:
            counted = evaluations.by_digest(connection, record.asked.request)
        if counted is not None:
            document = SignedDocument(REQUEST, counted.document, counted.signature)
            return document, split(counted.elements)
        found = self.colleagues.challenged(record.asked.challenger, record.asked.request)
        document, elements = unpack(found)
        if document.digest != record.asked.request:
            raise RefusedError("evaluation-unknown")
        return document, elements

    def _refusal(self, record: ChallengeRecord, reason: str) -> bytes:
        said = ChallengeRefusal(record.asked.challenge, record.asked.request, reason)
        return pack(sign(CHALLENGE_REFUSAL, said.to_json(), self.signer.sign))

    def _judge(self, record: ChallengeRecord, state: KeyState) -> None:
        asked, keys = record.asked, self.evidence_keys(record.asked.server)
        # Who is suspended cannot answer, and owes none.
        if asked.challenge in self._judged or not keys:
            return
        if record.answered is None:
            self._look_whether_unanswered(record)
            return
        self._judged.add(asked.challenge)
        index = state.index_of(asked.server)
        verdict, reason = judge_challenge(
            ChallengeAsked(asked.challenge, asked.request, split(asked.blinded)),
            record.answered.answer,
            keys,
            lambda key: None if index is None else public_share(state, key, index),
            self.verify,
        )
        match verdict:
            case ChallengeVerdict.RIGHT:
                with self.begin() as connection:
                    at = format_instant(self.clock.now())
                    alarms.end(connection, asked.server, UNANSWERED, at=at)
            case ChallengeVerdict.WRONG:
                self._alarm(record, ANSWERED_WRONGLY)
            case ChallengeVerdict.REFUSED if asked.challenger == self.own.member:
                self._alarm(record, REFUSED, reason)
            case ChallengeVerdict.REFUSED:
                pass

    def _look_whether_unanswered(self, record: ChallengeRecord) -> None:
        asked = record.asked
        over = self.clock.now() > asked.where.at + self.phase
        if over and self.contract.is_unanswered(asked.challenge):
            self._judged.add(asked.challenge)
            self._alarm(record, UNANSWERED)

    def _alarm(self, record: ChallengeRecord, code: str, reason: str = "") -> None:
        subject = f"{record.asked.challenge} {reason}".strip()
        at = format_instant(self.clock.now())
        with self.begin() as connection:
            alarms.add(connection, record.asked.server, code, subject, at=at, proof=None)
