"""What is said about other members' nodes."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

# fmt: off
PEER_ERRORS: Final[Mapping[str, Message]] = {
    "peer-unknown": Message("请求所用的密钥不属于任何有效成员。", "The key that signed the request is no active member's.", "请检查成员状态与日志密钥登记。", "Check membership and the registered log key."),
    "peer-signature": Message("成员请求的签名无效或已过期（RFC 9421）。", "The request's signature is missing, not valid or too old (RFC 9421).", "请检查时钟与日志密钥。", "Check the clocks and the log key."),
    "peer-recipient": Message("此请求是发给另一成员的。", "The request was signed for another member.", "请检查登记的节点地址。", "Check the registered endpoints."),
    "peer-replayed": Message("此请求已处理过。", "The request was taken already.", "请重新签名后再发。", "Sign a new one."),
    "peer-not-active": Message("本机构已暂停或退出，不再履行共签职责。", "This member is suspended or has left; it has no duties.", "请查看 lianzheng consortium status。", "See lianzheng consortium status."),
    "peer-unavailable": Message("成员 {peer} 的节点没有应答（{why}）。", "The node of {peer} does not answer ({why}).", "无需处理；恢复后自动补齐。", "Nothing to do; it catches up by itself."),
    "peer-endpoint": Message("成员地址 {endpoint} 不可用：须为 https（非生产环境可为 http），且不得指向本机或链路本地地址。", "The endpoint {endpoint} may not be asked: it must be https (http outside production) and not loopback or link-local.", "请由该成员更正登记的地址。", "Let that member correct its registered endpoint."),
}
# fmt: on
