"""Signing services for tests, with the paths, bodies and refusals of the real ones.

``TransitService`` answers as the Transit engine of OpenBao and Vault does with a signing key,
``WrappingService`` as it does with a wrapping key, ``Web3Signer`` as Web3Signer in its eth1 mode. All can be
made to fail: ``status`` answers every request, ``lie`` changes what leaves.
"""

import base64
import json
import os
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from eth_account import Account
from eth_typing import Hash32
from eth_utils.crypto import keccak
from harness.rpc_node import Served, send

TOKEN: Final = "s.test-token"


class TransitService(Served):
    """One Ed25519 key with versions, mounted at ``transit``.

    Attributes:
        versions: the private keys, first version first.
        status: answers every request, when set.
        lie: changes the signature that leaves.
        seen: paths and tokens of the requests.
    """

    def __init__(self, name: str = "evidence") -> None:
        super().__init__()
        self.name = name
        self.versions = [Ed25519PrivateKey.generate()]
        self.type = "ed25519"
        self.status = 0
        self.lie: Callable[[bytes], bytes] = lambda signature: signature
        self.seen: list[tuple[str, str | None]] = []

    @property
    def key_url(self) -> str:
        return f"{self.url}/v1/transit/keys/{self.name}"

    def public_key(self, version: int = 1) -> bytes:
        key = self.versions[version - 1].public_key()
        return key.public_bytes(Encoding.Raw, PublicFormat.Raw)

    def reply(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        token = handler.headers.get("X-Vault-Token")
        self.seen.append((handler.path, token))
        if self.status:
            return refuse(handler, self.status, "Vault is sealed")
        if token != TOKEN:
            return refuse(handler, 403, "permission denied")
        match handler.command, urlsplit(handler.path).path.split("/")[3:]:
            case "GET", ["keys", self.name]:
                return answer(handler, {"data": self._described()})
            case "POST", ["sign", self.name]:
                return self._sign(handler, json.loads(body))
        return refuse(handler, 404, "")

    def _described(self) -> dict[str, Any]:
        keys = {
            str(at): {
                "creation_time": "2026-11-24T00:00:00Z",
                "name": "ed25519",
                "public_key": base64.b64encode(self.public_key(at)).decode(),
            }
            for at in range(1, len(self.versions) + 1)
        }
        return {"type": self.type, "keys": keys, "latest_version": len(keys), "name": self.name}

    def _sign(self, handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        version = asked.get("key_version") or len(self.versions)
        if version > len(self.versions):
            return refuse(handler, 400, "cannot sign with newer key version")
        message = base64.b64decode(asked["input"], validate=True)
        signature = self.lie(self.versions[version - 1].sign(message))
        text = f"vault:v{version}:{base64.b64encode(signature).decode()}"
        return answer(handler, {"data": {"signature": text, "key_version": version}})


class Web3Signer(Served):
    """One account, with the JSON-RPC and the REST interface of Web3Signer's eth1 mode.

    Attributes:
        account: that signs.
        chain_id: that the service was started with.
        status: answers every request, when set.
        alter: changes a transaction before it is signed.
        lie: changes the hex that leaves.
    """

    def __init__(self, chain_id: int) -> None:
        super().__init__()
        self.account = Account.create()
        self.chain_id = chain_id
        self.status = 0
        self.alter: Callable[[dict[str, Any]], dict[str, Any]] = lambda transaction: transaction
        self.lie: Callable[[str], str] = lambda text: text
        self.public_key: bytes = self.account._key_obj.public_key.to_bytes()

    @property
    def key_url(self) -> str:
        return f"{self.url}/api/v1/eth1/sign/0x{self.public_key.hex()}"

    def reply(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        if self.status:
            return send(handler, b"", status=self.status)
        asked = json.loads(body)
        if handler.path == "/":
            return answer(handler, {"jsonrpc": "2.0", "id": asked["id"], **self._called(asked)})
        if handler.path != urlsplit(self.key_url).path:
            return send(handler, b"", status=404)
        digest = Hash32(keccak(hexstr=asked["data"]))
        signature = self.lie("0x" + self.account.unsafe_sign_hash(digest).signature.hex())
        return send(handler, signature.encode(), kind="text/plain; charset=utf-8")

    def _called(self, asked: dict[str, Any]) -> dict[str, Any]:
        (found,) = asked["params"]
        if found["from"].lower() != self.account.address.lower():
            return {"error": {"code": -32000, "message": "From address is not unlocked"}}
        numbers = {name: int(found[name], 16) for name in ("nonce", "gasPrice", "gas", "value")}
        given = {name: found[name] for name in ("to", "data") if name in found}
        transaction = self.alter({**numbers, **given, "chainId": self.chain_id})
        signed = self.account.sign_transaction(transaction)
        return {"result": self.lie("0x" + signed["raw_transaction"].hex())}


def answer(handler: BaseHTTPRequestHandler, value: object) -> None:
    send(handler, json.dumps(value).encode())


def refuse(handler: BaseHTTPRequestHandler, status: int, why: str) -> None:
    send(handler, json.dumps({"errors": [why] if why else []}).encode(), status=status)


class WrappingService(Served):
    """A Transit engine with one AES key in versions, mounted at ``transit``.

    Attributes:
        versions: the wrapping keys, first version first.
        status: answers every request, when set.
        lie: changes the plaintext that leaves.
        seen: paths of the requests.
    """

    def __init__(self, name: str = "master") -> None:
        super().__init__()
        self.name = name
        self.versions = [AESGCM.generate_key(256)]
        self.status = 0
        self.lie: Callable[[bytes], bytes] = lambda plaintext: plaintext
        self.seen: list[str] = []

    @property
    def decrypt_url(self) -> str:
        return f"{self.url}/v1/transit/decrypt/{self.name}"

    def reply(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        self.seen.append(handler.path)
        if self.status:
            return refuse(handler, self.status, "Vault is sealed")
        if handler.headers.get("X-Vault-Token") != TOKEN:
            return refuse(handler, 403, "permission denied")
        asked = json.loads(body) if body else {}
        match handler.command, urlsplit(handler.path).path.split("/")[3:]:
            case "POST", ["encrypt", self.name]:
                nonce, version = os.urandom(12), len(self.versions)
                plaintext = base64.b64decode(asked["plaintext"], validate=True)
                sealed = nonce + AESGCM(self.versions[-1]).encrypt(nonce, plaintext, None)
                text = f"vault:v{version}:{base64.b64encode(sealed).decode()}"
                return answer(handler, {"data": {"ciphertext": text, "key_version": version}})
            case "POST", ["decrypt", self.name]:
                return self._decrypt(handler, asked["ciphertext"])
        return refuse(handler, 404, "")

    def _decrypt(self, handler: BaseHTTPRequestHandler, text: str) -> None:
        try:
            _, version, sealed = text.split(":")
            data = base64.b64decode(sealed, validate=True)
            key = AESGCM(self.versions[int(version[1:]) - 1])
            plaintext = self.lie(key.decrypt(data[:12], data[12:], None))
        except (ValueError, IndexError, InvalidTag):
            return refuse(handler, 400, "invalid ciphertext")
        return answer(handler, {"data": {"plaintext": base64.b64encode(plaintext).decode()}})
