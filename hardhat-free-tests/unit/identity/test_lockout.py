import pytest

from node.identity.lockout import LOGIN, PAIR, SOURCE, Limit, delay, source_name


def test_delays_double_up_to_their_limit_and_never_become_infinite() -> None:
    assert [delay(n, Limit(5, 60)) for n in (1, 5, 6, 7, 8, 11, 12, 10_000)] == [
        0, 0, 2, 4, 8, 60, 60, 60,
    ]  # fmt: skip
    assert max(delay(10**9, limit) for limit in (PAIR, SOURCE, LOGIN)) <= 900


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("command", "command"),
    ],
)
def test_a_household_counts_as_one_source(given: str, counted: str) -> None:
    assert source_name(given) == counted
