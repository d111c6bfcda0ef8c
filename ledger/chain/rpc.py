"""JSON-RPC over web3's HTTP provider: plain answers, our errors.

Raw JSON is used where others use web3's formatted objects, because proofs need every field as it was
served, extra data of any length included.
"""

from collections.abc import Sequence
from typing import Any, Final

import requests
from web3 import HTTPProvider
from web3.types import RPCEndpoint

from ledger.chain.errors import NodeError
from ledger.errors import ConfigurationError, UnavailableError

TIMEOUT_SECONDS: Final = 10.0
"""A healthy node on the same network answers in milliseconds; a proof of a full block in a second."""


class Rpc:
    """One endpoint.

    Args:
        url: HTTP address of the node; it never stands in logs, since it may hold a token.
        timeout: seconds for one answer.
    """

    def __init__(self, url: str, timeout: float = TIMEOUT_SECONDS) -> None:
        if not url.startswith(("http://", "https://")):
            raise ConfigurationError("chain-url")
        # web3's own retries would hide an outage for a minute; ours happen on the next tick.
        self._provider: Final = HTTPProvider(
            url, request_kwargs={"timeout": timeout}, exception_retry_configuration=None
        )

    def call(self, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON
        """Return the result of a call.

        Raises:
            NodeError: the node answered with an error.
            UnavailableError: it did not answer, or not with JSON-RPC.
        """
        try:
            answer = self._provider.make_request(RPCEndpoint(method), list(params))
        except (requests.RequestException, OSError, ValueError) as error:
            raise UnavailableError("chain-unreachable", detail=type(error).__name__) from error
        return _result(answer)

    def ask(self, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON
        """Return the result of a call whose refusal means nothing in particular.

        Raises:
            UnavailableError: the node refused, or did not answer.
        """
        try:
            return self.call(method, *params)
        except NodeError as error:
            raise UnavailableError("chain-refuses", detail=error.message[:200]) from error

    def batch(self, method: str, params: Sequence[object]) -> list[Any]:
        """Return the results of one call for each parameter, in order, in one round trip.

        Raises:
            NodeError: the node answered one of them with an error.
            UnavailableError: it did not answer.
        """
        if not params:
            return []
        requests_ = [(RPCEndpoint(method), [each]) for each in params]
        try:
            answers = self._provider.make_batch_request(requests_)
        except (requests.RequestException, OSError, ValueError) as error:
            raise UnavailableError("chain-unreachable", detail=type(error).__name__) from error
        if not isinstance(answers, list):
            return [_result(answers)]
        return [_result(a) for a in sorted(answers, key=lambda a: int(str(a.get("id", 0))))]


def _result(answer: Any) -> Any:  # noqa: ANN401 - JSON
    error = answer.get("error")
    if error:
        if isinstance(error, str):
            raise NodeError(0, error, None)
        raise NodeError(int(error.get("code", 0)), str(error.get("message", "")), error.get("data"))
    return answer.get("result")
