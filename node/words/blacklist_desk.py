"""What is said at the person's desk: on the command line, and in alarms."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

# fmt: off
BLACKLIST_DESK_ERRORS: Final[Mapping[str, Message]] = {
    "letter-empty": Message("书面材料为空。", "The letter says nothing.", "请提供本人书面内容。", "Give what the person wrote."),
    "letter-too-long": Message("书面材料为 {size} 字节，上限 {limit}。", "The letter has {size} bytes; at most {limit} are taken.", "请降低扫描分辨率，或另行存证附件并在信中注明编号。", "Scan at a lower resolution, or seal enclosures by themselves and name their ids in the letter."),
    "answer-unfit": Message("存证类型 {kind} 不是书面答复（{article}）。", "What is sealed as {kind} is no written answer ({article}).", "请将答复作为 letter、signed_document 或 decision 存证。", "Seal the answer as letter, signed_document or decision."),
    "answer-before": Message("该答复存证于提出异议或请求之前（{sealed_at}）。", "The answer was sealed before there was anything to answer ({sealed_at}).", "请将针对本次异议或请求的书面答复存证后再填其编号。", "Seal the written answer to this dispute or request, and name that one."),
    "answer-own-words": Message("该存证是本人提交的陈述，不是对本人的答复。", "This is what the person wrote, and no answer to it.", "请填写本机构答复的存证编号。", "Name the answer that this institution wrote."),
    "person-statement-unfit": Message("本人声明与其存证不符：{why}。", "The person's statement is not what was sealed: {why}.", "请联系受理窗口的成员核对。", "Ask the member whose desk took it."),
    "person-statement-not-on-chain": Message("链上没有与该声明对应的异议（或尚未读到）。", "No dispute on chain names this statement, or it was not read yet.", "稍后自动重试。", "It is tried again by itself."),
    "statements-too-many": Message("同一窗口就同一登记最多转交 {limit} 份声明。", "A desk hands over at most {limit} statements about one entry.", "请与报送方直接联系。", "Speak with the reporter directly."),
    "person-request-unknown": Message("没有请求 {request}…。", "There is no request {request}….", "请查看 lianzheng blacklist desk requests。", "See lianzheng blacklist desk requests."),
    "person-request-settled": Message("请求 {request}… 已办结。", "Request {request}… is settled.", "如有新情况，请另行登记请求。", "Record a new request if there is something new."),
    "person-request-elsewhere": Message("登记 {entry}… 由其他成员报送，只有报送方可以更正或删除。", "Entry {entry}… was reported by another member: only that one corrects or deletes it.", "请将请求转交报送方（passed-on），并书面告知本人转交给谁。", "Pass the request on to it (passed-on), and tell the person in writing to whom."),
    "person-request-ours": Message("请求 {request}… 应由本机构答复，不能转交。", "Request {request}… is this institution's to answer.", "请以 granted 或 refused 办结。", "Settle it as granted or refused."),
    "dispute-none": Message("登记 {entry}… 没有异议。", "Entry {entry}… was never disputed.", "请核对登记编号。", "Check the entry's id."),
    "dispute-open": Message("登记 {entry}… 的异议尚未决定，期限 {decide_by}。", "Nobody has decided the dispute about entry {entry}… yet; it is due by {decide_by}.", "由报送方决定：lianzheng blacklist decide 或 amend。", "Its reporter decides: lianzheng blacklist decide, or amend."),
    "dispute-due-soon": Message("异议答复期限不足五日。", "A dispute has to be answered within five days.", "lianzheng blacklist desk disputes 查看；decide 或 amend 决定。", "See lianzheng blacklist desk disputes; decide it by decide or amend."),
    "dispute-overdue": Message("异议逾期未答复；该登记不得采信。", "A dispute was not answered in time; its entry is not relied on.", "报送方须立即决定或撤销。", "The reporter decides it or withdraws the entry at once."),
    "person-request-due-soon": Message("个人请求的答复期限不足五日或已过。", "A person's request has to be answered within five days, or is overdue.", "lianzheng blacklist desk requests 查看；settle 办结。", "See lianzheng blacklist desk requests; settle it."),
}
BLACKLIST_DESK_WORDS: Final[Mapping[str, Message]] = {
    "doctor-law": Message("黑名单：法定义务", "Blacklist: duties of the law"),
    "doctor-assessment-missing": Message("未登记个人信息保护影响评估（个人信息保护法 55、56）。", "No impact assessment is named (个人信息保护法 55, 56).", "完成评估并存证，将编号填入 blacklist_assessment。", "Make the assessment, seal it, and put its evidence id into blacklist_assessment."),
    "doctor-assessment-old": Message("个人信息保护影响评估存证于 {sealed_at}，已逾三年。", "The impact assessment was sealed at {sealed_at}, over three years ago.", "请重新评估并存证。", "Make and seal a new one."),
    "ask-letter": Message("本人书面内容", "What the person writes"),
    "desk-taken": Message("已存证 {leaf}；{state}。", "Sealed as {leaf}; {state}."),
    "desk-state-waiting": Message("待上链或转交，节点将自动重试", "not on chain or with the reporter yet, the node tries again"),
    "desk-state-recorded": Message("异议已上链，将转交报送方", "the dispute is on chain and goes to the reporter"),
    "desk-state-handed-over": Message("报送方已收到", "the reporter has it"),
    "desk-state-refused": Message("合约未受理异议；声明已保存", "the contract takes no dispute; the statement is kept"),
    "desk-disputes": Message("未决异议", "Open disputes"),
    "desk-requests": Message("个人请求", "Persons' requests"),
    "desk-request-taken": Message("请求 {request} 已登记并存证；请在 {due} 前书面答复。", "Request {request} is recorded and sealed; answer it in writing by {due}."),
    "desk-request-settled": Message("请求已办结；请将书面答复送达本人。", "The request is settled; deliver the written answer to the person."),
    "report-written": Message("报告已写入 {file}：{year} 年第 {number} 次（免费），登记 {count} 条。请核对身份后交付本人，并删除文件。", "The report is in {file}: number {number} of {year}, free of charge, {count} entries. Hand it to the person whom you identified, and delete the file."),
    "report-written-chargeable": Message("报告已写入 {file}：{year} 年第 {number} 次（可收费），登记 {count} 条。请核对身份后交付本人，并删除文件。", "The report is in {file}: number {number} of {year}, a fee may be asked, {count} entries. Hand it to the person whom you identified, and delete the file."),
    "reporter-gone": Message("已退出或被暂停，不能答复；可请求其他成员与监管机构处理", "has left or is suspended and cannot answer; ask another member or the regulator"),
    "entry-reporter-gone": Message("报送成员{reporter}已退出或被暂停：异议无人能决定，采信前请另行核实。", "The reporter {reporter} has left or is suspended: nobody can decide a dispute; verify by yourself before you rely on it."),
    "col-to-answer": Message("本机构答复", "To answer here"),
    "col-days": Message("剩余天数", "Days left"),
    "col-statement": Message("本节点有声明", "Statement here"),
    "col-request-number": Message("请求编号", "Request"),
    "col-due-at": Message("期限", "Due"),
    "request-kind-access": Message("查阅", "access"),
    "request-kind-correction": Message("更正", "correction"),
    "request-kind-deletion": Message("删除", "deletion"),
    "request-outcome-granted": Message("同意", "granted"),
    "request-outcome-refused": Message("不同意", "refused"),
    "request-outcome-passed-on": Message("转交报送方", "passed on to the reporter"),
    "answer-decided": Message("您于 {day} 对登记 {entry} 提出的异议，报送方{reporter}已于 {decided_on} 作出决定：{decision}。", "Your dispute of {day} about entry {entry} was decided by its reporter, {reporter}, on {decided_on}: {decision}."),
    "answer-here": Message("书面答复附后（存证编号 {reasons}）。", "The written answer is enclosed (evidence id {reasons})."),
    "answer-elsewhere": Message("书面答复由报送方存证（编号 {reasons}），请向其索取。", "The written answer is sealed at the reporter (evidence id {reasons}); ask there for it."),
    "answer-late": Message("该决定在二十日期限之后作出；逾期期间该登记不被采信。", "It was decided after the twenty days; the entry was not relied on in the meantime."),
    "answer-next": Message("如不同意，您可以就同一登记提交声明，向任一成员再次提出异议，向征信业监督管理部门投诉（征信业管理条例第二十六条），或向人民法院起诉。", "If you do not agree, you may have a statement recorded beside the entry, dispute it at any member's desk, complain to the supervisor of credit reporting (征信业管理条例, article 26), or go to court."),
}
# fmt: on
