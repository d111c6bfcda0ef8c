"""What is said about servers that answer wrongly or not at all, and about audits. Nothing here names a person."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

# fmt: off
OVERSIGHT_ERRORS: Final[Mapping[str, Message]] = {
    "conviction-schema": Message("不是本版本的计算定责文件。", "Not a file of this version that convicts a server.", "请检查文件。", "Check the file."),
    "conviction-not-shown": Message("文件不能证明该机构的应答有误。", "The file does not show that the member answered wrongly.", "请检查文件与信任文件。", "Check the file and the trust file."),
    "peer-evaluation-wrong": Message("该机构对黑名单计算请求的应答有误，证明已封存。", "The member evaluated wrongly for the blacklist; the proof is sealed.", "请导出证明（lianzheng peer proof），用 lianzheng blacklist check-conviction 核验，并提请表决。", "Write the proof (lianzheng peer proof), check it with lianzheng blacklist check-conviction, and propose a vote."),
    "peer-challenge-unanswered": Message("该机构在期限内没有应答链上质询。", "The member did not answer a challenge on chain in time.", "质询记录在链上；请与该机构核实，必要时提请表决。", "The chain has the record; ask that member, and propose a vote if need be."),
    "peer-challenge-wrong": Message("该机构对链上质询的应答有误。", "The member answered a challenge on chain wrongly.", "应答记录在链上；请提请表决。", "The chain has the answer; propose a vote."),
    "peer-challenge-refused": Message("该机构以所列理由拒绝应答本机构的链上质询。", "The member refused to answer this member's challenge, for the reason given.", "请与该机构核实理由。", "Ask that member about the reason."),
    "peer-draw-spoiled": Message("该机构在抽签中作出承诺却未公开数值，抽签作废。", "The member committed to a value in a draw and did not show it; the draw is spoiled.", "无需处理：将自动重新抽签；屡次发生请提请表决。", "Nothing to do: another draw follows; propose a vote if it happens again."),
    "peer-audit-violation": Message("审计发现该机构的黑名单计算记录有违规。", "The audit found a violation in the member's evaluations for the blacklist.", "请查看 lianzheng blacklist audit findings，并与该机构核实。", "See lianzheng blacklist audit findings, and ask that member."),
    "peer-audit-not-opened": Message("该机构未打开被抽中的查询记录。", "The member did not open a request that was drawn.", "请与该机构联系后重新运行 lianzheng blacklist audit run。", "Ask that member, then run lianzheng blacklist audit run again."),
    "audit-no-value": Message("第 {draw} 次抽签不存在、尚未结束或已作废。", "Draw {draw} does not exist, is not over, or was spoiled.", "请用 lianzheng blacklist audit draws 查看；公开期结束后再过一个阶段的二十四分之一方可审计。", "See lianzheng blacklist audit draws; an audit can begin a twenty-fourth of a phase after the time to show values."),
    "audit-not-drawn": Message("该查询未被抽中。", "The request was not drawn.", "只有被抽中的查询才会打开。", "Only what was drawn is opened."),
    "audit-not-auditor": Message("本机构没有审计方角色。", "This institution has not the role auditor.", "角色由成员表决授予。", "The members vote on roles."),
    "inquiry-forgotten": Message("该查询的保存期已满，记录密钥已销毁。", "The request's retention is over; its record key was destroyed.", "无法再打开。", "Nobody can open it any more."),
}
# fmt: on
