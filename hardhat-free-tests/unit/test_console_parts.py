"""Parts of the console that need no service: bars, days, addresses without secrets, a chain that hangs."""

from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any, cast

import pytest

from ledger.errors import MalformedError
from node.console import chain_watch
from node.console.asking import local_path
from node.console.chain_watch import ChainWatch
from node.console.chart import HEIGHT, bars
from node.console.days import end_of, start_of
from node.console.rendering import instant, plain, size
from node.console.settings_page import shown_settings, without_secrets
from node.settings import Settings
from node.timestamp_settings import AuthoritySettings
from node.words.settings import MEANINGS


def test_bars_stay_inside_and_what_is_not_nothing_shows() -> None:
    found = bars([("a", 0), ("b", 1), ("c", 100_000)])
    assert [bar.height for bar in found] == [0, 2, 106]
    assert all(bar.y >= 0 and bar.y + bar.height < HEIGHT for bar in found)
    assert bars([]) == []


def test_days_are_those_of_china() -> None:
    assert start_of("2026-11-24") == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert end_of("2026-11-24") == datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert instant("2026-11-24T16:30:00.000Z") == "2026-11-25 00:30:00"
    with pytest.raises(MalformedError):
        start_of("24.11.2026")


@pytest.mark.parametrize(
    ("count", "text"),
    [(None, "—"), (0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (2**50, "1024.0 TiB")],
)
def test_sizes_are_written_for_people(count: int | None, text: str) -> None:
    assert size(count) == text


def test_values_of_fields_are_written_for_people() -> None:
    assert [plain(v) for v in ("甲", ["甲", "乙"], 5, {"a": "乙"}, [1])] == [
        *("甲", "甲, 乙", "5", '{"a": "乙"}', "[1]")
    ]


@pytest.mark.parametrize(
    "given",
    ["", "evidence", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", "/" * 2],
)
def test_only_paths_of_the_console_are_led_to(given: str) -> None:
    assert local_path(given) == "/"
    assert local_path("/evidence?kind=letter") == "/evidence?kind=letter"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+pg8000://node:s3cret@db/ledger", "postgresql+pg8000://…@db/ledger"),
        ("postgresql+pg8000://db/ledger?password=s3cret", "postgresql+pg8000://db/ledger?…"),
        (
            "https://vault.example/v1/transit/keys/e?key=ab",
            "https://vault.example/v1/transit/keys/e?…",
        ),
    ],
)
def test_addresses_are_shown_without_what_may_be_secret(url: str, shown: str) -> None:
    assert without_secrets(url, hide_path=False) == shown


AUTHORITY = AuthoritySettings(name="TSA", url="https://tsa.example/tsr", roots=Path("tsa.pem"))


def test_settings_name_their_source_and_hide_a_chain_providers_key() -> None:
    settings = Settings(
        home=Path("/srv/node"), member="ab" * 32, name="B", origin="x.example/b",
        chain_url="https://chain.example/v3/0123456789abcdef", database_url="sqlite:////s3cret.db",
        timestamp_authorities=[AUTHORITY],
    )  # fmt: skip
    environment = {"LIANZHENG_CHAIN_URL": "…", "LIANZHENG_MASTER_KEY": "s3cret", "PATH": "/bin"}
    shown = shown_settings(settings, environment, frozenset({"name"}), {"name": "机构名称。"})
    found = {each.name: each for each in shown}
    assert found["name"].meaning == "机构名称。"
    assert found["listen_port"].meaning == "Port to listen on."
    assert found["chain_url"].value == "https://chain.example/…"
    assert found["chain_url"].source == "ui-source-environment"
    assert found["name"].source == "ui-source-file"
    assert found["listen_port"].source == "ui-source-default"
    assert found["production"].value == "false"
    assert found["timestamp_authorities"].value == (
        "name = TSA, url = https://tsa.example/tsr, roots = tsa.pem"
    )
    assert not any(name == "master_key" for name in found)


def test_every_setting_is_explained_in_chinese() -> None:
    assert sorted(Settings.model_fields.keys() - MEANINGS.keys()) == []
    assert sorted(MEANINGS.keys() - Settings.model_fields.keys()) == []


def test_a_chain_that_hangs_holds_up_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Event()

    def hang(node: Any) -> Any:
        answer.wait(10)
        return node

    monkeypatch.setattr(chain_watch, "read_status", hang)
    watch, before = ChainWatch(cast("Any", "status")), monotonic()
    assert watch.look() is None
    assert watch.look() is None
    assert monotonic() - before < 2
    answer.set()
    while (seen := watch.look()) is None:
        assert monotonic() - before < 10
    assert seen.error is None
