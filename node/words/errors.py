"""What the node itself refuses or cannot do, with the remedy; the ledger's own errors stand in ``ledger.messages``."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message
from node.words.identity import IDENTITY_ERRORS
from node.words.keys import KEY_ERRORS

ERRORS: Final[Mapping[str, Message]] = {
    **IDENTITY_ERRORS,
    **KEY_ERRORS,
    "persons-too-many": Message("当事人 {count} 名，超过 {limit}。", "{count} persons, over {limit}.", "请检查来源数据的列。", "Check the columns of the source."),
    "preparing-stopped": Message("准备批量内容的进程已停止。", "The process that prepares batches has stopped.", "已答复的条目均已存证；请重新提交其余条目。", "What was answered is sealed; submit the rest again."),
}  # fmt: skip
