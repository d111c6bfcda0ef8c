"""The operator's door of a geth: JSON-RPC on a Unix socket, which only its user opens; never on HTTP."""

import json
import socket
from pathlib import Path
from typing import Any, Final

from networks.errors import NetworkError

SECONDS: Final = 10.0
_CHUNK: Final = 65536


def operate(path: Path, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON
    """Call a method for the operator, for example ``admin_addPeer``, and return its result.

    Raises:
        NetworkError: the node refuses, or does not answer.
    """
    call = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    try:
        with socket.socket(socket.AF_UNIX) as connected:
            connected.settimeout(SECONDS)
            connected.connect(str(path))
            connected.sendall(call + b"\n")
            answer = _read(connected)
    except OSError as error:
        message = f"{method}: {error}"
        raise NetworkError(message) from error
    if "result" not in answer:
        message = f"{method}: {answer.get('error')}"
        raise NetworkError(message)
    return answer["result"]


def _read(connected: socket.socket) -> dict[str, Any]:
    """Return one JSON object; geth sends no length and ends no line that could be relied on."""
    data = b""
    while piece := connected.recv(_CHUNK):
        data += piece
        try:
            found: dict[str, Any] = json.loads(data)
        except ValueError:
            continue
        return found
    raise ConnectionError("the socket was closed")
