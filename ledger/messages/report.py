"""Texts of the verification report: checks, verdicts, law, what has to be trusted."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.blocks import BLOCK_TITLES
from ledger.messages.message import Message

LAW: Final[Mapping[str, str]] = {
    "V1": "人民法院在线诉讼规则 第十六条",
    "V2": "人民法院在线诉讼规则 第十六条",
    "V3": "人民法院在线诉讼规则 第十六条",
    "V4": "电子签名法 第十三条",
    "V5": "人民法院在线诉讼规则 第十六条",
    "V6": "人民法院在线诉讼规则 第十六条",
    "V7": "电子签名法 第十三条",
    "V8": "人民法院在线诉讼规则 第十七条",
    "V9": "人民法院在线诉讼规则 第十六条",
    "V10": "人民法院在线诉讼规则 第十七条",
    "V11": "人民法院在线诉讼规则 第十七条",
    "V12": "人民法院在线诉讼规则 第十六条",
    "V13": "人民法院在线诉讼规则 第十七条",
    "V14": "民事诉讼证据规定 第九十三条",
    "V15": "互联网法院规定 第十一条",
    "V16": "人民法院在线诉讼规则 第十八条",
    "V17": "互联网法院规定 第十一条",
}
"""The article that a check speaks to; the report cites it and claims no more than the check."""

BEFORE_INTAKE: Final = ("V16", "V17")
"""Checks about the time before the item was sealed (上链前); all others are about the time after."""

REPORT: Final[Mapping[str, Message]] = {
    "V1": Message("证据包格式规范", "Package well-formed"),
    "V2": Message("文件未改动", "Files unchanged"),
    "V3": Message("内容摘要一致", "Content digests match"),
    "V4": Message("存证声明及签名有效", "Statement and signature valid"),
    "V5": Message("披露字段与承诺一致", "Disclosed fields match"),
    "V6": Message("存证在日志中", "Leaf in the log"),
    "V7": Message("检查点签名有效", "Checkpoint signed"),
    "V8": Message("其他成员联署", "Cosigned by other members"),
    "V9": Message("检查点已上链", "Checkpoint anchored"),
    "V10": Message("区块已被验证人签封", "Block sealed"),
    "V11": Message("各项属于同一成员且密钥有效", "One member, keys active"),
    "V12": Message("与前次上链连贯", "Anchor follows its predecessor"),
    "V13": Message("可信时间戳", "Timestamp token"),
    "V14": Message("存证时间区间", "Time interval"),
    "V15": Message("案件存证连续无缺", "Case chain complete"),
    "V16": Message("保管链未中断", "Custody unbroken"),
    "V17": Message("提取过程可重复", "Extraction repeatable"),
    "verdict-proved": Message("已证明", "proved"),
    "verdict-refuted": Message("已否定", "refuted"),
    "verdict-not_provable": Message("无法证明", "not provable"),
    "report-title": Message("联证 技术核验报告", "Lianzheng technical verification report"),
    "report-after": Message("上链后（存证之后未改动）", "After sealing (unaltered since)"),
    "report-before": Message(
        "上链前（以存证时所记录者为限）", "Before sealing (only as recorded when sealed)"
    ),
    "report-item": Message("存证信息", "The item"),
    "report-disclosed": Message("披露的字段", "Disclosed fields"),
    "report-asserted": Message(
        "仅由出具方声明、不作核验结论的文件：{paths}",
        "Asserted by the exporter only, no verdict: {paths}",
    ),
    "report-policy": Message("核验策略：{policy}；必须证明：{required}", "Policy: {policy}; required: {required}"),
    "report-trust": Message("信任文件指纹：{fingerprint}", "Trust file fingerprint: {fingerprint}"),
    "report-trust-signed": Message(
        "信任文件由 {signed} 家成员签署（共 {members} 家，须 {quorum} 家）：{names}",
        "Trust file signed by {signed} of {members} members ({quorum} needed): {names}",
    ),
    "report-trust-made": Message("信任文件所称：{made_at} 制作，登记读取至区块 {height}", "Trust file, as it says: made at {made_at}, registry read at block {height}"),
    "report-trust-unsigned": Message(
        "信任文件没有成员签名（成员 {members} 家，策略要求 {quorum} 家）：须确信其来源可靠",
        "No member signed the trust file ({members} members, {quorum} needed): it is as good as where it came from",
    ),
    "report-trust-uncounted": Message(
        "不计入的签名（读取登记时无表决权，或密钥未生效、已失效）：{names}",
        "Signatures that do not count (no vote, or key not open, when the registry was read): {names}",
    ),
    "report-trust-below": Message(
        "注意：签署成员不足（{signed}/{quorum}），系按要求照常核验", "Warning: too few members signed ({signed}/{quorum}); verified all the same, as asked"
    ),
    "report-trust-means": Message(
        "签名只证明上列机构认可同一份文件；这些机构确为联盟成员，须另行确认（经其他渠道核对指纹，或用 --previous 与早先已信任的文件衔接）",
        "The signatures prove that the institutions listed agree on one file. That these are the right ones must be known "
        "from elsewhere: the fingerprint by another channel, or --previous with an older file that you trust",
    ),
    "report-trust-previous": Message(
        "信任文件已由早先文件（指纹 {fingerprint}）的法定数成员签署，与之衔接",
        "A quorum of the members of the previous file (fingerprint {fingerprint}) signed this one",
    ),
    "report-trusts": Message("须信任", "trusting"),
    "report-law": Message("依据", "law"),
    "package-readme": Message(
        "联证证据包。请勿改动或重新打包本文件。\n"
        "核验：取得 verify.pyz 与信任文件 trust.json（须从出具方以外的可信渠道取得），在装有 Python 3.10 以上、"
        "无需联网的电脑上运行：\n    python3 verify.pyz 证据包.zip --trust trust.json",
        "A Lianzheng evidence package. Do not change it or pack it again.\n"
        "To verify: get verify.pyz and the trust file trust.json (not from the party that handed you this "
        "package), and run on a computer with Python 3.10 or later, no network needed:\n"
        "    python3 verify.pyz PACKAGE.zip --trust trust.json --lang en",
    ),
    "report-none": Message("无", "none"),
    "exit-proved": Message(
        "结论：策略要求的各项均已证明。", "Conclusion: every check that the policy requires is proved."
    ),
    "exit-refuted": Message(
        "结论：有核验项被否定，本证据包不可信。", "Conclusion: something is refuted; do not rely on this package."
    ),
    "exit-unreadable": Message("结论：无法读取。", "Conclusion: unreadable."),
    "exit-not_provable": Message(
        "结论：未发现矛盾，但有要求的核验项无法证明。",
        "Conclusion: nothing contradicts, but a required check is not provable.",
    ),
    "fact-leaf": Message("存证编号", "Evidence id"),
    "fact-kind": Message("类型", "Kind"),
    "fact-member": Message("存证机构", "Institution"),
    "fact-sealed_at": Message("声明的存证时间", "Stated time of sealing"),
    "fact-case_number": Message("案件内序号", "Number in the case"),
    "fact-content_size": Message("内容字节数", "Content bytes"),
    "trust-bank-before-intake": Message(
        "存证机构对存证之前的陈述", "the institution's word about the time before sealing"
    ),
    "trust-witnesses": Message("联署成员未与存证机构串通", "that the cosigning members do not collude"),
    "trust-validators": Message("不足三分之一的验证人作恶", "that fewer than a third of the validators are dishonest"),
    "trust-trust-file": Message("信任文件来源可靠", "that the trust file came from where it should"),
    "trust-block-time-is-the-proposers": Message(
        "区块时间由出块方选定，非可信时间", "block time is the proposer's choice, not a trusted time"
    ),
    "trust-timestamp-authority": Message("时间戳机构", "the time-stamping authority"),
    "trust-revocation-not-checked": Message(
        "未核查时间戳证书吊销情况", "that the authority's certificate was not revoked"
    ),
    "trust-block-unauthenticated": Message(
        "所附区块确属该链（无验证人签封可证）", "that the block is really the chain's: no seals prove it"
    ),
    "trust-case-head-unanchored": Message(
        "案件链头的检查点仅由存证机构签名，尚未要求上链", "the case head's checkpoint is signed by the institution, not required to be anchored"
    ),
    "trust-case-head-later-generation": Message(
        "案件链头在后继日志世代中，与已上链的日志之间没有一致性证明", "the case head stands in a later log generation: nothing proves its log an extension of the anchored one"
    ),
    "trust-later-items-not-excluded": Message(
        "不排除其后新增或从未存证的材料", "later items, and items never sealed, are not excluded"
    ),
    **BLOCK_TITLES,
}  # fmt: skip
