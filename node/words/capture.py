"""What capture says."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

CAPTURE_ERRORS: Final[Mapping[str, Message]] = {
    "capture-chunk-bytes": Message("分块大小 {size} 不在 1 至 {limit} 字节之间。", "Chunk size {size} is not between 1 and {limit} bytes.", "默认 65536 适用于多数录音。", "The default of 65536 suits most recordings."),
    "capture-finished": Message("录制已结束。", "The recording has ended.", "请为新的录制新建 Recorder。", "Make a new Recorder for another recording."),
    "capture-method": Message("录制的散列方法 {method} 不是 rfc6962-chunks。", "The recording was hashed by {method}, not by rfc6962-chunks.", "请用制作它的软件核对。", "Check it with the software that made it."),
    "capture-root": Message("内容与录制时的树根不符。", "The content is not what was hashed while it was recorded.", "请核对是否为原始文件。", "Check that it is the original file."),
    "capture-file": Message("无法写入录制文件：{why}。", "The recording cannot be written: {why}.", "请用不存在的文件名，并检查权限与磁盘空间。", "Give a name that does not exist yet; check permissions and space."),
    "capture-empty": Message("没有收到任何数据。", "Nothing was recorded.", "请检查录制程序的输出。", "Check the output of what records."),
}  # fmt: skip
