"""Which corrections one person may make: those that are in the person's favour; every other one takes two."""

from datetime import date
from typing import Final

from blacklist.domain.entries.facts import Facts
from blacklist.domain.entries.grounds import Severity

_ORDER: Final = tuple(Severity)
"""From what weighs least."""


def takes_two(before: Facts, after: Facts) -> bool:
    """Tell whether a correction needs a second person, as the listing did.

    One person may let an entry weigh less, end sooner, or cover fewer days; a correction in the person's
    favour is not to wait (个人信息保护法 46). What rests on something else, or weighs more, takes two.
    """
    return not (
        _is_lighter(before, after)
        and after.conduct_ended <= before.conduct_ended
        and _is_within(before, after)
        and _rest(before) == _rest(after)
    )


def _is_lighter(before: Facts, after: Facts) -> bool:
    return _ORDER.index(after.severity) <= _ORDER.index(before.severity)


def _is_within(before: Facts, after: Facts) -> bool:
    if before.valid_from is None or after.valid_from is None:
        return (before.valid_from, before.valid_until) == (after.valid_from, after.valid_until)
    ends, ended = after.valid_until or date.max, before.valid_until or date.max
    return after.valid_from >= before.valid_from and ends <= ended


def _rest(facts: Facts) -> Facts:
    """Return facts without what one person may change."""
    return facts.corrected(
        severity=Severity.NOTABLE, conduct_ended=date.min, valid_from=None, valid_until=None
    )
