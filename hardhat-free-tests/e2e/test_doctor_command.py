"""``lianzheng doctor`` on a founded bank: what is well is said, what is not ends with exit code 11."""

import pytest
from harness.commands import Cli

pytestmark = pytest.mark.anvil


def test_a_founded_bank_is_well_until_something_breaks(bank: Cli) -> None:
    cli = Cli(bank.home, bank.url, inside=True)
    cli.seal("--kind", "promise_to_pay", "--fields", "-", given='{"amount": "100"}')
    cli.anchor()
    done = cli.run("doctor", "--json")
    found = {each["check"]: each for each in done.json["checks"]}
    assert done.code == 0, [each for each in done.json["checks"] if each["state"] == "failed"]
    assert found["doctor-contracts"]["state"] == "ok"
    assert found["doctor-chain"]["state"] == "ok"
    assert found["doctor-balance"]["code"] == "chain-development"
    assert found["doctor-sheet"]["remedy"]
    shown = cli.run("--lang", "en", "doctor")
    assert shown.code == 0
    assert "Recovery sheet" in shown.out
    alone = Cli(bank.home, "http://127.0.0.1:1", inside=True).run("doctor", "--json")
    assert alone.code == 11
    assert {each["check"] for each in alone.json["checks"] if each["state"] == "failed"} == {
        "doctor-chain"
    }
    (bank.home / "keys" / "master.key").chmod(0o644)
    assert cli.run("doctor").code == 11
