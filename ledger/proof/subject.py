"""What is being verified: the parts of a package, each read once, each owned by one check.

A part that cannot be read is the failure of the check that owns it. Every other check that needs the part
is then "not provable, because of that check": one cause is reported once.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Final, TypeVar

from ledger.errors import MalformedError
from ledger.evidence.fields import Field, fields_from_json
from ledger.evidence.statement import Content, SignedStatement, content_from_json, read_leaf
from ledger.primitives.canonical import decode
from ledger.primitives.checkpoint_text import CheckpointBody
from ledger.primitives.tlog_proof import TlogProof
from ledger.proof import layout
from ledger.proof.anchor_event import AnchorEvent, find_event
from ledger.proof.bundle import MAX_PROOF_FILE, Bundle
from ledger.proof.checkpoint import cosignature_times, signing_log_key
from ledger.proof.header import Header, block_hash, parse_header
from ledger.proof.package_list import SignedPackageList, read_package_list
from ledger.proof.proof_files import receipt_from_bytes
from ledger.proof.qbft import SealReport
from ledger.proof.receipt import verify_receipt
from ledger.proof.sealing import seal_report
from ledger.proof.trust import KeyRecord, Trust, TrustedMember

T = TypeVar("T")

CONTENT_FIELD: Final = "content"
"""Field that commits the digests of a content too small to show them."""


class PartMissingError(Exception):
    """Raised when a part is not in the package: its owner's check is not provable."""

    def __init__(self, check: str, path: str) -> None:
        super().__init__(check, path)
        self.check = check
        self.path = path


class PartBrokenError(Exception):
    """Raised when a part cannot be read; carries the owner's check and the error."""

    def __init__(self, check: str, error: MalformedError) -> None:
        super().__init__(check, error)
        self.check = check
        self.error = error


class Subject:
    """The parts of one package, read lazily.

    Attributes:
        bundle: the package.
        trust: what the reader holds.
    """

    def __init__(self, bundle: Bundle, trust: Trust) -> None:
        self.bundle: Final = bundle
        self.trust: Final = trust

    def _part(self, check: str, path: str, parse: Callable[[bytes], T]) -> T:
        if path not in self.bundle:
            raise PartMissingError(check, path)
        try:
            return parse(self.bundle.read(path))
        except MalformedError as error:
            raise PartBrokenError(check, error) from error

    @cached_property
    def package(self) -> SignedPackageList:
        """The signed list of files, owned by V2."""
        return self._part("V2", layout.PACKAGE, read_package_list)

    @cached_property
    def signed(self) -> SignedStatement:
        """The leaf, owned by V4."""
        return self._part("V4", layout.STATEMENT, read_leaf)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The disclosed fields, owned by V5; empty when the file is absent."""
        if layout.FIELDS not in self.bundle:
            return ()
        return self._part("V5", layout.FIELDS, _read_fields)

    @cached_property
    def content(self) -> Content | None:
        """The digests that the content must have: in the statement, or disclosed as a field."""
        if self.signed.statement.content is not None:
            return self.signed.statement.content
        for field in self.fields:
            if field.name == CONTENT_FIELD:
                return content_from_json(field.value)
        return None

    @cached_property
    def leaf_proof(self) -> TlogProof:
        """Inclusion path and checkpoint, owned by V6."""
        return self._part("V6", layout.LEAF_PROOF, TlogProof.parse)

    @cached_property
    def checkpoint(self) -> CheckpointBody:
        """The checkpoint's text, owned by V6."""
        try:
            return CheckpointBody.parse(self.leaf_proof.checkpoint.text)
        except MalformedError as error:
            raise PartBrokenError("V6", error) from error

    @cached_property
    def log_key(self) -> bytes | None:
        """The member's log key that signed the checkpoint; ``None`` when none did."""
        member = self.member
        return None if member is None else signing_log_key(self.leaf_proof.checkpoint, member)

    @cached_property
    def cosignature_times(self) -> dict[bytes, int]:
        """The time of each other member's valid cosignature, by member id.

        A member that was suspended or gone at the anchor's block is no witness there.

        Raises:
            MalformedError: a line is not of its form.
        """
        if layout.COSIGNATURES not in self.bundle:
            return {}
        lines = self.bundle.read(layout.COSIGNATURES).decode("utf-8", "replace").splitlines()
        own = self.signed.statement.member
        height = self.header.number
        others = [
            each
            for each in self.trust.members.values()
            if each.member != own and each.active_at(height)
        ]
        text = self.leaf_proof.checkpoint.text
        return cosignature_times(text, lines, others, is_trusted=self._trusted_now)

    def _trusted_now(self, record: KeyRecord) -> bool:
        """Tell whether a key counts at the anchor's block."""
        return record.trusted_at(self.header.number, self.trust.policy.grace_blocks)

    @cached_property
    def header(self) -> Header:
        """The header of the anchor's block, owned by V10."""
        return self._part("V10", layout.HEADER, parse_header)

    @cached_property
    def block_hash(self) -> bytes:
        """The hash of the anchor's block, owned by V10."""
        try:
            return block_hash(self.header, self.trust.chain.kind)
        except MalformedError as error:
            raise PartBrokenError("V10", error) from error

    @cached_property
    def seals(self) -> SealReport | None:
        """The seals of the anchor's block, recovered once; ``None`` without seals or known validators."""
        return seal_report(self.header, self.trust.chain)

    @cached_property
    def event(self) -> AnchorEvent:
        """The anchor event in the block's receipts, owned by V9."""
        proof = self._part("V9", layout.RECEIPT, receipt_from_bytes)
        contract = self.trust.contracts.get("EvidenceAnchor")
        if contract is None:
            raise PartMissingError("V9", "EvidenceAnchor")
        try:
            receipt = verify_receipt(proof, self.header.receipts_root)
            return find_event(
                receipt,
                contract.address,
                member=self.signed.statement.member,
                size=self.checkpoint.size,
            )
        except MalformedError as error:
            raise PartBrokenError("V9", error) from error

    @cached_property
    def not_before(self) -> Header:
        """The header of the block that the statement names, owned by V14."""
        return self._part("V14", layout.NOT_BEFORE_HEADER, parse_header)

    @property
    def member(self) -> TrustedMember | None:
        """The institution as the reader knows it; ``None`` when it is not in the trust file."""
        return self.trust.members.get(self.signed.statement.member)


def _read_fields(data: bytes) -> tuple[Field, ...]:
    return fields_from_json(decode(data, max_bytes=MAX_PROOF_FILE))
