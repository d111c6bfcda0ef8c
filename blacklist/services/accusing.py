"""Accusing: a server's wrong answer becomes an alarm with the file that convicts it, which the node seals.

One alarm for each kind of wrong in each share epoch: a server that is broken answers wrongly every time, and
one file is enough.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from blacklist.domain.chronicle.keys import KeyState
from blacklist.domain.protocol.conviction import Exchange, Guilt, Parties, convict
from blacklist.domain.protocol.conviction_file import ConvictionFile
from blacklist.domain.protocol.documents import VerifySignature
from blacklist.domain.protocol.requests import EvaluationRequest, KeyName
from blacklist.services.asking import AskedServer
from blacklist.services.evaluating import NUMBERS
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.store import alarms
from ledger.store.transactions import Begin

WRONG_ANSWER: Final = "peer-evaluation-wrong"


@dataclass(frozen=True, slots=True)
class Accuser:
    """Records what convicts servers.

    Attributes:
        begin: opens a write transaction.
        state: the state of keys, as far as the chain was followed.
        evidence_key: this member's, which signed the requests.
        verify: checks signatures.
        clock: this machine's.
    """

    begin: Begin
    state: Callable[[], KeyState]
    evidence_key: bytes
    verify: VerifySignature
    clock: Clock

    def accuse(self, server: AskedServer, exchange: Exchange) -> None:
        """Record an alarm if the exchange convicts the server; what shows nothing is let go."""
        asked = EvaluationRequest.read(exchange.request)
        share_key = public_share(self.state(), asked.key, server.index)
        if share_key is None:
            return
        parties = Parties(self.evidence_key, server.evidence_key, server.index, share_key)
        guilt = convict(exchange, parties, self.verify)
        if guilt is Guilt.NOT_SHOWN:
            return
        file = ConvictionFile(exchange, server.index, share_key)
        key = asked.key
        subject = f"{key.identifiers.value} {key.key_epoch}.{key.share_epoch} {guilt.value}"
        at = format_instant(self.clock.now())
        with self.begin() as connection:
            alarms.add(
                connection, server.member, WRONG_ANSWER, subject, at=at, proof=file.to_bytes()
            )


def public_share(state: KeyState, key: KeyName, index: int) -> bytes | None:
    """Return a holder's public share in an epoch, of any that ever was in force; ``None`` if it had none."""
    for record in state.ceremonies.values():
        opened = record.opened
        named = (opened.identifiers, opened.key_epoch, opened.share_epoch)
        wanted = (NUMBERS[key.identifiers], key.key_epoch, key.share_epoch)
        if record.keys is not None and named == wanted:
            return record.keys.share_keys.get(index)
    return None
