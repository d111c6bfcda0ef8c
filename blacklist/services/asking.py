"""The client's side: have identifiers evaluated by as many holders as the threshold, whichever answer.

* A single query is asked of the threshold's servers; one that refuses, is slow or answers wrongly is left for
  the next. Each answer has its own proof.
* A batch is asked of a fixed set, whose answers are checked together. When the set fails, it is asked again
  under the same request id with another one, which costs the servers that answered nothing.
* A server that answered wrongly is handed to ``accuse`` with all that convicts it, and not asked again here.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeVar

from blacklist.domain.chronicle.keys import HeldKey
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.oprf.batch import SEED_BYTES, totals
from blacklist.domain.oprf.threshold import is_one_epoch
from blacklist.domain.protocol.answers import CHECK, BatchCheck, BatchProof
from blacklist.domain.protocol.combining import (
    BlindedBatch,
    GivenAnswer,
    belongs,
    combined,
    is_proved,
    wrong_in_batch,
)
from blacklist.domain.protocol.conviction import Exchange
from blacklist.domain.protocol.documents import SignedDocument, VerifySignature, sign
from blacklist.domain.protocol.elements import merkle_root
from blacklist.domain.protocol.frames import pack, unpack
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.protocol.requests import (
    REQUEST,
    BlacklistPlace,
    EvaluationRequest,
    KeyName,
)
from blacklist.ports.colleagues import Colleagues
from ledger.errors import LedgerError, UnavailableError
from ledger.ports.clock import Clock
from ledger.ports.signer import StatementSigner

T = TypeVar("T")

LIFETIME: Final = timedelta(minutes=5)
HEDGE_SECONDS: Final = 0.3
"""After which another server is asked beside one that is silent; a query takes some tens of milliseconds."""


@dataclass(frozen=True, slots=True)
class AskedServer:
    """A holder that can be asked.

    Attributes:
        member: 32-byte id.
        index: among the holders.
        evidence_key: Ed25519, signs its answers.
    """

    member: bytes
    index: int
    evidence_key: bytes


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked.

    Attributes:
        request_id: 16 random bytes, the same in every retry.
        identifiers: their type.
        held: the key in force.
        purpose: why.
        authorisation: 32-byte root over the authorisation references.
        batch: the blinded identifiers.
    """

    request_id: bytes
    identifiers: IdentifierType
    held: HeldKey
    purpose: Purpose
    authorisation: bytes
    batch: BlindedBatch


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks holders.

    Attributes:
        member: 32-byte id of this member.
        place: where the blacklist is.
        signer: this member's evidence key.
        verify: checks signatures.
        colleagues: their nodes, this member's own among them.
        clock: this machine's.
        accuse: is handed what convicts a server.
        silent: is told of a request that a server did not answer, with its elements.
        heard: is told of a server that answered, whatever it said.
    """

    member: bytes
    place: BlacklistPlace
    signer: StatementSigner
    verify: VerifySignature
    colleagues: Colleagues
    clock: Clock
    accuse: Callable[[AskedServer, Exchange], None] = field(default=lambda _server, _exchange: None)
    silent: Callable[[AskedServer, SignedDocument, Sequence[bytes]], None] = field(
        default=lambda _server, _request, _elements: None
    )
    heard: Callable[[AskedServer], None] = field(default=lambda _server: None)

    def single(self, asking: Asking, servers: Sequence[AskedServer]) -> list[bytes]:
        """Return k · C of each element, from the first threshold of answers that hold.

        Args:
            asking: few elements.
            servers: holders in the order in which they are asked.

        Raises:
            UnavailableError: too few of them answer rightly.
        """
        found: dict[int, GivenAnswer] = {}
        waiting = list(servers)
        with ThreadPoolExecutor(max(1, len(waiting))) as pool:
            running: dict[Future[GivenAnswer | None], AskedServer] = {}
            while len(found) < asking.held.threshold:
                missing = asking.held.threshold - len(found) - len(running)
                self._start(pool, running, asking, waiting, max(missing, 0))
                if not running:
                    raise UnavailableError("evaluation-too-few", needed=asking.held.threshold)
                done, _ = wait(running, HEDGE_SECONDS, FIRST_COMPLETED)
                if not done:
                    self._start(pool, running, asking, waiting, 1)
                for future in done:
                    server = running.pop(future)
                    given = future.result()
                    if given is not None and len(found) < asking.held.threshold:
                        found[server.index] = given
            for future in running:
                future.cancel()
        return self._sound(asking, found)

    def batch(self, asking: Asking, servers: Sequence[AskedServer]) -> list[bytes]:
        """Return k · C of each element, from one set of servers whose answers were checked together.

        Raises:
            UnavailableError: see ``single``.
        """
        usable = list(servers)
        while len(usable) >= asking.held.threshold:
            chosen = usable[: asking.held.threshold]
            failed = self._try_set(asking, chosen)
            if isinstance(failed, dict):
                return self._summed(asking, failed)
            usable = [each for each in usable if each.index not in failed]
        raise UnavailableError("evaluation-too-few", needed=asking.held.threshold)

    def _start(
        self,
        pool: ThreadPoolExecutor,
        running: dict[Future[GivenAnswer | None], AskedServer],
        asking: Asking,
        waiting: list[AskedServer],
        count: int,
    ) -> None:
        for _ in range(min(count, len(waiting))):
            server = waiting.pop(0)
            running[pool.submit(self._ask_single, asking, server)] = server

    def _ask_single(self, asking: Asking, server: AskedServer) -> GivenAnswer | None:
        """Return an answer whose proof holds; ``None`` when there is none."""
        try:
            request, given = self._ask(asking, server, ())
            if is_proved(given, asking.batch.elements, asking.held.keys.share_keys[server.index]):
                return given
        except LedgerError:
            return None
        self.accuse(
            server, Exchange(request, given.document, asking.batch.elements, given.evaluated)
        )
        return None

    def _try_set(
        self, asking: Asking, chosen: Sequence[AskedServer]
    ) -> dict[int, GivenAnswer] | frozenset[int]:
        """Return the checked answers of a set by index, or the indices of the servers that failed it."""
        indices = tuple(sorted(each.index for each in chosen))
        with ThreadPoolExecutor(len(chosen)) as pool:
            asked = {each.index: pool.submit(self._ask, asking, each, indices) for each in chosen}
            came = {index: _result(future) for index, future in asked.items()}
            failed = frozenset(index for index, each in came.items() if each is None)
            if failed:
                return failed
            given = {index: came[index] for index in indices}
            answers = {index: each[1] for index, each in given.items() if each is not None}
            requests = {index: each[0] for index, each in given.items() if each is not None}
            return self._check_set(pool, asking, chosen, requests, answers)

    def _check_set(
        self,
        pool: ThreadPoolExecutor,
        asking: Asking,
        chosen: Sequence[AskedServer],
        requests: Mapping[int, SignedDocument],
        answers: dict[int, GivenAnswer],
    ) -> dict[int, GivenAnswer] | frozenset[int]:
        seed = os.urandom(SEED_BYTES)
        checks = {each.index: self._check_document(requests[each.index], seed) for each in chosen}
        proving = {
            each.index: pool.submit(self._prove, each, checks[each.index]) for each in chosen
        }
        came = {index: _result(future) for index, future in proving.items()}
        silent = frozenset(index for index, each in came.items() if each is None)
        if silent:
            return silent
        documents = {index: each for index, each in came.items() if each is not None}
        proofs = {index: BatchProof.read(each) for index, each in documents.items()}
        share_keys = asking.held.keys.share_keys
        wrong = wrong_in_batch(answers, proofs, asking.batch.elements, share_keys, seed)
        for server in chosen:
            if server.index in wrong:
                self.accuse(
                    server,
                    Exchange(
                        requests[server.index],
                        answers[server.index].document,
                        asking.batch.elements,
                        answers[server.index].evaluated,
                        checks[server.index],
                        documents[server.index],
                    ),
                )
        return frozenset(wrong) or answers

    def _ask(
        self, asking: Asking, server: AskedServer, servers: tuple[int, ...]
    ) -> tuple[SignedDocument, GivenAnswer]:
        """Ask one server.

        Raises:
            LedgerError: it does not answer, refuses, or answers something else.
        """
        value = self._request(asking, server, servers).to_json()
        request = sign(REQUEST, value, self.signer.sign)
        try:
            body = self.colleagues.evaluate(server.member, pack(request, asking.batch.elements))
        except UnavailableError:
            self.silent(server, request, asking.batch.elements)
            raise
        self.heard(server)
        given = GivenAnswer(*unpack(body))
        if not belongs(given, request, server.evidence_key, self.verify):
            raise UnavailableError("evaluation-answer-foreign", index=server.index)
        return request, given

    def _prove(self, server: AskedServer, check: SignedDocument) -> SignedDocument:
        document, _ = unpack(self.colleagues.prove(server.member, pack(check)))
        asked, said = BatchCheck.read(check), BatchProof.read(document)
        fits = (said.request, said.seed) == (asked.request, asked.seed)
        if not fits or not document.is_signed_by(server.evidence_key, self.verify):
            raise UnavailableError("evaluation-answer-foreign", index=server.index)
        return document

    def _check_document(self, request: SignedDocument, seed: bytes) -> SignedDocument:
        return sign(CHECK, BatchCheck(request.digest, seed).to_json(), self.signer.sign)

    def _request(
        self, asking: Asking, server: AskedServer, servers: tuple[int, ...]
    ) -> EvaluationRequest:
        held = asking.held
        return EvaluationRequest(
            request_id=asking.request_id,
            caller=self.member,
            server=server.member,
            place=self.place,
            key=KeyName(asking.identifiers, held.key_epoch, held.share_epoch),
            purpose=asking.purpose,
            authorisation=asking.authorisation,
            elements=merkle_root(asking.batch.elements),
            count=len(asking.batch.elements),
            servers=servers,
            expires=self.clock.now() + LIFETIME,
        )

    def _sound(self, asking: Asking, answers: Mapping[int, GivenAnswer]) -> list[bytes]:
        self._check_epoch(asking, list(answers))
        return combined(answers)

    def _summed(self, asking: Asking, answers: Mapping[int, GivenAnswer]) -> list[bytes]:
        self._check_epoch(asking, list(answers))
        return totals([each.evaluated for each in answers.values()])

    def _check_epoch(self, asking: Asking, indices: Sequence[int]) -> None:
        """Check that the shares asked are of one sharing of the key (with mixed ones all proofs hold)."""
        share_keys = asking.held.keys.share_keys
        if not is_one_epoch({index: share_keys[index] for index in indices}, asking.held.keys.key):
            raise UnavailableError("evaluation-epochs-mixed")


def _result(future: "Future[T]") -> T | None:
    try:
        return future.result()
    except LedgerError:
        return None
