"""Several addresses of one chain: what is known of each, shared by all that this process asks.

* The first that works is used: a member lists its own node first.
* ``silent`` (no answer, or none of JSON-RPC), ``behind`` (its newest block is old while another's is not)
  and ``contradicts`` (another chain, another genesis, another block at a final height than the others have,
  receipts that are not the header's) are left behind, and looked at again later.
* One that is behind is better than none; one that contradicts is never used.
* Where two contradict each other and nobody else is there to ask, the one that is listed first is believed,
  and the alarm says that there is a contradiction.
* Nobody goes back in time: the next endpoint is used once it has the newest block that was seen, or half a
  minute has passed. Else an anchor would be missed that is there, and that looks like a chain that forgets.

Nothing here sends: ``surveying`` looks, ``rpc`` asks. A place has no path, which may hold a token.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock
from time import monotonic
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

from ledger.errors import ConfigurationError, LedgerError

State: TypeAlias = Literal["works", "silent", "behind", "contradicts"]

SEPARATOR: Final = ","
MAX_ENDPOINTS: Final = 16
SURVEY_SECONDS: Final = 10.0
LONGEST_PAUSE_SECONDS: Final = 80.0
"""A node that was away for long is found again within this time; each look costs a time limit."""
SEEN_SECONDS: Final = 30.0
"""So long the newest block that was seen counts; after a fork the right chain may be the lower one."""
DISTRUST_SECONDS: Final = 600.0
"""After false receipts; the next survey could not see them again."""

_ORDER: Final[tuple[State, ...]] = ("works", "behind", "silent")
ALARMS: Final[Mapping[State, str]] = {
    "silent": "chain-endpoint-silent",
    "behind": "chain-endpoint-behind",
    "contradicts": "chain-endpoint-contradicts",
}


@dataclass(frozen=True, slots=True)
class Expected:
    """What a chain has to be, where that is known.

    Attributes:
        chain_id: as in EIP-155.
        finality: policy, see ``finality``.
    """

    chain_id: int | None = None
    finality: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a survey says of one endpoint.

    Attributes:
        state: see the module.
        reason: code of why; empty when it works.
        height: of its newest block; ``None`` when it did not say.
    """

    state: State
    reason: str = ""
    height: int | None = None


@dataclass(frozen=True, slots=True)
class EndpointView:
    """An endpoint as people see it.

    Attributes:
        place: host and port.
        judgement: what is known of it.
        used: whether it is the one that is asked first.
    """

    place: str
    judgement: Judgement
    used: bool

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        found = self.judgement
        return {
            "place": self.place,
            "state": found.state,
            "reason": found.reason,
            "latest_block": found.height,
            "used": self.used,
        }


@dataclass
class _Standing:
    judgement: Judgement = field(default_factory=lambda: Judgement("works"))
    due: float = 0.0
    pause: float = SURVEY_SECONDS
    distrusted_until: float = 0.0


class ChainEndpoints:
    """What is known of the endpoints of one chain; every method may be called by any thread.

    Args:
        addresses: in the order of preference.
    """

    def __init__(self, addresses: Sequence[str]) -> None:
        self.addresses: Final = tuple(addresses)
        self.expected = Expected()
        self._standings: Final = [_Standing() for _ in addresses]
        self._lock: Final = Lock()
        self._surveying = False
        self._surveyed: Final = Event()
        self._used: int | None = None
        self._seen = (0, 0.0)

    def order(self) -> tuple[int, ...]:
        """Return whom to ask, best first; without those that contradict."""
        with self._lock:
            return self._order()

    def _order(self) -> tuple[int, ...]:
        states = [each.judgement.state for each in self._standings]
        return tuple(at for wanted in _ORDER for at, state in enumerate(states) if state == wanted)

    def broken(self, index: int, error: LedgerError) -> None:
        """Note that an endpoint did not answer as it must; one that contradicts stays what it is."""
        with self._lock:
            standing = self._standings[index]
            if standing.judgement.state not in ("contradicts", "silent"):
                standing.judgement = Judgement(
                    "silent", why_silent(error), standing.judgement.height
                )
                standing.due = monotonic() + SURVEY_SECONDS
                standing.pause = SURVEY_SECONDS

    def distrust(self, index: int) -> None:
        """Note that an endpoint's answers contradict each other while another's do not."""
        with self._lock:
            standing = self._standings[index]
            height = standing.judgement.height
            standing.judgement = Judgement("contradicts", "endpoint-receipts", height)
            standing.distrusted_until = monotonic() + DISTRUST_SECONDS

    def begin_survey(self, *, at_once: bool = False) -> tuple[int, ...] | None:
        """Return which endpoints to look at; ``None`` when it is not time, or somebody else looks.

        Args:
            at_once: look at all of them, whether it is time or not.
        """
        with self._lock:
            now = monotonic()
            due = [at for at, each in enumerate(self._standings) if at_once or each.due <= now]
            if self._surveying or not due:
                return None
            self._surveying = True
            # Those that answer are compared with each other, and so are looked at together.
            return tuple(
                at
                for at, each in enumerate(self._standings)
                if at in due or each.judgement.state != "silent"
            )

    def end_survey(self, found: Mapping[int, Judgement]) -> None:
        """Take over what a survey found; nothing, where it failed."""
        with self._lock:
            now = monotonic()
            self._surveying = False
            self._surveyed.set()
            for index, judgement in found.items():
                self._standings[index] = _after(self._standings[index], judgement, now)

    @property
    def surveyed(self) -> bool:
        """Whether anybody has looked yet: nothing is asked of an endpoint before."""
        return self._surveyed.is_set()

    def wait_for_survey(self) -> None:
        """Wait until somebody has looked for the first time."""
        self._surveyed.wait(SURVEY_SECONDS)

    def saw(self, height: int) -> None:
        """Note a newest block that an endpoint served."""
        with self._lock:
            number, at = self._seen
            if height > number or monotonic() - at > SEEN_SECONDS:
                self._seen = (height, monotonic())

    def must_have(self, index: int) -> int:
        """Return the height that an endpoint must have before it is asked; 0 where it is the one in use."""
        with self._lock:
            number, at = self._seen
            fresh = monotonic() - at <= SEEN_SECONDS
            return number if fresh and self._used not in (None, index) else 0

    def using(self, index: int) -> None:
        """Note which endpoint answered."""
        with self._lock:
            self._used = index

    def views(self) -> tuple[EndpointView, ...]:
        """Return all of them for people."""
        with self._lock:
            order = self._order()
            first = order[0] if order else None
            return tuple(
                EndpointView(place_of(address), standing.judgement, at == first)
                for at, (address, standing) in enumerate(
                    zip(self.addresses, self._standings, strict=True)
                )
            )

    def alarms(self) -> tuple[str, ...]:
        """Return the codes of what somebody has to look at."""
        with self._lock:
            states = [each.judgement.state for each in self._standings]
        return tuple(code for state, code in ALARMS.items() if state in states)


def _after(before: _Standing, judgement: Judgement, now: float) -> _Standing:
    """Return an endpoint's standing after a survey: a silent one is asked ever more rarely."""
    if before.distrusted_until > now:
        before.due = now + SURVEY_SECONDS
        return before
    pause = SURVEY_SECONDS
    if judgement.state == "silent" and before.judgement.state == "silent":
        pause = min(2 * before.pause, LONGEST_PAUSE_SECONDS)
    return _Standing(judgement, due=now + pause, pause=pause)


_KNOWN: Final[dict[tuple[str, ...], ChainEndpoints]] = {}
_KNOWN_LOCK: Final = Lock()


def endpoints_of(addresses: Sequence[str]) -> ChainEndpoints:
    """Return what this process knows of a chain's endpoints."""
    with _KNOWN_LOCK:
        return _KNOWN.setdefault(tuple(addresses), ChainEndpoints(addresses))


def expect(url: str, expected: Expected) -> None:
    """Say what the chain behind one or several addresses has to be; asked before anything else is."""
    addresses = read_addresses(url)
    if len(addresses) > 1:
        endpoints_of(addresses).expected = expected


def endpoint_views(url: str) -> tuple[EndpointView, ...]:
    """Return what is known of a chain's endpoints; empty where there is only one address."""
    addresses = read_addresses(url)
    return endpoints_of(addresses).views() if len(addresses) > 1 else ()


def endpoint_alarms(url: str) -> tuple[str, ...]:
    """Return the codes of what somebody has to look at; none where there is only one address."""
    addresses = read_addresses(url)
    return endpoints_of(addresses).alarms() if len(addresses) > 1 else ()


def read_addresses(url: str) -> tuple[str, ...]:
    """Return the addresses that a setting names, separated by commas.

    Raises:
        ConfigurationError: none, too many, one twice, or one that is not of HTTP.
    """
    found = tuple(each.strip() for each in url.split(SEPARATOR) if each.strip())
    if not found or not all(each.startswith(("http://", "https://")) for each in found):
        raise ConfigurationError("chain-url")
    if len(found) > MAX_ENDPOINTS or len(set(found)) != len(found):
        raise ConfigurationError("chain-url-several", limit=MAX_ENDPOINTS)
    return found


def why_silent(error: LedgerError) -> str:
    """Return the reason for an error."""
    return "endpoint-no-answer" if error.code == "chain-unreachable" else "endpoint-answer"


def place_of(address: str) -> str:
    """Return host and port of an address."""
    return urlsplit(address).netloc.rpartition("@")[2]
