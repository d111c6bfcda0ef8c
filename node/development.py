"""Running the embedded chain in the foreground."""

from collections.abc import Callable
from pathlib import Path

Supervisor = None


def run_development_chain(data: Path, *, port: int, started: Callable[[str], None]) -> None:
    """Run the chain until it is interrupted; nothing acknowledged is lost, however it ends.

    Args:
        data: journal and dumps; created when missing.
        port: on 127.0.0.1.
        started: is told the URL once the chain answers.
    """
    with Supervisor(data, port=port) as supervisor:
        started(supervisor.url)
        supervisor.wait()
