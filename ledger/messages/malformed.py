"""What is wrong with bytes that came from outside, one message a way of being wrong."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

MALFORMED: Final[Mapping[str, Message]] = {
    "statement-form": Message("{member} 的形式不对。", "{member} is not of its form.", "请按 docs/spec/statement.md 更正该项。", "Correct that member by docs/spec/statement.md."),
    "statement-schema": Message("未知的声明版本 {found}。", "Unknown statement schema {found}.", "请使用更新的核验工具。", "Use a newer verifier."),
    "package-schema": Message("未知的证据包版本 {found}。", "Unknown package schema {found}.", "请使用更新的核验工具。", "Use a newer verifier."),
    "fields-form": Message("字段文件的形式不对。", "The fields file is not of its form."),
    "trust-too-large": Message("信任文件超过 {limit} 字节。", "The trust file is over {limit} bytes."),
    "trust-not-json": Message("信任文件不是 JSON。", "The trust file is not JSON.", "请向发布方重新索取。", "Get it again from its publisher."),
    "trust-schema": Message("未知的信任文件版本 {found}。", "Unknown trust schema {found}.", "请使用更新的核验工具。", "Use a newer verifier."),
    "trust-form": Message("信任文件的 {member} 不对。", "{member} of the trust file is not of its form.", "请向发布方重新索取。", "Get it again from its publisher."),
    "trust-duplicate-member": Message("信任文件中有重复的名称。", "A name stands twice in the trust file."),
    "archive-truncated": Message("ZIP 不完整。", "The ZIP is truncated.", "请重新取得原文件。", "Get the original file again."),
    "archive-not-canonical": Message("ZIP 不是证据包的原始形式（被改动、截断、附加或重新打包）。", "The ZIP is not in a package's original form (changed, cut, appended to, or packed again).", "请使用原始文件，勿解压后重新打包。", "Use the original file; do not pack it again."),
    "archive-crc": Message("{name} 的校验和不符。", "The checksum of {name} differs."),
    "archive-name": Message("ZIP 中的文件名 {name} 不合规。", "File name {name} in the ZIP is not allowed."),
    "archive-order": Message("ZIP 中的 {name} 重复或次序不对。", "{name} in the ZIP is a duplicate or out of order."),
    "archive-size": Message("{name} 的长度不符。", "The size of {name} differs."),
    "archive-too-many-files": Message("ZIP 中文件超过 {limit} 个。", "More than {limit} files in the ZIP."),
    "package-folder": Message("{name} 不在证据包文件夹内。", "{name} is outside the package's folder."),
    "package-file-too-large": Message("{path} 超过 {limit} 字节。", "{path} is over {limit} bytes."),
    "anchor-event-form": Message("上链事件的形式不对。", "The anchor event is not of its form."),
    "anchor-event-missing": Message("回执中没有 {size} 条的上链事件。", "The receipt has no anchor event of size {size}."),
    "anchor-transaction-failed": Message("上链交易失败。", "The anchor transaction failed."),
    "anchor-event-other": Message("上链事件与应有的不符（{size} 条）。", "The anchor event says something else (size {size})."),
    "case-head-checkpoint": Message("案件链头的检查点不属于本日志。", "The case head's checkpoint is not this log's."),
    "state-contract-missing": Message("状态证明中没有上链合约。", "The state proof lacks the anchor contract."),
    "state-other-code": Message("上链合约的代码不是信任文件所载。", "The anchor contract's code is not the trusted one."),
    "state-other-head": Message("合约状态与上链事件不符。", "The contract's state is not what the event says."),
    "state-slot-missing": Message("状态证明缺少存储项。", "The state proof lacks a slot."),
}  # fmt: skip
