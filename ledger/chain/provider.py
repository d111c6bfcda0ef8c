"""web3's HTTP provider as one function; the first endpoint that is opened imports it, which takes 0.6 s.

Whatever web3 raises by itself becomes ours here; what its session and its parser raise passes.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import requests
from web3 import HTTPProvider
from web3.exceptions import Web3Exception
from web3.types import RPCEndpoint, RPCResponse

from ledger.errors import UnavailableError
from ledger.primitives.canonical import check_depth

Ask: TypeAlias = Callable[[str, list[object]], Any]
"""Takes a method and its parameters; returns the parsed answer."""

MAX_DEPTH = 12
"""A batch of receipts with logs and topics is six deep."""


class _Provider(HTTPProvider):
    """web3's provider, which measures an answer's nesting before it parses it.

    web3 lifts Python's recursion limit so far that a deep answer ends the process.
    """

    @staticmethod
    def decode_rpc_response(raw_response: bytes) -> RPCResponse:
        """See web3."""
        check_depth(raw_response, MAX_DEPTH)
        return HTTPProvider.decode_rpc_response(raw_response)


def read_answer(raw: bytes) -> Any:  # noqa: ANN401 - JSON
    """Parse an answer's body.

    Raises:
        MalformedError: nested deeper than ``MAX_DEPTH``.
        ValueError: not JSON.
    """
    return _Provider.decode_rpc_response(raw)


def open_provider(url: str, timeout: float, session: requests.Session) -> Ask:
    """Return a function that asks ``url``."""
    # web3's own retries would hide an outage for a minute; ours happen on the next tick.
    provider = _Provider(
        url,
        request_kwargs={"timeout": timeout},
        session=session,
        exception_retry_configuration=None,
    )

    def ask(method: str, params: list[object]) -> Any:  # noqa: ANN401 - JSON
        try:
            return provider.make_request(RPCEndpoint(method), params)
        except Web3Exception as error:
            raise UnavailableError("chain-unreachable", detail=type(error).__name__) from error

    return ask
