"""What the banks do with the shared blacklist: make a key, list a fraudster, find him, look at the chain."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from banks.bank import Bank
from banks.telling import console, step
from node.settings import write_settings

FRAUDSTER: Final = "71010119900101806X"
"""Nobody's: no ID number begins with 71 (docs/blacklist-law.md)."""
SPELLINGS: Final = (
    ("分段与小写 x", "710101 19900101 806x"),
    ("全角", "".join(chr(ord(each) + 0xFEE0) for each in FRAUDSTER)),
    ("全角空格与短横", "710101-19900101\u3000806X"),
)
FEW: Final = 2
PROOFS: Final = (
    "person-identified", "conduct-documented", "no-suspicion-report", "intent-shown",
    "person-heard", "document-examined",
)  # fmt: skip


def tell_blacklist(banks: Sequence[Bank], folder: Path) -> bool:
    """Go through it all; tell whether everything held."""
    reporter, asking, desk, *_ = banks
    take_part(banks)
    make_key(banks)
    entry = list_fraudster(reporter, folder)
    held = find(asking, entry, folder)
    held = dispute(desk, asking, entry, folder) and held
    held = decide(reporter, asking, entry, folder) and held
    show_chain(asking, entry)
    return held


def take_part(banks: Sequence[Bank]) -> None:
    """One deploys, the others compare the code and join; the nodes start again with it."""
    first, *others = banks
    contract = first.run("blacklist", "deploy", "--phase-seconds", "120")["contract"]
    for bank in others:
        bank.run("blacklist", "join", contract)
    for bank in banks:
        # The demonstration does not wait for the day's batch.
        write_settings(bank.home, {"blacklist_batch_hours": 0})
        bank.stop()
        bank.start()
    step("共享黑名单已部署", "the blacklist is there", f"0x{contract}")


def make_key(banks: Sequence[Bank]) -> None:
    """A key for ID numbers that no bank holds: by a ceremony that the nodes go through by themselves."""
    banks[0].run("blacklist", "generate-key", "id")
    for bank in banks:
        bank.until(lambda bank=bank: _held(bank))
    key = _held(banks[0])[0]
    detail = f"{key['threshold']} / {len(key['holders'])}, {key['key'][:16]}…"
    step("门限密钥已生成，无人持有", "a key that nobody holds", detail)


def list_fraudster(bank: Bank, folder: Path) -> str:
    """One person asks, with sealed evidence; another approves; the node lists."""
    evidence, consent, notice = (
        _sealed(bank, folder, *each)
        for each in (
            ("valuation_report", "伪造流水鉴定"), ("letter", "书面同意"), ("letter", "事先告知"),
        )
    )  # fmt: skip
    today = datetime.now(UTC).date()
    asked = bank.run(
        "blacklist", "list", "id", "--identifier-file", _file(folder, FRAUDSTER),
        "--ground", "forged-documents", "--severity", "serious",
        *(part for each in PROOFS for part in ("--proof", each)),
        "--evidence", evidence, "--basis", "consent", "--basis-evidence", consent,
        "--notice", notice, "--notified-on", (today - timedelta(days=20)).isoformat(),
        "--conduct-ended", (today - timedelta(days=90)).isoformat(), "--reason", "鉴定报告 7 号",
    )  # fmt: skip
    bank.approve(asked["release"])
    bank.until(lambda: bank.run("blacklist", "entries")["listed"])
    step("双人登记一名欺诈者", "listed by two persons", f"{bank.name}: {asked['entry'][:16]}…")
    return str(asked["entry"])


def find(bank: Bank, entry: str, folder: Path) -> bool:
    """Another bank finds him, however his number is written, and nobody learns whom it asked about."""
    bank.until(lambda: _query(bank, folder, FRAUDSTER))
    held = True
    for name, spelling in SPELLINGS:
        found = _query(bank, folder, spelling)
        hit = [each["entry"] for each in found] == [entry]
        held = held and hit
        if hit:
            detail = f"{bank.name}: {name} → {found[0]['ground']}, {found[0]['standing']}"
            step("另一家银行查到同一人", "found by another bank", detail)
    return held


def dispute(desk: Bank, asking: Bank, entry: str, folder: Path) -> bool:
    """The person disputes at a third bank's desk; every answer says so from then on."""
    statement = folder / "statement.txt"
    statement.write_text("鉴定有误，流水系银行出具，请核对。", "utf-8")
    desk.run("blacklist", "desk", "dispute", entry, "--file", statement)
    found = asking.until(lambda: _standing(asking, folder, "disputed"))
    waiting = asking.run("blacklist", "hits")["items"]
    detail = f"{asking.name}: {found}; 待复核命中 hits to review: {len(waiting)}"
    step(f"本人在{desk.name}提出异议", "disputed at a third bank's desk", detail)
    return bool(found)


def decide(reporter: Bank, asking: Bank, entry: str, folder: Path) -> bool:
    """The reporter answers in writing and withdraws; nobody finds the entry any more."""
    answer = _sealed(reporter, folder, "letter", "经核对，鉴定有误，现撤销登记。")
    reporter.run("blacklist", "decide", entry, "withdrawn", "--answer", answer)
    asking.until(lambda: not _query(asking, folder, FRAUDSTER))
    shown = reporter.until(lambda: _everywhere(reporter, entry))
    step("报送行书面答复并撤销", "answered and withdrawn", f"{len(shown)} 家已删除 deleted it")
    return True


def show_chain(bank: Bank, entry: str) -> None:
    """Print what a member sees of an entry on chain: nothing about whom or why."""
    shown = bank.run("blacklist", "entry", entry)
    console.print("       链上可见 what is on chain:")
    for name in ("entry", "reporter", "identifiers", "standing", "listed_at", "expires"):
        console.print(f"         {name}: {shown[name]}", highlight=False)


def _sealed(bank: Bank, folder: Path, kind: str, text: str) -> str:
    file = folder / "paper.txt"
    file.write_text(text, "utf-8")
    (sealed,) = bank.run("evidence", "seal", "--kind", kind, file)
    return str(sealed["id"])


def _query(bank: Bank, folder: Path, spelling: str) -> Any:  # noqa: ANN401 - JSON
    return bank.run(
        "blacklist", "query", "id", "--identifier-file", _file(folder, spelling),
        "--authorisation", "授权-0001", "--reference", "申请-0001",
    )  # fmt: skip


def _standing(bank: Bank, folder: Path, wanted: str) -> str:
    found = _query(bank, folder, FRAUDSTER)
    return next((each["standing"] for each in found if each["standing"] == wanted), "")


def _everywhere(bank: Bank, entry: str) -> list[str]:
    """Return who deleted the row, once that is more than the reporter."""
    receipts = list(bank.run("blacklist", "entry", entry)["receipts"])
    return receipts if len(receipts) > FEW else []


def _held(bank: Bank) -> list[dict[str, Any]]:
    keys = bank.run("blacklist", "status")["keys"]
    return [each for each in keys if each["held_here"]]


def _file(folder: Path, text: str) -> Path:
    file = folder / "identifier.txt"
    file.write_text(text, "utf-8")
    return file
