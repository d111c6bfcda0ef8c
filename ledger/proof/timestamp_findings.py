"""How the check of a timestamp token can end, and the signals its parts use to say so.

* Proved: an authority under a pinned root signed that these bytes existed at a time.
* Refuted: the token says something else, or it contradicts itself; nobody should rely on it.
* Not provable: it may be good, but needs an algorithm or a rule that is not checked here, or a root
  that the reader does not trust.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from ledger.errors import LedgerError


@dataclass(frozen=True, slots=True)
class TimestampProved:
    """The token holds. Revocation was not checked: that needs the authority's lists of the time.

    Attributes:
        gen_time: aware, in UTC.
        accuracy: stated deviation either way, or ``None`` when the token states none.
        policy: dotted decimal.
        serial: of the token.
        authority: subject of the signer's certificate, for people.
        root: subject of the pinned root, for people.
    """

    gen_time: datetime
    accuracy: timedelta | None
    policy: str
    serial: int
    authority: str
    root: str


@dataclass(frozen=True, slots=True)
class TimestampRefuted:
    """The token contradicts the checkpoint or itself.

    Attributes:
        code: key of the message catalogue.
        params: values for the message.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TimestampNotProvable:
    """The token is outside the profile or under no trusted root; OpenSSL may know more.

    Attributes:
        code: key of the message catalogue.
        params: values for the message.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


TimestampFinding: TypeAlias = TimestampProved | TimestampRefuted | TimestampNotProvable


class RefutedError(LedgerError):
    """Raised inside the check when a token is refuted; never leaves ``timestamp.check_token``."""


class NotProvableError(LedgerError):
    """Raised inside the check when nothing can be said; never leaves ``timestamp.check_token``."""
