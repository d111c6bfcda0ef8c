"""How services open a transaction: they are handed one of these and never build their own."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeAlias

from sqlalchemy import Connection

Begin: TypeAlias = Callable[[], AbstractContextManager[Connection]]
"""Opens a short transaction that commits at the end of the block and rolls back on any exception."""
