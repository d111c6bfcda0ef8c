"""What the blacklist costs, on py-evm: a ceremony of twenty holders, a higher threshold, entries.

Postings are of their form and as dense in bytes as real ones. The second of the holders is measured: the
first pays for words that are new, the last for the closing of the phase.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from contract.blacklist import (
    ACCUSING,
    ATTESTING,
    COMPLAINING,
    DEALING,
    ID_NUMBER,
    JOINING,
    OPENING,
    REVEALING,
    attested,
    keys_of,
    word_of,
)
from contract.blacklist_entries import entry_key, id_of, listing, renewal, signature_of
from contract.consortium import member_id, newcomer
from contract.signed_chain import SignedConsortium, accounts, create, deploy
from eth_utils import to_checksum_address

HOLDERS = 20
# Half of them, rounded up, is the threshold that the specification's prototype measured.
MORE_HOLDERS = 28
# The eighth complains, and is answered.
FEW_HOLDERS = 8
PHASE_SECONDS = 86_400
DAY = 86_400
# No byte of the expiry is zero: zeros are cheaper, and the table must not depend on the day.
DENSE = 0x01010101


@dataclass
class Measured:
    """One ceremony among so many holders; account 1 + n is the admin and the operator of member n."""

    holders: int
    used: int = 0
    ceremony: int = 0
    table: dict[str, int] = field(default_factory=dict)
    consortium: SignedConsortium = field(init=False)
    functions: Any = field(init=False)

    def __post_init__(self) -> None:
        people = accounts(self.holders + 1)
        founders = [
            newcomer(number, admin=people[1 + number], keys=[]) for number in range(self.holders)
        ]
        self.consortium = deploy(founders, people=self.holders + 1)
        contract = create(
            self.consortium.web3,
            "FraudBlacklist",
            self.consortium.registry.address,
            PHASE_SECONDS,
        )
        self.functions = contract.functions
        for number in range(self.holders):
            self.send(number, self.functions.setOperator(people[1 + number]))

    @property
    def threshold(self) -> int:
        return self.holders // 2

    def send(self, number: int, call: Any, row: str = "") -> int:
        gas = int(self.consortium.send(1 + number, call)["gasUsed"])
        if row:
            self.table[row] = gas
        return gas

    def points(self, number: int) -> bytes:
        return b"".join(word_of("point", number, place) for place in range(self.threshold))

    def post_all(self, phase: int, say: Callable[[int], bytes], row: str = "") -> None:
        for number in range(self.holders):
            call = self.functions.post(self.ceremony, phase, say(number))
            self.used += self.send(number, call, row if number == 1 else "")

    def open(self, row: str = "") -> None:
        self.ceremony += 1
        self.used += self.send(0, self.functions.openGeneration(ID_NUMBER), row)

    def deal(self, row: str = "") -> None:
        self.post_all(JOINING, lambda number: word_of("key", number), row and f"join, {row}")
        self.post_all(
            DEALING,
            lambda number: self.points(number) + word_of("envelopes", number),
            row and f"deal, {row}",
        )


def measure_blacklist() -> dict[str, int]:
    """Return the rows of the gas table that are about the blacklist."""
    measured = Measured(HOLDERS)
    _measure_ceremony(measured)
    _measure_entries(measured)
    return measured.table | _measure_renewals() | _measure_higher_threshold()


def _measure_ceremony(measured: Measured) -> None:
    of = f"{measured.threshold} of {measured.holders}"
    measured.open(f"open a ceremony, {of}")
    measured.deal(of)
    # One complaint is answered by one share in the clear.
    measured.post_all(
        COMPLAINING, lambda number: b"\0\x02" if number == 7 else b"", f"no complaint, {of}"
    )
    share = b"\0\x08" + word_of("share") + word_of("blinding")
    measured.post_all(
        REVEALING, lambda number: share if number == 1 else b"", f"reveal a share, {of}"
    )
    measured.post_all(OPENING, measured.points, f"open commitments, {of}")
    measured.post_all(ACCUSING, lambda _: b"")
    keys = keys_of(range(1, measured.holders + 1))
    measured.post_all(ATTESTING, lambda _: attested(measured.ceremony, keys), f"attest, {of}")
    call = measured.functions.activate(measured.ceremony, keys)
    measured.used += measured.send(0, call, f"activate, {of}")
    measured.table[f"whole ceremony with one complaint, {of}"] = measured.used


def _measure_entries(measured: Measured) -> None:
    functions = measured.functions
    measured.send(0, functions.list(_batch(measured, 0, 1)), "list 1 entry")
    measured.send(0, functions.list(_batch(measured, 1, 100)), "list 100 entries")
    entry = id_of(0, 0)
    for number in (1, 2):
        digest = functions.corroborationDigest(entry, member_id(number), 1).call()
        signed = signature_of(digest, entry_key(0))
        call = functions.corroborate(entry, 1, *signed)
        measured.send(number, call, "corroborate" if number == 2 else "")
    measured.send(1, functions.dispute(entry, word_of("statement")), "dispute")
    decision = functions.decide(entry, 1, word_of("reasons"), bytes(32), 0)
    measured.send(0, decision, "decide a dispute")


def _measure_renewals() -> dict[str, int]:
    """List entries, replace the key, and let them go on under the new one."""
    measured = Measured(FEW_HOLDERS)
    _measure_ceremony(measured)
    measured.send(0, measured.functions.list(_batch(measured, 0, 1)))
    measured.send(0, measured.functions.list(_batch(measured, 1, 100)))
    _measure_ceremony(measured)
    measured.table = {}
    measured.send(0, measured.functions.renew(_renewals(0, 1)), "renew 1 entry")
    measured.send(0, measured.functions.renew(_renewals(1, 100)), "renew 100 entries")
    return measured.table


def _renewals(first: int, count: int) -> list[tuple[Any, ...]]:
    return [
        renewal(
            id_of(0, name), f"new {name}", word_of("facts", name), 2,
            key=to_checksum_address(entry_key(name).public_key.to_address()),
        )
        for name in range(first, first + count)
    ]  # fmt: skip


def _batch(measured: Measured, first: int, count: int) -> list[tuple[Any, ...]]:
    now = measured.consortium.web3.eth.get_block("latest")["timestamp"]
    return [
        listing(
            name,
            key=to_checksum_address(entry_key(name).public_key.to_address()),
            expiresAt=now + 365 * DAY | DENSE,
        )
        for name in range(first, first + count)
    ]


def _measure_higher_threshold() -> dict[str, int]:
    measured = Measured(MORE_HOLDERS)
    of = f"{measured.threshold} of {measured.holders}"
    measured.open()
    measured.deal(of)
    measured.post_all(COMPLAINING, lambda _: b"")
    measured.send(
        1, measured.functions.post(1, OPENING, measured.points(1)), f"open commitments, {of}"
    )
    return {row: measured.table[row] for row in (f"deal, {of}", f"open commitments, {of}")}
