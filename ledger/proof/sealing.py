"""Whether a block is sealed, under the trust file's validators."""

from ledger.errors import MalformedError
from ledger.proof.header import Header
from ledger.proof.qbft import SealReport, verify_seals
from ledger.proof.trusted_chain import TrustedChain


def seal_report(header: Header, chain: TrustedChain) -> SealReport | None:
    """Return what the seals of a block show; ``None`` where there are no seals or no known validators.

    Raises:
        MalformedError: the header is not of the chain's kind.
    """
    validators = chain.validators_at(header.number)
    if not chain.has_seals or not validators:
        return None
    return verify_seals(header, validators, chain.curve)


def is_sealed(header: Header, chain: TrustedChain) -> bool:
    """Tell whether a quorum of the trusted validators sealed a block; never on chains without seals."""
    try:
        report = seal_report(header, chain)
    except MalformedError:
        return False
    return report is not None and report.sealed
