"""What an entry says, as options of a command."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import wraps
from typing import Any

import click

from blacklist.domain.entries.facts import Basis, Facts
from blacklist.domain.entries.grounds import Ground, Severity, StandardProof
from node.cli.blacklist_ids import LEAF, read_id

_DAY = click.DateTime(["%Y-%m-%d"])
_OPTIONS = (
    click.option("--ground", required=True, type=click.Choice([each.value for each in Ground])),
    click.option("--severity", required=True, type=click.Choice([each.value for each in Severity])),
    click.option(
        "--proof",
        "proofs",
        multiple=True,
        type=click.Choice([each.value for each in StandardProof]),
        help="已核实的证明标准，可多次 Question of the checklist answered yes; repeat",
    ),
    click.option("--evidence", required=True, help="行为证据的存证编号 Evidence id of the conduct"),
    click.option("--basis", required=True, type=click.Choice([each.value for each in Basis])),
    click.option(
        "--basis-evidence", required=True, help="同意书或公开文件的存证编号 Its evidence id"
    ),
    click.option("--notice", help="告知书的存证编号 Evidence id of the notice to the person"),
    click.option("--notified-on", type=_DAY, help="告知送达日 Day on which it reached the person"),
    click.option("--conduct-ended", required=True, type=_DAY, help="行为终止日 End of the conduct"),
    click.option("--valid-from", type=_DAY, help="号码自何日起属于该人 Phone, device: from"),
    click.option("--valid-until", type=_DAY, help="号码至何日属于该人 Phone, device: until"),
)


def with_facts(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command options for what an entry says, which it receives as ``facts``."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> None:  # noqa: ANN401 - the command's own
        facts = _read({name: options.pop(name) for name in _NAMES})
        command(*arguments, facts=facts, **options)

    found: Callable[..., None] = run
    for option in reversed(_OPTIONS):
        found = option(found)
    return found


def _read(given: Mapping[str, Any]) -> Facts:
    notice = given["notice"]
    return Facts(
        ground=Ground(given["ground"]),
        severity=Severity(given["severity"]),
        proofs=tuple(map(StandardProof, given["proofs"])),
        evidence=read_id(given["evidence"], LEAF),
        basis=Basis(given["basis"]),
        basis_evidence=read_id(given["basis_evidence"], LEAF),
        notice=None if notice is None else read_id(notice, LEAF),
        notified_on=_day(given["notified_on"]),
        conduct_ended=given["conduct_ended"].date(),
        valid_from=_day(given["valid_from"]),
        valid_until=_day(given["valid_until"]),
    )


_NAMES = (
    "ground", "severity", "proofs", "evidence", "basis", "basis_evidence", "notice", "notified_on",
    "conduct_ended", "valid_from", "valid_until",
)  # fmt: skip


def _day(value: datetime | None) -> date | None:
    return None if value is None else value.date()
