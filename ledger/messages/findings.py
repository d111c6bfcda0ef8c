"""Why a check ended as it did: one message a code, in the order of the checks."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.blocks import BLOCK_FINDINGS
from ledger.messages.message import Message

FINDINGS: Final[Mapping[str, Message]] = {
    "part-missing": Message("证据包中没有 {path}。", "The package has no {path}."),
    "depends-on": Message("须先通过 {check_needed}。", "Depends on {check_needed}."),
    # V1, V2
    "package-well-formed": Message("共 {files} 个文件，格式规范。", "{files} files, well-formed."),
    "package-file-missing": Message("缺少文件 {path}。", "File {path} is missing."),
    "package-file-unexpected": Message("出现不应有的文件 {path}。", "Unexpected file {path}."),
    "package-tag-file": Message("{path} 与内容不符。", "{path} does not follow from the payload."),
    "package-unchanged": Message("{files} 个文件均与签名清单一致。", "All {files} files match the signed list."),
    "package-manifest": Message("{path} 与文件不符。", "{path} does not match the files."),
    "package-list-signature": Message("文件清单签名无效。", "The signature of the file list is invalid."),
    "package-file-changed": Message("文件 {path} 与签名清单不符。", "File {path} does not match the signed list."),
    "package-other-leaf": Message("文件清单属于另一份存证。", "The file list is about another item."),
    "package-list-foreign-key": Message(
        "文件清单由他人密钥签名。", "The file list is signed by a key that is not this member's."
    ),
    # V3
    "content-unchanged": Message(
        "{size} 字节，SHA-256 与 SM3 均一致。", "{size} bytes; SHA-256 and SM3 both match."
    ),
    "content-sha256-only": Message(
        "SHA-256 一致；本机无 SM3 且内容超过 {limit} 字节，SM3 未核验。",
        "SHA-256 matches; SM3 was not checked (no native SM3 here, content over {limit} bytes).",
    ),
    "content-changed": Message("内容的 {algorithm} 摘要不符，内容已改动。", "The content's {algorithm} differs: it was changed."),
    "content-withheld": Message("内容未随包提供。", "The content is withheld."),
    "content-missing": Message("清单未声明省略，内容却不在包中。", "The content is absent, though not declared withheld."),
    "content-none": Message("本存证没有内容文件。", "This item has no content file."),
    "content-not-in-statement": Message("存证声明未提及任何内容。", "The statement names no content."),
    "content-more-than-one": Message("内容文件多于一个。", "More than one content file."),
    # V4, V5
    "leaf-signed": Message("类型 {kind}；证据密钥 {key} 签名有效。", "Kind {kind}; signed by evidence key {key}."),
    "leaf-signature": Message("存证声明签名无效。", "The statement's signature is invalid."),
    "fields-match": Message("披露 {disclosed} 项，省略 {withheld} 项。", "{disclosed} disclosed, {withheld} withheld."),
    "field-not-committed": Message("字段 {name} 与承诺不符。", "Field {name} does not match its commitment."),
    "fields-withheld-silently": Message(
        "省略的字段与清单声明不一致：{names}。", "Withheld fields differ from the declared ones: {names}."
    ),
    # V6, V7, V8
    "leaf-in-log": Message("位于第 {index} 位，日志共 {size} 条。", "At index {index} of {size}."),
    "leaf-carried": Message("位于第 {index} 位，日志共 {size} 条；声明在 {named} 中签收，经成员表决结束该世代后，在后继世代 {origin} 中入列。", "At index {index} of {size} in {origin}: sealed for {named}, which the members closed by vote before it was anchored there."),
    "leaf-of-another-log": Message("存证声明属于另一日志（{origin}）。", "The statement belongs to another log ({origin})."),
    "checkpoint-signed": Message("日志 {origin} 的签名有效。", "Signed by log {origin}."),
    "checkpoint-signature": Message("检查点没有该成员日志密钥的有效签名。", "No valid signature by a log key of the member."),
    "member-unknown": Message("信任文件中没有该机构。", "The institution is not in the trust file."),
    "cosigned": Message("{found} 家其他成员联署（要求 {quorum} 家）。", "Cosigned by {found} other members ({quorum} required)."),
    "cosignature": Message("{name} 的联署签名无效。", "The cosignature of {name} does not hold."),
    "cosignatures-none": Message("没有其他成员联署。", "No other member cosigned."),
    "cosignatures-too-few": Message(
        "有效联署 {found} 家，少于要求的 {quorum} 家。", "{found} valid cosignatures, {quorum} required."
    ),
    # V9, V10
    "anchored": Message("区块 {block} 的回执记录了 {size} 条的检查点。", "A receipt in block {block} records size {size}."),
    "anchor-other-root": Message("链上记录的根与检查点不同。", "The anchored root is another one."),
    "anchor-other-generation": Message("链上记录属于另一日志世代 {generation}。", "The anchor is of another generation, {generation}."),
    "block-sealed": Message(
        "区块 {block}：{validators} 个验证人中 {seals} 个签封。", "Block {block}: {seals} of {validators} validators sealed."
    ),
    "block-not-sealed": Message("区块 {block} 签封无效：{why}。", "Block {block} is not validly sealed: {why}."),
    "block-single-operator": Message(
        "区块 {block} 出自单一运营方的开发链，成员之间不具防篡改性。",
        "Block {block} is of a development chain with one operator: no tamper evidence among members.",
    ),
    "block-without-seals": Message("区块 {block} 的头部不含签封。", "The header of block {block} carries no seals."),
    "block-clique": Message(
        "区块 {block} 属 Clique 链，由 {signer} 签名；最终性依确认数，不能由单个头部证明。",
        "Block {block} is of a Clique chain, signed by {signer}: finality by confirmations cannot be proved from one header.",
    ),
    "validators-unknown": Message("信任文件未载明区块 {block} 的验证人。", "The trust file names no validators at block {block}."),
    # V11, V12
    "one-member": Message("均属 {name}，在区块 {block} 时密钥有效。", "All of {name}; keys active at block {block}."),
    "origin-of-another-member": Message("日志 {origin} 不属于该机构。", "Log {origin} is not the institution's."),
    "key-of-another-member": Message("签名密钥不属于该机构。", "A signing key is not the institution's."),
    "member-inactive": Message(
        "该机构在区块 {block} 时已中止或退出。", "The institution was suspended or had left at block {block}."
    ),
    "key-not-active": Message("{purpose} 密钥在区块 {block} 时无效。", "The {purpose} key was not active at block {block}."),
    "key-compromised": Message("{purpose} 密钥自区块 {block} 起已泄露。", "The {purpose} key is compromised since block {block}."),
    "key-compromised-between": Message(
        "{purpose} 密钥在声明之后、上链之前泄露。", "The {purpose} key was compromised between sealing and anchoring."
    ),
    "anchor-first": Message("本日志世代首次上链，{size} 条。", "First anchor of this generation, size {size}."),
    "anchor-follows": Message("{new} 条的日志是前次 {old} 条的延伸。", "The log of {new} extends the anchored one of {old}."),
    "consistency-missing": Message("包中没有一致性证明。", "The package has no consistency proof."),
    "consistency-other-sizes": Message("一致性证明的大小与上链记录不符。", "The consistency proof is between other sizes."),
    # V13, V14
    "timestamped": Message("{authority} 的时间戳（策略 {policy}）有效。", "Token of {authority} (policy {policy}) is valid."),
    "timestamp-none": Message("没有时间戳。", "No timestamp token."),
    "interval": Message(
        "晚于 {lower}，早于 {upper}（来源 {source}）。", "After {lower}, before {upper} (source {source})."
    ),
    "interval-claimed": Message(
        "所称区间 {lower} 至 {upper}（来源 {source}），无第三方佐证。",
        "Claimed interval {lower} to {upper} (source {source}); nobody else vouches for it.",
    ),
    "interval-empty": Message("时间矛盾：下限 {lower} 晚于上限 {upper}。", "Contradiction: lower bound {lower} is after {upper}."),
    "not-before-none": Message("声明未载明先前区块。", "The statement names no earlier block."),
    "not-before-other-block": Message("所附区块头不是声明所称的区块 {block}。", "The header is not that of block {block}."),
    # V15, V16, V17
    "case-complete": Message("第 1 至 {items} 号连续无缺。", "Numbers 1 to {items} follow without a gap."),
    "case-none": Message("本存证不属于案件。", "The item belongs to no case."),
    "case-not-included": Message("未附案件链。", "The case chain is not included."),
    "case-gap": Message("案件链在第 {number} 号处中断。", "The case chain breaks at number {number}."),
    "case-foreign-statement": Message("第 {number} 号不是该机构的存证。", "Number {number} is not the institution's."),
    "case-signature": Message("第 {number} 号签名无效。", "The signature of number {number} is invalid."),
    "case-head-key-compromised": Message("该机构有密钥已泄露，无法确认案件链头由其封存。", "A key of the institution is compromised: somebody else may have sealed the case head."),
    "case-without-this-item": Message("案件链不含本存证。", "The chain does not contain this item."),
    "case-head-missing": Message("案件链没有案件链头。", "The chain has no case head."),
    "case-head-other-end": Message("案件链头覆盖的末端不符。", "The case head covers another end."),
    "custody-unbroken": Message("{entries} 次交接首尾相接。", "{entries} entries join up."),
    "custody-broken": Message("保管链中断：{how}。", "Custody is broken: {how}."),
    "custody-unrecorded": Message("存证时未记录保管链。", "No custody was recorded."),
    "extraction-repeatable": Message("以 {tool} {version} 提取，结果与存证内容一致。", "Extracted with {tool} {version}; the result is the sealed content."),
    "extraction-other-output": Message("提取结果不是存证内容。", "The extraction's result is not the sealed content."),
    "extraction-unrecorded": Message("存证时未记录提取过程。", "No extraction was recorded."),
    # B1 to B7
    **BLOCK_FINDINGS,
}  # fmt: skip
