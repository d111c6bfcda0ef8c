"""Events about challenges and draws, from the values of their logs."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from blacklist.domain.chronicle.events import BlockTime
from blacklist.domain.chronicle.oversight import (
    ChallengeAnswered,
    DrawCommitted,
    DrawOpened,
    DrawRevealed,
    EvaluationChallenged,
    OversightEvent,
)


def _second(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


OVERSIGHT_MAKERS: Final[Mapping[str, Callable[[BlockTime, Mapping[str, Any]], OversightEvent]]] = {
    "EvaluationChallenged": lambda where, given: EvaluationChallenged(
        where, given["id"], given["challenger"], given["server"], given["request"], given["blinded"]
    ),
    "ChallengeAnswered": lambda where, given: ChallengeAnswered(
        where, given["id"], given["answer"]
    ),
    "DrawOpened": lambda where, given: DrawOpened(
        where, given["id"], _second(given["commitBy"]), _second(given["revealBy"])
    ),
    "DrawCommitted": lambda where, given: DrawCommitted(
        where, given["id"], given["index"], given["commitment"]
    ),
    "DrawRevealed": lambda where, given: DrawRevealed(
        where, given["id"], given["index"], given["value"]
    ),
}
