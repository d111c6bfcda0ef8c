"""A person's report as one page: Chinese first, then English; texts from the catalogue, the rest escaped."""

from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from blacklist.domain.chronicle.entry_events import DisputeDecision
from blacklist.domain.entries.facts import CHINA
from ledger.evidence.instants import parse_instant
from node.blacklist.person_reports import PersonReport
from node.words.catalogue import word

DECISIONS = {
    DisputeDecision.UPHELD: "upheld",
    DisputeDecision.CORRECTED: "corrected",
    DisputeDecision.WITHDRAWN: "withdrawn",
}


def render_report(report: PersonReport) -> str:
    """Return a page that needs no other file and can be printed."""
    page = _templates().get_template("person_report.html")
    return page.render(report=report, decisions=DECISIONS)


@cache
def _templates() -> Environment:
    found = Environment(
        loader=PackageLoader("node.blacklist"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(moment=_moment, month=_month)
    found.globals["w"] = lambda language, code, /, **params: word(code, language, params)
    return found


def _moment(at: datetime | str) -> str:
    """Return a moment in China, to the second."""
    return f"{_in_china(at):%Y-%m-%d %H:%M:%S}"


def _month(at: datetime | str) -> str:
    return f"{_in_china(at):%Y-%m}"


def _in_china(at: datetime | str) -> datetime:
    return (parse_instant(at) if isinstance(at, str) else at).astimezone(CHINA)
