"""Shares of keys at rest: sealed under keys that no backup holds, opened for one use."""

from collections.abc import Collection
from dataclasses import dataclass

from blacklist.curve import points
from blacklist.curve.scalars import Scalar
from blacklist.domain.chronicle.keys import HeldKey
from blacklist.ports.share_keys import ShareKeys
from blacklist.store import ceremonies
from ledger.errors import IntegrityError
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.store.transactions import Begin


@dataclass(frozen=True, slots=True)
class ShareHolding:
    """Keeps and opens this member's shares.

    Attributes:
        begin: opens a write transaction.
        keys: seal them.
        clock: this machine's.
    """

    begin: Begin
    keys: ShareKeys
    clock: Clock

    def put(self, held: HeldKey, share: Scalar) -> None:
        """Keep the share of a new share epoch, durably."""
        sealed = self.keys.seal(_name(held.identifiers, held.key_epoch, held.share_epoch), share)
        with self.begin() as connection:
            if (
                ceremonies.share(connection, held.identifiers, held.key_epoch, held.share_epoch)
                is None
            ):
                ceremonies.put_share(
                    connection,
                    held.identifiers,
                    held.key_epoch,
                    held.share_epoch,
                    sealed=sealed,
                    stored_at=format_instant(self.clock.now()),
                )

    def open(self, held: HeldKey, index: int) -> Scalar | None:
        """Return the share of a readable key; ``None`` when this member holds none.

        Args:
            held: the key.
            index: this member's.

        Raises:
            ConfigurationError: ``share-key-missing``: its key is not here; a refresh gives a new share.
            IntegrityError: it was changed, or does not belong to its public key.
        """
        with self.begin() as connection:
            sealed = ceremonies.share(
                connection, held.identifiers, held.key_epoch, held.share_epoch
            )
        if sealed is None:
            return None
        name = _name(held.identifiers, held.key_epoch, held.share_epoch)
        with self.keys.open(name, sealed) as opened:
            share = Scalar.decode(opened.view())
        if points.multiply_base(share) != held.keys.share_keys.get(index):
            share.wipe()
            raise IntegrityError("share-does-not-fit")
        return share

    def keep_only(self, identifiers: int, keeping: Collection[HeldKey]) -> int:
        """Destroy the shares of all other epochs of a type: keys first, so that no copy can be opened."""
        epochs = {(held.key_epoch, held.share_epoch) for held in keeping}
        with self.begin() as connection:
            others = set(ceremonies.share_epochs(connection, identifiers)) - epochs
        for key_epoch, share_epoch in others:
            self.keys.destroy(_name(identifiers, key_epoch, share_epoch))
            with self.begin() as connection:
                ceremonies.forget_share(connection, identifiers, key_epoch, share_epoch)
        return len(others)


def _name(identifiers: int, key_epoch: int, share_epoch: int) -> str:
    return f"share-{identifiers}-{key_epoch}-{share_epoch}"
