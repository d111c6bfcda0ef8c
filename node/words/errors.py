"""What the node itself refuses or cannot do, with the remedy; errors of the ledger and the blacklist stand in their own ``messages``."""

from collections.abc import Mapping
from typing import Final

from blacklist.messages.entries import ENTRY_ERRORS, LAW_ERRORS
from blacklist.messages.identifiers import IDENTIFIER_ERRORS
from blacklist.messages.inquiries import INQUIRY_ERRORS
from blacklist.messages.oversight import OVERSIGHT_ERRORS
from blacklist.messages.protocol import PROTOCOL_ERRORS
from blacklist.messages.screening import SCREENING_ERRORS
from ledger.messages.message import Message
from node.words.backups import BACKUP_ERRORS
from node.words.blacklist import BLACKLIST_NODE_ERRORS
from node.words.blacklist_desk import BLACKLIST_DESK_ERRORS
from node.words.blacklist_entries import BLACKLIST_ENTRY_ERRORS
from node.words.blacklist_screening import SCREENING_NODE_ERRORS
from node.words.capture import CAPTURE_ERRORS
from node.words.consortium import CONSORTIUM_ERRORS
from node.words.identity import IDENTITY_ERRORS
from node.words.keys import KEY_ERRORS
from node.words.peers import PEER_ERRORS
from node.words.timestamps import TIMESTAMP_ERRORS
from node.words.trusting import TRUST_ERRORS
from node.words.watching import WATCH_ERRORS

ERRORS: Final[Mapping[str, Message]] = {
    **BACKUP_ERRORS,
    **IDENTITY_ERRORS,
    **CONSORTIUM_ERRORS,
    **CAPTURE_ERRORS,
    **KEY_ERRORS,
    **PEER_ERRORS,
    **BLACKLIST_NODE_ERRORS,
    **WATCH_ERRORS,
    **TIMESTAMP_ERRORS,
    **TRUST_ERRORS,
    **IDENTIFIER_ERRORS,
    **PROTOCOL_ERRORS,
    **INQUIRY_ERRORS,
    **LAW_ERRORS,
    **ENTRY_ERRORS,
    **BLACKLIST_ENTRY_ERRORS,
    **SCREENING_ERRORS,
    **SCREENING_NODE_ERRORS,
    **OVERSIGHT_ERRORS,
    **BLACKLIST_DESK_ERRORS,
    "database-password-unreadable": Message("无法读取数据库口令文件：{why}。", "The file with the database's password cannot be read: {why}.", "请检查 database_password_file 及其权限。", "Check database_password_file and its permissions."),
    "persons-too-many": Message("当事人 {count} 名，超过 {limit}。", "{count} persons, over {limit}.", "请检查来源数据的列。", "Check the columns of the source."),
    "bulk-busy": Message("正在处理其他批量请求。", "Other bulk requests are being worked on.", "请稍后重试。", "Try again later."),
    "request-invalid": Message("请求不合规：{where}：{why}。", "The request is not valid: {where}: {why}.", "请按 /v1/openapi.json 更正后重试。", "Correct it by /v1/openapi.json and ask again."),
    "request-too-large": Message("请求超过 {limit} 字节。", "The request is over {limit} bytes.", "请拆分，或用命令行存证。", "Split it, or seal it on the command line."),
    "request-line-too-long": Message("首行描述超过 {limit} 字节。", "The first line, which describes the item, is over {limit} bytes.", "首行为 JSON，换行后接内容。", "The first line is JSON; the content follows the line break."),
    "client-gone": Message("客户端已断开。", "The client has gone.", "请重新提交；同一请求键不会重复存证。", "Send it again; the same request key seals nothing twice."),
    "route-unknown": Message("没有此地址。", "No such address.", "地址见 /v1/openapi.json。", "/v1/openapi.json lists the addresses."),
    "bulk-too-many": Message("{count} 行，超过 {limit}。", "{count} lines, over {limit}.", "请分批提交。", "Split the request."),
    "case-unknown": Message("没有此案件。", "No such case.", "请核对案件号。", "Check the case number."),
    "tile-unknown": Message("没有此分块。", "No such tile.", "大小见 checkpoint。", "The checkpoint names the size."),
    "checkpoint-unknown": Message("日志尚无检查点。", "The log has no checkpoint yet.", "存证入列后即有。", "There is one once something was sequenced."),
    "content-absent": Message("存证 {id} 没有内容，或已擦除。", "Evidence {id} has no content, or it was erased.", "字段与证明仍可查看。", "Fields and proofs can still be read."),
    "node-not-ready": Message("节点尚不能存证。", "The node cannot take evidence in yet.", "请运行 lianzheng doctor。", "Run lianzheng doctor."),
    "not-signed-in": Message("未登录。", "Nobody is signed in.", "请登录，或提供 API 令牌。", "Sign in, or send an API token."),
    "too-many-requests": Message("请求过于频繁。", "Too many requests.", "请在 {seconds} 秒后重试。", "Try again in {seconds} seconds."),
    "defect": Message("程序缺陷，已记录。", "A defect of the program; it was logged.", "请报告请求编号（X-Request-Id）。", "Report the request id (X-Request-Id)."),
    "upload-unknown": Message("没有此上传。", "No such upload.", "请重新开始上传。", "Begin the upload again."),
    "upload-offset": Message("已到达的位置是 {offset}。", "The offset that is reached is {offset}.", "请从该位置继续。", "Go on from there."),
    "upload-too-large": Message("上传超过 {limit} 字节。", "The upload is over {limit} bytes.", "请用命令行存证，或调整 max_upload_bytes。", "Seal it on the command line, or raise max_upload_bytes."),
    "cannot-listen": Message("无法在端口 {port} 上监听：{why}。", "Cannot listen on port {port}: {why}.", "请设置其他 listen_port，或停止占用者。", "Set another listen_port, or stop what uses it."),
    "worker-defect": Message("后台任务出现程序缺陷。", "The worker ran into a defect.", "请查看日志并报告。", "Read the log and report it."),
    "preparing-stopped": Message("准备批量内容的进程已停止。", "The process that prepares batches has stopped.", "已答复的条目均已存证；请重新提交其余条目。", "What was answered is sealed; submit the rest again."),
}  # fmt: skip
