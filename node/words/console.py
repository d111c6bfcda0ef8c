"""What the console says: frame and login, evidence and packages, people and settings, the blacklist."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message
from node.words.console_blacklist import BLACKLIST_PAGE_WORDS
from node.words.console_evidence import EVIDENCE_WORDS
from node.words.console_frame import FRAME_WORDS
from node.words.console_people import PEOPLE_WORDS

CONSOLE_WORDS: Final[Mapping[str, Message]] = {
    **FRAME_WORDS,
    **EVIDENCE_WORDS,
    **PEOPLE_WORDS,
    **BLACKLIST_PAGE_WORDS,
}
