"""The outside world as the settings name it: clock, vault, chain.

The adapters on web3 and boto3 are imported when they are first needed: they take a second and more to import,
and most commands do without them.
"""

from datetime import UTC, datetime

from ledger.errors import ConfigurationError
from ledger.ports.chain import Chain
from ledger.ports.signer import TransactionSigner
from ledger.ports.vault import Vault
from ledger.vault.local import LocalVault
from node.settings import Settings


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the present time, aware, in UTC."""
        return datetime.now(tz=UTC)


def vault_of(settings: Settings) -> Vault:
    """Return the vault that the settings name; it needs no key."""
    if settings.vault_url:
        from ledger.vault.s3 import S3Vault, read_place  # noqa: PLC0415 - see the module docstring

        return S3Vault(read_place(settings.vault_url))
    return LocalVault(settings.home / settings.vault)


def chain_of(settings: Settings, account: TransactionSigner) -> Chain:
    """Return the shared chain, as ``account`` uses it.

    Raises:
        ConfigurationError: the contracts' addresses are not set.
    """
    from ledger.chain.gateway import ChainConfig, Web3Chain  # noqa: PLC0415 - see the module docstring

    if settings.registry is None or settings.anchor is None:
        raise ConfigurationError("chain-not-configured")
    config = ChainConfig(
        url=settings.chain_url,
        chain_id=settings.chain_id,
        kind=settings.chain_kind,
        registry=bytes.fromhex(settings.registry),
        anchor=bytes.fromhex(settings.anchor),
        finality=settings.finality,
        gas_price=settings.gas_price,
    )
    return Web3Chain(config, account)
