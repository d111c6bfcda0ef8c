"""Running the embedded chain in the foreground."""

import warnings
from collections.abc import Callable
from pathlib import Path

import click

from ledger.devchain.supervisor import DevelopmentChainWarning, Supervisor
from node.words.catalogue import word


def run_development_chain(data: Path, *, port: int, started: Callable[[str], None]) -> None:
    """Run the chain until it is interrupted; nothing acknowledged is lost, however it ends.

    Args:
        data: journal and dumps; created when missing.
        port: on 127.0.0.1.
        started: is told the URL once the chain answers.
    """
    for language in ("zh", "en"):  # loud: whoever reads only one of them reads it
        click.secho(f"!! {word('chain-development', language)}", fg="red", bold=True, err=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DevelopmentChainWarning)  # said above, in words for people
        with Supervisor(data, port=port) as supervisor:
            started(supervisor.url)
            supervisor.wait()
