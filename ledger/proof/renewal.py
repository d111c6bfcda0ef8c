"""Renewal of timestamp tokens before their certificates expire, after the idea of RFC 4998 §5.2.

* A token is covered together with what is needed to judge it later: its certificates up to the pinned
  root, and the revocation lists that were there. ``covered_bytes`` says exactly how.
* One new token renews many: it stamps the root of an RFC 6962 tree over them, so that each is proved by its
  path alone. It stamps the 32 bytes of the root; its imprint is their SHA-256.
* A chain of renewals holds when each token holds, each covers the one before, and each was made after the one
  before and while all certificates of that one were still valid.

It renews certificates, not the hash: should SHA-256 break, everything is to be stamped anew while it is not.
No check V1 to V17 reads renewals: V13 asks about the first token at its own time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from ledger.errors import MalformedError
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue, decode, encode
from ledger.primitives.merkle import leaf_hash, verify_inclusion, vertex_hash
from ledger.primitives.merkle_proofs import VertexReader, inclusion_path, root
from ledger.proof.timestamp import certificates_of, check_token
from ledger.proof.timestamp_findings import (
    TimestampNotProvable,
    TimestampProved,
    TimestampRefuted,
)

MAX_BYTES: Final = 4 * 1024 * 1024
"""A few renewals, each with the revocation lists of its predecessor."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A token with what is needed to judge it once its authority is gone.

    Attributes:
        token: DER.
        certificates: DER from the signer's up to the pinned root.
        revocation: DER of certificate revocation lists.
    """

    token: bytes
    certificates: tuple[bytes, ...]
    revocation: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Renewal:
    """How a token was renewed.

    Attributes:
        covered: the older token.
        index: its place among those that were renewed together.
        size: how many those were.
        path: 32-byte hashes from it up to the root.
        root: 32 bytes, stamped by the newer token.
        token: DER of the newer token.
    """

    covered: Stamp
    index: int
    size: int
    path: tuple[bytes, ...]
    root: bytes
    token: bytes


def covered_bytes(stamp: Stamp) -> bytes:
    """Return what a renewal covers: token ‖ certificates ‖ revocation lists.

    Every part stands behind its length, every list behind its count (4 bytes, big-endian): plain
    concatenation could be divided in more than one way.
    """
    parts = [stamp.token, *stamp.certificates, *stamp.revocation]
    counts = _number(len(stamp.certificates)) + _number(len(stamp.revocation))
    return counts + b"".join(_number(len(part)) + part for part in parts)


def _number(value: int) -> bytes:
    return value.to_bytes(4, "big")


def renewal_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over the leaf hashes (32 bytes each) of the stamps that are renewed together."""
    return root(len(leaves), _reader(leaves))


def renewal_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the path of one of them."""
    return inclusion_path(index, len(leaves), _reader(leaves))


def _reader(leaves: Sequence[bytes]) -> VertexReader:
    def read(level: int, number: int) -> bytes:
        if level == 0:
            return leaves[number]
        return vertex_hash(read(level - 1, number * 2), read(level - 1, number * 2 + 1))

    return read


def valid_until(token: bytes, roots: Sequence[bytes]) -> datetime:
    """Return until when every certificate of a proved token is valid; raises as ``certificates_of``."""
    return min(each.not_after for each in certificates_of(token, roots))


def check_renewals(
    renewals: Sequence[Renewal], *, imprint_sha256: bytes, roots: Sequence[bytes]
) -> datetime:
    """Check a chain of renewals, oldest first, and return until when its newest certificates are valid.

    Args:
        renewals: the first covers the token over the checkpoint; there is at least one.
        imprint_sha256: of the checkpoint's text.
        roots: DER of the pinned roots, old ones included.

    Raises:
        MalformedError: ``timestamp-renewal`` (with the reason), or a path that does not lead to its root.
    """
    token, imprint = renewals[0].covered.token, imprint_sha256
    for renewal in renewals:
        if renewal.covered.token != token:
            raise MalformedError("timestamp-renewal", why="covers another token")
        older = _proved(token, imprint, roots)
        leaf = leaf_hash(covered_bytes(renewal.covered))
        verify_inclusion(
            leaf=leaf, index=renewal.index, size=renewal.size, path=renewal.path, root=renewal.root
        )
        token, imprint = renewal.token, sha256(renewal.root).digest()
        newer = _proved(token, imprint, roots)
        if not older.gen_time <= newer.gen_time <= valid_until(renewal.covered.token, roots):
            raise MalformedError("timestamp-renewal", why="too late")
    return valid_until(token, roots)


def _proved(token: bytes, imprint: bytes, roots: Sequence[bytes]) -> TimestampProved:
    match check_token(token, imprint_sha256=imprint, roots=roots):
        case TimestampProved() as found:
            return found
        case TimestampRefuted(code) | TimestampNotProvable(code):
            raise MalformedError("timestamp-renewal", why=code)


def renewals_to_bytes(renewals: Sequence[Renewal]) -> bytes:
    """Return the file form of a chain of renewals."""
    return encode([_to_json(each) for each in renewals])


def _to_json(renewal: Renewal) -> JsonValue:
    return {
        "covered": {
            "token": renewal.covered.token.hex(),
            "certificates": [each.hex() for each in renewal.covered.certificates],
            "revocation": [each.hex() for each in renewal.covered.revocation],
        },
        "index": renewal.index,
        "size": renewal.size,
        "path": [each.hex() for each in renewal.path],
        "root": renewal.root.hex(),
        "token": renewal.token.hex(),
    }


def renewals_from_bytes(data: bytes) -> tuple[Renewal, ...]:
    """Read the file form.

    Raises:
        MalformedError: another form.
    """
    found = shape.items(decode(data, max_bytes=MAX_BYTES), "renewals")
    if not found:
        raise MalformedError("statement-form", member="renewals")
    return tuple(_from_json(each) for each in found)


def _from_json(value: JsonValue) -> Renewal:
    names = {"covered", "index", "size", "path", "root", "token"}
    found = shape.members(value, "renewals", names)
    covered = shape.members(found["covered"], "covered", {"token", "certificates", "revocation"})
    return Renewal(
        covered=Stamp(
            shape.hex_bytes(covered["token"], "covered.token"),
            _hex_list(covered["certificates"], "covered.certificates"),
            _hex_list(covered["revocation"], "covered.revocation"),
        ),
        index=shape.integer(found["index"], "renewals.index", minimum=0),
        size=shape.integer(found["size"], "renewals.size", minimum=1),
        path=_hex_list(found["path"], "renewals.path"),
        root=shape.hex_bytes(found["root"], "renewals.root", 32),
        token=shape.hex_bytes(found["token"], "renewals.token"),
    )


def _hex_list(value: JsonValue, where: str) -> tuple[bytes, ...]:
    return tuple(shape.hex_bytes(each, where) for each in shape.items(value, where))
