"""The node's own words, in the one catalogue's form, Chinese and English side by side."""

from collections import ChainMap
from collections.abc import Mapping
from typing import Final

from ledger.messages.catalogue import CATALOGUE, fill
from ledger.messages.message import Message

WORDS: Final[Mapping[str, Message]] = {
    "col-name": Message("项目", "Item"),
    "col-value": Message("内容", "Value"),
    "col-id": Message("存证编号", "Evidence id"),
    "col-kind": Message("类型", "Kind"),
    "col-sealed": Message("存证时间", "Sealed at"),
    "col-case-number": Message("案内序号", "No. in case"),
    "col-size": Message("字节", "Bytes"),
    "col-status": Message("状态", "Status"),
    "col-file": Message("文件", "File"),
    "col-problem": Message("问题", "Problem"),
    "col-where": Message("位置", "Where"),
    "error": Message("错误", "Error"),
    "warning": Message("警告", "Warning"),
    "init-done": Message("节点已建立", "Node created"),
    "init-sheet": Message(
        "恢复单：请抄写或打印以下主密钥并锁入保险柜。遗失后无法读取任何明文与内容（证明不受影响）。",
        "Recovery sheet: write down or print this master key and lock it away. Without it no clear value or content can be read again (proofs are not affected).",
    ),
    "master-key": Message("主密钥", "Master key"),
    "home": Message("目录", "Home"),
    "name": Message("机构名称", "Institution"),
    "member": Message("机构编号", "Member id"),
    "origin": Message("日志名", "Log origin"),
    "evidence-key": Message("存证公钥", "Evidence key"),
    "log-key": Message("日志公钥", "Log key"),
    "account": Message("上链账户", "Anchor account"),
    "chain-status": Message("链状态", "Chain"),
    "chain-url": Message("节点地址", "Node URL"),
    "chain-id": Message("链标识", "Chain id"),
    "chain-kind": Message("链类型", "Kind"),
    "latest-block": Message("最新区块", "Latest block"),
    "final-block": Message("已确认区块", "Final block"),
    "registry": Message("注册合约", "Registry"),
    "anchor-contract": Message("存证合约", "Anchor contract"),
    "generation": Message("日志世代", "Generation"),
    "anchored-size": Message("已上链条数", "Anchored leaves"),
    "active-member": Message("成员资格有效", "Active member"),
    "deploy-done": Message("合约已部署，日志已建立", "Contracts deployed, log begun"),
    "dev-started": Message("开发链已启动：{url}（Ctrl-C 停止）", "Development chain at {url} (Ctrl-C stops it)"),
    "sealed": Message("已存证", "Sealed"),
    "receipt-note": Message(
        "回执由存证密钥签名，承诺 {delay} 秒内入日志。", "The receipt is signed by the evidence key: in the log within {delay} seconds."
    ),
    "batch-done": Message("存证 {sealed} 项，未存证 {failed} 项。", "{sealed} sealed, {failed} not sealed."),
    "evidence-list": Message("存证", "Evidence"),
    "evidence-detail": Message("存证详情", "Evidence in detail"),
    "status-waiting": Message("待入日志", "waiting for a place"),
    "status-logged": Message("已入日志", "in the log"),
    "status-anchored": Message("已上链", "anchored"),
    "status-erased": Message("已擦除", "erased"),
    "place": Message("日志位置", "Leaf index"),
    "block": Message("区块", "Block"),
    "fields": Message("字段（承诺）", "Fields (committed)"),
    "not-before": Message("不早于区块", "Not before block"),
    "exported": Message("证据包已写入 {file}（{size} 字节），自检未见矛盾。", "Package written to {file} ({size} bytes); its own verification refutes nothing."),
    "exported-unproved": Message("注意：策略要求的 {checks} 无法证明。", "Note: the policy requires {checks}, which cannot be proved."),
    "erased": Message(
        "已擦除。密钥库最后一份备份于 {after} 到期，届时擦除才算完成。",
        "Erased. The last key-store backup expires at {after}; only then is the erasure complete.",
    ),
    "hold-set": Message("案件已设法律保全。", "The case is under legal hold."),
    "hold-lifted": Message("案件法律保全已解除。", "The legal hold is lifted."),
    "trust-written": Message("信任文件已写入 {file}，指纹 {fingerprint}。", "Trust file written to {file}, fingerprint {fingerprint}."),
    "checkpoint": Message("检查点", "Checkpoint"),
    "no-checkpoint": Message("日志为空，尚无检查点。", "The log is empty: no checkpoint yet."),
    "audit-title": Message("审计", "Audit"),
    "audit-leaves": Message("叶", "Leaves"),
    "audit-contents": Message("内容", "Contents"),
    "audit-checkpoints": Message("检查点", "Checkpoints"),
    "audit-anchors": Message("上链", "Anchors"),
    "audit-waiting": Message("待入日志", "Waiting"),
    "audit-swept": Message("清除的无主对象", "Orphans removed"),
    "audit-not-compared": Message("链没有应答，未与链上日志比对。", "The chain did not answer: not compared with the log on chain."),
    "audit-sound": Message("未发现问题。", "No problem found."),
    "audit-problems": Message("发现 {count} 个问题。", "{count} problems found."),
    "tick-title": Message("上链", "Anchoring"),
    "tick-placed": Message("新入日志", "Placed"),
    "tick-size": Message("上链条数", "Anchor size"),
    "tick-phase": Message("阶段", "Phase"),
    "tick-frozen": Message("已冻结证明", "Proof frozen"),
    "phase-planned": Message("已计划", "planned"),
    "phase-submitted": Message("已发送", "submitted"),
    "phase-included": Message("已入块", "included"),
    "phase-final": Message("已确认", "final"),
    "phase-refused": Message("被拒绝", "refused"),
    "phase-none": Message("无需上链", "nothing to anchor"),
    "retried": Message("已重新计划。", "Planned again."),
    "nothing-to-retry": Message("没有被拒绝的上链。", "No refused anchor."),
    "yes": Message("是", "yes"),
    "no": Message("否", "no"),
}  # fmt: skip

_ALL: Final = ChainMap(dict(WORDS), dict(CATALOGUE))


def word(code: str, language: str, params: Mapping[str, object] | None = None) -> str:
    """Return a text of the catalogue in ``zh`` or ``en``; the code itself when it is missing."""
    message = _ALL.get(code)
    if message is None:
        return code
    return fill(message.zh if language == "zh" else message.en, params or {})
