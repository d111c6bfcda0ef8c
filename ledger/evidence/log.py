"""Identity of a log, and the intake receipt.

A log has an origin and a generation. A new generation exists only by vote and names the old head; the
checkpoint's origin line carries it, so that a witness never confuses two runs of a member's log.
"""

import re
from dataclasses import dataclass
from typing import Final

from ledger.errors import MalformedError
from ledger.primitives.canonical import JsonValue, encode

MAX_ORIGIN_LENGTH: Final = 128
"""C2SP asks for a schema-less URL; longer ones do not fit a signature line that people can read."""
RECEIPT_SCHEMA: Final = "lianzheng-receipt/1"

_ORIGIN = re.compile(r"[a-z0-9][a-z0-9./_-]*[a-z0-9]\Z")


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


def check_origin(origin: str) -> None:
    """Check the form of an origin.

    Raises:
        MalformedError: not a lower-case ASCII name with dots, slashes and hyphens, or too long.
    """
    if len(origin) > MAX_ORIGIN_LENGTH or not _ORIGIN.match(origin):
        raise MalformedError("log-origin", origin=origin[:MAX_ORIGIN_LENGTH])


def receipt_text(
    *, leaf_hash: bytes, sealed_at: str, checkpoint_origin: str, maximum_merge_delay: int
) -> bytes:
    """Return the canonical bytes that the evidence key signs as a promise to the caller.

    Args:
        leaf_hash: 32 bytes; names the statement.
        sealed_at: the statement's own time.
        checkpoint_origin: log and generation that will hold the leaf.
        maximum_merge_delay: seconds until the leaf stands under a signed checkpoint.
    """
    promise: JsonValue = {
        "schema": RECEIPT_SCHEMA,
        "leaf": leaf_hash.hex(),
        "sealed_at": sealed_at,
        "origin": checkpoint_origin,
        "maximum_merge_delay": maximum_merge_delay,
    }
    return encode(promise)
