"""Files and functions stay small enough to be read in one go."""

import ast
from statistics import median

from architecture.sources import ALL, PRODUCT, functions, lines, name_of, python_files, tree

MAX_FILE, MEDIAN_FILE = 400, 150
MAX_FUNCTION, MEDIAN_FUNCTION = 50, 12
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager", "base"}


def test_no_file_is_longer_than_400_lines() -> None:
    sizes = {name_of(f): len(f.read_text("utf-8").splitlines()) for f in python_files(*ALL)}
    assert {name: size for name, size in sizes.items() if size > MAX_FILE} == {}


def test_the_median_file_of_the_product_has_at_most_150_lines() -> None:
    assert (
        median(len(f.read_text("utf-8").splitlines()) for f in python_files(*PRODUCT))
        <= MEDIAN_FILE
    )


def test_no_function_is_longer_than_50_lines() -> None:
    long = {
        f"{name_of(file)}:{node.name}": lines(node)
        for file in python_files(*ALL)
        for node in functions(file)
        if lines(node) > MAX_FUNCTION
    }
    assert long == {}


def test_the_median_function_of_the_product_has_at_most_12_lines() -> None:
    sizes = [lines(node) for file in python_files(*PRODUCT) for node in functions(file)]
    assert median(sizes) <= MEDIAN_FUNCTION


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [name_of(f) for f in python_files(*ALL) if f.stem in FORBIDDEN_NAMES] == []


def test_packages_hold_a_docstring_and_nothing_else() -> None:
    full = [
        name_of(file)
        for file in python_files("ledger", "blacklist", "node")
        if file.name == "__init__.py"
        and not (len(tree(file).body) == 1 and ast.get_docstring(tree(file)))
    ]
    assert full == []


def test_commands_are_at_most_15_lines() -> None:
    long = {
        f"{name_of(file)}:{node.name}": lines(node)
        for file in python_files("node/cli")
        for node in functions(file)
        if any("command" in ast.unparse(each) for each in node.decorator_list)
        if lines(node) > 15
    }
    assert long == {}
