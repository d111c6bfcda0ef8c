"""Checking one recorded QBFT block, offline: the numbered list B1 to B7, none stopping at another.

B1 the RLP as served is the header · B2 the header hashes to the block's name · B3 the validators:
listed in the header, or proved on the parent's state · B4 a quorum of them sealed it · B5 the
receipts rebuild the receipts root · B6 the anchor contract's slots are proved under the state root ·
B7 what the file expects is what came out.

Nothing here knows the consortium's own validators: whose list it is has to be compared with the
trust file. A part that the file may leave out and does gives no finding; only the proof of the validators
in contract mode cannot be left out without the answer "not provable".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ledger.errors import MalformedError
from ledger.proof.block_file import BlockFile, StatedAccount
from ledger.proof.block_receipts import contradictions
from ledger.proof.header import ChainKind, block_hash
from ledger.proof.membership import Account, validators_from_storage, verify_account, verify_slot
from ledger.proof.qbft import SealCurve, SealReport, quorum, seal_hash, verify_seals
from ledger.proof.qbft_extra import QbftExtra
from ledger.proof.receipt import receipts_trie
from ledger.proof.report import ExitCode, Finding, Verdict, not_provable, proved, refuted

BLOCK_CHECKS: Final = tuple(f"B{number}" for number in range(1, 8))
_KINDS: Final[Mapping[str, ChainKind]] = {"header": "qbft-header", "contract": "qbft-contract"}


@dataclass(frozen=True, slots=True)
class BlockReport:
    """What was found.

    Attributes:
        file: what was checked.
        block_hash: 32 bytes, as computed; ``None`` when the extra data is not QBFT's.
        seal_hash: 32 bytes, likewise.
        seals: who sealed; ``None`` likewise.
        receipts_root: 32 bytes, rebuilt; ``None`` when a receipt is not at its place.
        findings: in the order of the checks.
    """

    file: BlockFile
    block_hash: bytes | None
    seal_hash: bytes | None
    seals: SealReport | None
    receipts_root: bytes | None
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> ExitCode:
        """Refuted outranks "not provable"."""
        verdicts = {finding.verdict for finding in self.findings}
        if Verdict.REFUTED in verdicts:
            return ExitCode.REFUTED
        return ExitCode.NOT_PROVABLE if Verdict.NOT_PROVABLE in verdicts else ExitCode.PROVED


def check_block(file: BlockFile, curve: SealCurve) -> BlockReport:
    """Check everything that a file holds.

    Args:
        file: of a block.
        curve: of the validators' seals, as the reader knows the chain; the file is not asked.
    """
    header = file.block.header
    named = sealing = seals = None
    try:
        named, sealing = block_hash(header, _KINDS[file.mode]), seal_hash(header)
        seals = verify_seals(header, file.validators, curve)
    except MalformedError as error:
        b4 = refuted("B4", error.code, **error.params)
    else:
        b4 = _b4_sealed(seals, named)
    root, b5 = _b5_receipts(file, named)
    findings = [
        *_b1_served(file),
        _b2_named(file, named),
        _b3_validators(file),
        b4,
        b5,
        *_b6_state(file),
    ]
    report = BlockReport(file, named, sealing, seals, root, ())
    findings += _b7_expected(report)
    return BlockReport(file, named, sealing, seals, root, tuple(findings))


def outcome(report: BlockReport) -> dict[str, object]:
    """Return what recorded blocks state under ``expected``, as JSON has it; unknown is ``None``."""
    seals = report.seals
    return {
        "block_hash": _hex(report.block_hash),
        "seal_hash": _hex(report.seal_hash),
        "round": None if seals is None else seals.round_number,
        "signers": None if seals is None else [_hex(signer) for signer in seals.signers],
        "quorum": quorum(len(report.file.validators)),
        "verdict": None if seals is None else seals.verdict,
    }


def _hex(value: bytes | None) -> str | None:
    return None if value is None else "0x" + value.hex()


def _b1_served(file: BlockFile) -> Iterator[Finding]:
    """B1: the header as served is the header that is read."""
    if file.served is None:
        return
    if file.served == file.block.header.encode():
        yield proved("B1", "block-served-same")
    else:
        yield refuted("B1", "block-served-other")


def _b2_named(file: BlockFile, named: bytes | None) -> Finding:
    """B2: the header with round 0 and no seals hashes to the block's name."""
    if named is None:
        return not_provable("B2", "depends-on", check_needed="B4")
    if named != file.block.hash:
        return refuted("B2", "block-other-hash", stated=_hex(file.block.hash), found=_hex(named))
    return proved("B2", "block-named", block=_hex(named))


def _b3_validators(file: BlockFile) -> Finding:
    """B3: the stated validators are those that the chain names for this block."""
    if not file.validators or len(set(file.validators)) != len(file.validators):
        return refuted("B3", "qbft-validators")
    try:
        extra = QbftExtra.parse(file.block.header.extra_data)
        if file.mode == "contract":
            return _in_parent_state(file, extra)
    except MalformedError as error:
        return refuted("B3", error.code, **error.params)
    if sorted(extra.validators) != sorted(file.validators):
        return refuted("B3", "validators-other", stated=len(file.validators))
    return proved(
        "B3", "validators-in-header", trusts=("validator-list",), count=len(file.validators)
    )


def _in_parent_state(file: BlockFile, extra: QbftExtra) -> Finding:
    if extra.validators or extra.vote is not None:
        return refuted("B3", "validators-beside-contract")
    parent, contract, header = file.parent, file.contract, file.block.header
    if parent is None:
        return not_provable("B3", "validators-unproved", field="parent_header")
    if contract is None:
        return not_provable("B3", "validators-unproved", field="validator_contract")
    if block_hash(parent.header, "qbft-contract") != header.parent_hash:
        return refuted("B3", "parent-other-hash", field="parent_header")
    if parent.hash != header.parent_hash:
        return refuted("B3", "parent-other-hash", field="parent_header.hash")
    if parent.header.number + 1 != header.number:
        return refuted("B3", "parent-other-hash", field="parent_header.number")
    stated = contract.account
    _prove_account(stated, parent.header.state_root)
    slots = {each.slot: each.nodes for each in stated.slots}
    found = validators_from_storage(stated.storage_root, slots, base_slot=contract.base_slot)
    if sorted(found) != sorted(file.validators):
        return refuted("B3", "validators-other", stated=len(file.validators))
    address = _hex(stated.address)
    trusts = ("validator-contract",)
    return proved("B3", "validators-in-state", trusts=trusts, contract=address, count=len(found))


def _b4_sealed(seals: SealReport, named: bytes) -> Finding:
    """B4: at least ceil(2N/3) distinct validators sealed the block, and nobody else."""
    if not seals.sealed:
        return refuted("B4", "block-not-sealed", why=seals.verdict, block=_hex(named))
    return proved(
        "B4",
        "block-sealed",
        trusts=("validators",),
        block=_hex(named),
        seals=len(seals.signers),
        validators=seals.validators,
    )


def _b5_receipts(file: BlockFile, named: bytes | None) -> tuple[bytes | None, Finding]:
    """B5: the receipts are all of the block's, in order, and say nothing else of it."""
    header = file.block.header
    try:
        root = receipts_trie(file.receipts).root
    except MalformedError as error:
        return None, refuted("B5", error.code, **error.params)
    if root != header.receipts_root:
        return root, refuted("B5", "receipts-other-root", found=_hex(root))
    for field in contradictions(file.receipts, header, named or file.block.hash):
        return root, refuted("B5", "receipts-contradict", field=field)
    return root, proved("B5", "receipts-rebuilt", count=len(file.receipts), root=_hex(root))


def _b6_state(file: BlockFile) -> Iterator[Finding]:
    """B6: the anchor contract's account and slots stand under the block's state root."""
    if file.anchor is None:
        return
    try:
        _prove_account(file.anchor, file.block.header.state_root)
    except MalformedError as error:
        yield refuted("B6", error.code, **error.params)
        return
    address = _hex(file.anchor.address)
    yield proved("B6", "state-proved", contract=address, slots=len(file.anchor.slots))


def _prove_account(stated: StatedAccount, state_root: bytes) -> None:
    """Check account and slots against the root and against what the answer states.

    Raises:
        MalformedError: a path does not hold, or proves something else.
    """
    account = verify_account(state_root, stated.address, stated.nodes)
    if account != Account(stated.nonce, stated.balance, stated.storage_root, stated.code_hash):
        raise MalformedError("state-other-account", address=stated.address.hex())
    for each in stated.slots:
        if verify_slot(stated.storage_root, each.slot, each.nodes) != each.value:
            raise MalformedError("state-other-value", slot=each.slot.hex())


def _b7_expected(report: BlockReport) -> Iterator[Finding]:
    """B7: the values that the file expects, in value and in type."""
    found = outcome(report)
    expected = {name: value for name, value in report.file.expected.items() if name in found}
    if not expected:
        return
    for name, value in expected.items():
        if type(found[name]) is not type(value) or found[name] != value:
            yield refuted("B7", "expected-other", field=f"expected.{name}", found=found[name])
            return
    yield proved("B7", "expected-found", count=len(expected))
