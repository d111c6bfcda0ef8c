"""A contract behind an address: encoding of calls, decoding of answers and of named errors."""

from collections.abc import Mapping
from typing import Any, Final

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import collapse_if_tuple
from eth_utils.crypto import keccak

from contracts import Artifact
from ledger.chain import answers
from ledger.chain.errors import DETAIL_CHARACTERS, Meaning, NodeError, refusal
from ledger.chain.rpc import Rpc
from ledger.errors import ConfigurationError, RefusedError, UnavailableError

_SELECTOR: Final = 4


class Contract:
    """A deployed contract.

    Args:
        rpc: the node.
        artifact: ABI.
        address: 20 bytes.
    """

    def __init__(self, rpc: Rpc, artifact: Artifact, address: bytes) -> None:
        self._rpc: Final = rpc
        self._name: Final = artifact.name
        self._functions: Final = _by_name(artifact, "function")
        self._errors: Final = {_selector(e): e for e in artifact.abi if e["type"] == "error"}
        self.address: Final = address

    def encode(self, function: str, *args: object) -> bytes:
        """Return the call data of ``function``."""
        entry = self._functions[function]
        return _selector(entry) + encode(types_of(entry["inputs"]), args)

    def call(self, function: str, *args: object, block: str = "latest") -> tuple[Any, ...]:
        """Return what a view answers.

        Raises:
            ConfigurationError: there is no such contract at the address.
            RefusedError: the contract reverted.
            UnavailableError: the node refused for another reason.
        """
        request = {
            "to": "0x" + self.address.hex(),
            "data": "0x" + self.encode(function, *args).hex(),
        }
        try:
            answer = self._rpc.call("eth_call", request, block)
        except NodeError as error:
            raise self.translate(error) from error
        data = answers.data(answer, "eth_call")
        if not data:
            raise ConfigurationError("contract-missing", contract=self._name)
        try:
            return decode(types_of(self._functions[function]["outputs"]), data)
        except (DecodingError, OverflowError, UnicodeDecodeError) as error:
            # Another contract stands at the address, or the node makes answers up.
            raise ConfigurationError("contract-other", contract=self._name) from error

    def translate(self, error: NodeError) -> RefusedError | UnavailableError:
        """Return our error for a node's: the contract's own named error where it has one."""
        if error.meaning is not Meaning.REVERTED:
            return refusal(error)
        data = _revert_data(error.data)
        known = self._errors.get(data[:_SELECTOR])
        if known is None:
            return RefusedError(
                "contract-reverted", why=data.hex() or error.message[:DETAIL_CHARACTERS]
            )
        return RefusedError("contract-reverted", why=known["name"])


def _by_name(artifact: Artifact, kind: str) -> Mapping[str, Mapping[str, Any]]:
    return {entry["name"]: entry for entry in artifact.abi if entry["type"] == kind}


def types_of(inputs: list[dict[str, Any]]) -> list[str]:
    """Return the ABI types of a function's, event's or error's parameters, tuples spelled out."""
    return [collapse_if_tuple(each) for each in inputs]


def _selector(entry: Mapping[str, Any]) -> bytes:
    return topic_of(entry)[:_SELECTOR]


def topic_of(entry: Mapping[str, Any]) -> bytes:
    """Return keccak-256 of an ABI entry's signature: an event's first topic, 32 bytes."""
    return bytes(keccak(text=f"{entry['name']}({','.join(types_of(entry['inputs']))})"))


def _revert_data(data: object) -> bytes:
    """Return revert data wherever the client puts it: a hex string, or inside an object."""
    if isinstance(data, Mapping):
        data = data.get("data") or data.get("result")
    text = str(data or "")
    text = text[text.find("0x") + 2 :] if "0x" in text else ""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
