"""Building a process that stands exactly where the journal stands.

Every block's hash is compared. A hash that differs is never repaired: the journal stays as it is, and the
chain does not start.
"""

from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from ledger.devchain import dumps
from ledger.devchain.history import History
from ledger.devchain.journal import BlockMade
from ledger.devchain.process import AnsweredError, Launch, Process, ProcessDiedError
from ledger.errors import IntegrityError


def rebuild(folder: Path, launch: Launch, history: History, spawner: Executor) -> Process:
    """Return a process with all the blocks and all the waiting transactions of the history.

    Args:
        folder: of the dumps.
        launch: how to start; its dump is chosen here.
        history: must be founded.
        spawner: see ``process.Process``.

    Raises:
        IntegrityError: replaying gives other blocks than the journal has.
        ProcessDiedError: the process did not survive.
    """
    for height, dump in dumps.usable(folder, history.height):
        try:
            return _build(replace(launch, dump=dump), height, history, spawner)
        except (IntegrityError, ProcessDiedError):
            continue  # only an acceleration: the whole journal decides
    return _build(launch, 0, history, spawner)


def block_at(process: Process, number: int) -> BlockMade | None:
    """Return a block as the process has it, ``None`` when it has none."""
    block = process.call("eth_getBlockByNumber", hex(number), False)  # noqa: FBT003 - JSON-RPC
    if block is None:
        return None
    time = int(block["timestamp"], 16)
    return BlockMade(number, time, block["hash"], tuple(block["transactions"]))


def _build(launch: Launch, height: int, history: History, spawner: Executor) -> Process:
    process = Process(launch, spawner)
    try:
        _check_start(process, height, history)
        for block in history.blocks[height:]:
            _mine_again(process, block, history)
        for raw in history.pending.values():
            _send_again(process, raw)
    except AnsweredError as error:
        process.kill()
        raise IntegrityError("devchain-replay", number=height) from error
    except BaseException:
        process.kill()
        raise
    return process


def _check_start(process: Process, height: int, history: History) -> None:
    genesis = block_at(process, 0)
    if genesis is None or history.founded is None or genesis.hash != history.founded.hash:
        raise IntegrityError("devchain-replay", number=0)
    found = block_at(process, height)
    expected = history.blocks[height - 1].hash if height else genesis.hash
    if found is None or found.hash != expected or block_at(process, height + 1) is not None:
        raise IntegrityError("devchain-replay", number=height)


def _mine_again(process: Process, block: BlockMade, history: History) -> None:
    for name in block.transactions:
        _send_again(process, history.raw(name))
    process.call("evm_mine", block.time)
    found = block_at(process, block.number)
    if found is None or found.hash != block.hash:
        raise IntegrityError("devchain-replay", number=block.number)


def _send_again(process: Process, raw: bytes) -> None:
    try:
        process.call("eth_sendRawTransaction", "0x" + raw.hex())
    except AnsweredError:
        return  # a waiting one may be refused by now; a mined one shows as another block hash
