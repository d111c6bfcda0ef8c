"""What is said about this member's own requests. Nothing here names a person."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

# fmt: off
INQUIRY_ERRORS: Final[Mapping[str, Message]] = {
    "blacklist-no-key": Message("该类标识尚无密钥。", "There is no key for this type of identifier yet.", "请运行 lianzheng blacklist generate-key。", "Run lianzheng blacklist generate-key."),
    "inquiry-empty": Message("没有要查询的标识。", "There is no identifier to ask about.", "请至少给出一个。", "Give at least one."),
    "inquiry-too-many": Message("一次查询 {count} 个标识，超过 {limit}。", "{count} identifiers at once, over {limit}.", "请分批查询。", "Ask in batches."),
    "inquiry-types-mixed": Message("一次查询中有不同类型的标识。", "Identifiers of different types in one request.", "每次查询一种类型。", "Ask about one type at a time."),
    "inquiry-unauthorised": Message("第 {row} 行没有授权编号，或超过 {limit} 个字符。", "Row {row} has no authorisation number, or one over {limit} characters.", "请填写本机构保存的授权编号（征信业管理条例第十八条）。", "Give the number under which this institution keeps the authorisation (征信业管理条例, article 18)."),
    "inquiry-changed": Message("本机查询记录 {request} 已损坏或被改动。", "This member's record of request {request} was changed or damaged.", "请从备份恢复，并查明原因。", "Restore it from a backup, and find out why."),
}
# fmt: on
