"""What is said about the signatures under a trust file."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

# fmt: off
TRUSTING: Final[Mapping[str, Message]] = {
    "trust-signature": Message("{name} 对信任文件的签名无效：文件在签署后被改动，或签名被改动。", "The signature of {name} under the trust file does not hold: the file or the signature was changed.", "请勿使用本文件，并向签署成员重新索取。", "Do not use this file; get it again from a member that signed."),
    "trust-signed-twice": Message("信任文件中 {name} 签署了两次。", "{name} has signed the trust file twice.", "请向签署成员重新索取。", "Get it again from a member that signed."),
    "trust-signer-unknown": Message("信任文件的签署者 {member} 不在其成员之列。", "{member}, which signed the trust file, is none of its members.", "请勿使用本文件。", "Do not use this file."),
    "trust-signer-key": Message("信任文件上 {name} 的签名所用密钥不是该机构的存证密钥。", "The key under the signature of {name} is no evidence key of that member.", "请勿使用本文件。", "Do not use this file."),
    "trust-quorum": Message("信任文件须有 {quorum} 家成员签署（共 {members} 家），现有 {signed} 家：{names}。", "{quorum} of {members} members must have signed the trust file; {signed} have: {names}.", "请取得签署齐全的信任文件；确信来源可靠的，可加 --accept-unsigned-trust。", "Get a file that enough members signed; if you trust where it came from, add --accept-unsigned-trust."),
    "trust-previous-chain": Message("两份信任文件不是同一条链的。", "The two trust files are of different chains.", "请核对 --previous 的文件。", "Check the file given with --previous."),
    "trust-previous-newer": Message("信任文件（区块 {height}）比先前的文件（区块 {previous}）更旧。", "The trust file (block {height}) is older than the previous one (block {previous}).", "请使用较新的文件。", "Use the newer one."),
    "trust-previous-quorum": Message("先前文件的 {members} 家成员中须有 {quorum} 家签署新文件，现有 {signed} 家：{names}。", "{quorum} of the {members} members of the previous file must have signed the new one; {signed} have: {names}.", "请勿仅凭本文件核验；请通过其他渠道核对指纹。", "Do not rely on the new file alone; compare its fingerprint by another channel."),
}
# fmt: on
