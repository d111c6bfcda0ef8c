"""The chain itself: journal, history and process under one lock, the gate.

* A transaction is in the journal before the process sees it, and acknowledged only after that.
* A block is in the journal before anybody can read it: mining with its entry, and every read, take turns
  at the gate.
* A process that dies, hangs or shows blocks of its own is killed and rebuilt from the journal, and the call
  that met the trouble is made once more.
* What cannot be repaired (disk, replay, a process that dies again and again) stops the engine for good:
  ``failure`` says why, and every later call raises it.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias, TypeVar

from ledger.devchain import dumps
from ledger.devchain.allowlist import SEND
from ledger.devchain.history import History, hash_of
from ledger.devchain.journal import BlockMade, Founded, Journal, Refused, Submitted
from ledger.devchain.process import AnsweredError, Launch, Process, ProcessDiedError, find_tool
from ledger.devchain.replay import block_at, rebuild
from ledger.errors import ConfigurationError, IntegrityError, LedgerError, UnavailableError

JOURNAL: Final = "journal"
GAS_LIMIT: Final = 60_000_000
"""Of Ethereum's blocks at the end of 2025; a registry deployment takes a tenth."""
ATTEMPTS: Final = 3
"""Deaths in a row after which one more restart would only be one more death."""
DEAD_CALL: Final = {"code": -32603, "message": "the chain's process died twice over this call"}

Answer: TypeAlias = dict[str, Any]
"""The ``result`` or the ``error`` of a JSON-RPC answer."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What the caller may choose.

    Attributes:
        chain_id: as in EIP-155; must be that of the journal.
        memory_cap: bytes of address space of the process.
    """

    chain_id: int
    memory_cap: int


class Engine:
    """A chain that stands in a folder.

    Args:
        data: the folder; must exist and be locked by the caller.
        options: see there.

    Raises:
        ConfigurationError: the tool is missing, or the journal is of another chain.
        IntegrityError: the journal is damaged or cannot be replayed.
        UnavailableError: the process does not start.
    """

    def __init__(self, data: Path, options: EngineOptions) -> None:
        self.wake: Final = threading.Event()
        self.failure: LedgerError | None = None
        self._data: Final = data
        self._gate: Final = threading.RLock()
        self._spawner: Final = ThreadPoolExecutor(1, "devchain-spawner")
        self._waiting = False
        self._refused: Final[set[str]] = set()
        tool = find_tool()
        self._journal: Final = _open_journal(data)
        self._history: Final = History(self._journal.entries)
        try:
            founded = self._history.founded or self._found(tool, options)
            _check_chain(founded.chain_id, options.chain_id)
            self._launch: Final = Launch(
                tool, founded.chain_id, founded.time, founded.gas_limit, options.memory_cap
            )
            self._process = self._build()
        except BaseException:
            self._journal.close()
            self._spawner.shutdown()
            raise

    @property
    def pid(self) -> int:
        """Of the process at this moment."""
        return self._process.pid

    @property
    def chain_id(self) -> int:
        """As in EIP-155."""
        return self._launch.chain_id

    @property
    def height(self) -> int:
        """Number of the last block."""
        return self._history.height

    @property
    def waiting(self) -> bool:
        """Whether transactions wait that the next block can take."""
        return self._waiting

    def read(self, calls: Sequence[Answer]) -> list[Answer]:
        """Answer allowed read requests, ``method`` and ``params`` each, in their order.

        Raises:
            LedgerError: the engine has failed.
        """
        numbered = [{"jsonrpc": "2.0", "id": at, **call} for at, call in enumerate(calls)]
        with self._gate:
            try:
                answers = self._surviving(lambda: _post(self._process, numbered))
            except ProcessDiedError:
                return [{"error": DEAD_CALL} for _ in calls]
        by_id = {answer.get("id"): answer for answer in answers}
        return [_without_envelope(by_id.get(at)) for at in range(len(calls))]

    def submit(self, raws: Sequence[bytes]) -> list[Answer]:
        """Journal signed transactions, hand them to the process, and return its answers in their order.

        Raises:
            LedgerError: the engine has failed.
        """
        fresh = [Submitted(raw) for raw in raws if not self._history.knows(hash_of(raw))]
        self._guard(lambda: self._journal.append(fresh))
        with self._gate:
            return [self._take(raw) for raw in raws]

    def mine(self) -> None:
        """Make one block of what waits.

        Raises:
            LedgerError: the engine has failed.
        """
        with self._gate:
            for _ in range(ATTEMPTS):
                try:
                    block = self._surviving(self._mine_once)
                    break
                except ProcessDiedError:
                    continue
            else:
                self._fail(UnavailableError("devchain-process"))
            self._guard(lambda: self._journal.append([block]))
            self._history.apply(block)
            self._waiting = bool(block.transactions) and bool(self._history.pending)

    def dump_if_due(self, *, leaving: bool = False) -> None:
        """Write a dump when it is time for one; on ``leaving`` also a little earlier."""
        newest = dumps.newest_height(self._data)
        with self._gate:
            height = self.height
            due = dumps.is_due(height, newest) or (leaving and height >= newest + dumps.LEAVING)
            if not due or self.failure or not self._process.alive:
                return
            try:
                content = self._surviving(lambda: self._process.call("anvil_dumpState"))
            except (ProcessDiedError, AnsweredError):
                return  # too large for the memory cap; the journal is enough
        try:
            dumps.write(self._data, height, content)
        except OSError:
            return

    def revive(self) -> None:
        """Rebuild the process when it has died.

        Raises:
            LedgerError: the engine has failed.
        """
        with self._gate:
            self._refuse_if_failed()
            if not self._process.alive:
                self._rebuild()

    def close(self) -> None:
        """Stop for good; whatever was acknowledged is durable already."""
        with self._gate:
            self.failure = self.failure or UnavailableError("devchain-closed")
            self._process.kill()
            self._journal.close()
        self._spawner.shutdown()

    def _take(self, raw: bytes) -> Answer:
        name = hash_of(raw)
        request = {"jsonrpc": "2.0", "id": 0, "method": SEND, "params": ["0x" + raw.hex()]}
        try:
            answer = _without_envelope(self._surviving(lambda: _post(self._process, [request]))[0])
        except ProcessDiedError:
            answer = {"error": DEAD_CALL}
        if answer.get("result") == name:
            if (
                name in self._refused
            ):  # refused before: the journal's last word must be the last word
                self._guard(lambda: self._journal.append([Submitted(raw)]))
                self._refused.discard(name)
            self._history.apply(Submitted(raw))
            self._waiting = True
            self.wake.set()
        elif not self._history.knows(name):
            self._guard(lambda: self._journal.append([Refused(name)]))
            self._refused.add(name)
        return answer

    def _mine_once(self) -> BlockMade:
        try:
            return self._next_block()
        except AnsweredError as error:
            raise ProcessDiedError from error  # it stands elsewhere than we do

    def _next_block(self) -> BlockMade:
        number = self.height + 1
        stamp = max(int(time.time()), self._history.time + 1)
        self._process.call("evm_mine", stamp)
        block = block_at(self._process, number)
        if block is None or block.time != stamp:
            raise ProcessDiedError
        if any(name not in self._history.pending for name in block.transactions):
            raise ProcessDiedError  # somebody else put it there
        left = self._history.pending.keys() - set(block.transactions)
        gone = tuple(sorted(self._gone(left))) if left else ()
        return BlockMade(number, stamp, block.hash, block.transactions, gone)

    def _gone(self, left: set[str]) -> set[str]:
        """Return those that the process has let go and does not take again."""
        content = self._process.call("txpool_content")
        held = {
            entry["hash"]
            for part in ("pending", "queued")
            for by_nonce in content[part].values()
            for entry in by_nonce.values()
        }
        gone = set()
        for name in left - held:
            try:
                self._process.call(SEND, "0x" + self._history.pending[name].hex())
            except AnsweredError:
                gone.add(name)
        return gone

    def _surviving(self, action: Callable[[], _T]) -> _T:
        """Do something with the process; when it dies over it, once more with the next process.

        Raises:
            ProcessDiedError: it died twice; a new process stands ready.
        """
        self._refuse_if_failed()
        try:
            return action()
        except ProcessDiedError:
            self._rebuild()
        try:
            return action()
        except ProcessDiedError:
            self._rebuild()
            raise

    def _rebuild(self) -> None:
        self._process.kill()
        self._process = self._guard(self._build)
        self._waiting = bool(self._history.pending)
        self.wake.set()

    def _build(self) -> Process:
        for _ in range(ATTEMPTS):
            try:
                process = rebuild(self._data, self._launch, self._history, self._spawner)
            except ProcessDiedError:
                continue
            self._waiting = bool(self._history.pending)
            return process
        raise UnavailableError("devchain-process")

    def _found(self, tool: Path, options: EngineOptions) -> Founded:
        """Make block 0 and write the first entry."""
        stamp = int(time.time())
        launch = Launch(tool, options.chain_id, stamp, GAS_LIMIT, options.memory_cap)
        try:
            process = Process(launch, self._spawner)
        except ProcessDiedError as error:
            raise UnavailableError("devchain-process") from error
        try:
            genesis = block_at(process, 0)
        except (ProcessDiedError, AnsweredError) as error:
            raise UnavailableError("devchain-process") from error
        finally:
            process.kill()
        if genesis is None or genesis.time != stamp:
            raise UnavailableError("devchain-process")
        founded = Founded(options.chain_id, stamp, GAS_LIMIT, genesis.hash)
        self._journal.append([founded])
        self._history.apply(founded)
        return founded

    def _guard(self, action: Callable[[], _T]) -> _T:
        self._refuse_if_failed()
        try:
            return action()
        except LedgerError as error:
            self._fail(error)

    def _fail(self, error: LedgerError) -> NoReturn:
        with self._gate:
            self.failure = self.failure or error
            self._process.kill()
        self.wake.set()
        raise error

    def _refuse_if_failed(self) -> None:
        if self.failure is not None:
            raise self.failure


def _check_chain(found: int, expected: int) -> None:
    if found != expected:
        raise ConfigurationError("chain-id", expected=expected, found=found)


def _open_journal(data: Path) -> Journal:
    path = data / JOURNAL
    if not path.exists() and dumps.newest_height(data):
        raise IntegrityError("devchain-journal-missing", path=path)
    return Journal(path)


def _post(process: Process, numbered: Sequence[Answer]) -> list[Answer]:
    answers = process.post(numbered[0] if len(numbered) == 1 else numbered)
    return answers if isinstance(answers, list) else [answers]


def _without_envelope(answer: Answer | None) -> Answer:
    match answer:
        case {"error": error}:
            return {"error": error}
        case {"result": result}:
            return {"result": result}
        case _:
            return {"error": {"code": -32603, "message": "no answer"}}
