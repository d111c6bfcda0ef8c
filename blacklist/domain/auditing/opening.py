"""Opening one element of a request to an auditor, and what the auditor finds.

A sample is drawn from values that the members committed to (``drawing``). The caller opens identifier, blind
and authorisation reference; the auditor looks whether they give the element that both logs hold.

What is shown: the element hides an identifier of the type that the key is for, in its one spelling, with
an authorisation reference. Not shown: that the person exists, or gave the authorisation that the reference
names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from blacklist.curve.scalars import Scalar
from blacklist.domain.identifiers.canonicalise import is_canonical
from blacklist.domain.identifiers.identifier import IdentifierType, is_nobody
from blacklist.domain.oprf.blinding import blind
from blacklist.domain.oprf.framing import named
from blacklist.domain.protocol.purposes import Purpose
from ledger.errors import MalformedError
from ledger.primitives.digest import sha256
from ledger.primitives.merkle import leaf_hash, verify_inclusion


class SampleFinding(StrEnum):
    """What the auditor finds about one sample."""

    IN_ORDER = "in-order"
    NOT_OPENED = "not-opened"
    """Nothing came in time."""
    NOT_IN_REQUEST = "not-in-request"
    """The element, or the reference, is not under the root that the caller signed."""
    OTHER_IDENTIFIER = "other-identifier"
    """Identifier and blind do not give the element."""
    NOT_CANONICAL = "not-canonical"
    """The identifier is not in its one spelling, or of another type than the key's."""
    LOGS_DIFFER = "logs-differ"
    """A server logged elements that the caller did not."""
    UNPROVED = "unproved"
    """A server lists a request that its caller did not sign."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was drawn: one element of one request.

    Attributes:
        identifiers: the type that the request was for.
        purpose: why it was asked.
        elements: 32-byte root of the request's elements.
        authorisation: 32-byte root of their authorisation references.
        count: how many there are.
        place: which one, from 0.
        element: the blinded element in the server's log.
    """

    identifiers: IdentifierType
    purpose: Purpose
    elements: bytes
    authorisation: bytes
    count: int
    place: int
    element: bytes


@dataclass(frozen=True, slots=True)
class Opening:
    """What the caller opens.

    Attributes:
        identifier: canonical, personal data: it goes to the auditor and nowhere else.
        blinding: 32 bytes.
        path: RFC 6962 path of the element.
        reference: the authorisation reference with its salt, see ``reference_leaf``.
        reference_path: RFC 6962 path of the reference.
    """

    identifier: bytes
    blinding: bytes
    path: Sequence[bytes]
    reference: bytes
    reference_path: Sequence[bytes]


def reference_leaf(reference: str, salt: bytes) -> bytes:
    """Return the leaf of an authorisation reference: a salted digest, since references are guessable.

    Args:
        reference: the bank's own number of the authorisation.
        salt: 16 random bytes, kept with the request.
    """
    return sha256(named("authorisation", salt, reference.encode("utf-8")))


def examine(sample: Sample, opening: Opening | None, *, today: date) -> SampleFinding:
    """Return what an opening shows about a sample; ``today`` is the day in China."""
    if opening is None:
        return SampleFinding.NOT_OPENED
    if not _is_in_request(sample, opening):
        return SampleFinding.NOT_IN_REQUEST
    if not _gives_the_element(sample, opening):
        return SampleFinding.OTHER_IDENTIFIER
    if not _is_allowed(sample, opening.identifier, today):
        return SampleFinding.NOT_CANONICAL
    return SampleFinding.IN_ORDER


def _is_allowed(sample: Sample, identifier: bytes, today: date) -> bool:
    """Tell whether an identifier may stand there: somebody's, or nobody's in a trial of the key."""
    if sample.purpose is Purpose.PROBE:
        return is_nobody(identifier)
    return is_canonical(sample.identifiers, identifier, today=today)


def _is_in_request(sample: Sample, opening: Opening) -> bool:
    rows = (
        (sample.element, opening.path, sample.elements),
        (opening.reference, opening.reference_path, sample.authorisation),
    )
    try:
        for leaf, path, root in rows:
            verify_inclusion(
                leaf=leaf_hash(leaf), index=sample.place, size=sample.count, path=path, root=root
            )
    except MalformedError:
        return False
    return True


def _gives_the_element(sample: Sample, opening: Opening) -> bool:
    try:
        return blind(opening.identifier, Scalar.decode(opening.blinding)) == sample.element
    except MalformedError:
        return False
