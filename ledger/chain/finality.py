"""When we rely on a block: the network's finality policy.

* ``instant``: every block is final when it appears (QBFT; the embedded chain, which shows a block only when
  it is journaled).
* a number N: N blocks on top (Clique and other chains with forks).
* ``finalized``: the node's own tag (proof-of-stake chains).
"""

from ledger.errors import ConfigurationError

INSTANT = "instant"
TAG = "finalized"


def check_policy(policy: str) -> None:
    """Check the form of a policy.

    Raises:
        ConfigurationError: neither ``instant``, nor ``finalized``, nor a number of blocks.
    """
    if policy not in (INSTANT, TAG) and not policy.isdecimal():
        raise ConfigurationError("chain-finality", policy=policy)


def final_number(policy: str, latest: int, tagged: int | None) -> int | None:
    """Return the newest final height; ``None`` when there is none yet.

    Args:
        policy: ``instant``, ``finalized``, or a decimal number.
        latest: height of the newest block.
        tagged: height that the node tags as finalized; ``None`` when it has no such block.
    """
    if policy == INSTANT:
        return latest
    if policy == TAG:
        return tagged
    depth = latest - int(policy)
    return depth if depth >= 0 else None
