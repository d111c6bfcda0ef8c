"""What the embedded chain answers to the outside: reading, and sending signed transactions.

Everything else is refused, above all the methods with which any local process could change balances, code or
storage (``anvil_…``, ``hardhat_…``, ``evm_…``), or have the chain sign for it.
"""

from typing import Final

SEND: Final = "eth_sendRawTransaction"
READ: Final = frozenset(
    {
        "eth_accounts",
        "eth_blockNumber",
        "eth_call",
        "eth_chainId",
        "eth_createAccessList",
        "eth_estimateGas",
        "eth_feeHistory",
        "eth_gasPrice",
        "eth_getBalance",
        "eth_getBlockByHash",
        "eth_getBlockByNumber",
        "eth_getBlockReceipts",
        "eth_getBlockTransactionCountByHash",
        "eth_getBlockTransactionCountByNumber",
        "eth_getCode",
        "eth_getLogs",
        "eth_getProof",
        "eth_getStorageAt",
        "eth_getTransactionByBlockHashAndIndex",
        "eth_getTransactionByBlockNumberAndIndex",
        "eth_getTransactionByHash",
        "eth_getTransactionCount",
        "eth_getTransactionReceipt",
        "eth_maxPriorityFeePerGas",
        "eth_syncing",
        "net_listening",
        "net_version",
        "txpool_content",
        "txpool_status",
        "web3_clientVersion",
        "web3_sha3",
    }
)
