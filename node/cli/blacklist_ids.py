"""Ids as they are typed: hexadecimal, whole."""

import click

ENTRY, HIT, LEAF = 32, 16, 32


def read_id(text: str, size: int) -> bytes:
    """Return an id of ``size`` bytes.

    Raises:
        BadParameter: not that many hexadecimal digits.
    """
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != size:
        raise click.BadParameter(text)
    return found
