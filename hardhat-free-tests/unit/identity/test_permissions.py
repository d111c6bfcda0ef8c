"""Roles keep duties apart, and the table in the documentation is the code's."""

import pytest
from architecture.sources import ROOT

from node.errors import NotPermittedError
from node.identity.permissions import PERMISSIONS, Permission, Principal, Role, permissions_of

CHANGING = {
    Permission.EVIDENCE_SEAL,
    Permission.EVIDENCE_EXPORT,
    Permission.HOLD_SET,
    Permission.ERASURE_REQUEST,
    Permission.CHANGE_REQUEST,
    Permission.CONSORTIUM_GOVERN,
    Permission.RELEASE_DECIDE,
    Permission.OPERATORS_MANAGE,
    Permission.ANCHOR_RUN,
}


def principal(*roles: Role) -> Principal:
    return Principal("0" * 16, "Ann", frozenset(roles), permissions_of(roles), "session")


def test_every_role_has_permissions_and_every_permission_a_role() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert permissions_of(Role) == set(Permission)


def test_an_administrator_reads_no_content_and_no_audit_trail() -> None:
    allowed = PERMISSIONS[Role.ADMINISTRATOR]
    assert Permission.OPERATORS_MANAGE in allowed
    assert not allowed & {
        Permission.CONTENT_READ,
        Permission.AUDIT_READ,
        Permission.EVIDENCE_EXPORT,
    }


def test_an_auditor_changes_nothing() -> None:
    assert not PERMISSIONS[Role.AUDITOR] & CHANGING
    assert Permission.AUDIT_READ in PERMISSIONS[Role.AUDITOR]


@pytest.mark.parametrize("asking", [Permission.ERASURE_REQUEST, Permission.CHANGE_REQUEST])
def test_no_role_both_asks_and_decides(asking: Permission) -> None:
    both = {asking, Permission.RELEASE_DECIDE}
    assert not [role for role, allowed in PERMISSIONS.items() if both <= allowed]


def test_roles_add_up_and_nothing_else_does() -> None:
    ann = principal(Role.COLLECTOR, Role.COURT_LIAISON)
    ann.require(Permission.EVIDENCE_SEAL)
    ann.require(Permission.EVIDENCE_EXPORT)
    with pytest.raises(NotPermittedError) as caught:
        ann.require(Permission.OPERATORS_MANAGE)
    assert caught.value.params == {"permission": "operators:manage"}


def test_the_table_in_the_documentation_is_the_codes() -> None:
    text = (ROOT / "docs/identity.md").read_text("utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith(("| permission", "| `"))
    ]
    roles = [Role(cell) for cell in rows[0][1:]]
    assert roles == list(Role)
    table = {
        Permission(row[0].strip("`")): {
            role for role, cell in zip(roles, row[1:], strict=True) if cell
        }
        for row in rows[1:]
    }
    assert table == {
        permission: {role for role in Role if permission in PERMISSIONS[role]}
        for permission in Permission
    }
