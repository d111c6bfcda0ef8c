"""Blind indices: what is looked for is compared by keyed digests, so that the database alone names nobody.

Each kind of name has a domain of its own: equal texts of two kinds share no digest.
"""

import hmac
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)  # no slots: it passes to the preparing process
class Lookups:
    """Keyed digests (HMAC-SHA-256, 32 bytes) under the node's lookup key.

    Attributes:
        key: 32 bytes.
    """

    key: bytes

    def case(self, number: str) -> bytes:
        """Return the blind index of a bank's case number."""
        return self._digest("case", number)

    def person(self, identifier: str) -> bytes:
        """Return the blind index of a person's identifier, however it was typed."""
        folded = unicodedata.normalize("NFKC", identifier).upper()
        return self._digest("person", "".join(folded.split()))

    def subject(self, canonical: bytes) -> bytes:
        """Return the blind index of an identifier that the blacklist was asked about, in its one spelling."""
        return self._digest("blacklist-subject", canonical.decode("ascii"))

    def relationship(self, reference: str) -> bytes:
        """Return the blind index of a bank's own number of a customer who is watched."""
        return self._digest("blacklist-relationship", reference)

    def request(self, caller: str, key: str) -> bytes:
        """Return the name of a request: two callers may use the same key."""
        return self._digest("request", f"{caller}\n{key}")

    def fingerprint(self, described: str) -> bytes:
        """Return what tells one request from another, without telling what was asked."""
        return self._digest("fingerprint", described)

    def _digest(self, domain: str, text: str) -> bytes:
        return hmac.digest(self.key, f"{domain}\n{text}".encode(), "sha256")
