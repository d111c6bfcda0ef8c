"""What is said about signing trust files."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

# fmt: off
TRUST_ERRORS: Final[Mapping[str, Message]] = {
    "trust-differs": Message("信任文件与本节点在链上所见不符：{what}。", "The trust file is not what this node sees on the chain: {what}.", "链上登记可能刚有变化：请重新征集；否则请向制作方核实。", "The registry may have changed just now: collect again; else ask whoever made the file."),
    "trust-own-key": Message("信任文件所列不是本机构现用的存证密钥。", "The trust file does not list this member's present evidence key.", "请重新生成信任文件。", "Compose the trust file again."),
    "trust-other-file": Message("两个文件不是同一信任文件的副本。", "The two files are not copies of one trust file.", "请核对指纹：lianzheng trust show。", "Compare the fingerprints: lianzheng trust show."),
    "trust-too-few": Message("签署成员不足：{signed}/{quorum}；文件已写入，可继续签署。", "Too few members signed: {signed}/{quorum}; the file is written, others can go on signing it.", "请稍后重新征集，或由未签署的成员运行 lianzheng trust sign。", "Collect again later, or let the others run lianzheng trust sign."),
}
TRUST_WORDS: Final[Mapping[str, Message]] = {
    "ui-trust-file": Message("下载信任文件", "Get the trust file"),
    "trust-title": Message("信任文件", "Trust file"),
    "trust-fingerprint": Message("指纹", "Fingerprint"),
    "trust-made-at": Message("制作时间", "Made at"),
    "trust-height": Message("登记读取至区块", "Registry read at block"),
    "trust-needed": Message("须签署/成员", "Needed / members"),
    "trust-complete": Message("签署齐全", "Enough signed"),
    "trust-signatures": Message("签署情况", "Signatures"),
    "trust-has-signed": Message("已签署", "signed"),
    "trust-not-counted": Message("已签署，不计入", "signed, does not count"),
    "trust-not-signed": Message("未签署", "not signed"),
}
# fmt: on
