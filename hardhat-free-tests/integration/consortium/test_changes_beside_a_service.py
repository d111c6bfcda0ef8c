"""A service that runs goes over to every new key by itself, while it seals and anchors."""

import json
from pathlib import Path
from threading import Event, Thread

import pytest
from harness.founders import found_together
from harness.rpc_node import until
from harness.serving import make_token, serving, until_anchored
from integration.consortium.conftest import Make

from ledger.store import statements
from node.key_places import KEYS, SIGNING_KEYS

pytestmark = [pytest.mark.anvil, pytest.mark.timeout(300)]
CREATED = 201


def test_every_key_is_changed_beside_a_service_that_seals_all_the_while(
    institution: Make, tmp_path: Path
) -> None:
    bank, other = founders = [institution(number) for number in (1, 2)]
    found_together(tmp_path, founders, threshold=2)
    token = make_token(bank.cli)
    sealed: list[str] = []
    stop = Event()
    with serving(bank.cli, seconds=0.2) as served:

        def seal() -> None:
            value = {"kind": "promise_to_pay", "fields": {"amount_fen": len(sealed)}}
            status, answer = served.ask("POST", "/v1/evidence", value, token=token)
            assert status == CREATED, answer
            sealed.append(answer["id"])

        def seal_on() -> None:
            while not stop.wait(0.05):
                seal()

        sealing = Thread(target=seal_on)
        sealing.start()
        try:
            for purpose, file in SIGNING_KEYS.items():
                before = (bank.cli.home / KEYS / file).read_bytes()
                proposed = bank.ok("rotate-key", purpose)["proposal"]
                other.ok("vote", str(proposed))
                until(lambda: (bank.cli.home / KEYS / file).read_bytes() != before, 30)  # noqa: B023 - called at once
                count = len(sealed)
                until(lambda: len(sealed) > count + 5, 30)  # noqa: B023 - called at once
        finally:
            stop.set()
            sealing.join()
        until_anchored(served, token, [sealed[0], sealed[len(sealed) // 2], sealed[-1]])
    with bank.node() as node, node.database.read() as connection:
        rows = statements.at_places(connection, 0, 0, len(sealed))
    assert len({json.loads(row.leaf)["signature"]["key"] for _, row in rows}) > 1
    with bank.node() as node:
        assert node.auditor.run().problems == []
    chosen = [sealed[0], sealed[len(sealed) // 2], sealed[-1]]
    assert [bank.verified({"id": each}, tmp_path) for each in chosen] == [0, 0, 0]
