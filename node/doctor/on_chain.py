"""Checks of the chain: reachable, the right one, our contracts, our membership, our log, our clock."""

from collections.abc import Iterator
from typing import Final

from ledger.chain.endpoints import endpoint_views
from ledger.errors import ConfigurationError, RefusedError
from node import trust_file
from node.doctor.diagnosis import Diagnosis, State
from node.wiring import Node

CLOCK_SECONDS: Final = 120
"""A block of the future is refused by other clients long before; behind us, block times add up."""
QUIET_SECONDS: Final = 900


def identity(node: Node) -> Iterator[Diagnosis]:
    """The chain answers, and is the one of the settings."""
    expected, found = node.settings.chain_id, node.chain.chain_id()
    if found != expected:
        raise ConfigurationError("chain-id", expected=expected, found=found)
    yield from ()


def endpoints(node: Node) -> Iterator[Diagnosis]:
    """Every address of the chain answers, is up to date, and agrees with the others."""
    for each in endpoint_views(node.settings.chain_url):
        found = each.judgement
        if found.state != "works":
            state: State = "failed" if found.state == "contradicts" else "warning"
            yield Diagnosis("doctor-endpoints", state, found.reason, {"place": each.place})


def contracts(node: Node) -> Iterator[Diagnosis]:
    """The code at the contracts' addresses is the code that belongs to this program."""
    trust_file.check_contracts(node.settings)
    yield from ()


def clock(node: Node) -> Iterator[Diagnosis]:
    """This machine's clock agrees with the chain's block time."""
    ahead = node.chain.latest().timestamp - node.clock.now().timestamp()
    if ahead > CLOCK_SECONDS:
        yield Diagnosis("doctor-clock", "failed", "doctor-clock-behind", {"seconds": round(ahead)})
    elif -ahead > QUIET_SECONDS:
        # Either our clock is ahead, or the chain stands still; both need somebody.
        yield Diagnosis("doctor-clock", "warning", "doctor-chain-quiet", {"seconds": round(-ahead)})


def member(node: Node) -> Iterator[Diagnosis]:
    """The anchor account belongs to this institution, which is active."""
    if node.chain.active_member() != bytes.fromhex(node.settings.member):
        raise RefusedError("key-not-a-member", account="0x" + node.chain.account.hex())
    yield from ()


def balance(node: Node) -> Iterator[Diagnosis]:
    """The account can pay, and the chain is not one for development."""
    for warning in node.chain.warnings():
        yield Diagnosis("doctor-balance", "warning", warning)


def head(node: Node) -> Iterator[Diagnosis]:
    """The database is not older than the log on chain."""
    node.fence.check_head()
    yield from ()
