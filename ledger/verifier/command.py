"""The court's command: arguments in, report out, one of four exit codes."""

import argparse
import json
import sys
from pathlib import Path
from typing import TextIO

from ledger.errors import LedgerError
from ledger.messages.catalogue import LANGUAGES, remedy, text
from ledger.proof.report import ExitCode, Report
from ledger.proof.trust_quorum import check_previous, check_quorum, with_previous
from ledger.verifier.reading import load_trust, verify_file
from ledger.verifier.rendering import render, to_json


def main(arguments: "list[str] | None" = None) -> int:
    """Verify one package and return the exit code: 0 proved, 1 refuted, 2 unreadable, 3 not provable."""
    options = _parser().parse_args(arguments)
    try:
        report = _verify(options)
    except LedgerError as error:
        _say(sys.stderr, text(error.code, options.lang, error.params))
        _say(sys.stderr, remedy(error.code, options.lang, error.params))
        return ExitCode.UNREADABLE.value
    if options.json:
        _say(sys.stdout, json.dumps(to_json(report), ensure_ascii=True, indent=1))
    else:
        _say(sys.stdout, render(report, options.lang).rstrip("\n"))
    return report.exit_code.value


def _verify(options: argparse.Namespace) -> Report:
    trust = load_trust(options.trust)
    if not options.accept_unsigned_trust:
        check_quorum(trust)
    if options.previous is None:
        return verify_file(options.package, trust)
    previous = load_trust(options.previous)
    check_previous(trust, previous)
    return with_previous(verify_file(options.package, trust), previous)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verify.pyz",
        description="核验联证证据包 / Verify a Lianzheng evidence package, offline.",
        epilog="0 已证明 proved; 1 已否定 refuted; 2 无法读取 unreadable; 3 无法证明 not provable",
    )
    parser.add_argument("package", type=Path, help="证据包 evidence package (.zip)")
    parser.add_argument("--trust", type=Path, required=True, help="信任文件 trust file (.json)")
    parser.add_argument(
        "--previous",
        type=Path,
        help="早先已信任的信任文件 an older trust file that you trust (.json)",
    )
    parser.add_argument(
        "--accept-unsigned-trust",
        action="store_true",
        help="签署成员不足时仍核验 verify even when too few members signed the trust file",
    )
    parser.add_argument("--json", action="store_true", help="机器可读 for machines")
    parser.add_argument("--lang", choices=LANGUAGES, default="zh", help="语言 language")
    return parser


def _say(stream: TextIO, line: str) -> None:
    """Print a line on a console of any encoding: what it cannot show is escaped, never an error."""
    if not line:
        return
    encoding = stream.encoding or "ascii"
    safe = line.encode(encoding, "backslashreplace").decode(encoding)
    stream.write(safe + "\n")
