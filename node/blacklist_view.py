"""The blacklist as people see it, keys and ceremonies; and sealed shares, for other members."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from blacklist.domain.chronicle.keys import CeremonyRecord, HeldKey, KeyState
from blacklist.domain.keygen.judging import judge
from blacklist.services.evaluating import TYPES
from blacklist.services.holding import ShareHolding
from blacklist.store import ceremonies
from ledger.errors import LedgerError, RefusedError
from ledger.evidence.instants import format_instant
from node.blacklist.making import dual_read, make_follower, make_holding
from node.blacklist.upkeep import key_alarms
from node.wiring import Node

ADDRESS_BYTES = 20


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key in force, or the one before it while it is readable.

    Attributes:
        identifiers: wire name of the type.
        key: public, in hex.
        holders: indices that hold a share.
        held_here: whether this node holds a share that it can open.
        why: code of why it cannot; empty when it can, or holds none.
        readable_until: instant, of a key that was replaced; empty for the one in force.
    """

    identifiers: str
    key: str
    key_epoch: int
    share_epoch: int
    threshold: int
    holders: tuple[int, ...]
    held_here: bool
    why: str
    readable_until: str


@dataclass(frozen=True, slots=True)
class CeremonyView:
    """A ceremony; faults are those that the closed phases show."""

    number: int
    identifiers: str
    kind: str
    phase: str
    since: str
    joined: tuple[int, ...]
    posted: tuple[int, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyAlarmView:
    """What a person has to look at.

    Attributes:
        identifiers: wire name of the type.
        code: of the catalogue.
        found_at: instant.
    """

    identifiers: str
    code: str
    found_at: str


@dataclass(frozen=True, slots=True)
class BlacklistView:
    """Everything about keys.

    Attributes:
        index: this member's; ``None`` before it named an operator.
        members: 32-byte ids in hex by index.
        alarms: that a running node found and that go on.
    """

    index: int | None
    members: dict[int, str]
    alarms: tuple[KeyAlarmView, ...]
    keys: tuple[KeyView, ...]
    ceremonies: tuple[CeremonyView, ...]

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


def read_blacklist(node: Node, state: KeyState | None = None) -> BlacklistView:
    """Return keys and ceremonies: at the newest final block, or as in ``state``.

    Raises:
        ConfigurationError: this node takes no part in a blacklist yet.
        UnavailableError: the chain does not answer.
    """
    state, holding = make_follower(node).refresh() if state is None else state, make_holding(node)
    index = state.index_of(bytes.fromhex(node.settings.member))
    keys = [
        _key(held, index, holding, _ends(node, state, held))
        for identifiers in sorted(state.keys)
        for held in state.readable(identifiers, node.clock.now(), dual_read(node.settings))
    ]
    with node.database.read() as connection:
        found = key_alarms(connection, bytes.fromhex(node.settings.member))
    return BlacklistView(
        index=index,
        alarms=tuple(KeyAlarmView(each.subject, each.code, each.found_at) for each in found),
        members={each: member.hex() for each, member in state.members.items()},
        keys=tuple(keys),
        ceremonies=tuple(
            _ceremony(state, number, record) for number, record in sorted(state.ceremonies.items())
        ),
    )


def envelopes(node: Node, ceremony: int, dealer: int) -> Mapping[int, bytes]:
    """Return a dealer's sealed shares by receiver.

    Raises:
        RefusedError: they are not here.
    """
    with node.database.read() as connection:
        found = ceremonies.envelopes(connection, ceremony, dealer)
    if not found:
        raise RefusedError("envelopes-unknown", ceremony=ceremony, dealer=dealer)
    return found


def _ends(node: Node, state: KeyState, held: HeldKey) -> str:
    """Return until when a key is readable; empty for the one in force."""
    if held == state.keys[held.identifiers]:
        return ""
    return format_instant(state.previous[held.identifiers].ends(dual_read(node.settings)))


def _key(held: HeldKey, index: int | None, holding: ShareHolding, ends: str) -> KeyView:
    here, why = False, ""
    try:
        share = None if index is None else holding.open(held, index)
    except LedgerError as error:
        why = error.code
    else:
        here = share is not None
        if share is not None:
            share.wipe()
    return KeyView(
        TYPES[held.identifiers].value, held.keys.key.hex(), held.key_epoch, held.share_epoch,
        held.threshold, tuple(sorted(held.keys.share_keys)), here, why, ends,
    )  # fmt: skip


def _ceremony(state: KeyState, number: int, record: CeremonyRecord) -> CeremonyView:
    outcome = judge(state.terms_of(number), record.closed)
    phase = "active" if record.keys else "failed" if record.given_up else ""
    open_phase = record.phase.name.lower() if record.phase else phase
    posted = () if record.phase is None else tuple(sorted(record.postings.get(record.phase, {})))
    faults = () if record.phase else tuple(f"{each.holder}: {each.kind}" for each in outcome.faults)
    return CeremonyView(
        number, TYPES[record.opened.identifiers].value, record.opened.kind.name.lower(), open_phase,
        format_instant(record.phase_began), record.joined(), posted, faults,
    )  # fmt: skip
