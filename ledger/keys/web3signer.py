"""Account keys (secp256k1) in a Web3Signer-style service: the private key never leaves it.

* The address is that of the key in the REST interface: ``https://HOST:9000/api/v1/eth1/sign/0xPUBLICKEY`` (64
  bytes in hex). The account follows from it, so nothing is asked to know who we are.
* Transactions go through ``eth_signTransaction``, so that a service with rules sees what it signs; proofs of
  possession through the REST interface, which signs the Keccak-256 hash of what it is sent. (None of these
  services signs a bare digest, for one could be a transaction's.)
* Whatever returns is checked before it is used: every field of the transaction, the signer, low s (EIP-2).
* The service has to sign deterministically (RFC 6979, as Web3Signer's own and most key stores do), so that a
  step that is tried again gives the same bytes. A hardware module that does not still cannot anchor twice:
  both transactions have one nonce.
* Throughput: an anchor is one transaction for a whole batch; a round trip more does not matter.
"""

from pathlib import Path
from typing import Any, Final

from eth_utils.address import to_checksum_address

from ledger.errors import ConfigurationError, IntegrityError, MalformedError, UnavailableError
from ledger.keys.service import SigningService, read_address
from ledger.primitives import rlp
from ledger.primitives.ecdsa import recover
from ledger.primitives.keccak import keccak256
from ledger.primitives.secp256k1 import SECP256K1, address_of

SIGN_PATH: Final = "/api/v1/eth1/sign/"
PUBLIC_KEY_BYTES: Final = 64
SIGNATURE_BYTES: Final = 65

_QUANTITIES: Final = ("nonce", "gasPrice", "gas", "value")
_FIELDS: Final = 9
_MAX_BYTES: Final = 128 * 1024
_EIP_155: Final = 35
_FIRST_ID: Final = 27
"""Recovery ids are 0 and 1, written as 27 and 28 outside EIP-155."""


class Web3SignerTransactionSigner:
    """A secp256k1 key in a Web3Signer-style service; implements the transaction signer port.

    Args:
        url: of the key, see above.
        token_file: holds a bearer token for a proxy in front; ``None`` sends none.
        timeout: seconds for an answer.

    Raises:
        ConfigurationError: the address is not of that form.
    """

    def __init__(self, url: str, token_file: Path | None, timeout: float = 5.0) -> None:
        parts = read_address(url)
        before, found, name = parts.path.rpartition(SIGN_PATH)
        try:
            key = bytes.fromhex(name.removeprefix("0x"))
        except ValueError:
            key = b""
        if not found or len(key) != PUBLIC_KEY_BYTES or parts.query:
            raise ConfigurationError("signer-url")
        self._key: Final = key
        self._address: Final = address_of(key)
        self._rpc_path: Final = before + "/"
        self._sign_path: Final = parts.path
        self._service: Final = SigningService(
            f"{parts.scheme}://{parts.netloc}",
            token_file=token_file,
            header="Authorization",
            prefix="Bearer ",
            timeout=timeout,
        )

    @property
    def address(self) -> bytes:
        """The 20-byte account address."""
        return self._address

    def sign_transaction(self, transaction: dict[str, object]) -> bytes:
        """See ``ports.signer``; legacy transactions with a chain id (EIP-155).

        Raises:
            IntegrityError: the service signed another transaction, or with another key.
        """
        asked: dict[str, object] = {name: hex(_integer(transaction[name])) for name in _QUANTITIES}
        asked["from"] = to_checksum_address(self._address)
        asked["data"] = transaction.get("data", "0x")
        if "to" in transaction:
            asked["to"] = transaction["to"]
        call = {"jsonrpc": "2.0", "id": 1, "method": "eth_signTransaction", "params": [asked]}
        answer = self._service.post(self._rpc_path, call)
        raw = _hex(_result(answer))
        self._check(raw, transaction)
        return raw

    def sign_message(self, message: bytes) -> bytes:
        """See ``ports.signer``.

        Raises:
            IntegrityError: the signature does not hold.
        """
        answer = self._service.post_for_text(self._sign_path, {"data": "0x" + message.hex()})
        signature = _hex(answer)
        if len(signature) != SIGNATURE_BYTES or not self._signed(keccak256(message), signature):
            raise IntegrityError("signer-wrong-signature")
        return signature

    def _signed(self, digest: bytes, signature: bytes) -> bool:
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
        if s > SECP256K1.order // 2:
            return False
        try:
            key = recover(
                curve=SECP256K1, digest=digest, r=r, s=s, recovery_id=signature[64] - _FIRST_ID
            )
        except MalformedError:
            return False
        return key == self._key

    def _check(self, raw: bytes, transaction: dict[str, object]) -> None:
        fields = _fields(raw)
        chain_id = _integer(transaction["chainId"])
        to = bytes.fromhex(str(transaction.get("to", "0x"))[2:])
        data = bytes.fromhex(str(transaction.get("data", "0x"))[2:])
        numbers = {name: rlp.encode_int(_integer(transaction[name])) for name in _QUANTITIES}
        expected = [
            numbers["nonce"],
            numbers["gasPrice"],
            numbers["gas"],
            to,
            numbers["value"],
            data,
        ]
        recovery = int.from_bytes(fields[6], "big") - (2 * chain_id + _EIP_155)
        unsigned = rlp.encode([*expected, rlp.encode_int(chain_id), b"", b""])
        signature = (
            fields[7].rjust(32, b"\0")
            + fields[8].rjust(32, b"\0")
            + bytes([_FIRST_ID + recovery % 2])
        )
        right = fields[:6] == expected and recovery in (0, 1)
        if not (right and self._signed(keccak256(unsigned), signature)):
            raise IntegrityError("signer-wrong-signature")


def _fields(raw: bytes) -> list[bytes]:
    """Return the nine items of a legacy transaction."""
    try:
        item = rlp.decode(raw, max_bytes=_MAX_BYTES, max_items=_FIELDS + 1, max_depth=1)
    except MalformedError as error:
        raise IntegrityError("signer-wrong-signature") from error
    fields = [each for each in item if isinstance(each, bytes)] if isinstance(item, list) else []
    if len(fields) != _FIELDS or len(fields[7]) > 32 or len(fields[8]) > 32:  # noqa: PLR2004 - words
        raise IntegrityError("signer-wrong-signature")
    return fields


def _result(answer: Any) -> object:  # noqa: ANN401 - JSON
    if not isinstance(answer, dict):
        raise UnavailableError("signer-unreachable", detail="body")
    error = answer.get("error")
    if error:
        code = error.get("code") if isinstance(error, dict) else None
        raise ConfigurationError("signer-refuses", status=code)
    return answer.get("result")


def _hex(value: object) -> bytes:
    try:
        return bytes.fromhex(str(value).removeprefix("0x"))
    except ValueError:
        return b""


def _integer(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value
