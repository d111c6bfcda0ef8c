"""A ceremony and what comes of it: the terms that the contract fixed, the faults, the public keys.

The chain is broadcast channel and calendar, not judge: what follows from the postings is a pure function that
every holder computes for itself (``generation``, ``resharing``). An epoch becomes active when enough holders
attest the same result, each having confirmed its own share.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from blacklist.curve.points import POINT_BYTES
from blacklist.domain.keygen.postings import CeremonyPhase
from blacklist.domain.oprf.framing import named
from ledger.errors import MalformedError

_INDEX_BYTES: Final = 2


class FaultKind(StrEnum):
    """What a holder did wrong; each is shown by postings alone."""

    MALFORMED = "malformed"
    """A posting that is not of its form."""
    ABSENT = "absent"
    """It joined, and then dealt or opened nothing."""
    TOO_MANY_COMPLAINTS = "too-many-complaints"
    """As many receivers complained as an attacker cannot command."""
    NOT_REVEALED = "not-revealed"
    """A share complained about stayed secret."""
    FALSE_REVEAL = "false-reveal"
    """A revealed share does not fit the commitments."""
    FALSE_OPENING = "false-opening"
    """The open commitments are not those of the hidden polynomial."""
    FALSE_ACCUSATION = "false-accusation"
    """The share that was to prove an accusation proves none."""
    WRONG_CONSTANT = "wrong-constant"
    """A resharing dealt something else than the dealer's share."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault of one holder.

    Attributes:
        holder: index of who is at fault.
        kind: what it did.
        phase: where.
        other: index of the other party, or 0.
    """

    holder: int
    kind: FaultKind
    phase: CeremonyPhase
    other: int = 0


class Failure(StrEnum):
    """Why a ceremony gave no key; it is begun again."""

    TOO_FEW_PRESENT = "ceremony-too-few-present"
    TOO_FEW_DEALERS = "ceremony-too-few-dealers"
    TOO_FEW_SHARES = "ceremony-too-few-shares"
    """An accused dealer's polynomial cannot be reconstructed."""
    NO_KEY = "ceremony-no-key"
    """The sum is the identity; with an honest dealer it happens once in 2^252."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the contract fixed when the ceremony was opened.

    Attributes:
        ceremony: its running number.
        threshold: holders that evaluate together; more than any group of attackers has.
        holders: indices of who may take a share, ascending.
        present_needed: how many of them must join.
        dealers: indices of the present holders in a resharing; ``None`` when a key is generated.
    """

    ceremony: int
    threshold: int
    holders: tuple[int, ...]
    present_needed: int
    dealers: "Dealers | None" = None


@dataclass(frozen=True, slots=True)
class Dealers:
    """Who holds the key that is dealt anew.

    Attributes:
        share_keys: public key of each present share, by index.
        key: the consortium's public key, which stays.
    """

    share_keys: Mapping[int, bytes]
    key: bytes


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """The public half of a share epoch.

    Attributes:
        key: K.
        share_keys: K_j by holder's index.
    """

    key: bytes
    share_keys: Mapping[int, bytes]

    def encode(self) -> bytes:
        """Return K, then index and K_j in ascending order: what the contract stores on activation."""
        rows = (
            index.to_bytes(2, "big") + self.share_keys[index] for index in sorted(self.share_keys)
        )
        return self.key + b"".join(rows)

    @classmethod
    def decode(cls, encoded: bytes) -> Self:
        """Read what ``encode`` writes; the contract has looked at its form.

        Raises:
            MalformedError: another length.
        """
        row = _INDEX_BYTES + POINT_BYTES
        if len(encoded) < POINT_BYTES or (len(encoded) - POINT_BYTES) % row:
            raise MalformedError("keys-malformed", length=len(encoded))
        rows = [encoded[start : start + row] for start in range(POINT_BYTES, len(encoded), row)]
        share_keys = {
            int.from_bytes(each[:_INDEX_BYTES], "big"): each[_INDEX_BYTES:] for each in rows
        }
        return cls(encoded[:POINT_BYTES], share_keys)

    def digest(self, ceremony: int) -> bytes:
        """Return what holders attest, 32 bytes."""
        return hashlib.sha256(named("attest", ceremony.to_bytes(8, "big"), self.encode())).digest()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from the postings of a ceremony.

    Attributes:
        faults: of whom and what, in order.
        dealers: whose polynomials count.
        keys: the public keys; ``None`` when it failed.
        failure: why it failed, or ``None``.
    """

    faults: tuple[Fault, ...]
    dealers: tuple[int, ...]
    keys: PublicKeys | None
    failure: Failure | None = None
