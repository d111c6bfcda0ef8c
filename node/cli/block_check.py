"""``lianzheng chain check-block``: one recorded QBFT block, checked offline and without a node."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from ledger.errors import LedgerError
from ledger.messages.catalogue import text
from ledger.proof.block_checks import BlockReport, outcome
from ledger.proof.block_checks import check_block as check
from ledger.proof.block_file import StatedAccount, read_block_file
from ledger.proof.block_values import MAX_BYTES
from ledger.proof.qbft import SealCurve
from ledger.proof.report import ExitCode, Finding
from ledger.proof.trusted_chain import CURVES
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.files import read_bounded


@click.command("check-block")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--curve",
    type=click.Choice(CURVES),
    default="secp256k1",
    show_default=True,
    help="创世指定的签封曲线 Curve of the seals, as the genesis names it",
)
@as_json
@pass_context
def check_block(context: Context, file: Path, curve: SealCurve, *, machine: bool) -> None:
    """离线核验一个 QBFT 区块 Check a recorded QBFT block, offline (exit 0, 1, 2, 3)."""
    try:
        report = check(
            read_block_file(read_bounded(file, MAX_BYTES, code="block-file-unreadable")), curve
        )
    except LedgerError as error:
        from node.cli.main import report as say  # noqa: PLC0415 - the entry imports its commands

        say(error)
        sys.exit(ExitCode.UNREADABLE.value)
    if machine:
        print_json(to_json(report))
    else:
        _show(context, report)
    sys.exit(report.exit_code.value)


def to_json(report: BlockReport) -> dict[str, object]:
    """Return the report for machines; its first six members are those of a recorded block."""
    file = report.file
    return {
        **outcome(report),
        "number": file.block.header.number,
        "validator_mode": file.mode,
        "validators": ["0x" + each.hex() for each in file.validators],
        "receipts": {
            "count": len(file.receipts),
            "root": None if report.receipts_root is None else "0x" + report.receipts_root.hex(),
            "verdict": _verdict(report, "B5"),
        },
        "proofs": list(_proofs(report)),
        "checks": [
            {
                "check": each.check,
                "verdict": each.verdict.value,
                "code": each.code,
                "params": dict(each.params),
                "trusts": list(each.trusts),
            }
            for each in report.findings
        ],
        "exit_code": report.exit_code.value,
        "conclusion": report.exit_code.name.lower(),
    }


def _verdict(report: BlockReport, check: str) -> str:
    return next(each.verdict.value for each in report.findings if each.check == check)


def _proofs(report: BlockReport) -> Iterator[Mapping[str, object]]:
    contract, anchor = report.file.contract, report.file.anchor
    if contract is not None:
        yield _proof("validators", contract.account, _verdict(report, "B3"))
    if anchor is not None:
        yield _proof("anchor", anchor, _verdict(report, "B6"))


def _proof(of: str, account: StatedAccount, verdict: str) -> Mapping[str, object]:
    return {
        "of": of,
        "address": "0x" + account.address.hex(),
        "slots": [
            {"key": "0x" + each.slot.hex(), "value": hex(each.value)} for each in account.slots
        ],
        "verdict": verdict,
    }


def _show(context: Context, report: BlockReport) -> None:
    found = outcome(report)
    signers = found["signers"]
    proofs = [
        f"{each['address']}: {context.word('verdict-' + str(each['verdict']))}"
        for each in _proofs(report)
    ]
    root = report.receipts_root
    shown = {
        "block_number": report.file.block.header.number,
        **{name: found[name] for name in ("block_hash", "seal_hash", "round")},
        "validator_mode": context.word(f"verdict-{report.file.mode}"),
        "signers": "\n".join(signers) if isinstance(signers, list) else None,
        "quorum": f"{found['quorum']} / {len(report.file.validators)}",
        "receipts_root": None if root is None else "0x" + root.hex(),
        "proofs": "\n".join(proofs),
        "verdict": found["verdict"] and context.word(f"verdict-{found['verdict']}"),
    }
    context.facts("block-report-title", {f"fact-{name}": each for name, each in shown.items()})
    for finding in report.findings:
        for line in _lines(finding, context.language):
            click.echo(line)
    context.say(f"exit-block-{report.exit_code.name.lower()}")


def _lines(finding: Finding, language: str) -> Iterator[str]:
    verdict = text(f"verdict-{finding.verdict.value}", language)
    yield f"{finding.check} {text(finding.check, language)}: {verdict}"
    params = dict(finding.params)
    if "why" in params:
        params["why"] = text(f"verdict-{params['why']}", language)
    yield f"     {text(finding.code, language, params)}"
    for code in finding.trusts:
        trusted = text(f"trust-{code}", language)
        yield f"     {text('report-trusts', language)}: {trusted}"
