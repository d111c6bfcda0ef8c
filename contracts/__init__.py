"""Compiled contracts and known deployments, read from this package's folder.

Rules:

* Reads JSON and nothing else: no web3, no compiler, and nothing of the floors above.
* Values are frozen; code and addresses are bytes; the ABI is plain JSON.
* An unknown name or chain raises ``LookupError``; a file that is not of its form raises ``ValueError``.

It neither compiles (``scripts/compile_contracts.py``) nor deploys, and does not ask a chain whether what it
knows is still true.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

ADDRESS_BYTES = 20
HASH_BYTES = 32


@dataclass(frozen=True, slots=True)
class Artifact:
    """One compiled contract.

    Attributes:
        name: the contract's name.
        compiler: version and commit, for example ``0.8.37+commit.f401782d``.
        settings: the compiler settings that shaped the bytecode.
        sources: SHA-256 in hex of each source by its path from the project's folder.
        abi: the JSON ABI.
        method_identifiers: 4-byte selector by signature.
        storage_layout: the compiler's storage layout without its node numbers.
        bytecode: what a deployment sends, without constructor arguments.
        deployed_bytecode: what stands on chain afterwards; there are no immutables, so this is exact.
    """

    name: str
    compiler: str
    settings: Mapping[str, Any]
    sources: Mapping[str, str]
    abi: tuple[Mapping[str, Any], ...]
    method_identifiers: Mapping[str, bytes]
    storage_layout: Mapping[str, Any]
    bytecode: bytes
    deployed_bytecode: bytes


@dataclass(frozen=True, slots=True)
class DeployedContract:
    """Where a contract stands.

    Attributes:
        address: 20 bytes.
        code_hash: keccak-256 of the code on chain, 32 bytes.
        block_number: block of the deployment, 0 for the genesis; the first block worth scanning for events.
    """

    address: bytes
    code_hash: bytes
    block_number: int


@dataclass(frozen=True, slots=True)
class Deployment:
    """The contracts of one consortium's chain.

    Attributes:
        chain_id: as in ``eth_chainId``. Chains choose it freely: compare the genesis hash as well.
        genesis_hash: hash of block 0, 32 bytes.
        contracts: by contract name.
    """

    chain_id: int
    genesis_hash: bytes
    contracts: Mapping[str, DeployedContract]


@cache
def artifact(name: str) -> Artifact:
    """Return a compiled contract.

    Raises:
        LookupError: there is no artifact of this name.
        ValueError: the file is damaged.
    """
    content = _read("artifacts", name, f"no compiled contract is called {name!r}")
    try:
        return Artifact(
            name=content["name"],
            compiler=content["compiler"],
            settings=MappingProxyType(content["settings"]),
            sources=MappingProxyType(content["sources"]),
            abi=tuple(content["abi"]),
            method_identifiers=MappingProxyType(
                {key: bytes.fromhex(value) for key, value in content["methodIdentifiers"].items()}
            ),
            storage_layout=MappingProxyType(content["storageLayout"]),
            bytecode=bytes.fromhex(content["bytecode"]),
            deployed_bytecode=bytes.fromhex(content["deployedBytecode"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        message = f"the artifact of {name!r} is damaged: {error!r}"
        raise ValueError(message) from error


def deployment(chain_id: int) -> Deployment:
    """Return what is known to be deployed on a chain; see ``deployments/README.md`` for the form of the file.

    Raises:
        LookupError: no deployment on this chain is known.
        ValueError: the file is damaged, or speaks of another chain.
    """
    content = _read("deployments", str(chain_id), f"no deployment on chain {chain_id} is known")
    try:
        found = Deployment(
            chain_id=content["chainId"],
            genesis_hash=_bytes(content["genesisHash"], HASH_BYTES),
            contracts=MappingProxyType(
                {name: _deployed(item) for name, item in content["contracts"].items()}
            ),
        )
    except (KeyError, TypeError, AttributeError) as error:
        message = f"the deployment on chain {chain_id} is damaged: {error!r}"
        raise ValueError(message) from error
    if found.chain_id != chain_id:
        message = f"the deployment on chain {chain_id} speaks of chain {found.chain_id}"
        raise ValueError(message)
    return found


def _deployed(item: Mapping[str, Any]) -> DeployedContract:
    return DeployedContract(
        address=_bytes(item["address"], ADDRESS_BYTES),
        code_hash=_bytes(item["codeHash"], HASH_BYTES),
        block_number=int(item["blockNumber"]),
    )


def _bytes(text: str, length: int) -> bytes:
    value = bytes.fromhex(text.removeprefix("0x"))
    if len(value) != length:
        message = f"{text!r} is not {length} bytes of hex"
        raise ValueError(message)
    return value


def _read(folder: str, stem: str, missing: str) -> dict[str, Any]:
    # A name with a path in it would reach outside of the package.
    if not stem.isalnum():
        raise LookupError(missing)
    resource = files(__name__) / folder / f"{stem}.json"
    try:
        content = json.loads(resource.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise LookupError(missing) from error
    if not isinstance(content, dict):
        message = f"{folder}/{stem}.json does not hold an object"
        raise ValueError(message)  # noqa: TRY004 - the file is damaged, no caller passed a wrong type
    return content
