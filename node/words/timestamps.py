"""What commands, doctor and console say about timestamps of authorities."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

TIMESTAMP_WORDS: Final[Mapping[str, Message]] = {
    "timestamp-title": Message("时间戳机构", "Time-stamping authorities"),
    "timestamp-authority": Message("机构", "Authority"),
    "timestamp-state": Message("状态", "State"),
    "timestamp-answered": Message("最近应答", "Last answer"),
    "timestamp-retry": Message("下次重试", "Asked again"),
    "timestamp-well": Message("正常", "well"),
    "timestamp-never": Message("尚未请求", "not asked yet"),
    "timestamp-failing": Message("自 {since} 起失败 {count} 次：{why}", "failing since {since}, {count} times: {why}"),
    "timestamp-counts": Message("无时间戳的检查点 {bare}，待续期 {due}，已过期未续 {expired}。", "{bare} checkpoints without a token, {due} tokens to renew, {expired} ended without renewal."),
    "timestamp-done": Message("{authority}：取得 {stamped}，续期 {renewed}。", "{authority}: {stamped} taken, {renewed} renewed."),
    "timestamp-no-renewals": Message("证据包中没有时间戳续期。", "The package holds no renewals."),
    "timestamp-renewals-hold": Message("续期 {count} 次均成立，最新证书有效至 {until}。", "{count} renewals hold; the newest certificates are valid until {until}."),
    "not-after": Message("不晚于", "Not after"),
    "not-after-source": Message("{at}（来源：{authority} 的时间戳）", "{at} (source: timestamp of {authority})"),
    "audit-timestamps": Message("时间戳", "Timestamps"),
    "doctor-timestamps": Message("时间戳机构与续期", "Time-stamping authorities, renewals"),
    "doctor-authority-failing": Message("机构 {authority} 自 {since} 起未能签发：{why}。", "{authority} has given no token since {since}: {why}.", "查看 lianzheng timestamp status；存证与上链不受影响。", "See lianzheng timestamp status; sealing and anchoring go on."),
    "doctor-checkpoints-bare": Message("{count} 个检查点仍没有任何时间戳。", "{count} checkpoints have no token at all.", "请确认 worker 正在运行，或运行 lianzheng timestamp now。", "See that the worker runs, or run lianzheng timestamp now."),
    "doctor-tokens-due": Message("{count} 个时间戳的证书即将到期而未续期。", "The certificates of {count} tokens end soon, and they are not renewed.", "请更换或增加机构，再运行 lianzheng timestamp now。", "Configure an authority with longer certificates, then run lianzheng timestamp now."),
    "doctor-tokens-expired": Message("{count} 个时间戳的证书已到期，未曾续期。", "The certificates of {count} tokens have ended without a renewal.", "其时间仍可核验（V13），但无法再续期；请检查机构与 worker。", "Their time still verifies (V13) but can no longer be renewed; check authorities and worker."),
    "ui-timestamps": Message("时间戳", "Timestamps"),
    "ui-authority-failing": Message("机构 {authority} 自 {since} 起未能签发时间戳", "{authority} has given no timestamp since {since}"),
    "ui-proof-timestamp": Message("可信时间戳", "Timestamp of an authority"),
    "ui-proof-timestamp-why": Message("时间戳机构证明检查点在此时间之前已存在；随证据包提供。", "An authority states that the checkpoint existed by then. It comes with the evidence package."),
    "ui-event-timestamped": Message("取得可信时间戳", "Timestamped by an authority"),
    "ui-detail-authority": Message("机构", "authority"),
}  # fmt: skip

TIMESTAMP_ERRORS: Final[Mapping[str, Message]] = {
    "timestamp-none-configured": Message("尚未配置时间戳机构。", "No time-stamping authority is configured.", "请设置 timestamp_authorities（docs/timestamps.md）。", "Set timestamp_authorities (docs/timestamps.md)."),
}  # fmt: skip
