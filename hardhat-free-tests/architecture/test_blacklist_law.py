"""The page about the law has a row for every rule and every duty, and its tests exist."""

import ast
import re

import pytest
from architecture.sources import ROOT, tree

from blacklist.domain.entries.law import LISTING_RULES
from ledger.messages.catalogue import CATALOGUE
from node.settings import Settings
from node.words.errors import ERRORS

PAGE = (ROOT / "docs/blacklist-law.md").read_text("utf-8")
TESTS = ROOT / "hardhat-free-tests"
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith(("| article", "| ---"))
]
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)))
REGULATION, PROTECTION = "征信业管理条例", "个人信息保护法"
DUTIES = {
    REGULATION: (7, 13, 15, 16, 17, 18, 20, 22, 24, 25, 29, 36),
    PROTECTION: (6, 20, 23, 24, 28, 29, 30, 45, 46, 47, 55, 56),
}
"""BLACKLIST_SPEC, section 4."""


def codes_of_the_law() -> set[str]:
    raised = {
        node.args[0].value
        for node in ast.walk(tree(ROOT / "blacklist/domain/entries/law.py"))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "RefusedError"
        and isinstance(node.args[0], ast.Constant)
    }
    return {str(code) for code in raised} | {rule.code for rule in LISTING_RULES}


def test_every_rule_of_the_law_has_a_row() -> None:
    assert len(codes_of_the_law()) > len(LISTING_RULES)
    assert sorted(code for code in codes_of_the_law() if f"`{code}`" not in PAGE) == []


def test_every_duty_has_a_row() -> None:
    for law, articles in DUTIES.items():
        named = {
            int(number)
            for row in ROWS
            if row[0].startswith(law)
            for number in re.findall(r"\d+", row[0])
        }
        assert set(articles) <= named, law
    assert {row[0] for row in ROWS} >= {"反洗钱法 (2024)", "反电信网络诈骗法"}


def test_every_row_says_what_is_done_where_how_it_is_shown_and_what_stays_with_people() -> None:
    for row in ROWS:
        article, duty, done, screen, shown, left = row
        assert all((article, duty, done, left)), article
        assert re.search(r"`(/[a-z]|lianzheng )[^`]+`", screen), article
        assert re.search(r"`[\w/]+\.py::\w+`", shown), article


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_test_that_the_page_names_exists(file: str, name: str) -> None:
    path = TESTS / file
    assert path.is_file(), file
    functions = (each for each in tree(path).body if isinstance(each, ast.FunctionDef))
    assert name in {each.name for each in functions}, f"{file}::{name}"


def test_codes_and_settings_that_the_page_names_exist() -> None:
    words = set(re.findall(r"`([a-z_-]+)`", PAGE))
    settings = {each for each in words if each.startswith("blacklist_")}
    assert sorted(settings - set(Settings.model_fields)) == []
    codes = {each for each in words if "-" in each}
    assert sorted(codes - CATALOGUE.keys() - ERRORS.keys()) == []
