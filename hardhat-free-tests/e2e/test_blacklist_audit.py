"""Three banks ask, a draw is made by their running nodes, and an auditor that is no bank examines them."""

import os
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from harness.exchanges import INDEX, Pair
from harness.founders import Institution, found_together, make_institution
from harness.rpc_node import until
from harness.serving import Served

from blacklist.curve import points
from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import fill_random
from blacklist.domain.protocol.conviction_file import ConvictionFile
from blacklist.domain.protocol.requests import EvaluationRequest
from node.settings import write_settings

pytestmark = [pytest.mark.anvil, pytest.mark.soak]
PHASE = 40


@pytest.fixture
def institutions(chain_url: str, tmp_path: Path) -> list[Institution]:
    """Three banks and an auditor."""
    origin = "lianzheng.example/blacklist-audit"
    found = [make_institution(tmp_path, chain_url, at, origin=origin) for at in range(4)]
    found_together(tmp_path, found, threshold=2, roles={found[3].port: ("auditor",)})
    for each in found:
        write_settings(each.cli.home, {"worker_seconds": 0.5})
    return found


def _draws(bank: Institution) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = bank.cli.ok("blacklist", "audit", "draws")
    return found


def _have_value(institutions: list[Institution], folder: Path) -> bool:
    """Tell whether the draw has ended for all; what is sealed makes blocks, and with them chain time."""
    institutions[0].seal(folder, f"time passes {os.urandom(4).hex()}")
    return all(_draws(each)[0]["state"] == "valid" for each in institutions)


def _sealed(bank: Institution) -> int:
    return len(bank.cli.ok("evidence", "list", "--kind", "evaluation"))


def test_an_auditor_examines_what_banks_asked(
    institutions: list[Institution], tmp_path: Path
) -> None:
    *banks, auditor = institutions
    first = banks[0]
    contract = first.cli.ok("blacklist", "deploy", "--phase-seconds", str(PHASE))["contract"]
    for each in (*banks[1:], auditor):
        each.cli.ok("blacklist", "join", contract)
    # Nobody reads what they log, and a full pipe would stop them.
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with ExitStack() as ending:
        for each in banks:
            process = replace(each.cli, inside=False).start("serve", "--json-logs", **quiet)
            served = Served(replace(each.cli, inside=False), each.port, process)
            ending.callback(served.stop)
            served.until_answering(60)
        assert first.cli.run("blacklist", "generate-key", "id").code == 0
        until(lambda: bool(first.cli.ok("blacklist", "status")["keys"]), 240, pause=0.5)
        until(lambda: first.cli.run("blacklist", "probe", "id").code == 0, 60, pause=0.5)
        until(lambda: _sealed(first) >= 4, 180, pause=0.5)
        assert first.cli.run("blacklist", "audit", "draw").code == 0
        until(lambda: bool(_draws(auditor)), 30, pause=0.5)
        assert "audit-no-value" in auditor.cli.run("blacklist", "audit", "run").err
        assert "audit-not-auditor" in first.cli.run("blacklist", "audit", "run").err
        until(lambda: _have_value(institutions, tmp_path), 8 * PHASE, pause=1)
        (draw,) = _draws(auditor)
        assert (draw["state"], draw["committed"], draw["revealed"]) == ("valid", 3, 3)
        done = auditor.cli.ok("blacklist", "audit", "run")
        assert (done["violations"], done["unreachable"]) == (0, 0)
        assert done["samples"] == len(auditor.cli.ok("blacklist", "audit", "findings")) >= 2
    found = auditor.cli.ok("blacklist", "audit", "findings", "--draw", "1")
    assert {each["finding"] for each in found} == {"in-order"}
    assert {each["member"] for each in found} == {first.name}
    assert "符合" in auditor.cli.run("blacklist", "audit", "findings").out
    trail = first.cli.ok("audit", "list", "--action", "blacklist.opened")
    assert len(trail["entries"]) == done["samples"]
    _check_conviction(banks, tmp_path)


def _check_conviction(banks: list[Institution], tmp_path: Path) -> None:
    """A bank's signed wrong answer convicts it by the command line; an honest one does not."""
    first, second, _ = banks
    trust, file = tmp_path / "trust.json", tmp_path / "conviction.json"
    first.cli.ok("trust", "export", "-o", trust)
    check = ("blacklist", "check-conviction", file, "--trust", trust)
    with first.node() as caller, second.node() as server:
        ids = (bytes.fromhex(caller.settings.member), bytes.fromhex(server.settings.member))
        keys: Any = (caller.evidence_key, server.evidence_key)
        pair = _Banks(*keys, {INDEX: _random()}, Pair.make().blinded, ids)
        exchange = pair.single()
    share_key = points.multiply_base(pair.shares[INDEX])
    file.write_bytes(ConvictionFile(exchange, INDEX, share_key).to_bytes())
    assert first.cli.run(*check).code == 1
    other = points.multiply_base(_random())
    file.write_bytes(ConvictionFile(exchange, INDEX, other).to_bytes())
    shown = first.cli.ok(*check)
    assert (shown["server"], shown["guilt"]) == (second.name, "proof-invalid")
    assert second.name in first.cli.run(*check).out
    file.write_bytes(b"{}")
    assert first.cli.run(*check).code == 2


@dataclass
class _Banks(Pair):
    """Two banks' evidence keys and ids in place of made ones."""

    ids: tuple[bytes, bytes] = (b"", b"")

    def request(self, servers: tuple[int, ...] = ()) -> EvaluationRequest:
        caller, server = self.ids
        return replace(super().request(servers), caller=caller, server=server)


def _random() -> Scalar:
    return Scalar.random(fill_random)
