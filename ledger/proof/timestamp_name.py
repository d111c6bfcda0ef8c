"""Names of X.509 certificates as text for people.

The text is for reports only: names are compared as DER bytes, never as text. Characters that could
disturb a terminal or a sheet are replaced.
"""

from typing import Final

from ledger.errors import MalformedError
from ledger.primitives import der

MAX_TEXT: Final = 400
"""A report's line; longer names are cut."""

_ATTRIBUTES: Final = {
    "2.5.4.3": "CN",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.5": "serialNumber",
    "2.5.4.97": "organizationIdentifier",
    "1.2.840.113549.1.9.1": "emailAddress",
}
_ENCODINGS: Final = {
    0x0C: "utf-8",
    0x13: "ascii",
    0x14: "latin-1",
    0x16: "ascii",
    0x1C: "utf-32-be",
    0x1E: "utf-16-be",
}
"""UTF8String, PrintableString, TeletexString, IA5String, UniversalString, BMPString."""


def render_name(name: bytes) -> str:
    """Return a distinguished name, most special part first, as ``CN=…, O=…, C=…``."""
    try:
        parts = _parts(name)
    except MalformedError:
        return name.hex()[:MAX_TEXT]
    text = ", ".join(reversed(parts))
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)[:MAX_TEXT]


def _parts(name: bytes) -> list[str]:
    parts: list[str] = []
    relative_names = der.outermost(name, der.SEQUENCE)
    while relative_names.more:
        attributes = relative_names.inside(der.SET)
        while attributes.more:
            attribute = attributes.sequence()
            oid = attribute.oid()
            value = attribute.value()
            encoding = _ENCODINGS.get(value.tag)
            text = (
                value.content.decode(encoding, errors="replace")
                if encoding
                else value.encoding.hex()
            )
            parts.append(f"{_ATTRIBUTES.get(oid, oid)}={text}")
    return parts
