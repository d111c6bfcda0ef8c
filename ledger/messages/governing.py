"""What the registry refuses, under the names of its own errors, and what goes wrong around votes."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

GOVERNING: Final[Mapping[str, Message]] = {
    "registry-unknown-member": Message("没有此成员。", "There is no such member.", "成员见 lianzheng consortium members。", "lianzheng consortium members lists them."),
    "registry-member-exists": Message("该机构编号已登记（可能已退出）。", "The id was given before, perhaps to an institution that left.", "重新加入须使用新的编号与密钥。", "Who comes back comes back under a new id with new keys."),
    "registry-wrong-status": Message("该成员的状态不允许此操作。", "The member does not stand where this needs it to.", "状态见 lianzheng consortium members。", "lianzheng consortium members shows where each stands."),
    "registry-invalid-identity": Message("成员编号或名称摘要为空。", "The id or the name's hash is empty.", "请重新生成申请文件。", "Make the application again."),
    "registry-invalid-roles": Message("角色无效。", "The roles are not allowed.", "可用角色见 docs/consortium.md。", "docs/consortium.md lists the roles."),
    "registry-invalid-admin": Message("管理账户无效。", "The admin account is not allowed.", "请更正地址。", "Correct the address."),
    "registry-admin-in-use": Message("该管理账户已属于某一成员。", "The admin account is another member's, or this one's already.", "请使用新的账户。", "Use a new account."),
    "registry-invalid-endpoint": Message("节点地址须为 1 至 256 个可见英文字符。", "An endpoint has 1 to 256 printable ASCII characters.", "请更正 endpoint 设置。", "Correct the endpoint."),
    "registry-invalid-origin": Message("日志名不合规。", "The log's origin is not allowed.", "请更正日志名。", "Correct the origin."),
    "registry-origin-in-use": Message("该日志名已被登记。", "The log's origin was given before.", "请换一个日志名。", "Choose another origin."),
    "registry-invalid-key": Message("公钥不合规。", "The public key is not allowed.", "请重新生成密钥。", "Make the key again."),
    "registry-key-in-use": Message("该公钥已登记过，公钥只能使用一次。", "The public key was registered before; a key serves once.", "请生成新的密钥。", "Make a new key."),
    "registry-unknown-key": Message("该成员没有此密钥记录。", "The member has no such key record.", "记录见 lianzheng consortium members --json。", "lianzheng consortium members --json lists them."),
    "registry-invalid-revocation": Message("密钥记录只能变差：有效、停用、泄露、更早泄露。", "A key record can only grow worse.", "请核对密钥记录。", "Look at the key's record."),
    "registry-invalid-compromise": Message("泄露区块不合规。", "The block of the compromise is not allowed.", "须在密钥启用之后、当前区块之前。", "It lies after the key's first block and not in the future."),
    "registry-wrong-generation": Message("日志世代须逐一开启。", "Generations are opened one after another.", "请核对当前世代。", "Look at the present generation."),
    "registry-head-mismatch": Message("所列日志头与链上不符。", "The head named is not the one on chain.", "请按链上日志头重新提案。", "Propose again with the head on chain."),
    "registry-anchor-missing": Message("登记合约所指地址没有存证合约。", "There is no anchor contract where the registry expects it.", "请检查部署。", "Check the deployment."),
    "registry-invalid-validators": Message("验证人列表不合规。", "The list of validators is not allowed.", "须递增、不重复、至多 256 个。", "Ascending, without duplicates, at most 256."),
    "registry-only-by-vote": Message("此变更须经表决。", "This is changed by vote only.", "请提案。", "Open a proposal."),
    "registry-not-admin": Message("本节点的管理账户不属于任何成员。", "This node's admin account is no member's.", "请先加入联盟；或检查 keys/admin.json。", "Join first, or check keys/admin.json."),
    "registry-not-active": Message("本机构已被中止成员资格。", "This institution is suspended.", "请与其他成员联系。", "Talk to the other members."),
    "registry-not-voter": Message("本机构没有成员角色，不能表决。", "This institution does not hold the role member and cannot vote.", "观察、审计、法院、监管角色只读。", "Observers, auditors, courts and regulators only read."),
    "registry-unknown-change": Message("不是可表决的变更。", "The call is none of the changes.", "可用变更见 docs/consortium.md。", "docs/consortium.md lists them."),
    "registry-change-too-long": Message("变更超过 16 KiB。", "The change is longer than 16 KiB.", "请拆分。", "Split it."),
    "registry-change-failed": Message("变更无法执行。", "The change cannot be carried out.", "请重新提案。", "Propose it again."),
    "registry-unknown-proposal": Message("没有此提案。", "There is no such proposal.", "提案见 lianzheng consortium status。", "lianzheng consortium status lists them."),
    "registry-proposal-already-executed": Message("提案已执行。", "The proposal was carried out already.", "无需处理。", "Nothing to do."),
    "registry-proposal-expired": Message("提案已过期。", "The proposal has expired.", "请重新提案。", "Propose it again."),
    "registry-already-voted": Message("本机构已投票。", "This institution has voted already.", "无需处理。", "Nothing to do."),
    "registry-not-voted": Message("本机构没有投票。", "This institution has not voted.", "无需处理。", "Nothing to do."),
    "registry-not-enough-votes": Message("赞成票不足。", "There are not enough votes.", "请等待其他成员表决。", "Wait for the other members."),
    "registry-invalid-threshold": Message("通过票数须在 1 与有表决权成员数之间。", "The threshold is 1 to the number of voting members.", "请更正。", "Correct it."),
    "registry-invalid-voting-period": Message("表决期须为一小时至 366 天。", "The voting period is one hour to 366 days.", "请更正。", "Correct it."),
    "registry-last-voter": Message("这是最后一名有表决权的成员。", "This is the last voting member.", "请先接纳其他成员。", "Admit another member first."),
    "registry-too-many-voters": Message("有表决权的成员至多 256 名。", "At most 256 institutions can vote.", "请调整角色。", "Change roles first."),
    "change-form": Message("变更的 {member} 不合规。", "The change's {member} is not of its form.", "格式见 docs/consortium.md。", "docs/consortium.md shows the form."),
    "proposal-event-missing": Message("链节点缺少提案 {number} 的执行事件。", "The chain's node has no event of the execution of proposal {number}.", "请检查链节点是否完整。", "Check that the node has the whole chain."),
    "chain-nonce-taken": Message("账户的交易序号被其他交易占用。", "Other transactions took the account's nonces.", "请确认没有他处使用该账户后重试。", "Make sure that nobody else uses the account, then try again."),
    "deployer-nonce-moved": Message("部署账户的交易序号为 {found}，创始文件按 {expected} 计算。", "The deployer's nonce is {found}; the founding file was computed with {expected}.", "请重新制作创始文件并由各方签署。", "Make the founding file again and let everybody sign it."),
}  # fmt: skip
