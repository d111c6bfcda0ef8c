"""``pg_dump`` and ``pg_restore``: from the PATH, or where Debian and others install them."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from sqlalchemy import URL

from ledger.errors import ConfigurationError, UnavailableError

_INSTALLED: Final = Path("/usr/lib/postgresql")
_WORDS: Final = 300
"""Characters of the program's own complaint that are passed on."""


def find_tool(name: str) -> str:
    """Return the path of a program of PostgreSQL, the newest that is installed.

    Raises:
        ConfigurationError: it is not installed.
    """
    versions = [each for each in _INSTALLED.glob(f"*/bin/{name}") if os.access(each, os.X_OK)]
    if versions:
        return str(max(versions, key=_version))
    found = shutil.which(name)
    if found is None:
        raise ConfigurationError("backup-tool-missing", tool=name)
    return found


def _version(tool: Path) -> float:
    try:
        return float(tool.parent.parent.name)
    except ValueError:
        return 0


def run_tool(name: str, url: URL, *arguments: str) -> None:
    """Run a program of PostgreSQL on a database; its password never stands on the command line.

    Raises:
        ConfigurationError: the program is not installed.
        UnavailableError: it failed.
    """
    command = [find_tool(name), "--no-password", *arguments]
    done = subprocess.run(
        command, env={**os.environ, **_place(url)}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise UnavailableError("backup-tool-failed", tool=name, why=" ".join(said)[:_WORDS])


def _place(url: URL) -> dict[str, str]:
    """Return libpq's variables for the database that ``url`` names."""
    socket = url.query.get("unix_sock")
    host = str(Path(socket).parent) if isinstance(socket, str) else url.host
    values = {
        "PGHOST": host,
        "PGPORT": None if url.port is None else str(url.port),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    return {name: value for name, value in values.items() if value}
