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
}
# fmt: on
