#!/usr/bin/env python3
"""The main job, whole, on real input: from a call recording to a package that a court verifies offline.

Starts the embedded chain and a bank's node as a service. Through its API the staff sign in, seal two recorded
calls and a promise to pay, wait until they are anchored, and export a package. ``verify.pyz`` verifies it in a
process without network; then one byte changes in each file in turn, with every checksum repaired, and raw bits
flip besides: each must be refused.

KEEP=1 leaves everything running, in ``.demo/``, for a look at the console; PORT=… chooses its port.
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
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bank import LIANZHENG, Client, Person, free_port, join, program, serving
from rich.console import Console
from rich.table import Table
from tampering import changed_files, flip_bit

ROOT: Final = Path(__file__).resolve().parents[2]
RECORDINGS: Final = ROOT / "scripts" / "demo"
DATA: Final = ROOT / ".demo"
VERIFIER: Final = ROOT / "build" / "verify.pyz"
CASE: Final = "贷后-2026-000317"
RAW_FLIPS: Final = 16
FINALITY_SECONDS: Final = 30.0
console = Console()


@dataclass(frozen=True)
class Job:
    """What the main job left.

    Attributes:
        package: for the court.
        trust: what the court trusts.
        people: accounts of the bank.
    """

    package: Path
    trust: Path
    people: tuple[Person, ...]


def main() -> None:
    """Run the demo; exit 0 only when everything held that should, and everything failed that should."""
    keep = os.environ.get("KEEP") == "1"
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir()
    try:
        ok = run(keep=keep)
    finally:
        if not keep:
            shutil.rmtree(DATA, ignore_errors=True)
    sys.exit(0 if ok else 1)


def run(*, keep: bool) -> bool:
    """Start chain and service, do the main job, try to break what came of it."""
    port = int(os.environ.get("PORT", "0")) or free_port()
    address = f"http://127.0.0.1:{port}"
    with development_chain() as url:
        environment = {
            **os.environ,
            "LIANZHENG_HOME": str(DATA / "bank-a"),
            "LIANZHENG_CHAIN_URL": url,
            "LIANZHENG_LISTEN_PORT": str(port),
            "LIANZHENG_PUBLIC_URL": address,
            "LIANZHENG_WORKER_SECONDS": "1",
        }
        found_node(environment)
        with serving(environment, DATA / "serve.log") as link:
            step("节点服务已启动", "The node serves", address)
            job = run_main_job(environment, address, link)
            ok = show_verification(job.package, job.trust)
            ok &= show_tampering(job.package, job.trust)
            ok &= show_audit(environment)
            if keep:
                stay(job, address)
    return ok


@contextmanager
def development_chain() -> Iterator[str]:
    """Run ``lianzheng chain dev`` on a free port."""
    port = free_port()
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


def found_node(environment: dict[str, str]) -> None:
    """Make keys, databases and contracts, as a bank does once."""
    lianzheng(environment, "init", "--name", "示范银行", "--origin", "lianzheng.example/bank-a")
    lianzheng(environment, "chain", "deploy")
    step("节点与合约已就绪", "Node and contracts are ready", "示范银行")


def run_main_job(environment: dict[str, str], address: str, link: str) -> Job:
    """Let the bank's staff seal, wait for finality, and export; return what came of it."""
    administrator = join(address, link, name="示范管理员", login="admin")
    roles = ["supervisor", "compliance", "court_liaison"]
    invitation = administrator.client.ask("POST", "/v1/operators/invitations", {"roles": roles})
    officer = join(address, invitation["link"], name="示范主管", login="officer")
    step("管理员与主管已登录", "Administrator and officer signed in", address)
    archive = program(officer, ["evidence:seal", "evidence:read", "evidence:export"])
    calls = sorted(RECORDINGS.glob("*.wav"))
    sealed = [archive.seal(describe(call), call.read_bytes()) for call in calls]
    for call, answer in zip(calls, sealed, strict=True):
        step("录音已存证", "Recording sealed", f"{call.name} → {answer['id'][:16]}")
    fields = {"debtor": "李明", "amount_fen": 500000, "due": "2026-12-05", "given_by": "phone"}
    promise = archive.seal({"kind": "promise_to_pay", "case": CASE, "fields": fields})
    step("还款承诺已存证", "Promise to pay sealed", promise["id"][:16])
    found = wait_until_anchored(archive, promise["id"])
    step("已上链并最终确认", "Anchored and final", f"区块 block {found['block']}")
    trust, package = DATA / "trust.json", DATA / "evidence.zip"
    lianzheng(environment, "trust", "export", "-o", str(trust))
    asked = json.dumps({"withhold": ["phone"]}).encode()
    path = f"/v1/evidence/{sealed[0]['id']}/package"
    package.write_bytes(archive.send("POST", path, asked, "application/json"))
    detail = f"{package.stat().st_size} bytes, 省略字段 withheld: phone"
    step("证据包已导出", "Package exported", detail)
    return Job(package, trust, (administrator, officer))


def describe(call: Path) -> dict[str, Any]:
    """Say what a recording is, who made it, how, and who held it."""
    return {
        "kind": "call_recording",
        "case": CASE,
        "file_name": call.name,
        "media_type": "audio/wav",
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


def wait_until_anchored(client: Client, evidence_id: str) -> Any:  # noqa: ANN401 - JSON
    """Ask for the item until the worker has anchored it and its proof is frozen."""
    deadline = time.monotonic() + FINALITY_SECONDS
    while time.monotonic() < deadline:
        found = client.ask("GET", f"/v1/evidence/{evidence_id}")
        if found["status"] == "anchored":
            return found
        time.sleep(0.3)
    sys.exit("the anchor did not become final")


def show_audit(environment: dict[str, str]) -> bool:
    """Re-read everything that was sealed."""
    audit = lianzheng(environment, "log", "audit")
    detail = f"{audit['leaves']} 条 leaves, {audit['contents']} 份内容 contents"
    step("审计无误", "Audit is clean", detail)
    return True


def stay(job: Job, address: str) -> None:
    """Keep everything running for a look, until Ctrl-C."""
    table = Table(title=f"控制台 Console: {address}")
    for column in ("登录名 Login", "口令 Password"):
        table.add_column(column)
    for person in job.people:
        table.add_row(person.login, person.password)
    console.print(table)
    package, trust = (path.relative_to(ROOT) for path in (job.package, job.trust))
    console.print(f"  python3 build/verify.pyz {package} --trust {trust}")
    console.print("按 Ctrl-C 结束 Ctrl-C ends it")
    with suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)


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
