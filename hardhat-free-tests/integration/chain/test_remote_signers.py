"""The main job with all three keys in signing services, and an outage of each on the way."""

import warnings
from pathlib import Path

import pytest
from harness.member import Member
from harness.signing_service import TOKEN, TransitService, Web3Signer

from ledger.devchain.supervisor import CHAIN_ID, DevelopmentChainWarning, Supervisor
from ledger.errors import UnavailableError
from ledger.proof.report import ExitCode


def test_keys_in_services_do_the_main_job_and_outages_lose_nothing(tmp_path: Path) -> None:
    with (
        TransitService("evidence") as evidence,
        TransitService("log") as log,
        Web3Signer(CHAIN_ID) as account,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", DevelopmentChainWarning)
        with Supervisor(tmp_path / "chain", port=0, block_time=0.05, heartbeat=0.2) as chain:
            member = Member.create(
                tmp_path / "home",
                chain_url=chain.url,
                evidence_signer_url=evidence.key_url,
                log_signer_url=log.key_url,
                signer_token_file="token",
                anchor_signer_url=account.key_url,
            )
            (member.home / "token").write_text(TOKEN)
            member.deploy()
            assert member.account == bytes.fromhex(account.account.address[2:])
            evidence.status = 503
            with pytest.raises(UnavailableError, match="signer-unreachable"):
                member.seal()
            evidence.status = 0
            receipt = member.seal()
            for service in (log, account):
                service.status = 503
                with pytest.raises(UnavailableError, match="signer-unreachable"):
                    member.tick()
                service.status = 0
            member.until("frozen")
            report = member.export(receipt)
            assert report.exit_code is ExitCode.PROVED, report
            assert not member.audit().problems
