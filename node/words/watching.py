"""What a watched folder says."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

WATCH_WORDS: Final[Mapping[str, Message]] = {
    "watching": Message("正在监视 {folder}（按 Ctrl-C 结束）", "Watching {folder} (Ctrl-C ends it)"),
    "watched": Message("已存证 {sealed}，有问题 {problems}，等待 {waiting}。", "{sealed} sealed, {problems} with problems, {waiting} waiting."),
}  # fmt: skip

WATCH_ERRORS: Final[Mapping[str, Message]] = {
    "watch-off": Message("未设置监视文件夹。", "No folder is set to be watched.", "请设置 watch_folder。", "Set watch_folder."),
    "watch-running": Message("另一进程正在监视该文件夹。", "Another process watches the folder.", "请停止其一：serve 与 worker 会自行监视。", "Stop one of them: serve and worker watch by themselves."),
    "watch-folder": Message("无法读取监视文件夹：{why}。", "The watched folder cannot be read: {why}.", "请建立该文件夹并授权节点读写。", "Create it and let the node read and write it."),
    "watch-undescribed": Message("文件 {file} 没有描述。", "File {file} has no description.", "请放入同名加 .json 的描述，或写入 manifest.csv。", "Put a description beside it (its name with .json), or a row into manifest.csv."),
    "watch-link": Message("{file} 不是普通文件（例如链接），不予存证。", "{file} is not a regular file (a link, for example) and is not sealed.", "请放入文件本身。", "Put the file itself there."),
    "watch-name-too-long": Message("文件名超过 {limit} 字节。", "The file's name is over {limit} bytes.", "请缩短文件名，原名可作为字段。", "Shorten it; the full name can be a field."),
    "watch-manifest": Message("manifest.csv 不合规：{why}。", "manifest.csv is not valid: {why}.", "请存为 UTF-8 CSV，含 file 列且文件名不重复。", "Save it as UTF-8 CSV with a column file and every file once."),
    "watch-filing": Message("无法写入回执或移动文件：{why}。", "The receipt cannot be written, or the file not be moved: {why}.", "请检查权限与磁盘空间；不会重复存证。", "Check permissions and space; nothing is sealed twice."),
}  # fmt: skip
