"""What is said about the protocol: keys, ceremonies, evaluations. Nothing here names a person."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

# fmt: off
PROTOCOL_ERRORS: Final[Mapping[str, Message]] = {
    "libsodium-missing": Message("本机没有 libsodium 1.0.18 或更新版本。", "This machine has no libsodium 1.0.18 or later.", "请安装系统软件包 libsodium23，或 Python 软件包 rbcl。", "Install the system's package libsodium23, or the Python package rbcl."),
    "scalar-malformed": Message("数值不是群的规范标量。", "A value is no canonical scalar of the group.", "请向发送方核实；不要重试。", "Ask who sent it; do not retry."),
    "point-malformed": Message("{field} 不是规范的群元素，或是单位元。", "{field} is no canonical group element, or the identity.", "请向发送方核实；不要重试。", "Ask who sent it; do not retry."),
    "holder-indices-malformed": Message("持有方序号重复或超出范围。", "Indices of holders repeat, or are out of range.", "请向发送方核实。", "Ask who sent them."),
    "commitments-malformed": Message("承诺的数量不符。", "Not as many commitments as there must be.", "无需处理：该持有方将被列为过错方。", "Nothing to do: the holder will be named at fault."),
    "keys-malformed": Message("链上公钥列表长度不符（{length} 字节）。", "The list of public keys on chain has a wrong length ({length} bytes).", "请核对合约地址与链节点。", "Check the contract's address and the chain's node."),
    "posting-malformed": Message("密钥仪式中的发布内容格式不符。", "A posting of the key ceremony is not of its form.", "无需处理：该持有方将被列为过错方。", "Nothing to do: the holder will be named at fault."),
    "ceremony-too-few-present": Message("密钥仪式：到场机构不足。", "Key ceremony: too few institutions joined.", "请联系缺席机构后重新发起。", "Ask the absent ones and open another."),
    "ceremony-too-few-dealers": Message("密钥仪式：有效分发方不足。", "Key ceremony: too few deals stand.", "请查看被列为过错方的机构，然后重新发起。", "Look at who is named at fault, then open another."),
    "ceremony-too-few-shares": Message("密钥仪式：无法重建被指控分发方的多项式。", "Key ceremony: an accused dealer cannot be reconstructed.", "请确认各机构节点在线，然后重新发起。", "See that the members' nodes run, then open another."),
    "ceremony-no-key": Message("密钥仪式未产生有效密钥。", "The key ceremony gave no valid key.", "请重新发起。", "Open another."),
    "ceremony-judged-otherwise": Message("第 {ceremony} 次密钥仪式：链上公钥与本节点的计算结果不同。", "Key ceremony {ceremony}: the keys on chain are not those that this node computes.", "不要使用该密钥；请与其他成员核对链上记录。", "Do not use the key; compare the records with other members."),
    "share-key-missing": Message("本机没有该密钥份额的保护密钥（恢复备份后即如此）。", "This machine lacks the key that the share is sealed under, as after a restore.", "本节点会自动发起份额更新，以取得新的份额。", "This node opens a refresh by itself to get a new share."),
    "share-absent": Message("本机构应持有本期密钥份额，但本机没有。", "This member holds a share in this epoch, and it is not here.", "本节点会自动发起份额更新。", "This node opens a refresh by itself."),
    "share-damaged": Message("密钥份额已损坏或不属于本期。", "The share was damaged, or belongs to another epoch.", "请发起份额更新，以取得新的份额。", "Open a refresh to get a new share."),
    "blacklist-event-unknown": Message("区块 {block} 中有不属于黑名单合约的事件。", "Block {block} has an event that is none of the blacklist contract's.", "请核对合约地址与链节点。", "Check the contract's address and the chain's node."),
    "ceremony-failed": Message("密钥仪式未成功（{reason}）。", "The key ceremony failed ({reason}).", "请查看仪式记录后重新发起。", "Look at its record and open another."),
    "share-incomplete": Message("缺少第 {dealer} 号持有方分发的份额。", "The share dealt by holder {dealer} is missing.", "本机构在本期没有密钥份额；请发起份额更新。", "This member holds no share in this epoch; open a refresh."),
    "share-does-not-fit": Message("密钥份额与链上的公开份额不符。", "The share of the key does not fit its public share on chain.", "不要使用该份额；请发起份额更新。", "Do not use it; open a refresh."),
    "elements-malformed": Message("群元素列表为空或长度不符（{length} 字节）。", "The list of group elements is empty or of a wrong length ({length} bytes).", "每个元素 32 字节。", "Each element has 32 bytes."),
    "elements-too-many": Message("一次请求的元素超过 {limit} 个。", "Over {limit} elements in one request.", "请分批发送。", "Send them in batches."),
    "evaluation-not-for-us": Message("请求的对象是其他成员或其他合约。", "The request is for another member, or another contract.", "请核对双方的链与合约设置。", "Compare chain and contract of both."),
    "evaluation-forwarded": Message("请求由一家成员签署，却由另一家发来。", "The request was signed by one member and sent by another.", "请求只能由签署方直接发送。", "Only who signed it may send it."),
    "evaluation-expired": Message("请求已过期，或有效期过长（{expires}）。", "The request has expired, or lasts too long ({expires}).", "请核对双方时钟后重新发送。", "Compare the clocks and send a new one."),
    "evaluation-epoch": Message("请求针对密钥期 {key_epoch}、份额期 {share_epoch}，本节点未持有。", "The request is for key epoch {key_epoch}, share epoch {share_epoch}, which this node does not hold.", "请等待双方同步到链上最新一期后重试。", "Retry when both nodes have seen the newest epoch on chain."),
    "evaluation-servers": Message("请求所列的计算方组合不成立：应为 {needed} 家现任持有方，并包括本机构。", "The servers named do not fit: {needed} present holders, this member among them.", "请按链上最新一期重新选择。", "Choose again from the newest epoch on chain."),
    "evaluation-elements": Message("随附的元素与请求所签署的不一致。", "The elements are not those that the request signs.", "请重新发送原始内容。", "Send the original content again."),
    "evaluation-signature": Message("请求未由该成员的存证密钥签署。", "The request is not signed by that member's evidence key.", "请核对注册合约中登记的密钥。", "Compare with the keys in the registry."),
    "evaluation-reused": Message("该请求编号已用于另一请求。", "This request id was used for another request.", "请使用新的请求编号。", "Use a new request id."),
    "evaluation-unknown": Message("本节点没有该请求的记录。", "This node has no record of that request.", "请先发送请求，再要求证明。", "Send the request first, then ask for its proof."),
    "evaluation-no-share": Message("本节点在本期没有该类标识的密钥份额。", "This node holds no share of the key for this type now.", "请向其他持有方请求。", "Ask other holders."),
    "evaluation-too-few": Message("正确应答的持有方不足 {needed} 家。", "Fewer than {needed} holders answered rightly.", "请稍后重试；并查看 lianzheng blacklist status。", "Try again later, and see lianzheng blacklist status."),
    "evaluation-answer-foreign": Message("第 {index} 号持有方的应答不是对该请求的应答。", "What holder {index} answered is no answer to the request.", "已改问其他持有方；请告知该成员。", "Others were asked instead; tell that member."),
    "evaluation-epochs-mixed": Message("各持有方的份额不属于同一份额期。", "The holders' shares are of different share epochs.", "请等待各节点读到链上最新一期后重试。", "Retry when all nodes have seen the newest epoch on chain."),
    "evaluation-budget": Message("超出额度：剩余 {left} 次，请求 {asked} 次。", "Over the budget: {left} left, {asked} asked.", "请等待下一个月，或由成员协商提高额度。", "Wait for the next month, or agree a higher budget with the member."),
}
# fmt: on
