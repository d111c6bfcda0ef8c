#!/usr/bin/env python3
"""The main job, whole, on real input: from a call recording to a package that a court verifies offline.

Starts the embedded chain, founds a bank's node, seals two recorded calls and a promise to pay, anchors them,
exports a package, verifies it with ``verify.pyz`` in a process without network, then changes one byte in each
file in turn, with every checksum repaired, and flips raw bits besides: each must be refused.

KEEP=1 leaves everything in ``.demo/`` for looking at.
"""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from tampering import changed_files, flip_bit

ROOT: Final = Path(__file__).resolve().parents[2]
RECORDINGS: Final = ROOT / "scripts" / "demo"
DATA: Final = ROOT / ".demo"
LIANZHENG: Final = Path(sys.executable).with_name("lianzheng")
VERIFIER: Final = ROOT / "build" / "verify.pyz"
CASE: Final = "贷后-2026-000317"
RAW_FLIPS: Final = 16
FINALITY_SECONDS: Final = 30.0
console = Console()


def main() -> None:
    """Run the demo; exit 0 only when everything held that should, and everything failed that should."""
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir()
    try:
        with development_chain() as url:
            environment = {
                **os.environ,
                "LIANZHENG_HOME": str(DATA / "bank-a"),
                "LIANZHENG_CHAIN_URL": url,
            }
            package, trust = run_main_job(environment)
        ok = show_verification(package, trust) and show_tampering(package, trust)
    finally:
        if os.environ.get("KEEP") != "1":
            shutil.rmtree(DATA, ignore_errors=True)
    if os.environ.get("KEEP") == "1":
        console.print(f"数据保留于 Left for looking at: {DATA}")
        console.print(
            f"  python3 build/verify.pyz {package.relative_to(ROOT)} --trust {trust.relative_to(ROOT)}"
        )
    sys.exit(0 if ok else 1)


@contextmanager
def development_chain() -> Iterator[str]:
    """Run ``lianzheng chain dev`` on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [LIANZHENG, "chain", "dev", "--port", str(port), "--data", str(DATA / "chain")]
    with (DATA / "chain.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_for(port, process)
            step("开发链已启动", "Development chain started", f"127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the chain answers."""
    deadline = time.monotonic() + FINALITY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("the development chain did not start: " + (DATA / "chain.log").read_text("utf-8"))


def run_main_job(environment: dict[str, str]) -> tuple[Path, Path]:
    """Found a node, seal, anchor, export; return package and trust file."""
    lianzheng(environment, "init", "--name", "示范银行", "--origin", "lianzheng.example/bank-a")
    lianzheng(environment, "chain", "deploy")
    step("节点与合约已就绪", "Node and contracts are ready", "示范银行")
    calls = sorted(RECORDINGS.glob("*.wav"))
    sealed = [seal_recording(environment, call) for call in calls]
    for call, answer in zip(calls, sealed, strict=True):
        step("录音已存证", "Recording sealed", f"{call.name} → {answer['id'][:16]}")
    promise = seal_promise(environment)
    step("还款承诺已存证", "Promise to pay sealed", promise["id"][:16])
    anchored = anchor_until_final(environment)
    step("已上链并最终确认", "Anchored and final", f"{anchored} 条 leaves")
    trust, package = DATA / "trust.json", DATA / "evidence.zip"
    lianzheng(environment, "trust", "export", "-o", str(trust))
    lianzheng(
        environment,
        "evidence",
        "export",
        sealed[0]["id"],
        "-o",
        str(package),
        "--withhold",
        "phone",
    )
    step(
        "证据包已导出",
        "Package exported",
        f"{package.stat().st_size} bytes, 省略字段 withheld: phone",
    )
    audit = lianzheng(environment, "log", "audit")
    step(
        "审计无误",
        "Audit is clean",
        f"{audit['leaves']} 条 leaves, {audit['contents']} 份内容 contents",
    )
    return package, trust


def seal_recording(environment: dict[str, str], call: Path) -> dict[str, Any]:
    """Seal a recording with who made it, how, and who held it; personal values come on standard input."""
    details = {
        "fields": {"agent": "A-1027", "debtor": "李明", "phone": "13900000000"},
        "capture": {
            "start": "2026-11-20T02:10:00.000Z",
            "end": "2026-11-20T02:10:45.000Z",
            "device": "pbx-2",
        },
        "custody": [
            {"at": "2026-11-20T02:10:45.000Z", "action": "captured", "giver": "", "holder": "pbx-2", "sha256": None},
            {"at": "2026-11-20T02:11:02.000Z", "action": "transferred", "giver": "pbx-2", "holder": "archive", "sha256": None},
        ],
    }  # fmt: skip
    arguments = [
        "evidence",
        "seal",
        str(call),
        "--kind",
        "call_recording",
        "--case",
        CASE,
        "--details",
        "-",
    ]
    return lianzheng(environment, *arguments, given=details)[0]


def seal_promise(environment: dict[str, str]) -> dict[str, Any]:
    """Seal a promise: it needs no file."""
    fields = {"debtor": "李明", "amount_fen": 500000, "due": "2026-12-05", "given_by": "phone"}
    arguments = ["evidence", "seal", "--kind", "promise_to_pay", "--case", CASE, "--fields", "-"]
    return lianzheng(environment, *arguments, given=fields)[0]


def anchor_until_final(environment: dict[str, str]) -> int:
    """Run rounds until the anchor is final and its proof is frozen; return its size."""
    deadline = time.monotonic() + FINALITY_SECONDS
    while time.monotonic() < deadline:
        done = lianzheng(environment, "anchor", "run")
        if done["frozen"]:
            return int(done["anchor_size"])
        time.sleep(0.3)
    sys.exit("the anchor did not become final")


def lianzheng(environment: dict[str, str], *arguments: str, given: object = None) -> Any:  # noqa: ANN401 - JSON
    """Run one command and return its JSON answer."""
    text = None if given is None else json.dumps(given)
    done = subprocess.run(
        [LIANZHENG, *arguments, "--json"],
        env=environment, input=text, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"lianzheng {' '.join(arguments)}: {done.stderr}")
    return json.loads(done.stdout)


def verify(package: Path, trust: Path) -> tuple[int, Any]:
    """Run ``verify.pyz`` in a process of its own, without network where the system allows it."""
    command = [
        *no_network(),
        sys.executable,
        "-I",
        "-S",
        str(VERIFIER),
        str(package),
        "--trust",
        str(trust),
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else {}


def no_network() -> list[str]:
    """Return the prefix that takes the network away; empty where the system does not allow it."""
    command = ["unshare", "--net", "--map-root-user"]
    try:
        allowed = (
            subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
        )
    except FileNotFoundError:
        return []
    return command if allowed else []


def show_verification(package: Path, trust: Path) -> bool:
    """Verify the package as it was handed out and print every check."""
    code, report = verify(package, trust)
    table = Table(
        title="核验 Verification — verify.pyz" + (", 无网络 no network" if no_network() else "")
    )
    for column in ("核验项 Check", "结论 Verdict", "原因 Reason"):
        table.add_column(column)
    for check in report["checks"]:
        table.add_row(check["check"], check["verdict"], check["code"])
    console.print(table)
    step("退出码", "Exit code", f"{code} ({report['conclusion']})")
    return code == 0


def show_tampering(package: Path, trust: Path) -> bool:
    """Change each file in turn, and raw bits; print which check refuses; tell whether all were refused."""
    original, changed = package.read_bytes(), DATA / "changed.zip"
    table = Table(title="篡改一个字节（校验和已修正） One byte changed, every checksum repaired")
    for column in ("文件 File", "退出码 Exit", "否定者 Refuted by"):
        table.add_column(column)
    refused = True
    for path, data in changed_files(original):
        code, refuting = judge(changed, data, trust)
        refused &= code == 1
        table.add_row(path, str(code), refuting)
    generator = random.Random(20261124)  # noqa: S311 - positions, not secrets
    flips = [generator.randrange(len(original) * 8) for _ in range(RAW_FLIPS)]
    judged = [judge(changed, flip_bit(original, position), trust) for position in flips]
    codes = sorted({code for code, _ in judged})
    refused &= codes == [1]
    reasons = ", ".join(sorted({refuting.partition(", ")[0] for _, refuting in judged}))
    table.add_row(f"{RAW_FLIPS} 个原始比特 raw bits", ", ".join(map(str, codes)), reasons)
    console.print(table)
    step(
        "全部拒绝" if refused else "未能全部拒绝",
        "All refused" if refused else "NOT all refused",
        "",
    )
    changed.unlink()
    return refused


def judge(target: Path, data: bytes, trust: Path) -> tuple[int, str]:
    """Verify changed bytes; return the exit code and the checks that are refuted."""
    target.write_bytes(data)
    code, report = verify(target, trust)
    found = [
        f"{c['check']} {c['code']}" for c in report.get("checks", []) if c["verdict"] == "refuted"
    ]
    return code, ", ".join(found[:3])


def step(zh: str, en: str, detail: str) -> None:
    """Print one step."""
    console.print(f"[green]✓[/green] {zh} [dim]{en}[/dim] {detail}", highlight=False)


if __name__ == "__main__":
    main()
