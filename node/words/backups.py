"""What ``lianzheng backup`` and ``lianzheng restore`` say."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

BACKUP_WORDS: Final[Mapping[str, Message]] = {
    "backup-ledger": Message("账本备份", "Backup of the ledger"),
    "backup-keys": Message("密钥库备份", "Backup of the key store"),
    "backup-folder": Message("目录", "Folder"),
    "backup-taken-at": Message("快照时刻", "Snapshot taken at"),
    "backup-log-size": Message("日志条数", "Leaves of the log"),
    "backup-objects": Message("内容对象", "Contents"),
    "backup-copied": Message("其中本次复制", "Copied this time"),
    "backup-missing": Message("保管库中缺失", "Missing in the vault"),
    "backup-removed": Message("已删除的过期密钥库备份", "Key store backups deleted as too old"),
    "backup-copying": Message("复制内容", "Copying contents"),
    "backup-keys-apart": Message("密钥文件与主密钥不在任何备份中：请另行离线保存 keys/ 与恢复单。", "Key files and master key are in no backup: keep keys/ and the recovery sheet off-line, apart."),
    "restore-done": Message("已恢复", "Restored"),
    "restore-keys-taken-at": Message("密钥库快照时刻", "Key store taken at"),
    "restore-destroyed": Message("再次销毁的已擦除密钥", "Keys of erased records destroyed again"),
    "restore-without-key": Message("密钥不在所恢复密钥库中的存证（内容不可读，证明不受影响）", "Records whose key the key store lacks (unreadable; proofs hold)"),
    "restore-working": Message("核对并复制", "Checking and copying"),
    "restore-next": Message(
        "接下来：1) 将离线保存的 keys/ 放入 {home}（如尚未放入）；2) 运行 lianzheng log audit：核验全部内容并与链比对；3) 若显示 log-behind-chain，此备份早于链上日志，节点只读，见 docs/operations.md；4) 首次入列前将观察链上账户十分钟，原节点必须已停用。",
        "Next: 1) put the folder keys/, which is kept off-line, into {home} if it is not there; 2) run lianzheng log audit: it checks everything and compares it with the chain; 3) if that says log-behind-chain, the backup is older than the log on chain and the node read-only: see docs/operations.md; 4) before it sequences, the node watches the account for ten minutes; the original must be stopped.",
    ),
}  # fmt: skip

BACKUP_ERRORS: Final[Mapping[str, Message]] = {
    "backup-absent": Message("{folder} 中没有完整的备份。", "There is no whole backup in {folder}.", "请指定含 manifest.json 的目录（密钥库备份：其上级目录亦可）。", "Name the folder that holds manifest.json (of the key store: the one above does too)."),
    "backup-damaged": Message("备份文件 {file} 缺失或被改动；未写入任何内容。", "The backup's file {file} is missing or was changed; nothing was written.", "请使用另一份备份；若原节点仍在，请删除该文件后重新备份。", "Use another backup; if the original node still runs, delete that file and back up again."),
    "backup-of-the-other-kind": Message("{folder} 中是另一类备份：账本与密钥库必须分开保存。", "{folder} holds a backup of the other kind: ledger and key store are kept apart.", "请指定另一目录；密钥库用 --keys。", "Name another folder; --keys is for the key store."),
    "backup-of-another-node": Message("该备份属于另一机构的节点。", "The backup is of another institution's node.", "请指定另一目录。", "Name another folder."),
    "backup-not-later": Message("账本只有 {here} 条，目录中的备份有 {there} 条：不会以较旧的状态覆盖它。", "The ledger has {here} leaves, the backup there {there}: it is not replaced by an older state.", "请保留该备份，并换一个目录。", "Keep that backup and name another folder."),
    "backup-running": Message("另一进程正在备份至此目录。", "Another process takes a backup there.", "请等待其结束。", "Wait until it is done."),
    "backup-nowhere": Message("未指定备份目录。", "No folder was named.", "请指定账本备份目录，或以 --keys 指定密钥库备份目录。", "Name the folder of the ledger's backup, or with --keys that of the key store."),
    "backup-folders-together": Message("账本备份与密钥库备份必须放在不同的目录。", "Backups of ledger and key store belong into different folders.", "请为 --keys 指定另一存储上的目录。", "Give --keys a folder on other storage."),
    "backup-tool-missing": Message("找不到 {tool}。", "{tool} is not installed.", "请安装与服务器同版本或更新的 PostgreSQL 客户端程序。", "Install PostgreSQL's client programs, of the server's version or newer."),
    "backup-tool-failed": Message("{tool} 失败：{why}", "{tool} failed: {why}", "请检查数据库、磁盘空间与程序版本（不得低于服务器）后重试。", "Check database, disk space, and the program's version (not below the server's), then try again."),
    "restore-not-empty": Message("{place} 不是空的：只恢复到空目录与空数据库。", "{place} is not empty: only empty homes and databases are restored into.", "请换一个 --home，或在其 lianzheng.toml 中指定空数据库。", "Choose another --home, or name an empty database in its lianzheng.toml."),
    "restore-other-database": Message("备份来自 {kind}，而设置指向另一种数据库。", "The backup is of {kind}; the settings name another kind of database.", "请在目标目录的 lianzheng.toml 中更正 database_url 或 key_store_url。", "Correct database_url or key_store_url in lianzheng.toml of the new home."),
    "restore-unfinished": Message("{home} 的恢复尚未完成。", "The restore into {home} is not finished.", "请再次运行 lianzheng restore（同一备份）。", "Run lianzheng restore again, with the same backup."),
    "restore-vault": Message("恢复时无法写入保管库：{why}。", "The vault cannot be written while restoring: {why}.", "请检查磁盘、权限与服务，再次运行 restore。", "Check disk, permissions and service, then run restore again."),
}  # fmt: skip
