"""Texts of the check of one recorded block: findings, titles, what is wrong with the file."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

_SPEC: Final = (
    "请按 docs/spec/block-file.md 更正该项。",
    "Correct that field by docs/spec/block-file.md.",
)

BLOCK_TITLES: Final[Mapping[str, Message]] = {
    "B1": Message("原样区块头一致", "Header as served"),
    "B2": Message("区块哈希", "Block hash"),
    "B3": Message("验证人集合", "Validator set"),
    "B4": Message("签封达到法定数", "Quorum of seals"),
    "B5": Message("回执重建", "Receipts rebuilt"),
    "B6": Message("存证合约状态", "State of the anchor contract"),
    "B7": Message("与预期一致", "As expected"),
    "block-report-title": Message("区块核验", "Check of one block"),
    "fact-block_number": Message("区块号", "Block number"),
    "fact-block_hash": Message("区块哈希", "Block hash"),
    "fact-seal_hash": Message("签封哈希", "Seal hash"),
    "fact-round": Message("轮次", "Round"),
    "fact-validator_mode": Message("验证人来源", "Validators kept in"),
    "fact-signers": Message("签封者", "Signers"),
    "fact-quorum": Message("法定数", "Quorum"),
    "fact-receipts_root": Message("回执根", "Receipts root"),
    "fact-proofs": Message("状态证明", "Proofs of state"),
    "fact-verdict": Message("签封结论", "Seals"),
    "verdict-header": Message("区块头", "the header"),
    "verdict-contract": Message("合约", "a contract"),
    "verdict-sealed": Message("有效", "sealed"),
    "verdict-too few seals": Message("签封不足法定数", "too few seals"),
    "verdict-duplicate seal": Message("同一验证人重复签封", "duplicate seal"),
    "verdict-foreign seal": Message("有集合以外者签封", "foreign seal"),
    "verdict-invalid seal": Message("有无法还原的签封", "invalid seal"),
    "verdict-other validators": Message("区块头列出其他验证人", "other validators"),
    "exit-block-proved": Message("结论：文件所载各项均已证明。", "Conclusion: everything that the file holds is proved."),
    "exit-block-refuted": Message("结论：有核验项被否定，本区块不可信。", "Conclusion: something is refuted; do not rely on this block."),
    "exit-block-not_provable": Message(
        "结论：未发现矛盾，但有核验项无法证明。", "Conclusion: nothing contradicts, but something is not provable."
    ),
    "trust-validator-list": Message(
        "名单即本链的验证人（请与信任文件核对）", "that these are the chain's validators (compare with the trust file)"
    ),
    "trust-validator-contract": Message(
        "该合约即本链创世指定的验证人合约", "that this is the validator contract that the chain's genesis names"
    ),
}  # fmt: skip

BLOCK_FINDINGS: Final[Mapping[str, Message]] = {
    "block-served-same": Message("原样 RLP 与各字段一致。", "The RLP as served has exactly these fields."),
    "block-served-other": Message("原样 RLP 与各字段不符。", "The RLP as served is another header."),
    "block-named": Message("哈希 {block} 由区块头重算得出。", "The header hashes to {block}."),
    "block-other-hash": Message("文件称 {stated}，重算为 {found}。", "The file says {stated}; the header hashes to {found}."),
    "validators-in-header": Message("区块头列出的 {count} 个验证人即文件所载。", "The header lists the file's {count} validators."),
    "validators-in-state": Message("父区块状态证明合约 {contract} 中的 {count} 个验证人。", "The parent's state proves {count} validators in contract {contract}."),
    "validators-other": Message("链上的验证人不是文件所载的 {stated} 个。", "The chain names other validators than the file's {stated}."),
    "validators-unproved": Message("文件没有 {field}，无法证明合约中的验证人。", "Without {field} the contract's validators are not proved."),
    "validators-beside-contract": Message("合约模式的区块头不应含验证人或投票。", "In contract mode a header has neither validators nor a vote."),
    "parent-other-hash": Message("{field} 不是本区块的父区块。", "{field} is not this block's parent."),
    "receipts-rebuilt": Message("{count} 份回执重建出 {root}。", "{count} receipts rebuild {root}."),
    "receipts-other-root": Message("回执重建出 {found}，与区块头不符。", "The receipts rebuild {found}, which is not the header's root."),
    "receipts-contradict": Message("{field} 与区块不符。", "{field} is not what the block says."),
    "state-proved": Message("合约 {contract} 的 {slots} 个存储项已由状态根证明。", "The state root proves {slots} slots of contract {contract}."),
    "expected-found": Message("{count} 项均与预期一致。", "All {count} expected values came out."),
    "expected-other": Message("{field} 与结果 {found} 不符。", "{field} is not what came out: {found}."),
}  # fmt: skip

BLOCK_ERRORS: Final[Mapping[str, Message]] = {
    "block-file-unreadable": Message("无法读取 {file}：{why}。", "{file} cannot be read: {why}.", "请检查路径与权限。", "Check path and permissions."),
    "block-too-large": Message("区块文件超过 {limit} 字节。", "The block's file is over {limit} bytes.", "请只保存一个区块。", "Keep one block in a file."),
    "block-not-json": Message("区块文件不是 JSON。", "The block's file is not JSON.", "请重新导出该区块。", "Record the block again."),
    "block-field-twice": Message("{field} 出现两次。", "{field} stands twice.", "请只保留一个。", "Keep one of them."),
    "block-field-missing": Message("缺少 {field}。", "{field} is missing.", *_SPEC),
    "block-field-object": Message("{field} 应为 JSON 对象。", "{field} has to be a JSON object.", *_SPEC),
    "block-field-list": Message("{field} 应为 JSON 数组。", "{field} has to be a JSON array.", *_SPEC),
    "block-field-hex": Message("{field} 应为 0x 开头、每字节两位的十六进制。", "{field} has to be 0x and two hexadecimal digits a byte.", *_SPEC),
    "block-field-length": Message("{field} 应为 {length} 字节，实为 {found}。", "{field} has to be {length} bytes, not {found}.", *_SPEC),
    "block-field-quantity": Message("{field} 应为 0x 开头的数值。", "{field} has to be a number in hexadecimal, beginning with 0x.", *_SPEC),
    "block-field-choice": Message("{field} 应为：{choices}。", "{field} has to be: {choices}.", *_SPEC),
    "block-field-differs": Message("{field} 与 {other} 中的不同。", "{field} differs from the one in {other}.", *_SPEC),
    "state-other-account": Message("账户 {address} 的证明与所述不符。", "The proof of account {address} shows something else than is stated."),
    "state-other-value": Message("存储项 {slot} 的证明与所述的值不符。", "The proof of slot {slot} shows another value than is stated."),
}  # fmt: skip
