"""The newest trust file that enough members signed, kept in the home: what courts are given."""

from pathlib import Path
from typing import Final

from ledger.errors import LedgerError
from ledger.proof.trust import Trust, read_trust
from ledger.proof.trust_quorum import signing_of

FILE_NAME: Final = "trust-signed.json"


def kept(home: Path) -> bytes | None:
    """Return the file; ``None`` when none was kept, or nobody could use it any more."""
    try:
        data = (home / FILE_NAME).read_bytes()
        read_trust(data)
    except (OSError, LedgerError):
        return None
    return data


def keep(home: Path, data: bytes) -> bool:
    """Keep a trust file that enough members signed, unless a newer one is kept; tell whether it was.

    Raises:
        MalformedError: it cannot be read.
    """
    trust, old = read_trust(data), kept(home)
    if not is_worth_keeping(trust) or (old is not None and _age(trust) < _age(read_trust(old))):
        return False
    file = home / FILE_NAME
    part = file.with_suffix(".part")
    part.write_bytes(data)
    part.replace(file)
    return True


def is_worth_keeping(trust: Trust) -> bool:
    """Tell whether somebody signed, and enough did."""
    signing = signing_of(trust)
    return bool(signing.signers) and signing.reached


def _age(trust: Trust) -> tuple[int, str, int]:
    """Return what newer files have more of; of two copies of one file the one with more signatures wins."""
    return trust.height or 0, trust.made_at or "", len(trust.signatures)
