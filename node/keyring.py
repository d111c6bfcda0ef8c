"""The member's signing keys and secrets, each opened when it is first needed.

Keys lie in encrypted files in the home, or with a remote signer that the settings name. A key file that
was replaced is noticed at once (``renewed_keys``): no process has to be started again when the member changes
a key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from ledger.errors import ConfigurationError
from ledger.keys.accounts import load_transaction_key
from ledger.keys.files import load_secret, load_statement_key
from ledger.keys.key_files import open_under
from ledger.keys.transit import TransitStatementSigner
from ledger.keys.web3signer import Web3SignerTransactionSigner
from ledger.ports.master_key import MasterKeys
from ledger.ports.signer import StatementSigner, TransactionSigner
from node.key_places import (
    ADMIN_KEY,
    ANCHOR_KEY,
    EVIDENCE_KEY,
    KEYS,
    LOG_KEY,
    LOOKUP_KEY,
    OPERATOR_KEY,
    PURPOSE_KEY,
)
from node.master_key import source_of
from node.renewed_keys import RenewedStatementSigner, RenewedTransactionSigner
from node.settings import Settings

T = TypeVar("T")


@dataclass
class Keyring:
    """Opens keys under the master key.

    Attributes:
        settings: say where each key is.
        master_keys: the key that wraps all others; both while it is being changed.
    """

    settings: Settings
    master_keys: MasterKeys

    @cached_property
    def evidence(self) -> StatementSigner:
        """Signs statements, receipts and package lists."""
        return self._statement_key(EVIDENCE_KEY, self.settings.evidence_signer_url)

    @cached_property
    def log(self) -> StatementSigner:
        """Signs checkpoints, and cosigns those of others."""
        return self._statement_key(LOG_KEY, self.settings.log_signer_url)

    @cached_property
    def anchor(self) -> TransactionSigner:
        """The account that anchors."""
        settings = self.settings
        if settings.anchor_signer_url:
            token_file = self._token_file(settings.anchor_signer_token_file)
            return Web3SignerTransactionSigner(settings.anchor_signer_url, token_file)
        return RenewedTransactionSigner(
            self.settings.home / KEYS / ANCHOR_KEY,
            lambda: self._opened(load_transaction_key, ANCHOR_KEY),
        )

    @cached_property
    def admin(self) -> TransactionSigner:
        """The account that speaks for the member in the registry.

        A home from before it had a key of its own lets the anchor account speak.
        """
        if not (self.settings.home / KEYS / ADMIN_KEY).exists():
            return self.anchor
        return self._opened(load_transaction_key, ADMIN_KEY)

    @property
    def operator(self) -> TransactionSigner:
        """The account that acts for the member at the blacklist's contract.

        Raises:
            ConfigurationError: there is none yet.
        """
        return self._opened(load_transaction_key, OPERATOR_KEY)

    @cached_property
    def purpose(self) -> bytes:
        """The secret that keys for the node's own purposes are derived from; outlives the master key."""
        return self._opened(load_secret, PURPOSE_KEY)

    @cached_property
    def lookup(self) -> bytes:
        """The secret of the blind indices."""
        return self._opened(load_secret, LOOKUP_KEY)

    def _statement_key(self, name: str, url: str) -> StatementSigner:
        if not url:
            path = self.settings.home / KEYS / name
            return RenewedStatementSigner(path, lambda: self._opened(load_statement_key, name))
        return TransitStatementSigner(url, self._token_file(self.settings.signer_token_file))

    def _token_file(self, file: Path | None) -> Path | None:
        return None if file is None else self.settings.home / file

    def _opened(self, load: Callable[[Path, bytes], T], name: str) -> T:
        path = self.settings.home / KEYS / name
        try:
            return open_under(load, path, self.master_keys)
        except ConfigurationError:
            # The master key may have been changed since this process read it.
            self.master_keys = source_of(self.settings).load()
            return open_under(load, path, self.master_keys)
