"""What is said about members' use of their budgets."""

from collections.abc import Mapping
from typing import Final

from ledger.messages.message import Message

# fmt: off
USE_WORDS: Final[Mapping[str, Message]] = {
    "use-restored": Message("本节点于本月从备份恢复：各成员的额度至月底均视为用完。", "This node was restored from a backup in this month: all budgets count as spent until it ends."),
    "use-period": Message("{period}（UTC）各成员在本节点的用量；限额按成员、标识类型和用途分别计算。", "What members used at this node in {period} (UTC); a limit is for one member, type and purpose."),
    "use-budgets": Message("各成员用量", "Use by member"),
    "use-meter": Message("遍历全部人口所需年数（合谋成员少于门限；按各节点限额与本节点相同估算）", "Years to ask about everybody (by fewer members than the threshold; every server as this one)"),
    "col-purpose": Message("用途", "Purpose"),
    "col-evaluated": Message("已用", "Used"),
    "col-limit": Message("限额", "Limit"),
    "col-left": Message("余额", "Left"),
    "col-colluding": Message("合谋成员数", "Members together"),
    "col-evaluations-a-year": Message("每年至多计算次数", "Evaluations a year at most"),
    "col-years": Message("年数", "Years"),
    "purpose-query": Message("单人查询", "query"),
    "purpose-screening": Message("客户名单筛查", "screening"),
    "purpose-monitoring": Message("持续监测", "monitoring"),
    "purpose-listing": Message("登记", "listing"),
    "purpose-corroboration": Message("佐证", "corroboration"),
    "purpose-rotation": Message("更换密钥后重新登记", "rotation"),
    "purpose-person": Message("本人查询", "a person's own question"),
    "purpose-probe": Message("试用密钥", "probe"),
}
# fmt: on
