"""The server's side: other members' requests, counted durably before they are answered.

1. The request is read, its signature and its fitness for this server looked at (``check_request``).
2. In one transaction it is counted against its budget and logged with every element. A retry, which names
   the same id, elements, key, purpose and authorisation, is found and costs nothing. In the month in which
   this node was restored every budget is spent.
3. Only then a share is opened and the logged elements are multiplied; nothing else ever is. The check of a
   batch multiplies a sum that this server computes itself from its log.
4. The answer is signed.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import Fill
from blacklist.domain.budgets import DEFAULT_LIMITS, Usage, period_of
from blacklist.domain.chronicle.keys import DUAL_READ, HeldKey, KeyState
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.oprf import batch
from blacklist.domain.oprf.evaluation import ProvedAnswer, answer, evaluate
from blacklist.domain.oprf.framing import named
from blacklist.domain.oprf.threshold import coefficients
from blacklist.domain.protocol.answers import (
    ANSWER,
    CHECK_ANSWER,
    BatchCheck,
    BatchProof,
    EvaluationAnswer,
)
from blacklist.domain.protocol.documents import SignedDocument, VerifySignature, sign
from blacklist.domain.protocol.elements import merkle_root, split
from blacklist.domain.protocol.frames import pack, unpack
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.protocol.requests import (
    REQUEST,
    BlacklistPlace,
    EvaluationRequest,
    KeyName,
    Serving,
    check_request,
)
from blacklist.services.holding import ShareHolding
from blacklist.store import evaluations
from blacklist.store.evaluations import BudgetName, CountedEvaluation
from ledger.errors import MalformedError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.ports.signer import StatementSigner
from ledger.store.transactions import Begin

NUMBERS: Final[Mapping[IdentifierType, int]] = {
    IdentifierType.NATIONAL_ID: 1,
    IdentifierType.PHONE: 2,
    IdentifierType.CREDIT_CODE: 3,
    IdentifierType.TRAVEL_DOCUMENT: 4,
    IdentifierType.DEVICE: 5,
    IdentifierType.ADDRESS: 6,
}
"""Number of each identifier type in the contract."""
TYPES: Final[Mapping[int, IdentifierType]] = {number: each for each, number in NUMBERS.items()}


@dataclass(frozen=True, slots=True)
class CallingMember:
    """Who asks, as the registry has it now.

    Attributes:
        member: 32-byte id.
        evidence_key: Ed25519, 32 bytes; signs its requests.
    """

    member: bytes
    evidence_key: bytes


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Answers other members' requests.

    Attributes:
        begin: opens a write transaction.
        member: 32-byte id of this member.
        place: where the blacklist is.
        state: the state of keys, as far as the chain was followed.
        holding: this member's shares.
        signer: its evidence key.
        verify: checks signatures.
        clock: this machine's.
        fill: random bytes.
        limits: of each purpose, of one caller and type in one period.
        dual_read: how long the key before the one in force stays readable.
    """

    begin: Begin
    member: bytes
    place: BlacklistPlace
    state: Callable[[], KeyState]
    holding: ShareHolding
    signer: StatementSigner
    verify: VerifySignature
    clock: Clock
    fill: Fill
    limits: Mapping[Purpose, int] = field(default_factory=lambda: DEFAULT_LIMITS)
    dual_read: timedelta = DUAL_READ

    def answer(
        self, caller: CallingMember, document: SignedDocument, blinded: Sequence[bytes]
    ) -> tuple[SignedDocument, tuple[bytes, ...]]:
        """Count a request and evaluate its elements.

        Raises:
            MalformedError: not of the form, or an element is no point.
            RefusedError: see ``check_request``; or the budget is used up, or this node holds no share.
        """
        asked = EvaluationRequest.read(document)
        self._check_signature(caller, document)
        held, index = self._held(asked.key)
        check_request(
            asked, blinded, self._serving(held, index), caller=caller.member, now=self.clock.now()
        )
        with self._share(held, index, asked.servers) as share:
            counted = self._count(asked, document, blinded)
            elements = split(counted.elements)
            if asked.servers:
                evaluated, proof = evaluate(share, elements), None
            else:
                proved = answer(share, elements, Scalar.random(self.fill))
                evaluated, proof = proved.evaluated, proved.proof
        said = EvaluationAnswer(document.digest, merkle_root(evaluated), proof)
        return sign(ANSWER, said.to_json(), self.signer.sign), evaluated

    def answer_challenge(
        self,
        caller: CallingMember,
        document: SignedDocument,
        blinded: Sequence[bytes],
        challenged: Sequence[bytes],
    ) -> ProvedAnswer:
        """Evaluate some elements of a request that its caller took to the chain, where all can see them.

        The request counts as any does, and once; that it has expired is no reason against it here.

        Args:
            caller: who challenges.
            document: the request.
            blinded: all its elements.
            challenged: those that are to be answered.

        Raises:
            MalformedError, RefusedError: see ``answer``; or ``challenged`` is not of the request.
        """
        asked = EvaluationRequest.read(document)
        self._check_signature(caller, document)
        held, index = self._held(asked.key)
        serving = self._serving(held, index)
        check_request(asked, blinded, serving, caller=caller.member, now=asked.expires)
        if not set(challenged) <= set(blinded):
            raise MalformedError("evaluation-elements")
        with self._share(held, index, ()) as share:
            self._count(asked, document, blinded)
            return answer(share, challenged, Scalar.random(self.fill))

    def answer_frame(self, caller: CallingMember, body: bytes) -> bytes:
        """Answer a request as it came (``domain.protocol.frames``); raises as ``answer``."""
        document, elements = unpack(body)
        return pack(*self.answer(caller, document, elements))

    def prove_frame(self, caller: CallingMember, body: bytes) -> bytes:
        """Prove a batch whose check came as a frame; raises as ``prove``."""
        document, _ = unpack(body)
        return pack(self.prove(caller, document))

    def prove(self, caller: CallingMember, document: SignedDocument) -> SignedDocument:
        """Prove a batch that was answered, from the elements in this member's log.

        Raises:
            MalformedError: not of the form.
            RefusedError: no such request of the caller's was counted, or its epoch is over.
        """
        check = BatchCheck.read(document)
        self._check_signature(caller, document)
        with self.begin() as connection:
            counted = evaluations.by_digest(connection, check.request)
        if counted is None or counted.caller != caller.member:
            raise RefusedError("evaluation-unknown")
        asked = EvaluationRequest.read(SignedDocument(REQUEST, counted.document, counted.signature))
        held, index = self._held(asked.key)
        combined = batch.aggregate(check.seed, split(counted.elements))
        with self._share(held, index, asked.servers) as share:
            proved = answer(share, [combined], Scalar.random(self.fill))
        said = BatchProof(check.request, check.seed, proved.evaluated[0], proved.proof)
        return sign(CHECK_ANSWER, said.to_json(), self.signer.sign)

    def _check_signature(self, caller: CallingMember, document: SignedDocument) -> None:
        if not document.is_signed_by(caller.evidence_key, self.verify):
            raise RefusedError("evaluation-signature")

    def _held(self, key: KeyName) -> tuple[HeldKey, int]:
        """Return the readable key that a request names, and this member's index."""
        state = self.state()
        index, now = state.index_of(self.member), self.clock.now()
        epochs = (key.key_epoch, key.share_epoch)
        readable = state.readable(NUMBERS[key.identifiers], now, self.dual_read)
        held = next((h for h in readable if (h.key_epoch, h.share_epoch) == epochs), None)
        if held is None or index is None:
            raise RefusedError(
                "evaluation-epoch", key_epoch=key.key_epoch, share_epoch=key.share_epoch
            )
        return held, index

    def _serving(self, held: HeldKey, index: int) -> Serving:
        return Serving(
            member=self.member,
            index=index,
            place=self.place,
            key=KeyName(TYPES[held.identifiers], held.key_epoch, held.share_epoch),
            threshold=held.threshold,
            holders=frozenset(held.keys.share_keys),
        )

    def _share(self, held: HeldKey, index: int, servers: tuple[int, ...]) -> Scalar:
        share = self.holding.open(held, index)
        if share is None:
            raise RefusedError("evaluation-no-share")
        if not servers:
            return share
        with share:
            return coefficients(servers)[index] * share

    def _count(
        self, asked: EvaluationRequest, document: SignedDocument, blinded: Sequence[bytes]
    ) -> CountedEvaluation:
        """Count and log a request, or find it counted; durable on return."""
        now = self.clock.now()
        fresh = CountedEvaluation(
            caller=asked.caller,
            request_id=asked.request_id,
            digest=document.digest,
            fingerprint=_fingerprint(asked),
            document=document.content,
            signature=document.signature,
            elements=b"".join(blinded),
            counted_at=format_instant(now),
        )
        name = BudgetName(
            asked.caller, asked.key.identifiers.value, asked.purpose.value, period_of(now)
        )
        with self.begin() as connection:
            used = evaluations.lock_used(connection, name)
            found = evaluations.find(connection, asked.caller, asked.request_id)
            if found is not None:
                return _retried(connection, found, fresh)
            limit = self.limits[asked.purpose]
            spent = evaluations.is_all_spent(connection, name.period)
            after = Usage(limit if spent else used, limit).after(asked.count)
            evaluations.set_used(connection, name, after.used)
            evaluations.put(connection, fresh)
        return fresh


def _retried(
    connection: Connection, found: CountedEvaluation, fresh: CountedEvaluation
) -> CountedEvaluation:
    if found.fingerprint != fresh.fingerprint:
        raise RefusedError("evaluation-reused")
    if found.digest != fresh.digest:
        evaluations.replace_document(
            connection,
            found,
            digest=fresh.digest,
            document=fresh.document,
            signature=fresh.signature,
        )
    return found


def _fingerprint(asked: EvaluationRequest) -> bytes:
    """Return what a retry has in common with its request; servers and expiry may be others."""
    parts = (
        asked.key.identifiers.value.encode("ascii"),
        asked.key.key_epoch.to_bytes(4, "big"),
        asked.key.share_epoch.to_bytes(4, "big"),
        asked.purpose.value.encode("ascii"),
        asked.authorisation,
        asked.elements,
    )
    return hashlib.sha256(named("request", *parts)).digest()
