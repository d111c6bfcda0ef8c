"""The project's own source files, parsed once for all architecture tests."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("contracts", "ledger", "blacklist", "node")
ALL = (*PRODUCT, "scripts", "hardhat-free-tests")


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    return tuple(
        file
        for folder in folders
        for file in sorted((ROOT / folder).rglob("*.py"))
        if "__pycache__" not in file.parts
    )


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def functions(file: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.FunctionDef):
            yield node


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def lines(node: ast.FunctionDef) -> int:
    """Lines of a function without its decorators and docstring."""
    first = node.body[0]
    has_docstring = ast.get_docstring(node, clean=False) is not None
    start = first.end_lineno + 1 if has_docstring and first.end_lineno else node.lineno
    return (node.end_lineno or node.lineno) - start + 1
