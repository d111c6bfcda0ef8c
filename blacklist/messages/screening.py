"""What is said about screening and monitoring. Nothing here names a person, or repeats what a cell holds."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

# fmt: off
SCREENING_ERRORS: Final[Mapping[str, Message]] = {
    "screening-identifiers-missing": Message("没有指明标识列。", "No column of identifiers is named.", "请指明至少一列及其类型（命令行为 --identifier 类型=列名）。", "Name one with its type (at the shell with --identifier TYPE=COLUMN)."),
    "screening-column-twice": Message("同一列被指明两次。", "A column is named twice.", "每列只能有一种类型。", "Each column has one type."),
    "screening-issuer-column": Message("签发者列只用于出入境证件，且出入境证件必须有签发者列。", "Travel documents need a column with their issuer, and nothing else has one.", "请增加或去掉签发者列（命令行为 --issuer）。", "Add the column, or leave it out (at the shell: --issuer)."),
    "screening-row-empty": Message("该行没有任何标识。", "The row has no identifier.", "请补全后重新筛查该行。", "Complete the row and screen it again."),
    "screening-number-long": Message("授权编号或客户编号超过 {limit} 个字符。", "A number of the authorisation or the customer has over {limit} characters.", "请填写编号，而非说明文字。", "Give a number, not a text."),
    "screening-unknown": Message("没有此筛查任务。", "There is no such screening.", "请在筛查任务列表中查看任务编号。", "See the list of screenings for its id."),
    "screening-cancelled": Message("该任务已取消。", "The job was cancelled.", "请作为新任务筛查。", "Screen the table as a new job."),
    "screening-source-changed": Message("文件或数据表与该任务开始时不同。", "The file or table is not what the job was begun with.", "请用原文件继续；内容确有变化的，请作为新任务筛查。", "Go on with the original; what really changed is screened as a new job."),
    "monitoring-weak": Message("此类标识会转手，单独不构成命中，不能监测。", "Identifiers of this type pass from hand to hand and alone hit nobody: they are not watched.", "请监测其证件号码或统一社会信用代码。", "Watch the person's ID number, travel document or credit code."),
    "monitoring-unknown": Message("没有此监测编号。", "Nothing is watched under this id.", "请用 lianzheng blacklist monitor list 查看。", "See lianzheng blacklist monitor list."),
    "screening-elsewhere": Message("另一进程正在处理该任务。", "Another process works on the job.", "请等待其结束。", "Wait until it ends."),
}
# fmt: on
