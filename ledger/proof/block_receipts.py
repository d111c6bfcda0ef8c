"""Receipts of a recorded block: their form, and what they repeat of the block and of one another.

Under the receipts root stand type, status, cumulative gas, bloom and events. Block, index and gas used
follow from those and are compared. Sender, recipient, created contract and the transaction's hash
belong to the transaction, which is not in the file: nothing here proves them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ledger.proof.block_values import as_data, as_list, as_number, as_object, member, path
from ledger.proof.header import Header
from ledger.proof.json_values import data_of, number_of

_NUMBERS: Final = ("transactionIndex", "status", "cumulativeGasUsed")
_OPTIONAL_NUMBERS: Final = ("type", "gasUsed", "blockNumber")
_HASHES: Final = ("blockHash", "transactionHash")
_LOG_NUMBERS: Final = ("blockNumber", "transactionIndex", "logIndex")
_GAS_USED: Final = 10
"""Place of the block's gas in a header."""


def check_receipt(value: object, where: str) -> Mapping[str, object]:
    """Return a receipt whose members are of their form.

    Raises:
        MalformedError: ``block-field-…``.
    """
    found = as_object(value, where)
    for name in _NUMBERS:
        as_number(member(found, name, where), path(where, name))
    as_data(member(found, "logsBloom", where), path(where, "logsBloom"), 256)
    _check_optional(found, where, _OPTIONAL_NUMBERS)
    for at, log in enumerate(as_list(member(found, "logs", where), path(where, "logs"))):
        _check_log(log, path(path(where, "logs"), at))
    return found


def _check_log(value: object, where: str) -> None:
    found = as_object(value, where)
    as_data(member(found, "address", where), path(where, "address"), 20)
    as_data(member(found, "data", where), path(where, "data"))
    topics = path(where, "topics")
    for at, topic in enumerate(as_list(member(found, "topics", where), topics)):
        as_data(topic, path(topics, at), 32)
    _check_optional(found, where, _LOG_NUMBERS)


def _check_optional(found: Mapping[str, object], where: str, numbers: Sequence[str]) -> None:
    for name in numbers:
        if found.get(name) is not None:
            as_number(found[name], path(where, name))
    for name in _HASHES:
        if found.get(name) is not None:
            as_data(found[name], path(where, name), 32)


def contradictions(
    receipts: Sequence[Mapping[str, object]], header: Header, block: bytes
) -> Iterator[str]:
    """Yield the name of every member that is not what block, place and gas make it.

    Args:
        receipts: of the whole block, checked for their form.
        header: of the block.
        block: its hash, 32 bytes.
    """
    gas, events = 0, 0
    for index, receipt in enumerate(receipts):
        where = path("receipts", index)
        total = number_of(receipt["cumulativeGasUsed"])
        yield from _differing(
            receipt,
            where,
            numbers={"gasUsed": total - gas, "blockNumber": header.number},
            hashes={"blockHash": block},
        )
        for at, log in enumerate(as_list(receipt["logs"], where)):
            shown = as_object(log, where)
            yield from _differing(
                shown,
                path(f"{where}.logs", at),
                numbers={
                    "blockNumber": header.number,
                    "transactionIndex": index,
                    "logIndex": events,
                },
                hashes={"blockHash": block},
            )
            yield from _log_of_another(shown, receipt, path(f"{where}.logs", at))
            events += 1
        gas = total
    if gas != int.from_bytes(header.items[_GAS_USED], "big"):
        yield "header.gasUsed"


def _differing(
    found: Mapping[str, object],
    where: str,
    *,
    numbers: Mapping[str, int],
    hashes: Mapping[str, bytes],
) -> Iterator[str]:
    for name, number in numbers.items():
        if found.get(name) is not None and number_of(found[name]) != number:
            yield path(where, name)
    for name, value in hashes.items():
        if found.get(name) is not None and data_of(found[name]) != value:
            yield path(where, name)


def _log_of_another(
    log: Mapping[str, object], receipt: Mapping[str, object], where: str
) -> Iterator[str]:
    names = (log.get("transactionHash"), receipt.get("transactionHash"))
    if None not in names and data_of(names[0]) != data_of(names[1]):
        yield path(where, "transactionHash")
    if log.get("removed") not in (None, False):
        yield path(where, "removed")
