"""What this node trusts, as the registry on chain says: remembered a minute, and while it is silent."""

from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from ledger.errors import UnavailableError
from ledger.proof.trust import Trust
from node.settings import Settings

TRUST_SECONDS: Final = 60.0
"""Within this time a key that was revoked on chain is no longer trusted here."""


@dataclass
class TrustSource:
    """Reads the trust file from the chain.

    Attributes:
        settings: name the chain and its contracts.
    """

    settings: Settings
    _found: Trust | None = field(default=None, init=False)
    _read_at: float = field(default=0.0, init=False)

    def current(self) -> Trust:
        """Return what is trusted now.

        Raises:
            UnavailableError: the chain does not answer, and never did.
            ConfigurationError: the contracts are not set, or not there.
        """
        if self._found is None or monotonic() - self._read_at > TRUST_SECONDS:
            try:
                self._found = self._read()
            except UnavailableError:
                if self._found is None:
                    raise
            self._read_at = monotonic()
        return self._found

    def _read(self) -> Trust:
        from node import trust_file  # noqa: PLC0415 - the ABI codec, which most commands do without

        return trust_file.build(self.settings)
