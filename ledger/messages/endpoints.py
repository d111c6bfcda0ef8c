"""What is said of the addresses of one chain: states, reasons, alarms (``ledger.chain.endpoints``)."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

ENDPOINTS: Final[Mapping[str, Message]] = {
    "status-endpoint-works": Message("正常", "works"),
    "status-endpoint-silent": Message("无应答", "no answer"),
    "status-endpoint-behind": Message("落后", "behind"),
    "status-endpoint-contradicts": Message("相互矛盾", "contradicts the others"),
    "endpoint-used": Message("使用中", "in use"),
    "endpoint-no-answer": Message("链端点 {place} 没有应答。", "The chain's endpoint {place} does not answer.", "请检查该节点与网络；恢复后会自动重新使用。", "Check that node and the network; it is used again by itself once it is back."),
    "endpoint-answer": Message("链端点 {place} 的应答不可用。", "What the chain's endpoint {place} answers cannot be used.", "请检查该地址是否为以太坊兼容节点，是否已同步。", "Check that the address is an Ethereum-compatible node, and in sync."),
    "endpoint-old": Message("链端点 {place} 的最新区块已落后于其他端点。", "The newest block of the chain's endpoint {place} is old beside the others'.", "请检查该节点的同步与对等连接。", "Check that node's peers and its synchronisation."),
    "endpoint-chain-id": Message("链端点 {place} 属于另一条链（链标识不同）。", "The chain's endpoint {place} is of another chain (chain id).", "请更正 chain_url。", "Correct chain_url."),
    "endpoint-genesis": Message("链端点 {place} 属于另一条链（创世区块不同）。", "The chain's endpoint {place} is of another chain (genesis block).", "请更正 chain_url。", "Correct chain_url."),
    "endpoint-future": Message("链端点 {place} 给出时间在未来的区块。", "The chain's endpoint {place} serves a block of the future.", "请查明该节点由谁运行、其时钟是否正确。", "Find out who runs that node, and what its clock says."),
    "endpoint-block": Message("链端点 {place} 在已最终确认的高度给出与其他端点不同的区块。", "At a final height the chain's endpoint {place} has another block than the others.", "其一在另一分叉上或作假：请与其他成员核对该高度的区块哈希，查明之前勿采用该端点。", "One of them is on a fork, or lies: compare the block's hash with other members, and leave that endpoint out until you know."),
    "endpoint-receipts": Message("链端点 {place} 给出的区块或回执与其哈希不符。", "Blocks or receipts of the chain's endpoint {place} do not match their hashes.", "请查明该节点由谁运行；十分钟后会再次尝试。", "Find out who runs that node; it is tried again after ten minutes."),
    "chain-endpoint-silent": Message("链的一个端点没有应答。", "An endpoint of the chain does not answer.", "请运行 lianzheng doctor 查看是哪一个。", "lianzheng doctor says which one."),
    "chain-endpoint-behind": Message("链的一个端点已落后。", "An endpoint of the chain is behind.", "请运行 lianzheng doctor 查看是哪一个。", "lianzheng doctor says which one."),
    "chain-endpoint-contradicts": Message("链的端点相互矛盾：其一属于另一条链，或给出虚假的区块或回执。", "Endpoints of the chain contradict each other: one is of another chain, or serves false blocks or receipts.", "请运行 lianzheng doctor 查看是哪一个，并与其他成员核对。", "lianzheng doctor says which one; compare with other members."),
    "chain-endpoints-contradict": Message("链没有可用的端点：全部相互矛盾。", "The chain has no endpoint that can be used: all contradict.", "请运行 lianzheng doctor，并更正 chain_url。", "Run lianzheng doctor, and correct chain_url."),
    "chain-url-several": Message("chain_url 最多可列 {limit} 个地址，且不得重复。", "chain_url may list up to {limit} addresses, none twice.", "请更正设置。", "Correct the setting."),
}  # fmt: skip
