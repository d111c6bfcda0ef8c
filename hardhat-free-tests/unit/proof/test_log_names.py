"""Names of log generations: one spelling each, and what counts as a later one of the same log."""

import pytest

from ledger.evidence.log import continues, generation_of

BANK = "lianzheng.example/bank-a"


@pytest.mark.parametrize(("number", "generation"), [("0", 0), ("1", 1), ("207", 207)])
def test_an_origin_line_names_its_generation(number: str, generation: int) -> None:
    assert generation_of(f"{BANK}/g{number}", BANK) == generation


@pytest.mark.parametrize(
    "line",
    [
        BANK, f"{BANK}/g", f"{BANK}/g01", f"{BANK}/g-1", f"{BANK}/g+1", f"{BANK}/g1 ", f"{BANK}/g1\n",
        f"{BANK}/g١", f"{BANK}/x1", f"{BANK}b/g1", f"{BANK}/g0/g1", f"/g1{BANK}", f"{BANK}/g{'9' * 16}",
        f"{BANK}/g{'9' * 5000}",
    ],
)  # fmt: skip
def test_what_is_spelt_otherwise_names_none(line: str) -> None:
    assert generation_of(line, BANK) is None


@pytest.mark.parametrize(
    ("later", "named", "expected"),
    [
        (f"{BANK}/g0", f"{BANK}/g0", True),
        (f"{BANK}/g1", f"{BANK}/g0", True),
        (f"{BANK}/g10", f"{BANK}/g9", True),
        (f"{BANK}/g0", f"{BANK}/g1", False),
        (f"{BANK}/g01", f"{BANK}/g0", False),
        ("lianzheng.example/bank-b/g1", f"{BANK}/g0", False),
        (BANK, f"{BANK}/g0", False),
        (f"{BANK}/g1", BANK, False),
    ],
)
def test_only_a_later_generation_of_the_same_log_continues_it(
    later: str, named: str, expected: bool
) -> None:
    assert continues(later, named) is expected
