"""The audit chain under a person who can write the database: every change is seen, and by what."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from node.audit.checking import _Walk
from node.audit.entries import GENESIS, AuditEntry, chained, entry_bytes
from node.audit.store import EntryRow

AT = "2026-11-24T08:00:00.000Z"
entries = st.builds(
    AuditEntry,
    actor=st.sampled_from(["node", "command:root", "0123456789abcdef"]),
    action=st.sampled_from(["evidence.read-content", "release.approve", "session.login"]),
    subject=st.none()
    | st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=20),
    details=st.dictionaries(
        st.sampled_from(["count", "why", "kind"]), st.integers(0, 9) | st.booleans()
    ),
    outcome=st.sampled_from(["done", "refused"]),
)


def stored(some: list[AuditEntry]) -> list[EntryRow]:
    previous, rows = GENESIS, []
    for seq, entry in enumerate(some, start=1):
        data = entry_bytes(entry, seq=seq, at=AT)
        previous = chained(previous, data)
        rows.append(EntryRow(seq, AT, entry.actor, entry.action, entry.subject, data, previous))
    return rows


def followed(rows: list[EntryRow], sealed: list[EntryRow] | None = None) -> _Walk:
    walk = _Walk({row.seq: row.hash for row in sealed or rows})
    for row in rows:
        walk.follow(row)
    return walk


@given(st.lists(entries, max_size=12))
def test_an_untouched_chain_shows_no_problem(some: list[AuditEntry]) -> None:
    rows = stored(some)
    walk = followed(rows)
    assert walk.problems == []
    assert walk.reached == {row.seq: row.hash for row in rows}


@given(st.lists(entries, min_size=1, max_size=8), st.data())
def test_one_changed_byte_anywhere_is_one_problem_at_its_entry(
    some: list[AuditEntry], data: st.DataObject
) -> None:
    rows = stored(some)
    at = data.draw(st.integers(0, len(rows) - 1))
    row = rows[at]
    byte = data.draw(st.integers(0, len(row.data) - 1))
    flipped = bytearray(row.data)
    flipped[byte] ^= data.draw(st.integers(1, 255))
    rows[at] = replace(row, data=bytes(flipped))
    problems = followed(rows).problems
    assert ("audit-changed", row.seq) in {(each.code, each.seq) for each in problems}
    assert {each.seq for each in problems} == {row.seq}


@given(st.lists(entries, min_size=2, max_size=8), st.data())
def test_a_removed_entry_is_a_gap(some: list[AuditEntry], data: st.DataObject) -> None:
    rows = stored(some)
    at = data.draw(st.integers(0, len(rows) - 2))
    walk = followed(rows[:at] + rows[at + 1 :])
    assert [(each.code, each.seq) for each in walk.problems] == [("audit-gap", at + 1)]


@given(st.lists(entries, min_size=1, max_size=8), entries, st.data())
def test_whoever_makes_all_hashes_anew_fails_at_the_sealed_one(
    some: list[AuditEntry], other: AuditEntry, data: st.DataObject
) -> None:
    rows = stored(some)
    at = data.draw(st.integers(0, len(some) - 1))
    assume(some[at] != other)
    forged = stored([*some[:at], other, *some[at + 1 :]])
    walk = followed(forged, sealed=rows)
    assert walk.problems == []  # the chain alone does not show it
    assert walk.reached[len(rows)] != rows[-1].hash  # the sealed hash does
