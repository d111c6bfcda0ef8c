"""The one catalogue: code → message. Every text that staff of a bank or court sees comes from here.

Topics stand in files of their own. A code that is missing is a defect that a test finds; at run time the
code itself is shown, so that no text is ever lost.
"""

from collections.abc import Mapping
from typing import Final

from ledger.messages.blocks import BLOCK_ERRORS
from ledger.messages.endpoints import ENDPOINTS
from ledger.messages.errors import ERRORS
from ledger.messages.findings import FINDINGS
from ledger.messages.fitness import FITNESS
from ledger.messages.governing import GOVERNING
from ledger.messages.malformed import MALFORMED
from ledger.messages.message import Message
from ledger.messages.primitives import PRIMITIVES
from ledger.messages.report import REPORT
from ledger.messages.timestamping import TIMESTAMPING
from ledger.messages.trusting import TRUSTING
from ledger.messages.witnessing import WITNESSING

LANGUAGES: Final = ("zh", "en")
CATALOGUE: Final[Mapping[str, Message]] = {
    **PRIMITIVES,
    **MALFORMED,
    **BLOCK_ERRORS,
    **ERRORS,
    **ENDPOINTS,
    **FITNESS,
    **GOVERNING,
    **TIMESTAMPING,
    **WITNESSING,
    **TRUSTING,
    **FINDINGS,
    **REPORT,
}


def text(code: str, language: str, params: Mapping[str, object] | None = None) -> str:
    """Return what happened, in ``zh`` or ``en``."""
    message = CATALOGUE.get(code)
    if message is None:
        return code
    return fill(message.zh if language == "zh" else message.en, params or {})


def remedy(code: str, language: str, params: Mapping[str, object] | None = None) -> str:
    """Return what to do about it; empty when there is nothing to do."""
    message = CATALOGUE.get(code)
    if message is None:
        return ""
    return fill(message.remedy_zh if language == "zh" else message.remedy_en, params or {})


def fill(template: str, params: Mapping[str, object]) -> str:
    """Return ``template`` with its parameters; a missing one is shown by its name."""
    return template.format_map(_Params(params))


class _Params(dict[str, object]):
    """Shows a missing parameter by its name instead of failing while reporting a failure."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"
