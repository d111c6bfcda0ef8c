"""JSON-RPC to one address over web3's HTTP provider: plain answers, our errors.

Raw JSON is used where others use web3's formatted objects, because proofs need every field as it was
served, extra data of any length included. ``answers`` reads the values.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import requests

from ledger.chain.answers import malformed
from ledger.chain.errors import NodeError, refusal
from ledger.chain.transport import MAX_ANSWER_BYTES, CappedSession
from ledger.errors import ConfigurationError, MalformedError, UnavailableError

TIMEOUT_SECONDS: Final = 10.0
"""A healthy node on the same network answers in milliseconds; a proof of a full block in a second."""
BATCH: Final = 100
"""Besu takes 1,024 requests in a batch by default, geth 1,000, gateways fewer."""

_UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError)
"""What web3 lets through when a body is not JSON, or not JSON-RPC."""


class Connection:
    """One endpoint.

    Args:
        url: HTTP address of the node; it never stands in an error, since it may hold a token.
        timeout: seconds for one answer.
        limit: bytes of one answer.

    Raises:
        ConfigurationError: the address is none of HTTP.
    """

    def __init__(
        self, url: str, timeout: float = TIMEOUT_SECONDS, limit: int = MAX_ANSWER_BYTES
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise ConfigurationError("chain-url")
        self._url: Final = url
        self._timeout: Final = timeout
        self._session: Final = CappedSession(timeout, limit)
        from ledger.chain import provider  # noqa: PLC0415 - see there

        self._ask: Final = provider.open_provider(url, timeout, self._session)
        self._read: Final = provider.read_answer

    def call(self, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON
        """Return the result of a call.

        Raises:
            NodeError: the node answered with an error.
            UnavailableError: it did not answer, or not with JSON-RPC.
        """
        return _result(_exchange(lambda: self._ask(method, list(params)), method), method)

    def batch(self, method: str, params: Sequence[object]) -> list[Any]:
        """Return the results of one call for each parameter, in order, in few round trips.

        Raises:
            UnavailableError: the node refused one of them, or did not answer all.
        """
        results: list[Any] = []
        for start in range(0, len(params), BATCH):
            results += self._batch(method, params[start : start + BATCH])
        return results

    def _batch(self, method: str, params: Sequence[object]) -> list[Any]:
        # Not web3's batch: it trusts the order of answers without ids, and warns instead of failing.
        calls = [
            {"jsonrpc": "2.0", "id": at, "method": method, "params": [each]}
            for at, each in enumerate(params)
        ]
        answers = _exchange(lambda: self._post(calls), method)
        try:
            if not isinstance(answers, list):  # one error for the whole batch
                _result(answers, method)
                raise malformed(method, "batch")
            by_id = {each.get("id"): each for each in answers if isinstance(each, dict)}
            if by_id.keys() != set(range(len(params))):
                raise malformed(method, "batch")
            return [_result(by_id[at], method) for at in range(len(params))]
        except NodeError as error:
            raise refusal(error) from error

    def _post(self, calls: Any) -> Any:  # noqa: ANN401 - JSON
        with self._session.post(self._url, json=calls, timeout=self._timeout) as answer:
            answer.raise_for_status()
            return self._read(answer.content)


def _exchange(send: Callable[[], Any], method: str) -> Any:  # noqa: ANN401 - JSON
    """Send, and make every failure of the foreign libraries ours."""
    try:
        return send()
    except requests.HTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        raise UnavailableError("chain-unreachable", detail=f"HTTP {status}") from error
    except MalformedError as error:
        raise malformed(method, "depth") from error
    except (requests.RequestException, OSError) as error:
        raise UnavailableError("chain-unreachable", detail=type(error).__name__) from error
    except _UNREADABLE as error:
        raise malformed(method, "body") from error


def _result(answer: Any, method: str) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(answer, dict):
        raise malformed(method, "body")
    error = answer.get("error")
    if isinstance(error, str) and error:
        raise NodeError(0, error, None)
    if isinstance(error, dict):
        code = error.get("code")
        raise NodeError(
            code if isinstance(code, int) else 0, str(error.get("message", "")), error.get("data")
        )
    if "result" not in answer:
        raise malformed(method, "body")
    return answer["result"]
