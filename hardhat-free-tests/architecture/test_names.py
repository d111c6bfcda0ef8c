"""One name, one owner; and no word that the glossary gives to another concept."""

import ast
import re
from collections import defaultdict

from architecture.sources import PRODUCT, ROOT, name_of, python_files, tree

PRIVATE_TWINS_ALLOWED = "_"
FORBIDDEN_WORDS = {
    "customer": "Borrower, Debtor",
    "notarize": "anchor",
    "client_id": "member",
    "blockchain": "chain",
}


def test_every_public_class_has_one_owner() -> None:
    owners: dict[str, list[str]] = defaultdict(list)
    for file in python_files(*PRODUCT):
        for node in tree(file).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith(PRIVATE_TWINS_ALLOWED):
                owners[node.name].append(name_of(file))
    shared = {name: files for name, files in owners.items() if len(files) > 1}
    assert shared == {}


def test_identifiers_use_the_words_of_the_glossary() -> None:
    found = []
    for file in python_files(*PRODUCT):
        for node in ast.walk(tree(file)):
            name = (
                getattr(node, "name", None)
                or getattr(node, "id", None)
                or getattr(node, "attr", None)
            )
            if isinstance(name, str):
                found += [
                    f"{name_of(file)}: {name}" for word in FORBIDDEN_WORDS if word in name.lower()
                ]
    assert found == []


def test_every_exception_from_a_rule_has_a_code_and_a_reason() -> None:
    pattern = re.compile(r"#\s*(noqa|type:\s*ignore)(.*)")
    bare = []
    for file in python_files(*PRODUCT, "scripts"):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            match = pattern.search(line)
            if match and not re.match(r"(\[[a-z-, ]+\]|: [A-Z0-9, ]+).*\w{3,}", match[2]):
                bare.append(f"{name_of(file)}:{number}")
    assert bare == []


COMMITTED = (
    "requirements.lock",
    "requirements-dev.lock",
    "package-lock.json",
    "pyproject.toml",
    "Makefile",
    ".ci/run",
)


def test_nothing_committed_names_a_package_registry() -> None:
    hosts = re.compile(
        r"pypi\.org|pythonhosted|registry\.npmjs|proxy\.golang|deb\.debian|crates\.io"
    )
    named = [name for name in COMMITTED if hosts.search((ROOT / name).read_text("utf-8"))]
    assert named == []
