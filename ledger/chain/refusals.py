"""The registry's own errors, and the code under which each is said: the catalogue has the words."""

from collections.abc import Mapping
from typing import Final

from ledger.errors import LedgerError, RefusedError

PREFIX: Final = "ConsortiumRegistry"
REFUSALS: Final[Mapping[str, str]] = {
    "AdminInUse": "registry-admin-in-use",
    "AlreadyVoted": "registry-already-voted",
    "AnchorMissing": "registry-anchor-missing",
    "ChangeFailed": "registry-change-failed",
    "ChangeTooLong": "registry-change-too-long",
    "HeadMismatch": "registry-head-mismatch",
    "InvalidAdmin": "registry-invalid-admin",
    "InvalidCompromise": "registry-invalid-compromise",
    "InvalidEndpoint": "registry-invalid-endpoint",
    "InvalidIdentity": "registry-invalid-identity",
    "InvalidKey": "registry-invalid-key",
    "InvalidOrigin": "registry-invalid-origin",
    "InvalidRevocation": "registry-invalid-revocation",
    "InvalidRoles": "registry-invalid-roles",
    "InvalidThreshold": "registry-invalid-threshold",
    "InvalidValidators": "registry-invalid-validators",
    "InvalidVotingPeriod": "registry-invalid-voting-period",
    "KeyInUse": "registry-key-in-use",
    "LastVoter": "registry-last-voter",
    "MemberExists": "registry-member-exists",
    "NotActive": "registry-not-active",
    "NotAdmin": "registry-not-admin",
    "NotEnoughVotes": "registry-not-enough-votes",
    "NotVoted": "registry-not-voted",
    "NotVoter": "registry-not-voter",
    "OnlyByVote": "registry-only-by-vote",
    "OriginInUse": "registry-origin-in-use",
    "ProposalAlreadyExecuted": "registry-proposal-already-executed",
    "ProposalExpired": "registry-proposal-expired",
    "TooManyVoters": "registry-too-many-voters",
    "UnknownChange": "registry-unknown-change",
    "UnknownKey": "registry-unknown-key",
    "UnknownMember": "registry-unknown-member",
    "UnknownProposal": "registry-unknown-proposal",
    "WrongGeneration": "registry-wrong-generation",
    "WrongStatus": "registry-wrong-status",
}
"""By the name in the ABI without ``PREFIX``."""


def refused(error: LedgerError) -> LedgerError:
    """Return the registry's refusal under a code of its own; any other error as it is."""
    why = str(error.params.get("why", ""))
    code = REFUSALS.get(why.removeprefix(PREFIX))
    if error.code != "contract-reverted" or code is None:
        return error
    return RefusedError(code)
