"""Fixtures that many tests share, hypothesis profiles, and the option for long runs."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from harness.commands import ROOT, development_chain
from harness.databases import PostgresDatabases, SqliteDatabases
from harness.ledger import Databases, Ledger, TestClock, make_template, open_ledger
from harness.network import Network
from harness.postgres import Server, find_tools, running
from hypothesis import HealthCheck, settings

ANVIL = next((ROOT / "node_modules" / "@foundry-rs").glob("*/bin/anvil"), None)

# As in the product: a defect in the log never shows what local variables hold, nor walks through them.
_PLAIN = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], _PLAIN])

settings.register_profile("default", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True)
settings.register_profile(
    "fuzz", deadline=None, max_examples=5000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-soak", action="store_true", help="run the tests that take minutes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--run-soak"):
        return
    reason = pytest.mark.skip(reason="a long run: give --run-soak (make soak)")
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(reason)


@pytest.fixture(scope="session")
def chain_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The embedded chain, one for all tests of a process."""
    if ANVIL is None:
        pytest.skip("anvil is not installed: run npm ci")
    with development_chain(tmp_path_factory.mktemp("chain")) as url:
        yield url


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node's home with keys; never used itself."""
    home = tmp_path_factory.mktemp("template") / "home"
    make_template(home)
    return home


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    tools = find_tools()
    if tools is None:
        pytest.skip("PostgreSQL is not installed: no initdb on PATH or in /usr/lib/postgresql")
    with running(tools) as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_databases(template: Path) -> Databases:
    return SqliteDatabases(template)


@pytest.fixture(scope="session")
def postgres_databases(
    postgres_server: Server, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Databases:
    own = tmp_path_factory.mktemp("postgres-template") / "home"
    shutil.copytree(template, own)
    return PostgresDatabases(postgres_server, own)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Each of the two databases in turn."""
    found: Databases = request.getfixturevalue(f"{request.param}_databases")
    return found


Make = Callable[..., Ledger]


@pytest.fixture
def make_ledger(template: Path, tmp_path: Path) -> Iterator[Callable[..., Ledger]]:
    """Makes ledgers that are closed at the end."""
    made: list[Ledger] = []

    def make(databases: Databases, network: Network | None = None, **more: Any) -> Ledger:
        home = tmp_path / f"home-{len(made)}"
        shutil.copytree(template, home, ignore=shutil.ignore_patterns("*.db*"))
        databases.attach(home)
        made.append(open_ledger(home, network or Network(), TestClock(), databases, **more))
        return made[-1]

    yield make
    for ledger in made:
        ledger.close()


@pytest.fixture
def ledger(databases: Databases, make_ledger: Callable[..., Ledger]) -> Ledger:
    """An empty ledger of a bank, on each database in turn."""
    return make_ledger(databases)


@pytest.fixture
def sqlite_ledger(sqlite_databases: Databases, make_ledger: Callable[..., Ledger]) -> Ledger:
    """An empty ledger where the database makes no difference."""
    return make_ledger(sqlite_databases)


@pytest.fixture(scope="module")
def module_ledger(
    template: Path, sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ledger]:
    """A ledger for all tests of a file, for those that only ask many questions."""
    home = tmp_path_factory.mktemp("service") / "home"
    shutil.copytree(template, home, ignore=shutil.ignore_patterns("*.db*"))
    sqlite_databases.attach(home)
    ledger = open_ledger(home, Network(), TestClock(), sqlite_databases)
    yield ledger
    ledger.close()
