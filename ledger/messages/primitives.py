"""What is wrong with encodings, proofs and signatures, one message a way of being wrong."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

PRIMITIVES: Final[Mapping[str, Message]] = {
    # Digests and canonical JSON
    "digest-form": Message(
        "{text} 不是摘要的规范写法。",
        "{text} is not a digest as written here.",
        "写法为 sha256: 或 sm3: 加 64 位小写十六进制。",
        "Write sha256: or sm3: and 64 lower-case hexadecimal digits.",
    ),
    "digest-algorithm": Message(
        "未知的摘要算法 {algorithm}。",
        "Unknown digest algorithm {algorithm}.",
        "请使用 sha256 或 sm3。",
        "Use sha256 or sm3.",
    ),
    "digest-length": Message(
        "摘要应为 32 字节，实为 {length}。", "A digest has 32 bytes, not {length}."
    ),
    "canonical-too-long": Message(
        "JSON 长 {length} 字节，超过 {limit}。", "The JSON has {length} bytes, over {limit}."
    ),
    "canonical-too-deep": Message(
        "JSON 嵌套超过 {limit} 层。", "The JSON nests deeper than {limit}."
    ),
    "canonical-not-utf-8": Message("第 {at} 字节处不是 UTF-8。", "Not UTF-8 at byte {at}."),
    "canonical-syntax": Message("第 {at} 字符处不是 JSON。", "Not JSON at character {at}."),
    "canonical-duplicate-key": Message("JSON 中有重复的名称。", "A name stands twice in the JSON."),
    "canonical-float": Message(
        "JSON 中出现小数，规范形式只允许整数。",
        "The JSON holds a fraction; only integers are allowed.",
        "请用整数（如以分计）或文本表示。",
        "Use an integer (money in 分) or text.",
    ),
    "canonical-number": Message(
        "整数超出 ±(2^53 - 1)。",
        "An integer is beyond ±(2^53 - 1).",
        "请改用文本。",
        "Write it as text.",
    ),
    "canonical-key": Message(
        "名称 {key} 不合规：须为非空的可打印 ASCII。",
        "Name {key} is not allowed: printable ASCII, not empty.",
    ),
    "canonical-not-nfc": Message(
        "文本不是 Unicode NFC 形式。",
        "A text is not in Unicode form NFC.",
        "请先规范化文本。",
        "Normalise the text first.",
    ),
    "canonical-surrogate": Message("文本含有孤立的代理码位。", "A text holds a lone surrogate."),
    "canonical-type": Message(
        "{type} 类型不能写入规范 JSON。", "A {type} cannot be written as canonical JSON."
    ),
    "canonical-form": Message(
        "JSON 不是规范形式，可能被改写过。",
        "The JSON is not in its canonical form; it may have been rewritten.",
        "请使用原始文件。",
        "Use the original file.",
    ),
    # Merkle tree
    "merkle-size": Message("日志条数 {size} 超出范围。", "Log size {size} is out of range."),
    "merkle-index": Message(
        "序号 {index} 不在 {size} 条的日志中。", "Index {index} is not in a log of {size}."
    ),
    "merkle-hash-length": Message(
        "哈希应为 32 字节，实为 {length}。", "A hash has 32 bytes, not {length}."
    ),
    "merkle-path-length": Message(
        "证明路径应有 {expected} 个哈希，实有 {length}。",
        "The path has {length} hashes, {expected} are needed.",
    ),
    "merkle-root": Message(
        "包含证明与日志根不符。", "The inclusion proof does not lead to the root."
    ),
    "merkle-old-root": Message(
        "一致性证明与旧根不符。", "The consistency proof does not lead to the old root."
    ),
    "merkle-new-root": Message(
        "一致性证明与新根不符。", "The consistency proof does not lead to the new root."
    ),
    "merkle-consistency-from-zero": Message(
        "从空日志出发的一致性证明没有意义。", "A consistency proof from the empty log says nothing."
    ),
    "frontier-form": Message(
        "日志边界（{size} 条，{vertices} 个顶点）自相矛盾。",
        "The log's border (size {size}, {vertices} vertices) contradicts itself.",
        "请运行 lianzheng log audit。",
        "Run lianzheng log audit.",
    ),
    # Notes, checkpoints, proof files
    "note-too-long": Message(
        "签名笺长 {length} 字节，超过 {limit}。", "The note has {length} bytes, over {limit}."
    ),
    "note-too-many-signatures": Message(
        "签名 {count} 行，超过 {limit}。", "{count} signature lines, over {limit}."
    ),
    "note-not-utf-8": Message(
        "签名笺第 {at} 字节处不是 UTF-8。", "The note is not UTF-8 at byte {at}."
    ),
    "note-control-character": Message(
        "签名笺含有控制字符。",
        "The note holds control characters.",
        "请勿用改变换行的编辑器保存。",
        "Do not save it with an editor that changes line ends.",
    ),
    "note-no-blank-line": Message(
        "签名笺的正文与签名之间没有空行。", "No blank line between text and signatures."
    ),
    "note-no-final-newline": Message(
        "签名笺末尾没有换行，可能被截断。", "The note does not end in a newline; it may be cut."
    ),
    "note-text-no-final-newline": Message(
        "签名笺正文末尾没有换行。", "The note's text does not end in a newline."
    ),
    "note-no-signature": Message("签名笺没有签名。", "The note has no signature."),
    "note-signature-line": Message("签名行的形式不对。", "A signature line is not of its form."),
    "note-signature-length": Message(
        "签名长度 {length} 不对。", "A signature of length {length} is not possible."
    ),
    "note-cosignature-time": Message(
        "联署时间 {time} 超出范围。", "Cosignature time {time} is out of range."
    ),
    "note-base64": Message("base64 不是规范写法。", "The base64 is not in its canonical spelling."),
    "note-key-name": Message(
        "密钥名 {name} 不合规。",
        "Key name {name} is not allowed.",
        "不得为空，不得含空白或加号。",
        "It must not be empty nor hold spaces or plus signs.",
    ),
    "note-key-form": Message(
        "验证密钥的写法不对。",
        "The verifier key is not of its form.",
        "写法为 名称+编号+base64。",
        "Write name+id+base64.",
    ),
    "note-key-id": Message(
        "{name} 的密钥编号与密钥不符。", "The key id of {name} is not that key's."
    ),
    "note-key-type": Message("未知的签名类型 {type}。", "Unknown signature type {type}."),
    "note-key-length": Message(
        "公钥应为 32 字节，实为 {length}。", "A public key has 32 bytes, not {length}."
    ),
    "checkpoint-too-long": Message(
        "检查点长 {length}，超过 {limit}。", "The checkpoint has {length} characters, over {limit}."
    ),
    "checkpoint-lines": Message(
        "检查点只有 {count} 行或末尾没有换行。",
        "The checkpoint has {count} lines, or no final newline.",
    ),
    "checkpoint-origin": Message("检查点没有日志名。", "The checkpoint names no log."),
    "checkpoint-size": Message(
        "检查点条数 {size} 超出范围。", "Checkpoint size {size} is out of range."
    ),
    "checkpoint-root": Message(
        "检查点的根不是 32 字节，或空日志的根不对。",
        "The checkpoint's root is not 32 bytes, or not the empty log's.",
    ),
    "checkpoint-extension": Message(
        "检查点的扩展行为空。", "An extension line of the checkpoint is empty."
    ),
    "checkpoint-decimal": Message(
        "{text} 不是规范的十进制数。", "{text} is not a canonical decimal."
    ),
    "tlog-proof-too-long": Message(
        "证明文件长 {length} 字节，超过 {limit}。",
        "The proof file has {length} bytes, over {limit}.",
    ),
    "tlog-proof-form": Message("证明文件的形式不对。", "The proof file is not of its form."),
    "tlog-proof-header": Message(
        "证明文件首行不是 c2sp.org/tlog-proof@v1。",
        "The proof file does not begin with c2sp.org/tlog-proof@v1.",
    ),
    "tlog-proof-extra": Message(
        "附加数据 {length} 字节，须为 1 至 {limit}。",
        "{length} bytes of extra data; 1 to {limit} are allowed.",
    ),
    "tlog-proof-index": Message("证明文件没有序号行。", "The proof file has no index line."),
    "tlog-proof-hash": Message(
        "证明路径中的哈希为 {length} 字节，应为 32。",
        "A hash of the path has {length} bytes, not 32.",
    ),
    "tlog-proof-path": Message(
        "证明路径 {length} 个哈希，超过 {limit}。", "A path of {length} hashes, over {limit}."
    ),
    # RLP and tries
    "rlp-too-long": Message(
        "RLP 长 {length} 字节，超过 {limit}。", "The RLP has {length} bytes, over {limit}."
    ),
    "rlp-too-many-items": Message("RLP 的项多于 {limit}。", "More than {limit} items in the RLP."),
    "rlp-too-deep": Message(
        "RLP 在第 {at} 字节处嵌套过深。", "The RLP nests too deep at byte {at}."
    ),
    "rlp-truncated": Message("RLP 在第 {at} 字节处不完整。", "The RLP is cut short at byte {at}."),
    "rlp-not-shortest": Message(
        "RLP 在第 {at} 字节处不是最短写法。", "The RLP is not in its shortest form at byte {at}."
    ),
    "rlp-trailing-bytes": Message(
        "RLP 在第 {at} 字节后还有内容。", "Bytes follow the RLP at byte {at}."
    ),
    "rlp-integer": Message(
        "RLP 整数有前导零、过长或不是整数。",
        "An RLP integer has a leading zero, is too long, or is none.",
    ),
    "trie-proof-too-long": Message(
        "状态树证明有 {count} 个顶点，超过 {limit}。",
        "The trie proof has {count} vertices, over {limit}.",
    ),
    "trie-proof-too-large": Message(
        "状态树证明超过 {limit} 字节。", "The trie proof is over {limit} bytes."
    ),
    "trie-root": Message(
        "状态树的根应为 32 字节，实为 {length}。", "A trie's root has 32 bytes, not {length}."
    ),
    "trie-proof-incomplete": Message("状态树证明缺少顶点。", "The trie proof lacks a vertex."),
    "trie-proof-hash": Message(
        "状态树证明的第 {at} 个顶点与其哈希不符。",
        "Vertex {at} of the trie proof does not match its hash.",
    ),
    "trie-proof-left-over": Message(
        "状态树证明只用到 {count} 个顶点中的 {used} 个。",
        "The trie proof uses {used} of its {count} vertices.",
    ),
    "trie-vertex": Message("状态树顶点的形式不对。", "A trie vertex is not of its form."),
    "trie-path": Message("状态树路径的形式不对。", "A trie path is not of its form."),
    "trie-key-length": Message(
        "状态树的键超过 {limit} 字节。", "A trie key is over {limit} bytes."
    ),
    "trie-empty-value": Message("状态树不能存放空值。", "A trie cannot hold an empty value."),
    # Keys and signatures
    "ecdsa-public-key": Message(
        "公钥不是曲线上的点。", "The public key is not a point of the curve."
    ),
    "ecdsa-signature": Message(
        "没有任何密钥能产生此签名。", "No key can have made this signature."
    ),
    "rsa-key": Message("RSA 公钥不合规。", "The RSA public key is not allowed."),
    "rsa-key-size": Message(
        "RSA 密钥 {bits} 位，须为 2048 至 8192 位。",
        "An RSA key of {bits} bits; 2048 to 8192 are allowed.",
    ),
    "der-too-long": Message(
        "DER 长 {length} 字节，超过 {limit}。", "The DER has {length} bytes, over {limit}."
    ),
    "der-truncated": Message("DER 不完整。", "The DER is cut short."),
    "der-trailing": Message("DER 之后还有内容。", "Bytes follow the DER."),
    "der-tag": Message("DER 标签 {tag} 不支持。", "DER tag {tag} is not supported."),
    "der-unexpected-tag": Message(
        "DER 标签应为 {expected}，实为 {found}。", "DER tag {found} where {expected} belongs."
    ),
    "der-length": Message(
        "DER 长度不是规范写法（可能是 BER）。", "A DER length is not canonical (perhaps it is BER)."
    ),
    "der-integer": Message("DER 整数不是规范写法。", "A DER integer is not canonical."),
    "der-boolean": Message("DER 布尔值不是规范写法。", "A DER boolean is not canonical."),
    "der-oid": Message("DER 对象标识符不合规。", "A DER object identifier is not allowed."),
    "der-bit-string": Message("DER 位串不是规范写法。", "A DER bit string is not canonical."),
    "certificate-form": Message(
        "证书的 {part} 不合规。", "{part} of the certificate is not of its form."
    ),
    # Blocks, receipts, state
    "json-data": Message(
        "链节点给出的数据不是 0x 十六进制。", "The node served data that is not 0x hexadecimal."
    ),
    "json-quantity": Message(
        "链节点给出的数值不合规。", "The node served a number that is not of its form."
    ),
    "header-fields": Message(
        "区块头的字段缺失、过多或次序不对。",
        "Fields of the header are missing, too many, or out of order.",
        "请检查链节点的版本。",
        "Check the version of the chain's node.",
    ),
    "header-field": Message(
        "区块头字段 {field} 的长度不对。", "Header field {field} has another length."
    ),
    "qbft-extra": Message(
        "区块头附加数据的 {part} 不是 QBFT 形式。",
        "{part} of the header's extra data is not QBFT's.",
        "请核对信任文件中的链类型。",
        "Check the kind of chain in the trust file.",
    ),
    "qbft-validators": Message(
        "验证者集合为空或有重复。",
        "The validator set is empty or has duplicates.",
        "请核对信任文件。",
        "Check the trust file.",
    ),
    "clique-extra": Message(
        "区块头附加数据不是 Clique 形式。",
        "The header's extra data is not Clique's.",
        "请核对信任文件中的链类型。",
        "Check the kind of chain in the trust file.",
    ),
    "receipt-form": Message("回执的 {part} 不合规。", "{part} of the receipt is not of its form."),
    "receipt-index": Message(
        "回执序号 {index} 超出范围。", "Receipt index {index} is out of range."
    ),
    "receipt-order": Message(
        "第 {index} 份回执不在其位置。",
        "Receipt {index} is not at its place.",
        "请按区块顺序取得全部回执。",
        "Fetch all receipts in the block's order.",
    ),
    "receipt-absent": Message("区块中没有第 {index} 份回执。", "The block has no receipt {index}."),
    "receipt-other": Message(
        "第 {index} 份回执与证明不符。", "Receipt {index} is another one than the proof's."
    ),
    "account-form": Message("账户状态的形式不对。", "The account is not of its form."),
    "slot-key": Message("映射的键应为 32 字节。", "A mapping's key has 32 bytes."),
    "slot-proof-missing": Message(
        "缺少存储槽 {slot} 的证明。", "There is no proof of slot {slot}."
    ),
    "validators-count": Message(
        "合约中的验证者数 {count} 超出范围。", "The contract's {count} validators are out of range."
    ),
    "validators-address": Message(
        "合约中第 {index} 个验证者不是地址。", "Validator {index} in the contract is no address."
    ),
    # V13: timestamp tokens
    "timestamp-form": Message(
        "时间戳的 {part} 不合规。", "{part} of the token is not of its form."
    ),
    "timestamp-not-in-profile": Message(
        "时间戳不在本工具可核验的形式之内（{reason}）。",
        "The token is outside the form that is checked here ({reason}).",
        "请用 openssl ts -verify 核验。",
        "Check it with openssl ts -verify.",
    ),
    "timestamp-algorithm": Message(
        "时间戳使用本工具不核验的算法 {oid}。",
        "The token uses algorithm {oid}, which is not checked here.",
        "请用 openssl ts -verify 核验。",
        "Check it with openssl ts -verify.",
    ),
    "timestamp-key-size": Message(
        "时间戳机构的 RSA 密钥为 {bits} 位，不足 2048 位或过长。",
        "The authority's RSA key has {bits} bits: too short, or too long.",
        "请更换时间戳机构。",
        "Use another authority.",
    ),
    "timestamp-imprint-algorithm": Message(
        "时间戳用算法 {oid} 摘要，无法与检查点的 SHA-256 比较。",
        "The token hashes with {oid}, which cannot be compared with the checkpoint's SHA-256.",
        "请用 openssl ts -verify 核验。",
        "Check it with openssl ts -verify.",
    ),
    "timestamp-revocation": Message(
        "时间戳内含吊销信息，本工具不核验。",
        "The token holds revocation data, which is not checked here.",
        "请用 openssl ts -verify 核验。",
        "Check it with openssl ts -verify.",
    ),
    "timestamp-critical-extension": Message(
        "时间戳或证书含有本工具不理解的关键扩展 {oid}。",
        "The token or a certificate holds critical extension {oid}, which is not understood here.",
        "请用 openssl ts -verify 核验。",
        "Check it with openssl ts -verify.",
    ),
    "timestamp-certificates": Message(
        "时间戳内含 {count} 张证书，过多。",
        "The token carries {count} certificates: too many.",
        "请用 openssl ts -verify 核验。",
        "Check it with openssl ts -verify.",
    ),
    "timestamp-no-certificate": Message(
        "时间戳没有签名者的证书。",
        "The token does not carry its signer's certificate.",
        "请向机构索取证书，并用 openssl ts -verify 核验。",
        "Get it from the authority and use openssl ts -verify.",
    ),
    "timestamp-no-trusted-root": Message(
        "{issuer} 的证书链到不了信任文件中的根。",
        "No chain from {issuer} to a root of the trust file.",
        "如信任该机构，请将其根证书加入信任文件。",
        "If you trust the authority, add its root to the trust file.",
    ),
    "timestamp-not-granted": Message(
        "时间戳机构未予签发（状态 {status}）。", "The authority granted no token (status {status})."
    ),
    "timestamp-imprint": Message(
        "时间戳属于其他内容，与此检查点不符。",
        "The token is for something else than this checkpoint.",
    ),
    "timestamp-content": Message(
        "时间戳内容与其签名属性不符。", "The token's content is not what its attributes state."
    ),
    "timestamp-signature": Message("时间戳签名无效。", "The token's signature is invalid."),
    "timestamp-certificate-not-named": Message(
        "时间戳没有指明签名者的证书。", "The token does not name its signer's certificate."
    ),
    "timestamp-certificate-other": Message(
        "时间戳指明的是另一张证书。", "The token names another certificate."
    ),
    "timestamp-usage": Message(
        "签名者的证书不是专用于时间戳的。", "The signer's certificate is not for timestamps alone."
    ),
    "timestamp-validity": Message(
        "{subject} 的证书在时间戳所载时间无效。",
        "The certificate of {subject} was not valid at the token's time.",
    ),
    "timestamp-chain-signature": Message(
        "证书链中的签名无效。", "A signature in the certificate chain is invalid."
    ),
    "timestamp-chain-authority": Message(
        "{subject} 不得签发此证书。", "{subject} may not issue this certificate."
    ),
}
