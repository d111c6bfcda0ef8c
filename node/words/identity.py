"""What the audit trail and identity refuse, with the remedy, and what their commands say."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

IDENTITY_ERRORS: Final[Mapping[str, Message]] = {
    "not-permitted": Message("您没有权限：{permission}。", "You may not do this: {permission}.", "请联系管理员调整角色。", "Ask an administrator for a role that may."),
    "audit-form": Message("审计条目的 {member} 不合规。", "The audit entry's {member} is not of its form.", "请只写编号与短语，不写个人信息。", "Write ids and short facts, no personal data."),
    "audit-too-long": Message("审计条目长 {size} 字节，超过 {limit}。", "The audit entry has {size} bytes, over {limit}.", "请缩短。", "Shorten it."),
    "audit-head-missing": Message("审计链的末端记录丢失。", "The end of the audit chain is missing.", "数据库被改动或损坏：请运行 lianzheng audit check 并从备份恢复。", "The database was changed or damaged: run lianzheng audit check and restore a backup."),
    "page-size": Message("每页至多 {limit} 条。", "A page has at most {limit} entries.", "请减小条数。", "Ask for fewer."),
}  # fmt: skip
