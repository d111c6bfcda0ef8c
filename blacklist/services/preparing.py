"""Preparing entries: identifiers evaluated, and out of their secrets tag, keys and signed row."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from blacklist.curve.secret import Secret
from blacklist.domain.chronicle.keys import DUAL_READ, HeldKey, KeyState
from blacklist.domain.entries.details import encrypt_details
from blacklist.domain.entries.facts import tag_commitment
from blacklist.domain.entries.rows import NONCE_BYTES, ROW, IndexRow
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.oprf.framing import named
from blacklist.domain.oprf.tags import entry_key, tag_of
from blacklist.domain.protocol.documents import SignedDocument, sign
from blacklist.domain.protocol.purposes import Purpose
from blacklist.ports.entry_keys import EntryKeys
from blacklist.services.evaluating import NUMBERS
from blacklist.services.inquiring import Inquirer, InquirySubject
from blacklist.services.own_content import OwnContent, OwnPlan
from ledger.errors import RefusedError
from ledger.ports.clock import Clock
from ledger.ports.signer import StatementSigner
from ledger.primitives.digest import sha256

NODE: Final = "node"
"""Who asks when a batch is prepared: the persons who agreed to the listing stand with the entry."""


@dataclass(frozen=True, slots=True)
class EntryPreparer:
    """Prepares entries.

    Attributes:
        state: the state of keys, as far as the chain was followed.
        inquirer: has identifiers evaluated.
        entry_keys: keys of entries.
        signer: this member's evidence key.
        clock: this machine's.
        dual_read: how long the key before the one in force stays readable.
    """

    state: Callable[[], KeyState]
    inquirer: Inquirer
    entry_keys: EntryKeys
    signer: StatementSigner
    clock: Clock
    dual_read: timedelta = DUAL_READ

    def held(self, identifiers: IdentifierType) -> HeldKey:
        """Return the key in force of a type.

        Raises:
            RefusedError: ``blacklist-no-key``: there is none.
        """
        held = self.state().keys.get(NUMBERS[identifiers])
        if held is None:
            raise RefusedError("blacklist-no-key")
        return held

    def readable(self, identifiers: IdentifierType, key_epoch: int) -> HeldKey | None:
        """Return the key of an epoch; ``None`` when nobody reads what it gave any more."""
        held = self.state().readable(NUMBERS[identifiers], self.clock.now(), self.dual_read)
        return next((each for each in held if each.key_epoch == key_epoch), None)

    def evaluate(
        self, contents: Sequence[OwnContent], purpose: Purpose, held: HeldKey | None = None
    ) -> Sequence[Secret]:
        """Return the secrets of identifiers of one type; wipe them after use.

        The same contents are the same request when they are asked about again: servers count it once.

        Args:
            contents: of one type.
            purpose: why.
            held: key that is readable; the one in force by default.

        Raises:
            UnavailableError: too few holders answer.
            RefusedError: there is no key of the type, or the budget is used up.
        """
        subjects = [
            InquirySubject(each.identifier, each.newest.facts.basis_evidence.hex())
            for each in contents
        ]
        salts = [part for each in contents for part in (each.tag_salt, each.newest.salt)]
        name = sha256(named("prepare", *salts))
        return self.inquirer.ask(subjects, purpose, NODE, held, name=name)

    def plan(self, secret: Secret, entry: bytes, held: HeldKey, content: OwnContent) -> OwnPlan:
        """Return what goes on chain and into the index."""
        with entry_key(secret, entry) as key:
            address = self.entry_keys.address(key)
        commitment = tag_commitment(tag_of(secret, held.key_epoch), content.tag_salt)
        row = self.row(secret, entry, held, content)
        return OwnPlan(commitment, address, held.key_epoch, (row,))

    def row(
        self, secret: Secret, entry: bytes, held: HeldKey, content: OwnContent
    ) -> SignedDocument:
        """Return the signed row of the newest version of the facts."""
        said, nonce = content.newest, os.urandom(NONCE_BYTES)
        row = IndexRow(
            entry=entry,
            tag=tag_of(secret, held.key_epoch),
            salt=content.tag_salt,
            facts=said.commitment,
            nonce=nonce,
            details=encrypt_details(secret, entry, nonce, said),
        )
        return sign(ROW, row.to_json(), self.signer.sign)
