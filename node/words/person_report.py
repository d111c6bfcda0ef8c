"""What a person's report says."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

# fmt: off
PERSON_REPORT_WORDS: Final[Mapping[str, Message]] = {
    "person-report-title": Message("共享反欺诈名单：本人报告", "Shared fraud blacklist: report for the person concerned"),
    "report-institution": Message("出具机构", "Issued by"),
    "report-made": Message("出具时间（北京时间）", "Issued at (China time)"),
    "report-identifier": Message("查询标识", "Identifier"),
    "report-number": Message("次数", "Number"),
    "report-free": Message("{year} 年第 {number} 次，免费", "number {number} of {year}, free of charge"),
    "report-chargeable": Message("{year} 年第 {number} 次；每年两次免费之外，可以收取费用", "number {number} of {year}; beyond the two free ones of a year a fee may be asked"),
    "report-entries": Message("与您有关的登记", "Entries about you"),
    "report-no-entries": Message("未发现与该标识有关的登记。", "No entry about this identifier was found."),
    "report-basis": Message("依据", "Legal basis"),
    "report-basis-consent": Message("本人书面同意", "your written consent"),
    "report-basis-public-by-law": Message("依法公开的信息", "published under the law"),
    "report-basis-own-request": Message("本人申请保护", "your own request for protection"),
    "report-notified": Message("事先告知送达日", "You were told before, on"),
    "report-no-notice": Message("法律未要求告知", "not required by law"),
    "report-conduct-ended": Message("行为终止日", "End of the conduct"),
    "report-kept-until": Message("保存至（月初）", "Kept until the beginning of"),
    "report-corroborated": Message("佐证成员", "Vouched for by"),
    "report-dispute": Message("异议", "Dispute"),
    "report-undecided": Message("尚未决定；报送方须在 {until} 前书面答复", "not decided yet; the reporter answers in writing by {until}"),
    "report-statement": Message("本人声明（本机构存证）", "Your statement, sealed here"),
    "report-alone": Message("说明", "Note"),
    "report-alone-why": Message("电话或设备可能转手；仅凭此项不构成命中。", "Phones and devices change hands; this alone counts as no hit."),
    "report-inquiries": Message("{institution}对您的查询", "Inquiries about you by {institution}"),
    "report-no-inquiries": Message("没有记录。", "None on record."),
    "report-asked-at": Message("时间（北京时间）", "At (China time)"),
    "report-purpose": Message("目的", "Purpose"),
    "report-asked-by": Message("查询人员编号", "Officer's number"),
    "report-authorisation": Message("授权编号", "Authorisation"),
    "report-erased": Message("已按期删除", "deleted in due course"),
    "report-kept-since": Message("查询记录保存至少自 {day} 起。", "Inquiries are on record since {day} at least."),
    "report-object": Message("如何提出异议", "How to object"),
    "report-object-how": Message("您可以在任一成员机构窗口免费提出异议。异议自上链之日起，所有成员在查询时均可见；报送方须在二十日内书面答复，逾期未答复的登记不被采信。您也可以不提异议而提交声明，由机构予以记载。", "You may dispute an entry at any member's desk, free of charge. From the day on which the dispute is on chain every member sees it; the reporter answers in writing within twenty days, and an entry whose dispute is overdue is not relied on. You may also have a statement recorded without a dispute."),
    "report-rights": Message("您有权请求查阅、更正、删除个人信息，要求说明，并拒绝仅通过自动化方式作出的决定；可以向监督管理部门投诉或向人民法院起诉。", "You have the right to access, correction and deletion, to an explanation, and to refuse decisions that are made by machines alone; you may complain to the supervisor or go to court."),
    "report-limits": Message("本报告不能说明的事项", "What this report cannot say"),
    "report-limit-complete": Message("无法向您证明本报告完整：登记以加密标签匹配，任何机构都不掌握全部明文。", "That it is complete cannot be proved to you: entries are matched by encrypted tags, and nobody has all of them in clear."),
    "report-limit-members": Message("其他成员对您的查询只由该成员记录；请分别向其查询。", "Who asked about you at other members is recorded there only; ask each of them."),
    "report-limit-identifier": Message("只查找了上述一个标识；其他证件、号码或设备请另行申请。", "Only the identifier above was looked for; ask again for other documents, numbers or devices."),
    "report-limit-missing": Message("有 {count} 条登记的内容尚未到达本节点（可能与您无关）。", "The contents of {count} entries have not come to this node yet; they may have nothing to do with you."),
    "report-purpose-query": Message("单笔查询", "query before a decision"),
    "report-purpose-screening": Message("批量筛查", "screening of a file"),
    "report-purpose-monitoring": Message("持续监测", "monitoring"),
    "report-purpose-listing": Message("拟登记", "about to be listed"),
    "report-purpose-corroboration": Message("佐证", "corroboration"),
    "report-purpose-rotation": Message("密钥更换", "change of keys"),
    "report-purpose-person": Message("本人查询", "your own request"),
    "report-purpose-probe": Message("密钥试用", "trying a key"),
}
# fmt: on
