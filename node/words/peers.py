"""What is said about other members' nodes."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

# fmt: off
PEER_ERRORS: Final[Mapping[str, Message]] = {
    "peer-unknown": Message("请求所用的密钥不属于任何有效成员。", "The key that signed the request is no active member's.", "请检查成员状态与日志密钥登记。", "Check membership and the registered log key."),
    "peer-signature": Message("成员请求的签名无效或已过期（RFC 9421）。", "The request's signature is missing, not valid or too old (RFC 9421).", "请检查时钟与日志密钥。", "Check the clocks and the log key."),
    "peer-recipient": Message("此请求是发给另一成员的。", "The request was signed for another member.", "请检查登记的节点地址。", "Check the registered endpoints."),
    "peer-replayed": Message("此请求已处理过。", "The request was taken already.", "请重新签名后再发。", "Sign a new one."),
    "peer-not-active": Message("本机构已暂停或退出，不再履行共签职责。", "This member is suspended or has left; it has no duties.", "请查看 lianzheng consortium status。", "See lianzheng consortium status."),
    "peer-unavailable": Message("成员 {peer} 的节点没有应答（{why}）。", "The node of {peer} does not answer ({why}).", "无需处理；恢复后自动补齐。", "Nothing to do; it catches up by itself."),
    "peer-role": Message("此请求需要登记的角色 {role}。", "This takes the registered role {role}.", "角色由成员表决授予。", "The members vote on roles."),
    "peer-alarm-unknown": Message("没有编号为 {number} 的有证明的告警。", "There is no alarm {number} with a proof.", "请用 lianzheng peer alarms 查看。", "lianzheng peer alarms shows them."),
    "peer-endpoint": Message("成员地址 {endpoint} 不可用：须为 https（非生产环境可为 http），且不得指向本机或链路本地地址。", "The endpoint {endpoint} may not be asked: it must be https (http outside production) and not loopback or link-local.", "请由该成员更正登记的地址。", "Let that member correct its registered endpoint."),
}
PEER_WORDS: Final[Mapping[str, Message]] = {
    "recover-ask": Message("确认原节点已永久停用？两个副本并行会造成两种历史。", "Is the original node gone for ever? Two copies beside each other would tell two histories."),
    "peer-earlier-of": Message("{name} 已结束的世代 g{generation}：看到 {seen} 条，镜像 {mirrored} 条", "{name}, closed generation g{generation}: {seen} seen, {mirrored} mirrored"),
    "peer-earlier": Message("已结束的世代 g{generation}：看到 {seen} 条，镜像 {mirrored} 条", "closed generation g{generation}: {seen} seen, {mirrored} mirrored"),
    "generation-ask": Message("旧日志在 {size} 条处结束。确认原节点已永久停用，并开启新世代？", "The old log ends at {size} leaves. Is the original node gone for ever, and shall the new generation begin?"),
    "generation-ask-missing": Message("旧日志在 {size} 条处结束，其中 {missing} 条不在本数据库。若有成员的镜像达到该条数，请先运行 log recover。确认原节点已永久停用，并开启新世代？", "The old log ends at {size} leaves, {missing} of which are not in this database. If a member's mirror reaches that size, run log recover first. Is the original node gone for ever, and shall the new generation begin?"),
    "generation-done": Message("已开启日志 {origin}；旧世代中 {carried} 条尚无上链证明的陈述将在新日志中重新入列。", "Log {origin} has begun; {carried} statements of the old one that no proved anchor covers get places in it."),
    "generation-watching": Message("首次入列前将观察链上账户十分钟；此前不接受存证。", "Before it sequences, this node watches the account for ten minutes; until then it takes nothing in."),
    "generation-goes-on": Message("本节点即可继续存证、入列与上链。", "This node goes on at once."),
    "recover-done": Message("日志由 {before} 条恢复至 {after} 条，其中 {lost} 条的陈述已丢失（log audit 列出）。", "The log went from {before} to {after} leaves; the statements of {lost} are lost (log audit lists them)."),
    "ui-peers": Message("成员互看", "Peers"),
    "ui-peers-why": Message("每个成员都读取其他成员的日志，核对其只增不改，并共签；出示两种历史者由证明文件定论。", "Every member reads the others' logs, checks that they only grow, and cosigns them; who shows two histories is convicted by a file."),
    "ui-peers-looked": Message("最近查看", "Looked at"),
    "ui-peers-quiet": Message("没有告警。", "No alarms."),
    "ui-peers-alarms": Message("有 {count} 项成员与黑名单告警", "{count} alarms about members and the blacklist"),
    "ui-release-court-package": Message("向法院出证", "Package for a court"),
    "peer-asked": Message("请求 {id} 已送达：{state}。对方放行后用 lianzheng peer fetch-package 取回。", "Request {id} was taken: {state}. Fetch it with lianzheng peer fetch-package once it is released."),
    "peer-package-written": Message("证据包已写入 {file}。", "The package is in {file}."),
    "peer-statistics": Message("统计", "Statistics"),
    "member-unseen": Message("链未应答，状态不明", "unknown: the chain is silent"),
    "peer-title": Message("其他成员", "The other members"),
    "peer-member": Message("机构", "Member"),
    "peer-seen": Message("已见条数", "Seen"),
    "peer-mirrored": Message("已镜像条数", "Mirrored"),
    "peer-cosigned": Message("已共签我方条数", "Cosigned of ours"),
    "peer-alarms": Message("成员与黑名单告警", "Alarms about members and the blacklist"),
    "peer-proof": Message("有证明", "Proof"),
    "col-found-at": Message("发现时间", "Found at"),
    "col-ended-at": Message("结束时间", "Ended at"),
    "peer-proof-written": Message("证明已写入 {file}；任何人可用 lianzheng peer check 核验。", "The proof is in {file}; anybody can check it with lianzheng peer check."),
    "peer-convicted": Message("不当行为已证实", "Misbehaviour is shown"),
    "peer-name": Message("名称", "Name"),
    "peer-kind": Message("类型", "Kind"),
    "peer-origin": Message("日志", "Log"),
    "peer-sizes": Message("条数", "Sizes"),
    "peer-roots": Message("两个不同的根", "Two roots of one size"),
    "peer-block": Message("区块", "Block"),
    "peer-sealed": Message("区块签封达到法定数", "Block sealed by a quorum"),
}
# fmt: on
