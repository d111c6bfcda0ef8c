"""Private keys of validators and of those who vote, as files that only their owner reads.

* A key is 32 bytes in hexadecimal, the form that Besu and GoQuorum read.
* An existing key is never overwritten: it is read again where that was asked for, or refused.
* Files are created with mode 0600, never narrowed afterwards: nobody reads them in between.
"""

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from ledger.primitives.secp256k1 import address_of
from networks.errors import NetworkError

_HEX: Final = re.compile(r"(?:0x)?([0-9a-fA-F]{64})\n?")
_ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


@dataclass(frozen=True, slots=True)
class NodeKey:
    """A secp256k1 key and what the chain knows of it.

    Attributes:
        file: where the private key stands.
        address: 20 bytes; of a validator, the one that seals.
        public: 64 bytes, the name in an enode.
    """

    file: Path
    address: bytes
    public: bytes

    def enode(self, host: str, port: int) -> str:
        """Return where peers reach the node that has this key."""
        return f"enode://{self.public.hex()}@{bracketed(host)}:{port}"


def bracketed(host: str) -> str:
    """Return an address as it stands before a port: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def make_key(file: Path, *, keep: bool) -> NodeKey:
    """Create a key, or read the one that is there; where only its public half is there, none is made.

    Args:
        file: its folder is made.
        keep: whether an existing key is used; otherwise it is an error.

    Raises:
        NetworkError: there is a key and ``keep`` is false, or the file is no key.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if public_file(file).exists() and not file.exists():
        return read_key(file)
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        if keep:
            return read_key(file)
        message = (
            f"{file} exists and keys are never overwritten: choose another --out, "
            "or --keep-keys to write everything else again around the keys that are there"
        )
        raise NetworkError(message) from None
    with os.fdopen(opened, "w") as written:
        written.write((1 + secrets.randbelow(_ORDER - 1)).to_bytes(32, "big").hex())
        written.flush()
        os.fsync(written.fileno())
    return read_key(file)


def public_file(file: Path) -> Path:
    """Return where the public half stands when somebody else holds the key: 128 hexadecimal digits."""
    return file.with_name(file.name + ".pub")


def read_key(file: Path) -> NodeKey:
    """Read a key, or its public half where there is nothing else.

    Raises:
        NetworkError: the file is missing or no key.
    """
    if not file.exists() and public_file(file).exists():
        return _read_public(file)
    try:
        found = _HEX.fullmatch(file.read_text("ascii"))
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file} cannot be read as a key: {error}"
        raise NetworkError(message) from error
    secret = int(found[1], 16) if found else 0
    if not 0 < secret < _ORDER:
        message = f"{file} is no private key: 64 hexadecimal digits are"
        raise NetworkError(message)
    point = ec.derive_private_key(secret, ec.SECP256K1()).public_key().public_numbers()
    public = point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")
    return NodeKey(file, address_of(public), public)


def _read_public(file: Path) -> NodeKey:
    try:
        public = bytes.fromhex(public_file(file).read_text("ascii").strip().removeprefix("0x"))
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), b"\x04" + public)
    except (OSError, ValueError) as error:
        message = f"{public_file(file)} is no public key, 128 hexadecimal digits: {error}"
        raise NetworkError(message) from error
    return NodeKey(file, address_of(public), public)
