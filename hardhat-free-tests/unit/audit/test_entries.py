import pytest

from ledger.errors import LimitError, MalformedError
from node.audit.entries import AuditEntry, chained, entry_bytes

AT = "2026-11-24T08:00:00.000Z"


@pytest.mark.parametrize(
    "entry",
    [
        AuditEntry("", "evidence.read"),
        AuditEntry("张三", "evidence.read"),
        AuditEntry("node", "Evidence Read"),
        AuditEntry("node", "evidence.read", subject=""),
        AuditEntry("node", "evidence.read", subject="x" * 129),
        AuditEntry("node", "evidence.read", details={"phone_of_debtor": "x"}),
        AuditEntry("node", "evidence.read", details={"new_password": "x"}),
        AuditEntry("node", "evidence.read", details={"Name": "x"}),
    ],
)
def test_an_entry_that_is_not_of_its_form_or_names_secrets_is_refused(entry: AuditEntry) -> None:
    with pytest.raises(MalformedError):
        entry_bytes(entry, seq=1, at=AT)


def test_an_entry_is_no_place_for_content() -> None:
    with pytest.raises(LimitError):
        entry_bytes(AuditEntry("node", "a.b", details={"text": "x" * 5000}), seq=1, at=AT)


def test_the_hash_covers_the_entry_before_and_the_place() -> None:
    entry = AuditEntry("node", "a.b")
    one, two = entry_bytes(entry, seq=1, at=AT), entry_bytes(entry, seq=2, at=AT)
    assert one != two
    assert chained(bytes(32), one) != chained(b"\1" * 32, one)
