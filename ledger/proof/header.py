"""Block headers of Ethereum-compatible chains: reading, hashing, rebuilding from JSON-RPC.

* The package holds a header as RLP, the form that is hashed. Fields come in forks: 15 before
  London, 21 since Prague; later ones are kept unread, because the hash covers them anyway.
* What the block hash is depends on the kind of chain, which the trust file pins; it is never
  guessed.
* A QBFT header as served by a node hashes to nothing: the block hash uses round 0 and no seals.

Seals are checked in ``qbft`` and ``clique``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from ledger.errors import MalformedError
from ledger.primitives import rlp
from ledger.primitives.keccak import keccak256
from ledger.proof.json_values import data_of, number_of
from ledger.proof.qbft_extra import QbftExtra

ChainKind: TypeAlias = Literal["ethereum", "qbft-header", "qbft-contract", "clique", "dev"]
"""How a chain's blocks are hashed and sealed; ``dev`` and ``ethereum`` carry no seals in the
header."""

MAX_HEADER_BYTES: Final = 64 * 1024
"""600 bytes and the extra data, which has 88 bytes per QBFT validator."""
MIN_FIELDS: Final = 15
MAX_FIELDS: Final = 40
"""Room for the fields of future forks."""

_EXTRA_DATA: Final = 12
FIELDS: Final = (
    ("parentHash", 32),
    ("sha3Uncles", 32),
    ("miner", 20),
    ("stateRoot", 32),
    ("transactionsRoot", 32),
    ("receiptsRoot", 32),
    ("logsBloom", 256),
    ("difficulty", None),
    ("number", None),
    ("gasLimit", None),
    ("gasUsed", None),
    ("timestamp", None),
    ("extraData", 0),
    ("mixHash", 32),
    ("nonce", 8),
    ("baseFeePerGas", None),  # London
    ("withdrawalsRoot", 32),  # Shanghai
    ("blobGasUsed", None),  # Cancun
    ("excessBlobGas", None),
    ("parentBeaconBlockRoot", 32),
    ("requestsHash", 32),  # Prague; Osaka adds none
)
"""Names in JSON-RPC, in the order of the RLP. Length in bytes; 0 is any length, ``None`` a
number."""


@dataclass(frozen=True, slots=True)
class Header:
    """A header as the list of its fields, checked for their lengths.

    Attributes:
        items: the RLP items in order, 15 or more.
    """

    items: tuple[bytes, ...]

    @property
    def parent_hash(self) -> bytes:
        """Hash of the block before, 32 bytes."""
        return self.items[0]

    @property
    def state_root(self) -> bytes:
        """Root of the state after this block, 32 bytes."""
        return self.items[3]

    @property
    def receipts_root(self) -> bytes:
        """Root of the trie of this block's receipts, 32 bytes."""
        return self.items[5]

    @property
    def number(self) -> int:
        """Height of the block."""
        return int.from_bytes(self.items[8], "big")

    @property
    def timestamp(self) -> int:
        """POSIX seconds, chosen by the proposer: never a trusted time."""
        return int.from_bytes(self.items[11], "big")

    @property
    def extra_data(self) -> bytes:
        """Where consensus protocols put validators and seals."""
        return self.items[_EXTRA_DATA]

    def with_extra_data(self, extra_data: bytes) -> "Header":
        """Return the header with other extra data, as seal hashes need it."""
        before, after = self.items[:_EXTRA_DATA], self.items[_EXTRA_DATA + 1 :]
        return replace(self, items=(*before, extra_data, *after))

    def encode(self) -> bytes:
        """Return the RLP."""
        return rlp.encode([*self.items])


def parse_header(data: bytes) -> Header:
    """Read a header from its RLP.

    Raises:
        LimitError: over ``MAX_HEADER_BYTES``.
        MalformedError: not canonical RLP, too few or too many fields, or a field of the wrong
        length.
    """
    item = rlp.decode(data, max_bytes=MAX_HEADER_BYTES, max_items=MAX_FIELDS + 1, max_depth=1)
    if isinstance(item, bytes) or not MIN_FIELDS <= len(item) <= MAX_FIELDS:
        raise MalformedError("header-fields")
    fields: list[bytes] = []
    for position, field in enumerate(item):
        if isinstance(field, list):
            raise MalformedError("header-field", field=position)
        _check_field(position, field)
        fields.append(field)
    return Header(tuple(fields))


def block_hash(header: Header, kind: ChainKind) -> bytes:
    """Return the 32-byte hash by which the chain names the block.

    Raises:
        MalformedError: ``qbft-extra`` when a QBFT header's extra data is not of that form.
    """
    match kind:
        case "qbft-header" | "qbft-contract":
            extra = QbftExtra.parse(header.extra_data).unsealed(round_number=0)
            return keccak256(header.with_extra_data(extra.encode()).encode())
        case "ethereum" | "clique" | "dev":
            return keccak256(header.encode())


def header_rlp_from_json(block: Mapping[str, object]) -> bytes:
    """Return the RLP of a header as ``eth_getBlockByNumber`` serves it; other members are ignored.

    Fields after ``nonce`` belong to forks: they end where the first one is missing or ``null``.
    Compare the block hash afterwards, since a later fork may have added fields that this does not
    know.

    Raises:
        MalformedError: a required field is missing, one is not of its form, or one is missing
        although
            a later fork's is there.
    """
    present = [name for name, _ in FIELDS if block.get(name) is not None]
    if len(present) < MIN_FIELDS or present != [name for name, _ in FIELDS[: len(present)]]:
        raise MalformedError("header-fields")
    fields: list[bytes] = []
    for position, (name, length) in enumerate(FIELDS[: len(present)]):
        value = block[name]
        field = rlp.encode_int(number_of(value)) if length is None else data_of(value)
        _check_field(position, field)
        fields.append(field)
    return Header(tuple(fields)).encode()


def _check_field(position: int, field: bytes) -> None:
    if position >= len(FIELDS):
        return
    name, length = FIELDS[position]
    if length is None:
        rlp.decode_int(field)
    elif length and len(field) != length:
        raise MalformedError("header-field", field=name)
