"""What is said about the blacklist on the command line."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

# fmt: off
BLACKLIST_NODE_ERRORS: Final[Mapping[str, Message]] = {
    "blacklist-not-configured": Message("本节点尚未加入共享黑名单。", "This node takes no part in a shared blacklist yet.", "请运行 lianzheng blacklist join 合约地址（或 deploy）。", "Run lianzheng blacklist join CONTRACT, or deploy."),
    "blacklist-other-registry": Message("该黑名单合约属于另一注册合约（{registry}）。", "That blacklist belongs to another registry ({registry}).", "请向其他成员核对合约地址。", "Ask another member for the address."),
    "blacklist-probe-differs": Message("单次计算与批量计算结果不同。", "The single and the batched evaluation differ.", "请停止使用该密钥，并与其他成员核对。", "Do not use the key; compare with other members."),
    "blacklist-few-holders": Message("应答的持有方只比门限多一家或更少；再失去即无法查询。", "Hardly more holders answer than the threshold; with further losses nothing can be evaluated.", "请联系未应答的成员恢复其节点。", "Ask the members that do not answer to bring their nodes back."),
    "blacklist-too-few-holders": Message("应答的持有方少于门限：无法计算标签，也无法更新份额；已缓存的标签仍可比对。", "Fewer holders than the threshold answer: nothing can be evaluated or dealt anew; cached tags go on matching.", "请恢复成员节点；若份额确已丢失，请商定生成新密钥（generate-key）并重新登记。", "Bring nodes back; if shares are lost for good, agree on a new key (generate-key) and list again."),
    "blacklist-threshold-rises": Message("成员已增多，现有密钥的门限过低，份额更新会被合约拒绝。", "There are more members than this key's threshold is meant for; the contract refuses refreshes.", "请与各成员商定生成新密钥：各自 blacklist agree，一家 generate-key。", "Agree on a new key with the members: each runs blacklist agree, one generate-key."),
    "blacklist-many-departed": Message("本期密钥已有与门限减一同样多的持有方退出或暂停；其旧份额若未销毁，再有一家即可得到密钥。", "As many holders of this key left or are suspended as the threshold less one: if they kept their shares, one more gives the key.", "请与各成员商定生成新密钥：各自 blacklist agree，一家 generate-key。", "Agree on a new key with the members: each runs blacklist agree, one generate-key."),
    "envelopes-unknown": Message("本节点没有第 {ceremony} 次仪式中第 {dealer} 号分发方的密封份额。", "This node does not have the sealed shares of dealer {dealer} in ceremony {ceremony}.", "请向其他成员索取。", "Ask another member."),
}
BLACKLIST_WORDS: Final[Mapping[str, Message]] = {
    "blacklist-joined": Message("已加入共享黑名单合约 {contract}。请重新启动节点服务；运行中的节点自动参加密钥仪式。", "This member takes part in the blacklist at {contract}. Restart the node's service; running, it takes part in key ceremonies by itself."),
    "ceremony-opened": Message("密钥仪式已发起；各成员节点将自动参加（lianzheng blacklist status 查看进度）。", "The ceremony is open; the members' nodes take part by themselves (lianzheng blacklist status shows how far it came)."),
    "blacklist-agreed": Message("已同意第 {key_epoch} 期密钥；发起后本节点将参加生成。", "This member agrees to key epoch {key_epoch}; its node joins once the generation is open."),
    "blacklist-probed": Message("密钥可用：可询问 {servers} 家持有方；单次 {single} 毫秒，批量 {batch} 毫秒。", "The key works: {servers} holders can be asked; {single} ms for a single query, {batch} ms for a checked batch."),
    "blacklist-keys": Message("黑名单密钥", "Keys of the blacklist"),
    "blacklist-alarms": Message("黑名单密钥告警", "Alarms about keys"),
    "blacklist-ceremonies": Message("密钥仪式", "Key ceremonies"),
    "col-type": Message("标识类型", "Identifiers"),
    "col-epoch": Message("密钥期.份额期", "Key.share epoch"),
    "col-threshold": Message("门限", "Threshold"),
    "col-holders": Message("持有方序号", "Holders"),
    "col-here": Message("本机持有份额", "Share here"),
    "col-readable-until": Message("旧密钥可用至", "Replaced, readable until"),
    "col-phase": Message("阶段", "Phase"),
    "col-posted": Message("已发布 / 到场", "Posted / joined"),
    "col-faults": Message("过错方", "Faults"),
    "identifier-type-id": Message("身份证件号码", "National ID"),
    "identifier-type-phone": Message("电话号码", "Phone"),
    "identifier-type-credit-code": Message("统一社会信用代码", "Credit code"),
    "identifier-type-travel": Message("出入境证件", "Travel document"),
    "identifier-type-device": Message("设备", "Device"),
    "identifier-type-address": Message("地址", "Address"),
    "ceremony-kind-generation": Message("密钥生成", "generation"),
    "ceremony-kind-resharing": Message("份额更新", "refresh"),
    "ceremony-phase-joining": Message("到场", "joining"),
    "ceremony-phase-dealing": Message("分发", "dealing"),
    "ceremony-phase-complaining": Message("投诉", "complaints"),
    "ceremony-phase-revealing": Message("公开份额", "reveals"),
    "ceremony-phase-opening": Message("公开承诺", "openings"),
    "ceremony-phase-accusing": Message("指控", "accusations"),
    "ceremony-phase-reconstructing": Message("重建", "reconstruction"),
    "ceremony-phase-attesting": Message("确认", "attesting"),
    "ceremony-phase-active": Message("已生效", "in force"),
    "ceremony-phase-failed": Message("未成功", "failed"),
}
# fmt: on
