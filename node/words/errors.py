"""What the node itself refuses or cannot do, with the remedy; the ledger's own errors stand in ``ledger.messages``."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message
from node.words.identity import IDENTITY_ERRORS

ERRORS: Final[Mapping[str, Message]] = {
    **IDENTITY_ERRORS,
}  # fmt: skip
