"""The file that convicts a server: an exchange, and the public share that its answer is held against.

Everything but the public share is signed by the two members. The public share stands on chain, in the event
that put its epoch into force: who has no node compares it there.
"""

from dataclasses import dataclass
from typing import Final, Self

from blacklist.curve.points import POINT_BYTES
from blacklist.domain.protocol.answers import ANSWER, CHECK, CHECK_ANSWER
from blacklist.domain.protocol.conviction import Exchange, Guilt, Parties, convict
from blacklist.domain.protocol.documents import SignedDocument, VerifySignature
from blacklist.domain.protocol.elements import split
from blacklist.domain.protocol.frames import SIGNATURE_BYTES
from blacklist.domain.protocol.requests import REQUEST, EvaluationRequest
from ledger.errors import MalformedError
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue, decode, encode
from ledger.proof.trust import Trust, TrustedMember

SCHEMA: Final = "lianzheng-evaluation-conviction-1"
MAX_CONVICTION_BYTES: Final = 1024 * 1024
"""Two lists of 4,096 elements in hexadecimal take half of it."""
_NAMES: Final = {
    "schema", "index", "share_key", "request", "answer", "blinded", "evaluated", "check", "proof",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ConvictionFile:
    """What is shown.

    Attributes:
        exchange: request and answer.
        index: the server's, among the holders.
        share_key: its public share in the epoch that the request names, 32 bytes.
    """

    exchange: Exchange
    index: int
    share_key: bytes

    @property
    def request(self) -> EvaluationRequest:
        """What was asked: it names caller, server, chain, contract and epochs.

        Raises:
            MalformedError: not of the form.
        """
        return EvaluationRequest.read(self.exchange.request)

    def to_bytes(self) -> bytes:
        """Return the file: canonical JSON."""
        exchange = self.exchange
        return encode(
            {
                "schema": SCHEMA,
                "index": self.index,
                "share_key": self.share_key.hex(),
                "request": _document(exchange.request),
                "answer": _document(exchange.answer),
                "blinded": b"".join(exchange.blinded).hex(),
                "evaluated": b"".join(exchange.evaluated).hex(),
                "check": None if exchange.check is None else _document(exchange.check),
                "proof": None if exchange.proof is None else _document(exchange.proof),
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read a file that came from outside.

        Raises:
            LimitError: over ``MAX_CONVICTION_BYTES``.
            MalformedError: not of the form.
        """
        given = shape.members(decode(data, max_bytes=MAX_CONVICTION_BYTES), "conviction", _NAMES)
        if given["schema"] != SCHEMA:
            raise MalformedError("conviction-schema")
        return cls(
            exchange=Exchange(
                request=_read(REQUEST, given["request"]),
                answer=_read(ANSWER, given["answer"]),
                blinded=split(shape.hex_bytes(given["blinded"], "blinded")),
                evaluated=split(shape.hex_bytes(given["evaluated"], "evaluated")),
                check=None if given["check"] is None else _read(CHECK, given["check"]),
                proof=None if given["proof"] is None else _read(CHECK_ANSWER, given["proof"]),
            ),
            index=shape.integer(given["index"], "index", minimum=1),
            share_key=shape.hex_bytes(given["share_key"], "share_key", POINT_BYTES),
        )


@dataclass(frozen=True, slots=True)
class Convicted:
    """What a file shows: of whom, and what it did, provided that its public share is the one on chain."""

    server: TrustedMember
    caller: TrustedMember
    guilt: Guilt


def verify_conviction(file: ConvictionFile, trust: Trust, verify: VerifySignature) -> Convicted:
    """Return what a file shows under the members' keys; keys count for ever here.

    Raises:
        MalformedError: it shows nothing, or names somebody who is no member.
    """
    asked = file.request
    caller, server = (_member(trust, each) for each in (asked.caller, asked.server))
    for caller_key in _evidence_keys(caller):
        for server_key in _evidence_keys(server):
            parties = Parties(caller_key, server_key, file.index, file.share_key)
            guilt = convict(file.exchange, parties, verify)
            if guilt is not Guilt.NOT_SHOWN:
                return Convicted(server, caller, guilt)
    raise MalformedError("conviction-not-shown")


def _member(trust: Trust, member: bytes) -> TrustedMember:
    found = trust.members.get(member)
    if found is None:
        raise MalformedError("misbehaviour-member", member=member.hex())
    return found


def _evidence_keys(member: TrustedMember) -> tuple[bytes, ...]:
    return tuple(each.key for each in member.keys if each.purpose == "evidence")


def _document(document: SignedDocument) -> dict[str, JsonValue]:
    return {
        "content": document.content.decode("utf-8"),
        "signature": document.signature.hex(),
    }


def _read(name: str, value: JsonValue) -> SignedDocument:
    given = shape.members(value, name, {"content", "signature"})
    return SignedDocument(
        name=name,
        content=shape.text(given["content"], name).encode("utf-8"),
        signature=shape.hex_bytes(given["signature"], name, SIGNATURE_BYTES),
    )
