"""What is said about watching other members: refusals to cosign, proofs of misbehaviour, alarms."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

# fmt: off
WITNESSING: Final[Mapping[str, Message]] = {
    "witness-stale": Message("本见证方最后看到 {size} 条。", "This witness has seen {size} leaves last.", "请从该条数重新证明增长。", "Prove the growth from that size."),
    "witness-inconsistent": Message("日志 {origin} 的增长未得到证明。", "The growth of log {origin} is not proved.", "请检查一致性证明。", "Check the consistency proof."),
    "witness-history": Message("日志 {origin} 已被证实出示两种历史，不再共签。", "Log {origin} was shown to have two histories; it is not cosigned any more.", "请查看告警与证明文件。", "See the alarm and its proof."),
    "witness-request-form": Message("共签请求格式不符（C2SP tlog-witness）。", "The request is not of C2SP tlog-witness's form.", "请检查请求。", "Check the request."),
    "witness-request-too-long": Message("共签请求 {length} 字节，上限 {limit}。", "The request has {length} bytes, over {limit}.", "请缩短。", "Shorten it."),
    "witness-request-hashes": Message("证明 {count} 行，上限 {limit}。", "The proof has {count} lines, over {limit}.", "请检查证明。", "Check the proof."),
    "recover-nothing": Message("数据库已有 {size} 条，不少于链上：无需恢复。", "The database has {size} leaves, no fewer than the chain: there is nothing to recover.", "无需处理。", "Nothing to do."),
    "recover-no-mirror": Message("没有其他成员可提供镜像。", "No other member offers a mirror.", "请在其他成员的节点可达时重试。", "Try again when other members' nodes answer."),
    "recover-mirror-short": Message("镜像只有 {size} 条，链上已有 {chain} 条。", "The mirror has {size} leaves, the chain {chain}.", "请等待其他成员的节点，或由成员投票开启新的日志世代。", "Wait for other members' nodes, or let the members vote a new generation."),
    "recover-mirror-differs": Message("镜像在 {size} 条处的根与检查点或链上不符。", "The mirror's root at {size} leaves is not that of the checkpoint or the chain.", "请换一个成员的镜像，并核查该成员。", "Use another member's mirror, and ask that member."),
    "recover-log-moved": Message("日志在恢复期间变动（现有 {size} 条）。", "The log moved while it was recovered (now {size} leaves).", "请先停止服务，再恢复。", "Stop the service first, then recover."),
    "audit-lost": Message("该位置的陈述已随磁盘丢失，只留哈希。", "The statement of this place was lost with a disk; its hash is kept.", "持有该陈述者仍可据此证明。", "Whoever holds the statement can still prove it."),
    "misbehaviour-schema": Message("不是本版本的不当行为证明文件。", "Not a proof of misbehaviour of this version.", "请检查文件。", "Check the file."),
    "misbehaviour-kind": Message("证明文件所称类型与内容不符。", "The file's kind is not that of its content.", "请检查文件。", "Check the file."),
    "misbehaviour-member": Message("信任文件中没有机构 {member}。", "The trust file has no member {member}.", "请取得包含该机构的信任文件。", "Get a trust file that has it."),
    "misbehaviour-other-log": Message("两项事实属于不同日志：{first} 与 {second}。", "The two facts are of two logs: {first} and {second}.", "请检查文件。", "Check the file."),
    "misbehaviour-signature": Message("{origin} 的检查点没有该机构日志密钥的有效签名。", "The checkpoint of {origin} has no valid signature of the member's log key.", "请检查文件与信任文件。", "Check the file and the trust file."),
    "misbehaviour-not-shown": Message("两项事实可以同时为真：未证明任何不当行为。", "Both facts can be true of one log: no misbehaviour is shown.", "无需处理。", "Nothing to do."),
    "peer-log-too-far": Message("日志 {origin} 一次增长超过 {limit} 条。", "Log {origin} grew by more than {limit} leaves at once.", "请与该机构核实。", "Ask that member."),
    "peer-two-histories": Message("该机构的日志出示了两种历史，证明已封存。", "The member's log showed two histories; the proof is sealed.", "请下载证明并提请表决。", "Download the proof and propose a vote."),
    "peer-anchored-otherwise": Message("该机构上链的根与其公布的日志不符，证明已封存。", "The member anchored a root that its published log does not have; the proof is sealed.", "请下载证明并提请表决。", "Download the proof and propose a vote."),
    "peer-rolled-back": Message("该机构的日志比先前看到的短。", "The member's log is shorter than it was.", "请与该机构核实：可能恢复了旧备份。", "Ask that member: it may have restored an old backup."),
    "peer-tiles-differ": Message("该机构公布的哈希与其检查点不符。", "The member's hashes do not give its checkpoint.", "请与该机构核实。", "Ask that member."),
    "peer-anchor-unpublished": Message("该机构上链的条数多于其公布的日志。", "The member anchored more leaves than its log shows.", "请与该机构核实。", "Ask that member."),
    "peer-silent": Message("该机构的节点没有应答。", "The member's node does not answer.", "无需处理；恢复后自动补齐。", "Nothing to do; it catches up by itself."),
}
# fmt: on
