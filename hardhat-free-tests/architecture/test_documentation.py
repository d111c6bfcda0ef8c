"""What a person must not forget: every command, setting, error and check is documented, in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from architecture.sources import ROOT, python_files, tree

from ledger.messages.catalogue import CATALOGUE
from ledger.messages.findings import FINDINGS
from ledger.messages.report import REPORT
from ledger.proof.report import CHECKS
from node.words.catalogue import WORDS
from node.words.errors import ERRORS

FAMILIES = {
    "MalformedError", "LimitError", "RefusedError", "ConflictError", "UnavailableError",
    "IntegrityError", "ConfigurationError", "NotAuthenticatedError", "NotPermittedError",
    "TooManyRequestsError", "NotProvableError", "RefutedError", "_malformed",
}  # fmt: skip
REPORT_PAGE = ROOT / "node/blacklist/templates/person_report.html"
FINDING_MAKERS = {"proved", "refuted", "not_provable"}


def raised_codes() -> set[str]:
    found = set()
    for file in python_files("ledger", "blacklist", "node"):
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = (
                    0 if node.func.id in FAMILIES else 1 if node.func.id in FINDING_MAKERS else None
                )
                if place is not None and len(node.args) > place:
                    code = node.args[place]
                    if isinstance(code, ast.Constant) and isinstance(code.value, str):
                        found.add(code.value)
    return found


def words_in_sources() -> set[str]:
    """Every string constant of the product: a catalogue entry that none of them names is dead."""
    found = set()
    for file in python_files("ledger", "blacklist", "node"):
        if file.parent.name in ("messages", "words"):
            continue
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found | words_in_templates()


def words_in_templates() -> set[str]:
    """What the console's pages take from the catalogue by name."""
    pages = [*(ROOT / "node/console/templates").glob("*.html"), REPORT_PAGE]
    return {name for page in pages for name in re.findall(r"'([a-z][a-z0-9-]+)'", page.read_text())}


def test_every_word_that_a_page_names_is_in_the_catalogue() -> None:
    pages = (ROOT / "node/console/templates").glob("*.html")
    named = {
        name
        for page in pages
        for name in re.findall(r"\bw\('([\w-]+)'[,)]", page.read_text("utf-8"))
    }
    named |= set(re.findall(r"\bw\(\w+, '([\w-]+\w)'[,)]", REPORT_PAGE.read_text("utf-8")))
    assert sorted(named - WORDS.keys() - CATALOGUE.keys()) == []


def test_every_code_that_is_raised_has_words_in_both_languages() -> None:
    assert sorted(raised_codes() - CATALOGUE.keys() - ERRORS.keys()) == []


def test_no_message_is_dead() -> None:
    used = words_in_sources() | set(CHECKS)
    built = (
        *("verdict-", "exit-", "fact-", "trust-", "status-", "phase-", "audit-"),
        *("change-", "proposal-", "rotation-", "standing-", "role-"),
        *("identifier-type-", "ceremony-kind-", "ceremony-phase-", "own-state-", "standing-"),
        *("ground-", "severity-", "outcome-", "decision-", "basis-", "purpose-"),
        *("watch-", "checklist-", "report-purpose-", "report-basis-"),
        *("request-kind-", "request-outcome-", "desk-state-", "draw-", "finding-"),
        *("screening-state-", "ui-bl-encoding-", "ui-bl-use-"),
        *("ui-role-", "ui-kind-", "ui-event-", "ui-detail-", "ui-may-", "ui-release-"),
    )
    entries = [code for code in (*CATALOGUE, *WORDS) if not code.startswith(built)]
    spelled = {word.replace("_", "-") for word in used}
    assert sorted(code for code in entries if code not in used | spelled) == []


@pytest.mark.parametrize("code", [*CATALOGUE, *WORDS])
def test_a_message_has_the_same_parameters_in_both_languages(code: str) -> None:
    message = {**CATALOGUE, **WORDS}[code]
    names = [set(re.findall(r"(?<!\{)\{(\w+)\}", text)) for text in (message.zh, message.en)]
    assert names[0] == names[1]
    assert message.zh
    assert message.en
    assert bool(message.remedy_zh) == bool(message.remedy_en)


def test_every_check_stands_in_code_specification_and_report() -> None:
    text = (ROOT / "docs/spec/verification.md").read_text("utf-8")
    functions = {
        node.name
        for file in python_files("ledger/proof")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef)
    }
    for check in CHECKS:
        assert f"**{check} " in text, check
        assert check in REPORT
        assert any(name.startswith(f"{check.lower()}_") for name in functions), check


def test_every_finding_code_belongs_to_a_check_that_can_give_it() -> None:
    assert sorted(FINDINGS.keys() - raised_codes() - words_in_sources()) == []


@pytest.mark.parametrize(
    "name", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"]
)
def test_the_project_has_its_front_pages(name: str) -> None:
    assert (ROOT / name).stat().st_size > 200


def links(page: Path) -> Iterator[Path]:
    """Files that a page points to, relative to itself or by their path from the root."""
    text = page.read_text("utf-8")
    yield from (page.parent / target for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text))
    yield from (ROOT / target for target in re.findall(r"docs/[\w./-]+\.md", text))


def test_links_in_the_documentation_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "ledger").rglob("*.md")]
    broken = [
        f"{page}: {target}" for page in pages for target in links(page) if not target.exists()
    ]
    assert broken == []


def test_no_word_is_defined_twice() -> None:
    owners: dict[str, list[str]] = {}
    for file in python_files("node/words", "ledger/messages", "blacklist/messages"):
        dictionaries = [node for node in ast.walk(tree(file)) if isinstance(node, ast.Dict)]
        for key, value in (
            pair for each in dictionaries for pair in zip(each.keys, each.values, strict=True)
        ):
            if isinstance(key, ast.Constant) and isinstance(value, ast.Call):
                owners.setdefault(str(key.value), []).append(f"{file.parent.name}/{file.name}")
    assert {code: files for code, files in owners.items() if len(files) > 1} == {}
