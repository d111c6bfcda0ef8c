"""What asking time-stamping authorities, and renewing their tokens, can run into, with the remedy."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

TIMESTAMPING: Final[Mapping[str, Message]] = {
    "timestamp-url": Message("时间戳机构的地址不合规。", "The address of the time-stamping authority is not allowed.", "请填 http 或 https 地址，不含用户名与口令。", "Give an http or https address without user or password."),
    "timestamp-secret-in-clear": Message("机构 {authority} 的凭据不得经明文 HTTP 发送。", "The secret for {authority} would be sent in clear.", "请改用 https 地址。", "Use an https address."),
    "timestamp-secret": Message("无法读取机构 {authority} 的凭据文件，或内容不可用。", "The secret file for {authority} cannot be read or used.", "基本认证请写 user:password 一行，否则写请求头的值。", "One line: user:password for basic authentication, or the header's value."),
    "timestamp-roots": Message("时间戳根证书文件 {file} 不可用：{why}。", "The roots file {file} cannot be used: {why}.", "请存入机构根证书（PEM）。", "Put the authority's root certificates there, in PEM."),
    "timestamp-policy": Message("策略 {policy} 不是对象标识符。", "Policy {policy} is no object identifier.", "请用点分十进制，例如 1.2.3.4.1。", "Use dotted decimal such as 1.2.3.4.1."),
    "timestamp-unreachable": Message("时间戳服务 {host} 不可达：{detail}。", "{host} cannot be reached for timestamps: {detail}.", "节点会自动重试；请检查网络与代理。", "The node tries again by itself; check network and proxy."),
    "timestamp-answer-too-large": Message("{host} 的应答超过 {limit} 字节。", "The answer of {host} is over {limit} bytes.", "请核对地址。", "Check the address."),
    "timestamp-no-answer": Message("机构 {authority} 的应答不是时间戳（{detail}）。", "{authority} answered with something else than a timestamp ({detail}).", "节点会自动重试；请核对地址。", "The node tries again by itself; check the address."),
    "timestamp-forbidden": Message("机构 {authority} 拒绝访问（HTTP {status}）。", "{authority} does not let this node in (HTTP {status}).", "请核对凭据。", "Check the secret."),
    "timestamp-denied": Message("机构 {authority} 未予签发（状态 {status}）。", "{authority} granted no token (status {status}).", "请核对策略与服务合同。", "Check the policy, and the contract with the authority."),
    "timestamp-not-verified": Message("机构 {authority} 的时间戳未通过核验（{why}），未予保存。", "The token of {authority} did not verify ({why}) and was not kept.", "请核对根证书；如属实，请向机构查询。", "Check the roots file; if it is right, ask the authority."),
    "timestamp-revoked": Message("机构 {authority} 的证书已被吊销。", "A certificate of {authority} was revoked.", "请停用该机构或等待其更换证书。", "Stop using the authority until it has a new certificate."),
    "timestamp-before-block": Message("机构 {authority} 的时间早于存证所引区块：两者时钟不一致。", "The time of {authority} is before the block that the statements name: the clocks disagree.", "节点会自动重试；请检查链的出块时间。", "The node tries again by itself; check the chain's block times."),
    "timestamp-renewal": Message("时间戳续期不成立：{why}。", "The renewal of a timestamp does not hold: {why}.", "请运行 lianzheng log audit。", "Run lianzheng log audit."),
    "audit-timestamp": Message("时间戳与检查点不符，或证书链不成立。", "A timestamp does not fit its checkpoint, or its chain does not hold.", "请从备份恢复。", "Restore from a backup."),
    "audit-timestamp-renewal": Message("时间戳续期不成立。", "The renewal of a timestamp does not hold.", "请从备份恢复。", "Restore from a backup."),
}  # fmt: skip
