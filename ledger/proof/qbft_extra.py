"""The extra data of a QBFT header (Besu ``QbftExtraDataCodec``; the same in GoQuorum).

RLP of ``[vanity, [validators], vote, round, [seals]]``:

* vanity: 32 free bytes; validators: addresses, empty where a contract holds the list;
* vote: ``[]``, or ``[address, 0xff]`` to add, ``[address, empty]`` to drop;
* round: a number; seals: r ‖ s ‖ recovery id, 65 bytes each.

Seals sign the header with its round and no seals; the block hash takes round 0 and no seals.
"""

from dataclasses import dataclass, replace
from typing import Final

from ledger.errors import MalformedError
from ledger.primitives import rlp
from ledger.primitives.rlp import RlpItem
from ledger.primitives.secp256k1 import ADDRESS_BYTES

VANITY_BYTES: Final = 32
SEAL_BYTES: Final = 65
MAX_VALIDATORS: Final = 100
"""QBFT's messages grow with the square of the validators; networks have a few dozen at most."""
MAX_EXTRA_BYTES: Final = 128 + MAX_VALIDATORS * (ADDRESS_BYTES + SEAL_BYTES + 4)

_ITEMS: Final = 5
_MAX_ROUND_BYTES: Final = 4
_MAX_RLP_ITEMS: Final = 16 + 2 * MAX_VALIDATORS
_MAX_DEPTH: Final = 2
_VOTES: Final = frozenset({b"\xff", b""})
_VOTE_ITEMS: Final = 2


@dataclass(frozen=True, slots=True)
class QbftExtra:
    """Decoded extra data.

    Attributes:
        vanity: 32 bytes.
        validators: 20-byte addresses in the order of the header.
        vote: recipient (20 bytes) and whether to add it, or ``None``.
        round_number: the round in which the block was sealed.
        seals: 65 bytes each.
    """

    vanity: bytes
    validators: tuple[bytes, ...]
    vote: tuple[bytes, bool] | None
    round_number: int
    seals: tuple[bytes, ...]

    @classmethod
    def parse(cls, extra_data: bytes) -> "QbftExtra":
        """Read extra data.

        Raises:
            LimitError: more than ``MAX_VALIDATORS`` could need.
            MalformedError: ``qbft-extra`` or not canonical RLP.
        """
        item = rlp.decode(
            extra_data,
            max_bytes=MAX_EXTRA_BYTES,
            max_items=_MAX_RLP_ITEMS,
            max_depth=_MAX_DEPTH,
        )
        if isinstance(item, bytes) or len(item) != _ITEMS:
            raise MalformedError("qbft-extra", part="list")
        vanity, validators, vote, round_number, seals = item
        if isinstance(vanity, list) or len(vanity) != VANITY_BYTES:
            raise MalformedError("qbft-extra", part="vanity")
        return cls(
            vanity=vanity,
            validators=_byte_strings(validators, ADDRESS_BYTES, "validators"),
            vote=_parse_vote(vote),
            round_number=rlp.decode_int(round_number, max_bytes=_MAX_ROUND_BYTES),
            seals=_byte_strings(seals, SEAL_BYTES, "seals"),
        )

    def unsealed(self, *, round_number: int) -> "QbftExtra":
        """Return the same extra data without seals and with another round."""
        return replace(self, round_number=round_number, seals=())

    def encode(self) -> bytes:
        """Return the RLP."""
        vote: list[RlpItem] = []
        if self.vote is not None:
            recipient, add = self.vote
            vote = [recipient, b"\xff" if add else b""]
        return rlp.encode(
            [
                self.vanity,
                [*self.validators],
                vote,
                rlp.encode_int(self.round_number),
                [*self.seals],
            ]
        )


def _byte_strings(item: RlpItem, length: int, part: str) -> tuple[bytes, ...]:
    if isinstance(item, bytes) or len(item) > MAX_VALIDATORS:
        raise MalformedError("qbft-extra", part=part)
    strings: list[bytes] = []
    for each in item:
        if isinstance(each, list) or len(each) != length:
            raise MalformedError("qbft-extra", part=part)
        strings.append(each)
    return tuple(strings)


def _parse_vote(item: RlpItem) -> tuple[bytes, bool] | None:
    if item == []:
        return None
    if isinstance(item, bytes) or len(item) != _VOTE_ITEMS:
        raise MalformedError("qbft-extra", part="vote")
    recipient, kind = item
    if isinstance(recipient, list) or len(recipient) != ADDRESS_BYTES:
        raise MalformedError("qbft-extra", part="vote")
    if isinstance(kind, list) or kind not in _VOTES:
        raise MalformedError("qbft-extra", part="vote")
    return recipient, bool(kind)
