"""What is said about screening and monitoring on the command line."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

# fmt: off
SCREENING_NODE_ERRORS: Final[Mapping[str, Message]] = {
    "screening-row-fields": Message("该行的字段数与表头不同。", "The row has not as many fields as the header.", "请检查分隔符与引号。", "Check separators and quotes."),
    "screening-row-quotes": Message("该行的引号不成对。", "The row's quotes do not pair.", "请从业务系统重新导出。", "Export it again from its source."),
    "screening-cell-not-text": Message("单元格是数字或日期，不是文本：号码可能已失真。", "The cell holds a number or a date and no text: digits may be lost already.", "请从业务系统重新导出，将该列设为文本格式。", "Export it again from its source with the column as text."),
    "screening-cell-long": Message("单元格超过 {limit} 个字符。", "The cell has over {limit} characters.", "请检查分隔符与引号。", "Check separators and quotes."),
    "screening-file-kind": Message("不支持这种文件，应为 {kinds}。", "No file of a known kind; these are: {kinds}.", "旧版 .xls 请另存为 .xlsx。", "Save an old .xls as .xlsx."),
    "screening-file-encoding": Message("文件不是所述编码的文本。", "The file is no text in the encoding that was named.", "请指明编码，例如 gb18030（命令行为 --encoding）。", "Name another one, such as gb18030 (at the shell with --encoding)."),
    "screening-file-unreadable": Message("无法读取 {file}（{why}）。", "{file} cannot be read ({why}).", "请检查文件是否完整。", "Check that the file is whole."),
    "screening-column-missing": Message("没有名为 {column} 的列。", "There is no column named {column}.", "请对照表头检查列名。", "Compare with the header."),
    "screening-column-repeated": Message("有多个名为 {column} 的列。", "Several columns are named {column}.", "请更改表头。", "Change the header."),
    "screening-sheet": Message("工作簿有 {count} 张工作表。", "The workbook has {count} sheets.", "请指明一张（命令行为 --sheet）。", "Name one (at the shell with --sheet)."),
    "screening-sheet-missing": Message("工作簿没有这张工作表。", "The workbook has no such sheet.", "请检查工作表名称。", "Check its name."),
    "screening-database-url": Message("数据库地址不成立。", "The database's URL is none.", "例如 postgresql+pg8000://USER@HOST/NAME。", "Such as postgresql+pg8000://USER@HOST/NAME."),
    "screening-database": Message("数据库没有应答（{why}）。", "The database did not answer ({why}).", "请检查地址与权限后，用 --resume 继续。", "Check address and rights, then go on with --resume."),
    "screening-table-missing": Message("数据库没有这张表。", "The database has no such table.", "请检查表名。", "Check its name."),
    "screening-table-unordered": Message("数据表没有主键，无法确定行的次序。", "The table has no primary key, so its rows have no order.", "请使用有主键的表，或导出为文件。", "Use a table with one, or export a file."),
    "screening-folder": Message("无法在该文件夹写入结果（{why}）。", "Results cannot be written into the folder ({why}).", "请检查文件夹与权限。", "Check folder and rights."),
    "screening-encoding-unknown": Message("没有这种编码。", "There is no such encoding.", "例如 utf-8-sig 或 gb18030。", "Such as utf-8-sig or gb18030."),
    "screening-separator": Message("分隔符应为一个字符。", "A separator is one character.", "例如逗号或分号。", "Such as a comma or a semicolon."),
    "screening-table-large": Message("文件超过 {limit} 字节。", "The file has over {limit} bytes.", "Excel 与 Parquet 文件请导出为 CSV，或分为几个文件。", "Export Excel and Parquet as CSV, or divide the file."),
    "screening-table-unknown": Message("没有等待开始的这份名单：已开始、已删除或由他人上传。", "No such table waits to be started: it was started or dropped, or is somebody else's.", "请查看筛查任务，或重新上传。", "See the screenings, or hand it over again."),
    "screening-over": Message("该任务已结束。", "The job is over already.", "已结束的任务不能取消。", "What is over cannot be cancelled."),
    "screening-use-twice": Message("授权编号、签发方、客户编号被指明多列。", "Several columns are named for authorisations, issuers or customers' numbers.", "各只能指明一列。", "Name one for each."),
    "screening-columns-other": Message("以此方式读取的列与表单所示不同。", "Read like this, the columns are others than the form shows.", "请核对各列含义后再开始。", "Look at the columns again, then start."),
    "screening-authorisation-column": Message("没有指明授权编号列（征信业管理条例第十八条）。", "No column of authorisations is named (征信业管理条例 18).", "请指明一列。", "Name one."),
    "screening-files-missing": Message("该任务的结果文件已不完整。", "The job's files of results are no longer whole.", "请恢复文件，或作为新任务筛查。", "Restore them, or screen as a new job."),
}
SCREENING_WORDS: Final[Mapping[str, Message]] = {
    "screening-state-shell": Message("未完成，可在命令行续作", "not finished, can be gone on with at the shell"),
    "screening-state-queued": Message("排队中", "queued"),
    "screening-state-running": Message("进行中", "running"),
    "screening-state-waiting": Message("等待重试", "waiting"),
    "screening-state-stopped": Message("已停止", "stopped"),
    "screening-state-finished": Message("已完成", "finished"),
    "screening-state-cancelled": Message("已取消", "cancelled"),
    "screening-running": Message("筛查中", "Screening"),
    "screening-begun": Message("任务 {job}；中断后请用 --resume {job} 继续。", "Job {job}; after a break go on with --resume {job}."),
    "screening-ended": Message("已取消；节点所存名单的密钥已销毁。", "Cancelled; the key of a table that the node held is destroyed."),
    "screening-done": Message("筛查任务", "Screening"),
    "screenings": Message("筛查任务", "Screenings"),
    "col-job": Message("任务", "Job"),
    "col-rows": Message("行数", "Rows"),
    "col-rejected": Message("拒绝行数", "Refused rows"),
    "col-asked": Message("查询标识数", "Identifiers asked"),
    "col-hits": Message("命中数", "Hits"),
    "col-results": Message("结果文件", "Results"),
    "col-rejects": Message("拒绝清单", "Refused rows' file"),
    "col-started": Message("开始时间", "Begun"),
    "col-started-by": Message("操作人", "By"),
    "col-finished": Message("完成时间", "Finished"),
    "monitor-added": Message("已开始监测：{item}；已登记的命中将在下一轮给出。", "Watched as {item}; what is listed already is found in the next round."),
    "monitor-ended": Message("已终止 {ended} 项监测，所存内容已销毁。", "{ended} ended; what was kept for them is destroyed."),
    "monitored": Message("监测中的客户", "Watched customers"),
    "col-item": Message("监测编号", "Item"),
    "col-since": Message("开始时间", "Since"),
    "watch-loan": Message("贷后管理", "loan outstanding"),
    "watch-guarantee": Message("担保管理", "guarantee"),
    "watch-credit-line": Message("授信存续", "credit line"),
    "watch-merchant": Message("商户管理", "merchant"),
}
# fmt: on
