"""What is said about holding members to their word, on the command line."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

# fmt: off
OVERSIGHT_WORDS: Final[Mapping[str, Message]] = {
    "conviction-shown": Message("已证明该机构应答有误（请将公开份额与链上记录核对）", "The member answered wrongly (compare the public share with the one on chain)"),
    "col-server": Message("计算方", "Server"),
    "col-caller": Message("请求方", "Caller"),
    "col-share-key": Message("公开份额", "Public share"),
}
# fmt: on
