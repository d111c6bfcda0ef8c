"""The security checklist names tests that exist, states that are explained, and every chapter."""

import ast
import re

import pytest
from architecture.sources import ROOT, tree

PAGE = (ROOT / "docs/security-checklist.md").read_text("utf-8")
TESTS = ROOT / "hardhat-free-tests"
STATES = {"met", "partly", "not met", "outside", "n/a"}
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)))
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if re.match(r"\| \d", line)
]


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_test_that_the_checklist_names_exists(file: str, name: str) -> None:
    path = TESTS / file
    assert path.is_file(), file
    names = {each.name for each in tree(path).body if isinstance(each, ast.FunctionDef)}
    assert name in names, f"{file}::{name}"


def test_every_row_has_a_state_and_what_is_not_met_says_why() -> None:
    assert len(ROWS) > 150
    for row in ROWS:
        number, _, state, how, *test = row
        assert state in STATES, number
        assert state == "met" or how, number
        assert state != "not met" or not test or "::" not in test[0] or how, number


def test_everything_in_code_style_that_looks_like_a_test_is_one() -> None:
    cells = [row[4] for row in ROWS if len(row) > 4 and row[4].strip("|").strip()]
    assert [cell for cell in cells if not re.fullmatch(r"`[\w/]+\.py::\w+` ?\|?", cell)] == []


def test_every_chapter_of_the_standard_stands_in_the_checklist() -> None:
    assert re.findall(r"(?m)^## V(\d+) ", PAGE) == [str(n) for n in range(1, 15)]
