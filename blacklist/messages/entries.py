"""What is said about entries, and which article of the law a refusal rests on. Nothing here names a person."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

# fmt: off
LAW_ERRORS: Final[Mapping[str, Message]] = {
    "listing-test-data-only": Message("测试模式：只接受不属于任何人的测试标识（{article}）。", "Test mode: only identifiers that are nobody's are taken ({article}).", "取得个人征信业务许可，或行业协会文件后，设置 blacklist_mode 与 blacklist_mode_document；测试标识见 docs/blacklist-law.md。", "With a licence, or an association's document, set blacklist_mode and blacklist_mode_document; docs/blacklist-law.md lists test identifiers."),
    "listing-basis-unfit": Message("登记依据与事由不符（{article}）。", "The legal basis does not fit the ground ({article}).", "一般事由须有书面同意或依法公开；被冒用人保护登记须由本人申请。", "Other grounds need written consent or publication by law; the protection of impersonated persons needs their own request."),
    "listing-notice-missing": Message("缺少事先告知本人的证据（{article}）。", "There is no evidence that the person was told before ({article}).", "请先告知本人，将告知书存证，并填写存证编号与送达日。", "Tell the person first, seal the notice, and give its evidence id and the day on which it arrived."),
    "listing-notice-too-recent": Message("告知送达未满 15 日（{article}）。", "The notice arrived fewer than 15 days ago ({article}).", "请等待本人提出意见的期限届满。", "Wait until the person has had the time to object."),
    "listing-proof-incomplete": Message("证明标准未满足：该事由的核查项未全部确认（{article}）。", "The standard of proof is not met: the ground's checklist is incomplete ({article}).", "请逐项核实后再申请；单纯无力还款不得登记。", "Verify every question first; inability to pay is no ground."),
    "listing-conduct-not-ended": Message("行为终止日在今天之后（{article}）。", "The conduct ends after today ({article}).", "五年期限自行为终止日起算，请填写实际终止日。", "The five years run from the end of the conduct: give the day on which it ended."),
    "listing-conduct-too-old": Message("行为终止已满五年，不得保存（{article}）。", "The conduct ended five years ago; nothing of it may be kept ({article}).", "不得登记。", "It must not be listed."),
    "listing-interval-missing": Message("电话、设备须填写属于该人的起止日；其他标识不得填写（{article}）。", "Phones and devices need the days from and until which they were the person's; others have none ({article}).", "请填写 valid_from（及 valid_until）。", "Give valid_from, and valid_until if it has ended."),
    "asking-test-data-only": Message("测试模式：只能查询不属于任何人的测试标识（{article}）。", "Test mode: only identifiers that are nobody's may be asked about ({article}).", "取得许可或行业协会文件后更改 blacklist_mode。", "Change blacklist_mode with a licence or an association's document."),
    "asking-purpose-not-agreed": Message("查询目的 {purpose} 不在与个人约定的范围内（{article}）。", "Persons did not agree to be asked about for the purpose {purpose} ({article}).", "只能按约定用途查询；约定范围见 blacklist_purposes。", "Ask for agreed purposes only; blacklist_purposes lists them."),
    "deletion-owed": Message("该登记依法不得再保存（{broken}），不能拒绝删除（{article}）。", "The law does not let this entry be kept ({broken}); its deletion cannot be refused ({article}).", "请同意删除；登记将被撤销。", "Grant the deletion; the entry is withdrawn."),
    "correction-not-made": Message("登记尚未更正（{article}）。", "The entry was not corrected since the request ({article}).", "请先运行 lianzheng blacklist correct，再办结。", "Run lianzheng blacklist correct first, then settle."),
    "authorisation-missing": Message("缺少本人书面授权编号（{article}）。", "The number of the person's written authorisation is missing ({article}).", "请填写授权编号；没有授权不得查询。", "Give it; without one nobody may be asked about."),
}
ENTRY_ERRORS: Final[Mapping[str, Message]] = {
    "entry-unknown": Message("没有登记 {entry}…（或本节点尚未读到）。", "There is no entry {entry}…, or this node has not read it yet.", "请核对编号；新登记在最终区块之后可见。", "Check the id; new entries are seen after their final block."),
    "entry-not-own": Message("登记 {entry}… 由其他成员报送。", "Entry {entry}… was reported by another member.", "只有报送方可以更改；本人可向任一成员提出异议。", "Only its reporter changes it; the person may dispute it at any member's desk."),
    "entry-not-waiting": Message("登记 {entry}… 不在待批准状态。", "Entry {entry}… does not wait for a decision.", "请查看 lianzheng blacklist entries。", "See lianzheng blacklist entries."),
    "entry-standing": Message("登记当前状态（{standing}）不允许该操作。", "The entry's standing ({standing}) does not allow it.", "请先查看登记与异议的状态。", "Look at the entry and its disputes first."),
    "entry-changed": Message("登记 {entry}… 刚被其他人更改。", "Entry {entry}… was changed by somebody else just now.", "请重新查看其内容后再试。", "Look at what it says now, and try again."),
    "entry-facts-unknown": Message("本节点没有登记 {entry}… 的内容。", "This node does not have what entry {entry}… says.", "请从备份恢复，或撤销该登记。", "Restore a backup, or withdraw the entry."),
    "entries-too-many": Message("一次最多请求 {limit} 条。", "At most {limit} entries in one request.", "请分批请求。", "Ask in batches."),
    "record-erased": Message("该记录已被抹除。", "This record was erased.", "无法恢复。", "It cannot be brought back."),
    "record-changed": Message("存储的密文被改动，或属于另一记录。", "The stored ciphertext was changed, or belongs to another record.", "请运行 lianzheng doctor，并从备份核对。", "Run lianzheng doctor and compare with a backup."),
    "corroboration-own-entry": Message("不能为本机构报送的登记佐证。", "A member cannot vouch for its own entry.", "佐证只能由其他成员作出。", "Only other members can."),
    "corroboration-other-person": Message("该登记与此人无关。", "The entry is not about this person.", "请核对登记编号与证件号码。", "Check the entry's id and the identifier."),
    "query-incomplete": Message("以下类型的标识未能查询：{missing}；其余已查询，保存 {kept} 条命中。", "These identifiers could not be asked about: {missing}; the others were, and {kept} hits are kept.", "请先查看命中记录；稍后只查询未能查询的标识。", "See the hits first; ask later about what was not asked about only."),
    "query-without-identifier": Message("查询未包含任何标识。", "The query has no identifier.", "请至少提供一个号码。", "Give at least one."),
    "hit-unknown": Message("没有该命中记录。", "There is no such hit.", "请查看 lianzheng blacklist hits。", "See lianzheng blacklist hits."),
    "hit-changed": Message("登记状态刚有变化。", "The entry's standing has just changed.", "请重新查看该命中后再复核。", "Look at the hit again, then review it."),
    "hit-note-missing": Message("复核说明为空。", "The review says nothing.", "请写明核对了什么、结论为何。", "Say what was looked at, and why."),
}
# fmt: on
