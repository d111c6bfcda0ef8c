"""Certifying: the evidence package of one item, ready for a court.

1. Seal a ``case_head``, so that the case chain is closed for this export, and place it in the log.
2. Collect statement, proofs, case chain and dossier; decrypt the disclosed fields and the content.
3. Write the archive beside its place, verify it with the shipped verifier, and only then give it its name.

A package that our own verifier refutes is never handed out.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.errors import IntegrityError, LedgerError, RefusedError
from ledger.evidence.fields import Field
from ledger.evidence.instants import format_instant
from ledger.evidence.statement import read_leaf
from ledger.ports.clock import Clock
from ledger.ports.signer import StatementSigner
from ledger.proof import layout
from ledger.proof.report import Report, Verdict
from ledger.services import gathering, packing
from ledger.services.composing import CONTENT_FIELD, Item
from ledger.services.disclosing import Discloser
from ledger.services.gathering import Anchored
from ledger.services.intake import Intake
from ledger.services.packing import ContentFile
from ledger.services.sequencing import Sequencer
from ledger.store import cases
from ledger.store.statements import StatementRow
from ledger.store.transactions import Begin

MAX_CASE_ITEMS: Final = 3900
"""An archive has at most 4,096 files; longer cases are exported without their chain, and V15 says so."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What to leave out.

    Attributes:
        withhold: names of fields.
        with_content: whether the content goes into the package.
    """

    withhold: frozenset[str] = frozenset()
    with_content: bool = True


@dataclass(frozen=True, slots=True)
class Certifier:
    """Makes packages.

    Attributes:
        begin: opens a transaction for reading: a package being made holds up no intake.
        intake: seals the case head.
        sequencer: places it.
        may_sequence: fencing; raises when this copy may not sequence.
        signer: the evidence key, for ``package.json``.
        discloser: opens content and fields.
        clock: this machine's time.
        quorum: asks how many cosignatures a reader will want.
        verify: runs the shipped verifier on a file.
        readme: the text for people who open the archive.
    """

    begin: Begin
    intake: Intake
    sequencer: Sequencer
    may_sequence: Callable[[], None]
    signer: StatementSigner
    discloser: Discloser
    clock: Clock
    quorum: Callable[[], int]
    verify: Callable[[Path], Report]
    readme: bytes

    def export(self, leaf_hash: bytes, target: Path, options: ExportOptions) -> Report:
        """Write the package of ``leaf_hash`` to ``target`` and return its verification.

        Raises:
            RefusedError: unknown evidence, not anchored yet, an unknown field to withhold,
                or ``target`` exists.
            IntegrityError: the package does not verify; nothing is left at ``target``.
        """
        if target.exists():
            raise RefusedError("export-exists", file=target.name)
        if not target.parent.is_dir():
            raise RefusedError("file-unwritable", file=target.name, why="no such folder")
        item = self._anchored(leaf_hash)
        fields = self.discloser.fields(item.row)
        _check_withheld(options.withhold, fields)
        files = self._proofs(item)
        disclosed = tuple(field for field in fields if field.name not in options.withhold)
        # Without its digests, which are a field when they could be guessed, a content proves nothing.
        shown = options.with_content and CONTENT_FIELD not in options.withhold
        content = self._content(item.row, fields) if shown else None
        return self._write(item, target, files, disclosed, content)

    def _anchored(self, leaf_hash: bytes) -> Anchored:
        with self.begin() as connection:
            found = gathering.find_anchored(connection, leaf_hash, 0)
        if not (quorum := self.quorum()):
            return found
        with self.begin() as connection:
            return gathering.find_anchored(connection, leaf_hash, quorum)

    def _proofs(self, item: Anchored) -> dict[str, bytes]:
        head_number = self._seal_case_head(item.row)
        with self.begin() as connection:
            files = gathering.proof_files(connection, item)
            if head_number is not None:
                files.update(gathering.case_files(connection, item, head_number=head_number))
        return files

    def _seal_case_head(self, row: StatementRow) -> int | None:
        """Seal and place a head of the item's case; return its number, ``None`` without a case."""
        if row.case_id is None:
            return None
        with self.begin() as connection:
            case = cases.by_id(connection, row.case_id)
        if case is None or case.last_number >= MAX_CASE_ITEMS:
            return None
        self.may_sequence()
        (outcome,) = self.intake.seal_many([Item(kind="case_head", case=case.lookup)], by_node=True)
        if isinstance(outcome, LedgerError):
            raise outcome
        self.sequencer.run()
        return outcome.case_number

    def _content(self, row: StatementRow, fields: tuple[Field, ...]) -> ContentFile | None:
        disclosed = self.discloser.content(row, fields)
        if disclosed is None:
            return None
        content = disclosed.content
        return ContentFile(packing.content_path(content.media_type), content, disclosed.chunks)

    def _write(
        self,
        item: Anchored,
        target: Path,
        files: dict[str, bytes],
        disclosed: tuple[Field, ...],
        content: ContentFile | None,
    ) -> Report:
        signed = read_leaf(item.row.leaf)
        if disclosed:
            files[layout.FIELDS] = packing.fields_file(disclosed)
        files[layout.CATALOGUE] = packing.catalogue_file(signed, content)
        files[layout.README] = self.readme
        package = packing.list_package(
            item.row.leaf_hash,
            files,
            content,
            created_at=format_instant(self.clock.now()),
            withheld=sorted(set(signed.statement.fields) - {field.name for field in disclosed}),
            content_withheld=content is None and item.row.object_id is not None,
        )
        key = self.signer.public_key
        signature = self.signer.sign(package.signed_bytes())
        files[layout.PACKAGE] = package.envelope(signature=signature, key=key)
        part = target.with_name(f"{target.name}.{os.urandom(4).hex()}.part")
        try:
            packing.write_package(part, files, content, package)
            report = self._verified(part)
            part.rename(target)
        finally:
            part.unlink(missing_ok=True)
        return report

    def _verified(self, part: Path) -> Report:
        report = self.verify(part)
        for finding in report.findings:
            if finding.verdict is Verdict.REFUTED:
                raise IntegrityError("export-refuted", check=finding.check, why=finding.code)
        return report


def _check_withheld(withhold: frozenset[str], fields: tuple[Field, ...]) -> None:
    unknown = withhold - {field.name for field in fields}
    if unknown:
        raise RefusedError("withhold-unknown", names=", ".join(sorted(unknown)))
