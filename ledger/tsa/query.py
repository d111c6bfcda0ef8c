"""The DER of a timestamp request (RFC 3161 §2.4.1): SHA-256, a nonce, the certificates wanted."""

from typing import Final

from ledger.errors import ConfigurationError

_SHA256: Final = bytes.fromhex("300d06096086480165030402010500")
"""AlgorithmIdentifier: 2.16.840.1.101.3.4.2.1 with NULL."""
_VERSION_1: Final = b"\x02\x01\x01"
_CERTIFICATES: Final = b"\x01\x01\xff"
_ARCS: Final = range(2, 32)
_FIRST_ARCS: Final = 3
_SECOND_ARCS: Final = 40
_LONG_LENGTH: Final = 0x80


def request(imprint_sha256: bytes, *, nonce: int, policy: str | None) -> bytes:
    """Return a request over a digest.

    Args:
        imprint_sha256: 32 bytes.
        nonce: positive.
        policy: dotted decimal; ``None`` leaves the policy to the authority.

    Raises:
        ConfigurationError: the policy is no object identifier.
    """
    imprint = _value(0x30, _SHA256 + _value(0x04, imprint_sha256))
    asked = b"" if policy is None else _value(0x06, encode_oid(policy))
    number = _value(0x02, nonce.to_bytes(nonce.bit_length() // 8 + 1, "big"))
    return _value(0x30, _VERSION_1 + imprint + asked + number + _CERTIFICATES)


def encode_oid(text: str) -> bytes:
    """Return the content bytes of an object identifier.

    Raises:
        ConfigurationError: not dotted decimal, or outside what an identifier can be.
    """
    parts = text.split(".")
    if len(parts) not in _ARCS or not all(each.isascii() and each.isdigit() for each in parts):
        raise ConfigurationError("timestamp-policy", policy=text[:64])
    first, second, *rest = map(int, parts)
    if first >= _FIRST_ARCS or (first < _FIRST_ARCS - 1 and second >= _SECOND_ARCS):
        raise ConfigurationError("timestamp-policy", policy=text[:64])
    return b"".join(_arc(each) for each in (first * _SECOND_ARCS + second, *rest))


def _arc(number: int) -> bytes:
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F | 0x80)
    return bytes(reversed(groups))


def _value(tag: int, content: bytes) -> bytes:
    # Everything here is below 128 bytes but for absurd policies, which no authority has.
    if len(content) >= _LONG_LENGTH:
        raise ConfigurationError("timestamp-policy", policy="")
    return bytes([tag, len(content)]) + content
