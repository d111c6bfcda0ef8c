"""What holders post on the chain during a ceremony, as bytes.

The chain is a broadcast channel: the contract keeps who posted what in which phase, once each, and judges
nothing. A posting that is not of its form counts as if its holder had posted nothing of worth: the judge says
what follows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Final, TypeAlias

from blacklist.curve import points
from blacklist.domain.keygen.shares import SHARE_BYTES, DealtShare
from ledger.errors import MalformedError

_INDEX_BYTES: Final = 2
ENVELOPES_DIGEST_BYTES: Final = 32
CEREMONY_KEY_BYTES: Final = 32


class CeremonyPhase(IntEnum):
    """The phases of a ceremony, in their order; numbers as in the contract."""

    JOINING = 1
    """A key for this ceremony, to which shares are sealed."""
    DEALING = 2
    """Commitments, and the digest of the sealed shares that go over the peer API."""
    COMPLAINING = 3
    """Dealers whose share did not come or does not fit."""
    REVEALING = 4
    """The shares complained about, in the clear; skipped when nobody complained."""
    OPENING = 5
    """Open commitments; not in a resharing."""
    ACCUSING = 6
    """Dealers whose opening is missing, or does not fit a share; not in a resharing."""
    RECONSTRUCTING = 7
    """All shares of accused dealers, in the clear; skipped when nobody accused."""
    ATTESTING = 8
    """The digest of the resulting public keys."""


Postings: TypeAlias = Mapping[CeremonyPhase, Mapping[int, bytes]]
"""What was posted, by phase and holder's index; closed phases only."""


@dataclass(frozen=True, slots=True)
class Deal:
    """A dealer's posting.

    Attributes:
        commitments: one a coefficient.
        envelopes: SHA-256 over the sealed shares of all receivers.
    """

    commitments: tuple[bytes, ...]
    envelopes: bytes

    def encode(self) -> bytes:
        """Return it as posted."""
        return encode_points(self.commitments) + self.envelopes


def decode_deal(posted: bytes, threshold: int) -> Deal:
    """Read a dealer's posting.

    Raises:
        MalformedError: another length, or not points.
    """
    rest = len(posted) - ENVELOPES_DIGEST_BYTES
    return Deal(decode_points(posted[: max(rest, 0)], threshold), posted[max(rest, 0) :])


def encode_points(given: Sequence[bytes]) -> bytes:
    """Join points, 32 bytes each."""
    return b"".join(given)


def decode_points(posted: bytes, count: int) -> tuple[bytes, ...]:
    """Read exactly ``count`` points; the identity is none that an honest dealer posts.

    Raises:
        MalformedError: another length, or one of them is no point.
    """
    if len(posted) != count * points.POINT_BYTES:
        raise MalformedError("commitments-malformed")
    starts = range(0, len(posted), points.POINT_BYTES)
    found = (posted[start : start + points.POINT_BYTES] for start in starts)
    return tuple(points.checked_point(point, "commitment") for point in found)


def encode_indices(indices: Sequence[int]) -> bytes:
    """Join indices, two bytes each."""
    return b"".join(index.to_bytes(_INDEX_BYTES, "big") for index in indices)


def decode_indices(posted: bytes) -> tuple[int, ...]:
    """Read indices in ascending order.

    Raises:
        MalformedError: half an index, or not ascending.
    """
    if len(posted) % _INDEX_BYTES:
        raise MalformedError("posting-malformed")
    starts = range(0, len(posted), _INDEX_BYTES)
    found = tuple(int.from_bytes(posted[start : start + _INDEX_BYTES], "big") for start in starts)
    return _ascending(found)


def encode_shares(shares: Mapping[int, bytes]) -> bytes:
    """Join revealed shares, each after the index of the other party."""
    return b"".join(index.to_bytes(_INDEX_BYTES, "big") + shares[index] for index in sorted(shares))


def decode_shares(posted: bytes) -> dict[int, DealtShare]:
    """Read revealed shares by the index of the other party.

    Raises:
        MalformedError: half a share, indices not ascending, or not scalars below q.
    """
    size = _INDEX_BYTES + SHARE_BYTES
    if len(posted) % size:
        raise MalformedError("posting-malformed")
    rows = [posted[start : start + size] for start in range(0, len(posted), size)]
    _ascending(tuple(int.from_bytes(row[:_INDEX_BYTES], "big") for row in rows))
    return {
        int.from_bytes(row[:_INDEX_BYTES], "big"): DealtShare.decode(row[_INDEX_BYTES:])
        for row in rows
    }


def _ascending(indices: tuple[int, ...]) -> tuple[int, ...]:
    if any(left >= right for left, right in pairwise(indices)):
        raise MalformedError("posting-malformed")
    return indices
