"""Compile the Solidity contracts into ``contracts/artifacts``.

Rules:

* Every contract in ``contracts/*.sol`` becomes one JSON file: abi, bytecode, compiler, settings, storage
  layout, method identifiers, and the SHA-256 of each source it was made from.
* The files are deterministic: no metadata hash in the bytecode, no paths of this machine, no times, and the
  storage layout without the compiler's node numbers. ``--check`` compiles again and compares.
* The compiler is npm's (``scripts/solc``), or a native one of the same version.

It deploys nothing. Run as ``python scripts/compile_contracts.py [--check]``.
"""

import argparse
import hashlib
import json
import re
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import solcx
from solcx.exceptions import SolcError

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = ROOT / "contracts"
ARTIFACTS = CONTRACTS / "artifacts"
SOLC = ROOT / "scripts" / "solc"

# London code runs on all supported networks. GoQuorum's rules end at Berlin, whose code is the same as long
# as nothing reads the base fee.
SETTINGS: dict[str, Any] = {
    "evmVersion": "london",
    "optimizer": {"enabled": True, "runs": 1000},
    "metadata": {"bytecodeHash": "none", "appendCBOR": False},
}
OUTPUTS = [
    "abi",
    "evm.bytecode.object",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
    "evm.methodIdentifiers",
    "storageLayout",
]
# EIP-170.
MAX_CODE_BYTES = 24_576


class CompileError(Exception):
    """Raised when the sources do not compile, or compile to something that cannot be deployed."""


def read_sources() -> dict[str, str]:
    """Return every source by its path from the project's folder."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(CONTRACTS.rglob("*.sol"))
    }


def compile_sources(sources: Mapping[str, str]) -> dict[str, Any]:
    """Return the compiler's standard JSON output. Warnings are errors: there are none to get used to."""
    request = {
        "language": "Solidity",
        "sources": {path: {"content": text} for path, text in sources.items()},
        "settings": {**SETTINGS, "outputSelection": {"*": {"*": OUTPUTS, "": ["ast"]}}},
    }
    try:
        output: dict[str, Any] = solcx.compile_standard(request, solc_binary=SOLC)
    except SolcError as error:
        raise CompileError(_messages_of(error)) from error
    if problems := [item["formattedMessage"] for item in output.get("errors", [])]:
        raise CompileError("\n".join(problems))
    return output


def build_artifacts(
    sources: Mapping[str, str], output: Mapping[str, Any], compiler: str
) -> Iterator[tuple[str, str]]:
    """Yield (contract name, artifact text) for every contract that can be deployed."""
    for path, contracts in sorted(output["contracts"].items()):
        if Path(path).parent != Path("contracts"):
            continue
        for name, compiled in sorted(contracts.items()):
            if (
                _is_library(output["sources"][path]["ast"], name)
                or not compiled["evm"]["bytecode"]["object"]
            ):
                continue
            _check_deployable(name, compiled)
            used = sorted(_imports_of(path, output))
            yield name, _artifact(name, compiled, compiler, {item: sources[item] for item in used})


def _artifact(
    name: str, compiled: Mapping[str, Any], compiler: str, sources: Mapping[str, str]
) -> str:
    content = {
        "name": name,
        "compiler": compiler,
        "settings": SETTINGS,
        "sources": {path: _sha256(text) for path, text in sources.items()},
        "abi": compiled["abi"],
        "methodIdentifiers": compiled["evm"]["methodIdentifiers"],
        "storageLayout": _stable_layout(compiled["storageLayout"]),
        "bytecode": compiled["evm"]["bytecode"]["object"],
        "deployedBytecode": compiled["evm"]["deployedBytecode"]["object"],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _check_deployable(name: str, compiled: Mapping[str, Any]) -> None:
    deployed = compiled["evm"]["deployedBytecode"]
    if deployed["immutableReferences"]:
        message = (
            f"{name} has immutables: its code could not stand in a genesis or be pinned by hash"
        )
        raise CompileError(message)
    size = len(deployed["object"]) // 2
    if size > MAX_CODE_BYTES:
        message = (
            f"{name} has {size} bytes of code, {size - MAX_CODE_BYTES} over the limit of EIP-170"
        )
        raise CompileError(message)


def _imports_of(path: str, output: Mapping[str, Any]) -> set[str]:
    """Return the path and everything that it imports, directly or not."""
    found: set[str] = set()
    waiting = [path]
    while waiting:
        current = waiting.pop()
        if current in found:
            continue
        found.add(current)
        nodes = output["sources"][current]["ast"]["nodes"]
        waiting += [node["absolutePath"] for node in nodes if node["nodeType"] == "ImportDirective"]
    return found


def _is_library(ast: Mapping[str, Any], name: str) -> bool:
    kinds = {
        node["name"]: node["contractKind"]
        for node in ast["nodes"]
        if node["nodeType"] == "ContractDefinition"
    }
    return kinds[name] != "contract"


def _stable_layout(layout: Mapping[str, Any]) -> dict[str, Any]:
    """Drop AST numbers, which change with every unrelated edit, from types and entries."""
    text = json.dumps(layout)
    text = re.sub(r"(t_(?:struct|enum|contract|userDefinedValueType)\(\w+\))\d+", r"\1", text)
    stable: dict[str, Any] = json.loads(text)
    entries = [*stable["storage"]]
    for kind in (stable["types"] or {}).values():
        entries += kind.get("members", [])
    for entry in entries:
        del entry["astId"]
        del entry["contract"]
    return stable


def _messages_of(error: SolcError) -> str:
    try:
        listed = json.loads(error.stdout_data)["errors"]
    except (KeyError, TypeError, ValueError):
        return str(error)
    return "\n".join(item["formattedMessage"] for item in listed)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _compiler_version() -> str:
    """Return the compiler's version and commit, without the platform it was built for."""
    words = solcx.wrapper.solc_wrapper(solc_binary=SOLC, version=True)[0]
    found = re.search(r"Version: (\d+\.\d+\.\d+\+commit\.[0-9a-f]+)", words)
    if found is None:
        message = f"{SOLC} did not say its version: {words.strip()}"
        raise CompileError(message)
    return found.group(1)


def _compare(built: Mapping[str, str]) -> list[str]:
    committed = {path.stem: path.read_text(encoding="utf-8") for path in ARTIFACTS.glob("*.json")}
    names = sorted(built.keys() | committed.keys())
    return [name for name in names if built.get(name) != committed.get(name)]


def _write(built: Mapping[str, str]) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    for path in ARTIFACTS.glob("*.json"):
        if path.stem not in built:
            path.unlink()
    for name, text in built.items():
        (ARTIFACTS / f"{name}.json").write_text(text, encoding="utf-8")


def run(*, check: bool) -> int:
    """Compile, then write or compare. Returns the exit code."""
    start = time.monotonic()
    sources = read_sources()
    compiler = _compiler_version()
    print(f"solc {compiler}: compiling {len(sources)} sources …", flush=True)
    built = dict(build_artifacts(sources, compile_sources(sources), compiler))
    for name, text in built.items():
        print(
            f"  {name}: {len(json.loads(text)['deployedBytecode']) // 2:,} of {MAX_CODE_BYTES:,} bytes"
        )
    if check:
        if stale := _compare(built):
            print(
                f"stale: {', '.join(stale)}; run `python scripts/compile_contracts.py`",
                file=sys.stderr,
            )
            return 1
    else:
        _write(built)
    done = "reproduced" if check else "written to contracts/artifacts"
    print(f"{len(built)} artifacts {done} in {time.monotonic() - start:.1f} s")
    return 0


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description="Compile the Solidity contracts.")
    parser.add_argument(
        "--check", action="store_true", help="only compare with the committed artifacts"
    )
    try:
        return run(check=parser.parse_args().check)
    except (CompileError, OSError) as error:
        print(f"compile_contracts: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
