"""An in-process chain (revm, London rules) that speaks the contracts' ABI.

Rules:

* Each call is a transaction of its own. Gas is not reported: revm keeps storage warm from one call to the
  next here, so that the gas table is measured on py-evm instead (``test_gas.py``).
* A revert becomes ``Refused`` with the custom error's name and arguments; events are decoded by the same ABI.
* Blocks move only when a test moves them.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pyrevm
import pytest
from eth_abi import decode, encode
from eth_utils import keccak
from eth_utils.abi import collapse_if_tuple

from contracts import Artifact

# 1 January 2026, so that expiry has room on both sides.
FIRST_SECOND = 1_767_225_600
# A London block of a consortium chain; nothing here may need more.
GAS_LIMIT = 30_000_000


class Refused(Exception):  # noqa: N818 - it reads as what happened, like a verdict
    """Raised when a transaction reverted."""

    def __init__(self, name: str, arguments: tuple[Any, ...]) -> None:
        super().__init__(name, arguments)
        self.name = name
        self.arguments = arguments


@dataclass(frozen=True)
class Event:
    name: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    result: Any
    events: list[Event]


def types_of(parameters: list[dict[str, Any]]) -> list[str]:
    return [collapse_if_tuple(item) for item in parameters]


class Contract:
    """One deployed contract, called by function name."""

    def __init__(self, chain: "Chain", address: str, abi: tuple[Any, ...]) -> None:
        self.chain = chain
        self.address = address
        self.functions = {item["name"]: item for item in abi if item["type"] == "function"}

    def encode(self, name: str, *arguments: Any) -> bytes:
        types = types_of(self.functions[name]["inputs"])
        return keccak(text=f"{name}({','.join(types)})")[:4] + encode(types, arguments)

    def send(self, sender: str, name: str, *arguments: Any) -> Outcome:
        output, logs = self.chain.transact(sender, self.address, self.encode(name, *arguments))
        return Outcome(self._decode(name, output), [self.chain.decode_event(log) for log in logs])

    def read(self, name: str, *arguments: Any) -> Any:
        data = self.encode(name, *arguments)
        return self._decode(name, self.chain.call(self.address, data))

    def word(self, slot: int) -> int:
        """Return one word of storage, as ``eth_getProof`` would prove it."""
        return self.chain.evm.storage(self.address, slot)

    def _decode(self, name: str, output: bytes) -> Any:
        outputs = self.functions[name]["outputs"]
        values = decode(types_of(outputs), output)
        named = [_named(item, value) for item, value in zip(outputs, values, strict=True)]
        return named[0] if len(named) == 1 else tuple(named)


@dataclass
class Chain:
    number: int = 1
    timestamp: int = FIRST_SECOND
    spec: str = "LONDON"
    evm: pyrevm.EVM = field(init=False)
    errors: dict[bytes, dict[str, Any]] = field(default_factory=dict)
    events: dict[bytes, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.evm = pyrevm.EVM(spec_id=self.spec)
        self.advance(blocks=0)

    def advance(self, *, blocks: int = 1, seconds: int = 0) -> None:
        self.number += blocks
        self.timestamp += seconds
        self.evm.set_block_env(
            pyrevm.BlockEnv(
                number=self.number, timestamp=self.timestamp, gas_limit=GAS_LIMIT, basefee=0
            )
        )

    def deploy(self, deployer: str, artifact: Artifact, *arguments: Any) -> Contract:
        self.learn(artifact)
        types = [item for item in artifact.abi if item["type"] == "constructor"]
        encoded = encode(types_of(types[0]["inputs"]), arguments)
        with self._decoded_reverts():
            address = self.evm.deploy(deployer, artifact.bytecode + encoded, gas=GAS_LIMIT)
        return Contract(self, address, artifact.abi)

    def learn(self, artifact: Artifact) -> None:
        for item in artifact.abi:
            if item["type"] in ("error", "event"):
                known = self.errors if item["type"] == "error" else self.events
                digest = keccak(text=f"{item['name']}({','.join(types_of(item['inputs']))})")
                known[digest[:4] if item["type"] == "error" else digest] = item

    def install(self, address: str, code: bytes) -> None:
        """Put code at an address, as a genesis allocation does."""
        self.evm.insert_account_info(address, pyrevm.AccountInfo(code=code))

    def transact(
        self, sender: str, to: str, data: bytes, *, value: int = 0
    ) -> tuple[bytes, list[Any]]:
        with self._decoded_reverts():
            output = bytes(self.evm.message_call(sender, to, data, value=value, gas=GAS_LIMIT))
        return output, self.evm.result.logs

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Forget what happens inside."""
        number, timestamp = self.number, self.timestamp
        checkpoint = self.evm.snapshot()
        try:
            yield
        finally:
            self.evm.revert(checkpoint)
            self.number, self.timestamp = number, timestamp
            self.advance(blocks=0)

    def call(self, to: str, data: bytes) -> bytes:
        with self._decoded_reverts():
            return bytes(
                self.evm.message_call("0x" + "00" * 20, to, data, gas=2**40, is_static=True)
            )

    def decode_event(self, log: Any) -> Event:
        topics, data = log.data
        item = self.events[bytes(topics[0])]
        indexed = [entry for entry in item["inputs"] if entry["indexed"]]
        plain = [entry for entry in item["inputs"] if not entry["indexed"]]
        values = {
            entry["name"]: decode([entry["type"]], bytes(topic))[0]
            for entry, topic in zip(indexed, topics[1:], strict=True)
        }
        decoded = decode(types_of(plain), bytes(data))
        values |= {entry["name"]: value for entry, value in zip(plain, decoded, strict=True)}
        return Event(item["name"], values)

    @contextmanager
    def _decoded_reverts(self) -> Iterator[None]:
        try:
            yield
        except RuntimeError as error:
            raise self._refusal(str(error)) from error

    def _refusal(self, words: str) -> Exception:
        found = re.search(r"Revert \{.*output: 0x([0-9a-f]*) \}", words)
        if found is None:
            return RuntimeError(words)
        raw = bytes.fromhex(found.group(1))
        item = self.errors.get(raw[:4])
        if item is None:
            return Refused("", (raw,))
        return Refused(item["name"], decode(types_of(item["inputs"]), raw[4:]))


@contextmanager
def refuses(name: str, *arguments: Any) -> Iterator[None]:
    """Expect a revert with this custom error, and with these arguments where they are given."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.name == name, caught.value
    if arguments:
        assert caught.value.arguments == arguments


def _named(item: dict[str, Any], value: Any) -> Any:
    """Turn tuples into dicts by component name."""
    if item["type"] == "tuple":
        parts = zip(item["components"], value, strict=True)
        return {part["name"]: _named(part, entry) for part, entry in parts}
    if item["type"] == "tuple[]":
        return [_named({**item, "type": "tuple"}, entry) for entry in value]
    return value
