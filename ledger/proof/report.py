"""What a verification found: one finding a check, three verdicts, and the exit code.

"Not provable" is neither "proved" nor "refuted": something was not there, or cannot be decided
with what the reader trusts. "Not checked" never looks like "proved".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

CHECKS: Final = tuple(f"V{number}" for number in range(1, 18))


class Verdict(Enum):
    """The three ways a check can end."""

    PROVED = "proved"
    REFUTED = "refuted"
    NOT_PROVABLE = "not_provable"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one check ended.

    Attributes:
        check: V1 to V17.
        verdict: one of three.
        code: why; key of the message catalogue.
        params: values for the message.
        trusts: codes of what the reader has to trust for this verdict.
    """

    check: str
    verdict: Verdict
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    trusts: tuple[str, ...] = ()


class ExitCode(Enum):
    """What the verifier's process answers."""

    PROVED = 0
    REFUTED = 1
    UNREADABLE = 2
    NOT_PROVABLE = 3


@dataclass(frozen=True, slots=True)
class TrustSigning:
    """Who signed the trust file.

    Attributes:
        signers: names of the members whose signature counts.
        uncounted: of those that signed while they had no vote, or with a key that was not open.
        members: how many have a vote.
        quorum: how many must have signed.
        made_at: when the file was composed, as it says.
        height: block at which the registry was read, as it says.
        previous: fingerprint of the older file whose members signed this one; ``None`` without one.
    """

    signers: tuple[str, ...]
    uncounted: tuple[str, ...]
    members: int
    quorum: int
    made_at: str | None
    height: int | None
    previous: str | None = None

    @property
    def reached(self) -> bool:
        """Whether enough members signed."""
        return len(self.signers) >= self.quorum


@dataclass(frozen=True, slots=True)
class Report:
    """The whole verification.

    Attributes:
        findings: one a check, V1 first.
        required: the checks that the policy wants proved.
        policy: name of the policy.
        trust_fingerprint: SHA-256 of the trust file's content, hex.
        signing: who signed the trust file.
        facts: what the package says about the item, for people; every value is covered by a check.
        disclosed: names and values of the disclosed fields that match their commitments.
        asserted: files that no proof covers: the exporter's word only.
    """

    findings: tuple[Finding, ...]
    required: tuple[str, ...]
    policy: str
    trust_fingerprint: str
    signing: TrustSigning
    facts: Mapping[str, object]
    disclosed: Mapping[str, object]
    asserted: tuple[str, ...]

    @property
    def exit_code(self) -> ExitCode:
        """Refuted outranks everything; then a required check that is not proved."""
        if any(finding.verdict is Verdict.REFUTED for finding in self.findings):
            return ExitCode.REFUTED
        return ExitCode.NOT_PROVABLE if self.unproved else ExitCode.PROVED

    @property
    def unproved(self) -> tuple[str, ...]:
        """The checks that the policy requires and that are not proved."""
        proved = {f.check for f in self.findings if f.verdict is Verdict.PROVED}
        return tuple(check for check in self.required if check not in proved)

    def of(self, check: str) -> Finding:
        """Return the finding of ``check``."""
        return next(finding for finding in self.findings if finding.check == check)


def proved(check: str, code: str, *, trusts: tuple[str, ...] = (), **params: object) -> Finding:
    """Return a finding that the check is proved."""
    return Finding(check, Verdict.PROVED, code, params, trusts)


def refuted(check: str, code: str, **params: object) -> Finding:
    """Return a finding that the claim is false."""
    return Finding(check, Verdict.REFUTED, code, params)


def not_provable(check: str, code: str, **params: object) -> Finding:
    """Return a finding that the claim is neither proved nor false, with the reason."""
    return Finding(check, Verdict.NOT_PROVABLE, code, params)
