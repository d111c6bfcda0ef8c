"""Identity of a log.

A log has an origin and a generation. A new generation exists only by vote and names the old head; the
checkpoint's origin line carries it, so that a witness never confuses two runs of a member's log.
"""

import re
from dataclasses import dataclass
from typing import Final

from ledger.errors import MalformedError

MAX_ORIGIN_LENGTH: Final = 128
"""C2SP asks for a schema-less URL; longer ones do not fit a signature line that people can read."""

_ORIGIN = re.compile(r"[a-z0-9][a-z0-9./_-]*[a-z0-9]\Z")
_GENERATION = re.compile(r"(?:0|[1-9][0-9]{0,14})\Z", re.ASCII)
"""One spelling each, and never more than a canonical integer holds."""


@dataclass(frozen=True, slots=True)
class LogIdentity:
    """A member's log in one generation.

    Attributes:
        member: 32-byte id in the consortium registry.
        origin: schema-less URL, lower-case ASCII, for example ``lianzheng.example/bank-a``.
        generation: from 0, as the registry counts.
    """

    member: bytes
    origin: str
    generation: int

    @property
    def checkpoint_origin(self) -> str:
        """The origin line of this generation's checkpoints, also the name of its log key."""
        return f"{self.origin}/g{self.generation}"


def generation_of(checkpoint_origin: str, origin: str) -> int | None:
    """Return the generation that a checkpoint's origin line names; ``None`` when it is not of ``origin``."""
    name, mark, number = checkpoint_origin.rpartition("/g")
    if not mark or name != origin or not _GENERATION.match(number):
        return None
    return int(number)


def continues(later: str, named: str) -> bool:
    """Tell whether ``later`` is the log ``named``, or a later generation of it; both are origin lines.

    A statement that its own generation could not place any more has its place in a later one.
    """
    if later == named:
        return True
    origin = named.rpartition("/g")[0]
    first, second = generation_of(named, origin), generation_of(later, origin)
    return first is not None and second is not None and first < second


def check_origin(origin: str) -> None:
    """Check the form of an origin.

    Raises:
        MalformedError: not a lower-case ASCII name with dots, slashes and hyphens, or too long.
    """
    if len(origin) > MAX_ORIGIN_LENGTH or not _ORIGIN.match(origin):
        raise MalformedError("log-origin", origin=origin[:MAX_ORIGIN_LENGTH])
