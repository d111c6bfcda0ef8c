"""The whole catalogue of the node: the ledger's messages and the node's own, looked up by code."""

from collections import ChainMap
from collections.abc import Mapping
from typing import Final

from ledger.messages.catalogue import CATALOGUE, fill
from ledger.messages.message import Message
from node.words.backups import BACKUP_WORDS
from node.words.blacklist import BLACKLIST_WORDS
from node.words.blacklist_desk import BLACKLIST_DESK_WORDS
from node.words.blacklist_entries import BLACKLIST_ENTRY_WORDS
from node.words.blacklist_oversight import OVERSIGHT_WORDS
from node.words.blacklist_screening import SCREENING_WORDS
from node.words.blacklist_use import USE_WORDS
from node.words.commands import COMMANDS
from node.words.console import CONSOLE_WORDS
from node.words.consortium import CONSORTIUM_WORDS
from node.words.doctor import DOCTOR_WORDS
from node.words.errors import ERRORS
from node.words.identity import IDENTITY_WORDS
from node.words.keys import KEY_WORDS
from node.words.peers import PEER_WORDS
from node.words.person_report import PERSON_REPORT_WORDS
from node.words.timestamps import TIMESTAMP_WORDS
from node.words.trusting import TRUST_WORDS
from node.words.watching import WATCH_WORDS

WORDS: Final[Mapping[str, Message]] = {
    **COMMANDS,
    **BACKUP_WORDS,
    **BLACKLIST_WORDS,
    **BLACKLIST_ENTRY_WORDS,
    **OVERSIGHT_WORDS,
    **USE_WORDS,
    **SCREENING_WORDS,
    **BLACKLIST_DESK_WORDS,
    **PERSON_REPORT_WORDS,
    **CONSORTIUM_WORDS,
    **DOCTOR_WORDS,
    **IDENTITY_WORDS,
    **KEY_WORDS,
    **WATCH_WORDS,
    **PEER_WORDS,
    **TIMESTAMP_WORDS,
    **TRUST_WORDS,
    **CONSOLE_WORDS,
    **ERRORS,
}
_ALL: Final = ChainMap(dict(WORDS), dict(CATALOGUE))


def word(code: str, language: str, params: Mapping[str, object] | None = None) -> str:
    """Return a text in ``zh`` or ``en``; the code itself when it is missing."""
    message = _ALL.get(code)
    if message is None:
        return code
    return fill(message.zh if language == "zh" else message.en, params or {})


def remedy(code: str, language: str, params: Mapping[str, object] | None = None) -> str:
    """Return what to do about it; empty when there is nothing to do."""
    message = _ALL.get(code)
    if message is None:
        return ""
    return fill(message.remedy_zh if language == "zh" else message.remedy_en, params or {})
