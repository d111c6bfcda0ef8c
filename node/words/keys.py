"""What ``lianzheng key`` says."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

KEY_WORDS: Final[Mapping[str, Message]] = {
    "key-status": Message("主密钥", "Master key"),
    "key-master-key": Message("编号（不泄露密钥）", "Id (tells nothing about the key)"),
    "key-changing": Message("正在更换", "Being changed"),
    "key-sheet-confirmed": Message("恢复单已核对", "Recovery sheet confirmed"),
    "key-sheet-prompt": Message("请输入恢复单上的主密钥，或其首尾两组：", "Type the key on the recovery sheet, or its first and last group:"),
    "key-wrapped": Message("已写入 {file}，并已解封核对。", "{file} written; it was unwrapped again and compared."),
    "key-clear-removed": Message("明文主密钥文件已删除；请确认恢复单在保险柜中。", "The key in clear was deleted; make sure that the recovery sheet is in the safe."),
    "key-clear-left": Message("明文主密钥仍在 keys/master.key；确认恢复单后请用 --remove 删除。", "The key in clear is still keys/master.key; confirm the recovery sheet, then delete it with --remove."),
    "key-rotating": Message("更换主密钥", "Changing the master key"),
    "key-new-sheet": Message(
        "新恢复单：请抄写或打印以下主密钥并锁入保险柜，随后运行 lianzheng key confirm-sheet。密钥库旧备份到期前请保留旧恢复单。",
        "New recovery sheet: write down or print this master key and lock it away, then run lianzheng key confirm-sheet. Keep the old sheet until the old backups of the key store have expired.",
    ),
    "key-rotated": Message("主密钥已更换。", "The master key was changed."),
    "key-rotated-environment": Message(
        "全部已改用新主密钥。请将 LIANZHENG_MASTER_KEY 设为新密钥，并删除 LIANZHENG_MASTER_KEY_NEXT。",
        "Everything is under the new master key. Set LIANZHENG_MASTER_KEY to it and remove LIANZHENG_MASTER_KEY_NEXT.",
    ),
}  # fmt: skip

KEY_ERRORS: Final[Mapping[str, Message]] = {
    "sheet-differs": Message("所输入的与主密钥不符。", "What was typed is not the master key.", "请检查恢复单；如恢复单有误，请从 keys/master.key 重新抄写。", "Check the sheet; if it is wrong, copy it again from keys/master.key."),
    "rotation-running": Message("另一进程正在更换主密钥。", "Another process is changing the master key.", "请等待其结束。", "Wait until it is done."),
    "rotation-unfinished": Message("主密钥的更换尚未完成。", "The change of the master key is not finished.", "请再次运行 lianzheng key rotate-master。", "Run lianzheng key rotate-master again."),
}  # fmt: skip
