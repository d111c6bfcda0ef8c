"""What is said about holding members to their word, on the command line."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

# fmt: off
OVERSIGHT_WORDS: Final[Mapping[str, Message]] = {
    "conviction-shown": Message("已证明该机构应答有误（请将公开份额与链上记录核对）", "The member answered wrongly (compare the public share with the one on chain)"),
    "col-server": Message("计算方", "Server"),
    "col-caller": Message("请求方", "Caller"),
    "col-share-key": Message("公开份额", "Public share"),
    "draw-opened": Message("抽签已发起；各成员节点将自动参加。", "The draw is open; the members' nodes take part by themselves."),
    "audit-done": Message("第 {draw} 次抽签：检查 {samples} 项，违规 {violations} 项，无法读取的节点 {unreachable} 个。", "Draw {draw}: {samples} findings, {violations} of them not in order; {unreachable} nodes could not be read."),
    "audit-draws": Message("抽签", "Draws"),
    "draw-findings": Message("审计结果", "Findings"),
    "col-draw": Message("抽签", "Draw"),
    "col-request": Message("查询", "Request"),
    "col-place": Message("序位", "Element"),
    "col-commit-by": Message("承诺截止", "Commit by"),
    "col-reveal-by": Message("公开截止", "Show by"),
    "col-committed": Message("承诺 / 公开", "Committed / shown"),
    "draw-running": Message("进行中", "running"),
    "draw-valid": Message("有效", "valid"),
    "draw-spoiled": Message("作废", "spoiled"),
    "finding-in-order": Message("符合", "in order"),
    "finding-not-opened": Message("未打开", "not opened"),
    "finding-not-in-request": Message("不在所签请求之内", "not in the signed request"),
    "finding-other-identifier": Message("标识与元素不符", "another identifier than the element hides"),
    "finding-not-canonical": Message("标识不规范", "not a canonical identifier"),
    "finding-logs-differ": Message("双方记录不一致", "a server has what the caller has not"),
    "finding-unproved": Message("计算方列出未经请求方签署的请求", "a server lists what its caller did not sign"),
}
# fmt: on
