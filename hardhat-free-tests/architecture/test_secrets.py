"""No secret stands in what is committed: private keys, tokens of known services, keys and passwords by name.

What tests need is named below, with the reason; a new secret in such a file is still found by its kind.
"""

import re
import subprocess
from pathlib import Path

import pytest
from architecture.sources import ROOT

MAX_BYTES = 4 << 20
KINDS = {
    "private key": re.compile(rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----\s*[A-Za-z0-9+/=]{16}"),
    "key file": re.compile(
        rb'"crypto"\s*:\s*\{[^}]*"ciphertext"|"ciphertext"\s*:\s*"[0-9a-f]{64}"'
    ),
    "AWS key": re.compile(rb"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "GitHub token": re.compile(rb"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})"),
    "GitLab token": re.compile(rb"\bglpat-[A-Za-z0-9_-]{20,}"),
    "Slack token": re.compile(rb"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    "Google key": re.compile(rb"\bAIza[A-Za-z0-9_-]{35}\b"),
    "vault token": re.compile(rb"\bhvs\.[A-Za-z0-9_-]{20,}"),
    "web token": re.compile(rb"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    "API token": re.compile(rb"\blz_[0-9a-zA-Z]{6,}_[0-9a-zA-Z_-]{30,}"),
    "named secret": re.compile(
        rb"(?i)(?:password|passwd|secret|private_?key|master_?key|mnemonic|api_?key|token)"
        rb"[\"']?\s*[:=]\s*[\"'](?:0x)?[0-9a-f]{32,}[\"']"
    ),
    "address with password": re.compile(
        rb"\b[a-z][a-z0-9+]*://[^\s:/@\"'{}<>]+:[^\s:/@\"'{}<>$]+@"
    ),
}
OLD_NODE = "hardhat-free-tests/vectors/upgrade/0.1.0/home/keys/"
"""Keys of a node that was made for the upgrade tests and never ran anywhere."""
REFUSED = "an address that the test shows to be refused, or to lose its password"
KNOWN = {
    (OLD_NODE + "anchor.json", "key file"): "upgrade",
    (OLD_NODE + "evidence.pem", "private key"): "upgrade",
    (OLD_NODE + "log.pem", "private key"): "upgrade",
    ("hardhat-free-tests/architecture/test_containers.py", "address with password"): REFUSED,
    ("hardhat-free-tests/unit/keys/test_master_keys.py", "address with password"): REFUSED,
    ("hardhat-free-tests/unit/keys/test_remote_signers.py", "address with password"): REFUSED,
    ("hardhat-free-tests/unit/test_console_parts.py", "address with password"): REFUSED,
    ("hardhat-free-tests/unit/vault/test_s3.py", "address with password"): REFUSED,
}


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nobody can say what is committed")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, timeout=60
    )
    names = [name.decode() for name in listed.stdout.split(b"\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_no_secret_stands_in_what_is_committed() -> None:
    found = {
        (path.relative_to(ROOT).as_posix(), kind)
        for path in tracked()
        if path.stat().st_size <= MAX_BYTES
        for kind, pattern in KINDS.items()
        if pattern.search(path.read_bytes())
    }
    assert sorted(found - KNOWN.keys()) == []
    assert sorted(KNOWN.keys() - found) == [], "an exception that nothing needs any more"


def test_no_committed_file_has_the_name_of_a_secret() -> None:
    secret = re.compile(
        r"(?i)(^|/)(\.env(\..+)?|id_(rsa|ed25519|ecdsa)|master\.key|.*\.(pem|p12|pfx|jks))$"
    )
    names = [path.relative_to(ROOT).as_posix() for path in tracked()]
    assert [name for name in names if secret.search(name) and not name.startswith(OLD_NODE)] == []


@pytest.mark.parametrize(
    "text",
    [
        b"-----BEGIN EC " + b"PRIVATE KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1",
        b"AKIA" + b"ABCDEFGHIJKLMNOP",
        b"ghp_" + b"a" * 36,
        b"eyJhbGciOiJub25l" + b".eyJzdWIiOiIxMjM0NTY3." + b"c2lnbmF0dXJl",
        b"MASTER_KEY = '" + b"0f" * 32 + b"'",
        b"postgresql://lianzheng:" + b"hunter2@db/lianzheng",
    ],
)
def test_the_scan_finds_what_it_is_there_for(text: bytes) -> None:
    assert any(pattern.search(text) for pattern in KINDS.values())
