#!/usr/bin/env python3
"""Build ``build/verify.pyz`` from exactly the import closure of ``ledger.verifier``.

The closure is found by reading imports, not by importing: a module that is not needed is not in the file.
Anything that is neither ours nor of the standard library stops the build. The bytes are deterministic.

    scripts/build_verifier.py            write build/verify.pyz
    scripts/build_verifier.py --check    build it twice and compare
"""

import ast
import io
import sys
import zipfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
TARGET: Final = ROOT / "build" / "verify.pyz"
ENTRY: Final = "ledger.verifier.__main__"
SHEBANG: Final = b"#!/usr/bin/env python3\n"
_TIME: Final = (1980, 1, 1, 0, 0, 0)
# runpy starts the archive's __main__; the version check must come before any of our modules is parsed.
_MAIN: Final = """import sys

if sys.version_info < (3, 10):
    sys.stderr.write("verify.pyz needs Python 3.10 or later\\n")
    sys.exit(2)

import runpy

runpy.run_module("ledger.verifier", run_name="__main__")
"""


def closure() -> dict[str, Path]:
    """Return every module that the verifier imports, by name, packages included."""
    found: dict[str, Path] = {}
    waiting = [ENTRY]
    while waiting:
        name = waiting.pop()
        path = _file_of(name)
        if name in found or path is None:
            continue
        found[name] = path
        waiting += _imports(name, path)
        parent = name.rpartition(".")[0]
        if parent:
            waiting.append(parent)
    return found


def _file_of(name: str) -> Path | None:
    base = ROOT.joinpath(*name.split("."))
    if (base / "__init__.py").is_file():
        return base / "__init__.py"
    return base.with_suffix(".py") if base.with_suffix(".py").is_file() else None


def _imports(name: str, path: Path) -> list[str]:
    """Return the project's modules that a file imports; refuse anything foreign."""
    modules: list[str] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for imported in names:
            top = imported.partition(".")[0]
            if top == "ledger":
                modules.append(imported)
            elif top not in sys.stdlib_module_names:
                sys.exit(
                    f"{name} imports {imported}: the verifier may only use the standard library"
                )
    return modules


def build() -> bytes:
    """Return the bytes of the archive."""
    buffer = io.BytesIO()
    buffer.write(SHEBANG)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "__main__.py", _MAIN.encode())
        for path in sorted(closure().values()):
            _add(archive, path.relative_to(ROOT).as_posix(), path.read_bytes())
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o100644 << 16
    archive.writestr(info, data)


def main() -> None:
    """Build, or check that building twice gives the same bytes."""
    data = build()
    if "--check" in sys.argv[1:]:
        if build() != data:
            sys.exit("the verifier is not built deterministically")
        print(f"verify.pyz: {len(closure())} modules, {len(data)} bytes, deterministic")
        return
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(data)
    TARGET.chmod(0o755)
    print(f"{TARGET.relative_to(ROOT)}: {len(closure())} modules, {len(data)} bytes")


if __name__ == "__main__":
    main()
