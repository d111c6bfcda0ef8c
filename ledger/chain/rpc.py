"""JSON-RPC to a chain, at one address or at several.

With several, an address that fails is left behind and the next one is asked; ``endpoints`` has the rules.

* A call that means the same everywhere goes to the best endpoint, and on to the next where that one does not
  answer, is busy, or lacks the method or the state: a second node that keeps old state serves proofs of it.
* A signed transaction goes to all of them.
* What has to belong together is asked of one endpoint (``agreed``), and of the next one where its answers
  contradict each other.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from threading import Thread
from typing import Any, Final, TypeVar

from ledger.chain import answers
from ledger.chain.connection import TIMEOUT_SECONDS, Connection
from ledger.chain.endpoints import ChainEndpoints, endpoints_of, read_addresses
from ledger.chain.errors import Meaning, NodeError, refusal
from ledger.chain.transport import MAX_ANSWER_BYTES
from ledger.errors import IntegrityError, LedgerError, UnavailableError

T = TypeVar("T")

SEVERAL_SECONDS: Final = 4.0
"""Time for one answer where another endpoint is there to ask."""
_BROADCAST: Final = "eth_sendRawTransaction"
_NEWEST: Final = ("eth_getBlockByNumber", "latest")
_NUMBER: Final = "eth_blockNumber"
_BROKEN: Final = ("chain-unreachable", "chain-answer")
_ELSEWHERE: Final = (Meaning.BUSY, Meaning.UNSUPPORTED)
_DONE: Final = (Meaning.ALREADY_KNOWN, Meaning.NONCE_USED)


class Rpc:
    """A chain.

    Args:
        url: HTTP address of a node, or several separated by commas; none ever stands in an error, since it
            may hold a token.
        timeout: seconds for one answer; ``None`` for 10, or 4 where there are several addresses.
        limit: bytes of one answer.

    Raises:
        ConfigurationError: the addresses are not of the form.
    """

    def __init__(
        self, url: str, timeout: float | None = None, limit: int = MAX_ANSWER_BYTES
    ) -> None:
        addresses = read_addresses(url)
        several = len(addresses) > 1
        seconds = timeout or (SEVERAL_SECONDS if several else TIMEOUT_SECONDS)
        self._connections: Final = [Connection(each, seconds, limit) for each in addresses]
        self._endpoints: Final = endpoints_of(addresses) if several else None
        self._pinned: int | None = None if several else 0

    def call(self, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON
        """Return the result of a call.

        Raises:
            NodeError: the node answered with an error.
            UnavailableError: it did not answer, or not with JSON-RPC.
        """
        if method == _BROADCAST and self._pinned is None:
            return self._broadcast(*params)
        answer = self._first(lambda connection: connection.call(method, *params))
        if self._endpoints is not None and (method, *params[:1]) == _NEWEST:
            self._endpoints.saw(_height(answer))
        return answer

    def ask(self, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON
        """Return the result of a call whose refusal means nothing in particular.

        Raises:
            UnavailableError: the node refused, or did not answer.
        """
        try:
            return self.call(method, *params)
        except NodeError as error:
            raise refusal(error) from error

    def batch(self, method: str, params: Sequence[object]) -> list[Any]:
        """Return the results of one call for each parameter, in order, in few round trips.

        Raises:
            UnavailableError: the node refused one of them, or did not answer all.
        """
        return self._first(lambda connection: connection.batch(method, params))

    def agreed(
        self, work: Callable[["Rpc"], T], enough: Callable[[T], bool] = lambda _found: True
    ) -> T:
        """Return what ``work`` makes of the answers of one endpoint alone.

        Args:
            work: is handed a chain of one endpoint.
            enough: whether a result is as good as another endpoint's could be; otherwise the next one is
                asked, and the first result is taken where none is better.

        Raises:
            IntegrityError: no endpoint's answers agree with each other.
            UnavailableError: none answers.
        """
        if self._pinned is not None or self._endpoints is None:
            return work(self)
        results: list[T] = []
        errors: list[LedgerError] = []
        contradicting: list[int] = []
        for index in self._tried():
            try:
                found = work(self._only(index))
            except (IntegrityError, UnavailableError) as error:
                errors.append(error)
                if isinstance(error, IntegrityError) and error.code != "chain-block-moved":
                    contradicting.append(index)
                continue
            results.append(found)
            if enough(found):
                break
        if not results:
            raise _worst(errors)
        for index in contradicting:  # known only now: another one's answers agree
            self._endpoints.distrust(index)
        return results[-1] if enough(results[-1]) else results[0]

    def _only(self, index: int) -> "Rpc":
        """Return the same chain through one endpoint."""
        one = Rpc.__new__(Rpc)
        one.__dict__.update(self.__dict__, _pinned=index)
        return one

    def _first(self, send: Callable[[Connection], T]) -> T:
        """Return the first answer that says something; the first refusal where none does."""
        refused: list[NodeError] = []
        errors: list[LedgerError] = []
        for index in self._tried():
            try:
                self._check_caught_up(index)
                found = send(self._connections[index])
            except NodeError as error:
                refused.append(error)
                if error.meaning not in _ELSEWHERE:
                    break
            except UnavailableError as error:
                errors.append(error)
                self._note(index, error)
            else:
                if self._endpoints is not None and not refused:
                    self._endpoints.using(index)
                return found
        if refused:
            raise refused[0]
        raise _worst(errors)

    def _check_caught_up(self, index: int) -> None:
        """Refuse an endpoint that does not yet have the newest block that another one served."""
        wanted = 0 if self._endpoints is None else self._endpoints.must_have(index)
        if wanted and answers.quantity(self._connections[index].call(_NUMBER), _NUMBER) < wanted:
            raise UnavailableError("chain-block-missing", number=wanted)

    def _broadcast(self, *params: object) -> Any:  # noqa: ANN401 - JSON
        """Hand signed bytes to all endpoints that answer; one that takes them is enough."""
        results: list[Any] = []
        refused: list[NodeError] = []
        errors: list[LedgerError] = []
        for index in self._tried():
            if (results or refused) and not self._answers(index):
                continue
            try:
                results.append(self._connections[index].call(_BROADCAST, *params))
            except NodeError as error:
                refused.append(error)
            except UnavailableError as error:
                errors.append(error)
                self._note(index, error)
        if results:
            return results[0]
        if refused:
            raise next((each for each in refused if each.meaning in _DONE), refused[0])
        raise _worst(errors)

    def _tried(self) -> Iterator[int]:
        """Yield whom to ask, best first."""
        if self._pinned is not None or self._endpoints is None:
            yield self._pinned or 0
            return
        _keep_surveyed(self._endpoints)
        yield from self._endpoints.order()

    def _answers(self, index: int) -> bool:
        views = () if self._endpoints is None else self._endpoints.views()
        return not views or views[index].judgement.state != "silent"

    def _note(self, index: int, error: LedgerError) -> None:
        if self._endpoints is not None and error.code in _BROKEN:
            self._endpoints.broken(index, error)


def _height(block: object) -> int:
    """Return a block's number; 0 for what is no block, which others find out."""
    if not isinstance(block, dict) or not isinstance(block.get("number"), str):
        return 0
    return answers.quantity(block["number"], _NEWEST[0], "number")


def _worst(errors: Sequence[LedgerError]) -> LedgerError:
    """Return the error that says most: the last attempt's is as good as any, a contradiction is better."""
    found: LedgerError = UnavailableError("chain-endpoints-contradict")
    for error in errors:
        found = error
    return next((each for each in errors if isinstance(each, IntegrityError)), found)


def _keep_surveyed(endpoints: ChainEndpoints) -> None:
    """Survey before the first question; later beside the questions, which never wait for a dead endpoint."""
    due = endpoints.begin_survey()
    if due is None:
        endpoints.wait_for_survey()
    elif endpoints.surveyed:
        Thread(target=_survey, args=(endpoints, due), name="chain-survey", daemon=True).start()
    else:
        _survey(endpoints, due)


def survey_now(endpoints: ChainEndpoints) -> None:
    """Look at all endpoints, and wait for it; nothing happens while somebody else looks."""
    due = endpoints.begin_survey(at_once=True)
    if due is not None:
        _survey(endpoints, due)


def _survey(endpoints: ChainEndpoints, due: Sequence[int]) -> None:
    from ledger.chain.surveying import survey  # noqa: PLC0415 - it asks through this module

    addresses = {index: endpoints.addresses[index] for index in due}
    found = {}
    try:
        found = dict(survey(addresses, endpoints.expected, time.time()))
    finally:
        endpoints.end_survey(found)
