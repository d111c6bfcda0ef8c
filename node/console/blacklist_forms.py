"""Forms about a person and an entry, read whole: all that is wrong is said at once, beside its field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from blacklist.domain.entries.facts import Basis, Facts
from blacklist.domain.entries.grounds import REQUIRED, Ground, Severity, StandardProof
from blacklist.domain.entries.law import rules_of
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType
from ledger.errors import LedgerError, MalformedError
from node.blacklist.naming import TypedIdentifier
from node.console.asking import Form
from node.words.catalogue import remedy, word

TYPES: Final = tuple(each for each in IdentifierType if each is not IdentifierType.ADDRESS)
"""Addresses wait for a tested normaliser."""
CHOICES: Final[Mapping[str, object]] = {
    "types": TYPES,
    "grounds": tuple(Ground),
    "severities": tuple(Severity),
    "proofs": tuple(StandardProof),
    "bases": tuple(Basis),
    "required": REQUIRED,
}
"""What the forms' templates offer."""
PERSON: Final = ("type", "identifier", "issuer")
FACTS: Final = (
    "ground", "severity", "evidence", "basis", "basis_evidence", "notice", "notified_on",
    "conduct_ended", "valid_from", "valid_until",
)  # fmt: skip
_OPTIONAL: Final = frozenset({"notice", "notified_on", "valid_from", "valid_until"})
_OF_RULES: Final[Mapping[str, str]] = {
    "listing-test-data-only": "identifier",
    "listing-basis-unfit": "basis",
    "listing-notice-missing": "notice",
    "listing-notice-too-recent": "notified_on",
    "listing-proof-incomplete": "proofs",
    "listing-conduct-not-ended": "conduct_ended",
    "listing-conduct-too-old": "conduct_ended",
    "listing-interval-missing": "valid_from",
    "asking-test-data-only": "identifier",
    "authorisation-missing": "authorisation",
}
"""Field beside which a breach of law is shown."""


@dataclass(frozen=True, slots=True)
class FormFault:
    """Something that is wrong with a form.

    Attributes:
        field: beside which it is shown; empty: above the form only.
        title: what is wrong, with the article of law where there is one.
        remedy: what to do.
    """

    field: str
    title: str
    remedy: str


@dataclass
class Reading:
    """A form as far as it could be read, with every error on the way."""

    identifier: Identifier | None = None
    facts: Facts | None = None
    errors: list[LedgerError] = field(default_factory=list)


def faults_of(errors: Sequence[LedgerError], language: str) -> Sequence[FormFault]:
    """Return what people read about errors; a refused listing names every rule that it breaks."""
    found: list[FormFault] = []
    for error in errors:
        broken: list[tuple[str, dict[str, object]]] = [
            (rule.code, {"article": rule.article}) for rule in rules_of(error)
        ]
        for code, params in broken or [(error.code, error.params)]:
            title = word(code, language, params)
            found.append(FormFault(_field_of(code, params), title, remedy(code, language, params)))
    return found


def typed(form: Form) -> TypedIdentifier:
    """Return the identifier as it was typed.

    Raises:
        MalformedError: no such type.
    """
    try:
        kind = IdentifierType(form.get("type"))
    except ValueError:
        raise MalformedError("statement-form", member="type") from None
    return TypedIdentifier(kind, form.get("identifier"), form.get("issuer") or None)


def facts_of(form: Form) -> Facts:
    """Return what an entry is to say.

    Raises:
        MalformedError: a field is not filled in, or not of its form.
    """
    given = {name: form.get(name) or (None if name in _OPTIONAL else "") for name in FACTS}
    return Facts.from_json({**given, "proofs": list(form.all("proof"))})


def read(form: Form, now: datetime) -> Reading:
    """Read a listing: what is wrong with the person and with the facts is said together."""
    found = Reading()
    try:
        found.identifier = typed(form).read(now)
    except LedgerError as error:
        found.errors.append(error)
    try:
        found.facts = facts_of(form)
    except LedgerError as error:
        found.errors.append(error)
    return found


def values_of(form: Form, *names: str) -> Mapping[str, object]:
    """Return what somebody typed, to be shown to them again."""
    return {**{name: form.get(name) for name in names}, "proofs": list(form.all("proof"))}


def values_of_facts(facts: Facts) -> Mapping[str, object]:
    """Return what an entry says, as its form shows it."""
    said = facts.to_json()
    if not isinstance(said, dict):
        raise TypeError(said)
    return {name: "" if value is None else value for name, value in said.items()}


NOTHING: Final[Mapping[str, object]] = {
    **dict.fromkeys((*PERSON, *FACTS, "reason", "authorisation", "reference", "answer"), ""),
    "proofs": [],
}
"""What an empty form holds."""


def _field_of(code: str, params: Mapping[str, object]) -> str:
    if code.startswith("identifier-issuer"):
        return "issuer"
    if code.startswith("identifier-"):
        return "identifier"
    member = params.get("member", "")
    return _OF_RULES.get(code, member if isinstance(member, str) else "")
