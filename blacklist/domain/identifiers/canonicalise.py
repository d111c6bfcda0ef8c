"""The one way from what stands in a member's database to the input of the oblivious function.

Two members who write the same person differently would silently miss each other, and a wrong spelling can hit
somebody else: so whatever is not certainly one identifier is refused, and nothing is completed, repaired or
guessed, the type least of all. Rules and sources: docs/blacklist-identifiers.md; why:
docs/adr/0022-canonical-identifiers.md.
"""

from datetime import date

from blacklist.domain.identifiers.cleaning import check_length
from blacklist.domain.identifiers.device import normalise_device
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType, spelled
from blacklist.domain.identifiers.national_id import normalise_national_id
from blacklist.domain.identifiers.organisation import normalise_credit_code
from blacklist.domain.identifiers.phone import normalise_phone
from blacklist.domain.identifiers.travel_document import normalise_travel_document
from ledger.errors import LedgerError, MalformedError, RefusedError


def canonicalise(
    identifier_type: IdentifierType, raw: str, *, today: date, issuer: str | None = None
) -> Identifier:
    """Return the identifier in its one spelling.

    Args:
        identifier_type: what the column or field holds; never guessed.
        raw: as it was written.
        today: day in China; births after it are refused.
        issuer: of a travel document, and only of one: an ICAO code, ``CHN-HM``, ``CHN-TW`` or ``CHN-PR``.

    Raises:
        LimitError: too long to be one identifier.
        MalformedError: not certainly one identifier of this type; the error never carries it.
        RefusedError: addresses, which wait for a tested normaliser.
    """
    check_length(raw)
    if identifier_type is IdentifierType.TRAVEL_DOCUMENT:
        if issuer is None:
            raise MalformedError("identifier-issuer-missing")
        check_length(issuer)
        return spelled(identifier_type, normalise_travel_document(raw, issuer, today))
    if issuer is not None:
        raise MalformedError("identifier-issuer-unexpected")
    match identifier_type:
        case IdentifierType.NATIONAL_ID:
            normalised = normalise_national_id(raw, today)
        case IdentifierType.PHONE:
            normalised = normalise_phone(raw)
        case IdentifierType.CREDIT_CODE:
            normalised = normalise_credit_code(raw)
        case IdentifierType.DEVICE:
            normalised = normalise_device(raw)
        case IdentifierType.ADDRESS:
            raise RefusedError("identifier-address")
    return spelled(identifier_type, normalised)


def is_canonical(identifier_type: IdentifierType, canonical: bytes, *, today: date) -> bool:
    """Tell whether bytes are what ``canonicalise`` gives to some identifier of this type.

    Args:
        identifier_type: of the key that they were evaluated under.
        canonical: from outside.
        today: day in China.
    """
    prefix = spelled(identifier_type, "").canonical
    if not canonical.startswith(prefix) or not canonical.isascii():
        return False
    raw, issuer = canonical.removeprefix(prefix).decode("ascii"), None
    if identifier_type is IdentifierType.TRAVEL_DOCUMENT:
        issuer, _, raw = raw.partition("/")
    try:
        again = canonicalise(identifier_type, raw, today=today, issuer=issuer)
    except LedgerError:
        return False
    return again.canonical == canonical
