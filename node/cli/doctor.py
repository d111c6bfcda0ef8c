"""``lianzheng doctor``: is everything as it should be?"""

import sys

import click

from node.cli.context import Context, as_json, pass_context, print_json
from node.doctor.diagnosis import Diagnosis, State, failed
from node.doctor.rounds import examine_home
from node.words.catalogue import remedy

_STATES: dict[State, str] = {
    "ok": "doctor-ok",
    "warning": "doctor-warning",
    "failed": "doctor-failed",
}


@click.command()
@as_json
@pass_context
def doctor(context: Context, *, machine: bool) -> None:
    """检查节点的一切所需，指出如何处理（不作改动） Look at everything; says what to do."""
    found = examine_home(context.home)
    if machine:
        print_json({"failed": failed(found), "checks": [_to_json(context, each) for each in found]})
    else:
        columns = ("doctor-check", "col-status", "doctor-found", "doctor-remedy")
        context.table("doctor-title", columns, [_row(context, each) for each in found])
    sys.exit(11 if failed(found) else 0)


def _row(context: Context, each: Diagnosis) -> tuple[str, str, str, str]:
    said = context.word(each.code, **each.params) if each.code else ""
    done = "" if each.state == "ok" else remedy(each.code, context.language, each.params)
    return context.word(each.check), context.word(_STATES[each.state]), said, done


def _to_json(context: Context, each: Diagnosis) -> dict[str, object]:
    _, _, said, done = _row(context, each)
    return {**each.to_json(), "message": said, "remedy": done}
