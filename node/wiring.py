"""Where adapters meet services: from settings to a node that can work.

Nothing is built at import. A node without contract addresses can seal and list; what needs the chain says
that it is not configured.

Adapters that are slow to import are imported when they are first needed: most commands do without them.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from ledger.errors import (
    ConfigurationError,
    IntegrityError,
    MalformedError,
    RefusedError,
)
from ledger.evidence.log import LogIdentity
from ledger.evidence.statement import NotBefore
from ledger.keys.files import (
    create_secret,
    verify_statement,
)
from ledger.keys.key_store import SqlRecordKeys
from ledger.keys.spare_keys import SpareRecordKeys
from ledger.messages.catalogue import text
from ledger.ports.chain import Chain, ChainProof
from ledger.ports.master_key import MasterKeys
from ledger.ports.signer import StatementSigner
from ledger.ports.vault import Vault
from ledger.proof.chain_proof import ExpectedAnchor, check_chain_proof
from ledger.proof.report import Report
from ledger.proof.trust import Trust, TrustedContract
from ledger.services.anchoring import Anchorer
from ledger.services.auditing import Auditor
from ledger.services.auditing_records import RecordAuditor
from ledger.services.certifying import Certifier
from ledger.services.composing import Author
from ledger.services.disclosing import Discloser
from ledger.services.erasing import Eraser
from ledger.services.fencing import Fence
from ledger.services.intake import Intake
from ledger.services.not_before import NotBeforeSource
from ledger.services.reconciling import Reconciler
from ledger.services.sequencing import Sequencer, current_log
from ledger.store.anchors import AnchorRow
from ledger.verifier.reading import verify_file
from node.adapters import SystemClock, chain_of, vault_of
from node.audit.checking import AuditChecker
from node.audit.entries import AuditEntry
from node.audit.sealing import AuditSealer
from node.audit.trail import Trail
from node.database import (
    BLACKLIST_VERSIONS,
    KEY_STORE_VERSIONS,
    LEDGER_VERSIONS,
    NODE_VERSIONS,
    Database,
)
from node.fingerprint import fingerprint
from node.identity.service import Identity
from node.key_places import (
    KEYS,
    PURPOSE_KEY,
    prepare_key_store,
)
from node.keyring import Keyring
from node.lookups import Lookups
from node.master_key import source_of
from node.platform_facts import observe
from node.settings import RESTORING, Settings, load_settings
from node.trust_source import TrustSource

T = TypeVar("T")


@dataclass
class Node:
    """A member's node, put together; parts are built when they are first needed.

    Attributes:
        settings: as read.
        database: the ledger's.
        key_database: the key store's.
        keyring: opens the member's keys.
        clock: this machine's.
        spare_keys: makes record keys in advance, for a service that seals one by one.
    """

    settings: Settings
    database: Database
    key_database: Database
    keyring: Keyring
    clock: SystemClock
    spare_keys: bool = False

    @property
    def master_keys(self) -> MasterKeys:
        """The key that wraps all others; both while it is being changed."""
        return self.keyring.master_keys

    @cached_property
    def evidence_key(self) -> StatementSigner:
        """The key that signs statements, receipts and package lists."""
        return self.keyring.evidence

    @cached_property
    def log_key(self) -> StatementSigner:
        """The key that signs checkpoints."""
        return self.keyring.log

    @cached_property
    def record_keys(self) -> SqlRecordKeys:
        """The key store."""
        reload = source_of(self.settings).load
        return SqlRecordKeys(self.key_database.write, self.master_keys, reload)

    @cached_property
    def vault(self) -> Vault:
        """The encrypted content."""
        return vault_of(self.settings)

    @property
    def log(self) -> LogIdentity:
        """The present log generation; another process may begin the next one."""
        with self.database.read() as connection:
            return current_log(connection).identity

    @cached_property
    def chain(self) -> Chain:
        """The shared chain.

        Raises:
            ConfigurationError: the contracts' addresses are not set.
        """
        return chain_of(self.settings, self.keyring.anchor)

    @cached_property
    def not_before(self) -> NotBeforeSource:
        """The newest final block that is known."""
        return NotBeforeSource(self.database.write, self.chain)

    @cached_property
    def intake(self) -> Intake:
        """Takes items in."""
        return Intake(
            begin=self.database.write,
            record_keys=SpareRecordKeys(self.record_keys) if self.spare_keys else self.record_keys,
            vault=self.vault,
            signer=self.evidence_key,
            clock=self.clock,
            author=Author(self.log, observe(), self.settings.maximum_merge_delay),
            not_before=self._not_before,
        )

    def _not_before(self) -> NotBefore | None:
        """Return the block for the next statement; ``None`` on a node without a chain."""
        return None if self.settings.registry is None else self.not_before.current()

    @cached_property
    def sequencer(self) -> Sequencer:
        """Gives places and signs checkpoints."""
        return Sequencer(self.database.write, self.log_key, self.clock)

    @cached_property
    def fence(self) -> Fence:
        """Makes sure that this copy may sequence and sign."""
        return Fence(self.database.write, self.chain, self.clock, self.fingerprint)

    @cached_property
    def fingerprint(self) -> str:
        """Names this running copy."""
        return fingerprint(self.settings.home, self.database, self.settings.replica_group)

    @cached_property
    def reconciler(self) -> Reconciler:
        """Notices final anchors that the chain has lost."""
        forgetful = self.settings.chain_kind == "dev"
        return Reconciler(self.database.write, self.chain, forgetful=forgetful)

    @cached_property
    def anchorer(self) -> Anchorer:
        """Anchors checkpoints."""
        return Anchorer(self.database.write, self.chain, self.clock, self._check_proof)

    @cached_property
    def certifier(self) -> Certifier:
        """Makes packages."""
        return Certifier(
            begin=self.database.read,
            intake=self.intake,
            sequencer=self.sequencer,
            may_sequence=self.fence.check,
            signer=self.evidence_key,
            discloser=self.discloser,
            clock=self.clock,
            quorum=lambda: self.trust.policy.cosignature_quorum,
            verify=self._verify,
            readme=f"{text('package-readme', 'zh')}\n\n{text('package-readme', 'en')}\n".encode(),
        )

    @cached_property
    def discloser(self) -> Discloser:
        """Opens clear values and contents."""
        return Discloser(self.database.read, self.record_keys, self.vault)

    @cached_property
    def eraser(self) -> Eraser:
        """Erases what could identify a person."""
        return Eraser(
            begin=self.database.write,
            intake=self.intake,
            record_keys=self.record_keys,
            vault=self.vault,
            clock=self.clock,
            backup_days=self.settings.key_backup_days,
            carried_out=self._erased,
        )

    def _erased(self, connection: Connection, leaf_hash: bytes) -> None:
        self.trail.record_in(connection, AuditEntry("node", "evidence.erased", leaf_hash.hex()))

    @cached_property
    def auditor(self) -> Auditor:
        """Re-reads and checks everything."""
        return Auditor(
            begin=self.database.read,
            records=RecordAuditor(self.vault, self.record_keys, verify_statement),
            verify=verify_statement,
            log_key=self.log_key.public_key,
            check_proof=self._check_proof,
        )

    @cached_property
    def trail(self) -> Trail:
        """Records who did and saw what."""
        return Trail(self.database.write, self.clock, self.database.read)

    @cached_property
    def audit_sealer(self) -> AuditSealer:
        """Seals the trail into the evidence log."""
        return AuditSealer(self.database.write, self.intake, self.clock)

    @cached_property
    def audit_checker(self) -> AuditChecker:
        """Checks the trail and its seals."""
        return AuditChecker(self.database.read, verify_statement)

    @cached_property
    def identity(self) -> Identity:
        """Operators, sessions, tokens, releases."""
        write, read = self.database.write, self.database.read
        return Identity(write, read, self.clock, self.keyring.purpose, self.settings, self.trail)

    @cached_property
    def trust_source(self) -> TrustSource:
        """Reads from the chain what this node trusts."""
        return TrustSource(self.settings)

    @property
    def trust(self) -> Trust:
        """What this node trusts now: also what ``trust export`` writes."""
        return self.trust_source.current()

    @cached_property
    def lookups(self) -> Lookups:
        """Makes blind indices."""
        return Lookups(self.keyring.lookup)

    def _verify(self, package: Path) -> Report:
        return verify_file(package, self.trust)

    def _check_proof(self, log: LogIdentity, row: AnchorRow, proof: ChainProof) -> None:
        expected = ExpectedAnchor(
            member=log.member,
            generation=log.generation,
            size=row.size,
            root=row.root,
            previous_size=row.previous_size,
        )
        try:
            check_chain_proof(
                header=proof.header,
                receipt=proof.receipt,
                membership=proof.membership,
                contract=self._anchor_contract,
                expected=expected,
            )
        except MalformedError as error:
            raise IntegrityError("anchor-proof", why=error.code) from error

    @cached_property
    def _anchor_contract(self) -> TrustedContract:
        from node import trust_file  # noqa: PLC0415 - see the module docstring

        return trust_file.anchor_contract(self.settings)


@contextmanager
def open_node(home: Path, *, spare_keys: bool = False) -> Iterator[Node]:
    """Open the node in ``home`` and close it at the end.

    Raises:
        ConfigurationError: there is none, or its settings or keys do not fit.
    """
    settings = load_settings(home)
    if (home / RESTORING).exists():
        raise ConfigurationError("restore-unfinished", home=home)
    if not settings.key_store_url:
        prepare_key_store(home)
    node = Node(
        settings=settings,
        database=Database(settings.ledger_url),
        key_database=Database(settings.keys_url),
        keyring=Keyring(settings, source_of(settings).load()),
        clock=SystemClock(),
        spare_keys=spare_keys,
    )
    try:
        node.database.migrate(LEDGER_VERSIONS)
        _prepare_purpose_key(node)
        node.database.migrate(NODE_VERSIONS)
        node.database.migrate(BLACKLIST_VERSIONS)
        node.key_database.migrate(KEY_STORE_VERSIONS)
        yield node
    finally:
        node.database.dispose()
        node.key_database.dispose()


def _prepare_purpose_key(node: Node) -> None:
    """Make the key that a home from before the service lacks.

    Later its loss is an error: what was derived from it is stored, and a new one would lock people out.
    """
    path = node.settings.home / KEYS / PURPOSE_KEY
    if path.exists() or node.database.has_history(NODE_VERSIONS):
        return
    with suppress(RefusedError):  # another process of the node was first
        create_secret(path, node.master_keys.present)
