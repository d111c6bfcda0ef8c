"""Containerfile and compose.yaml do what docs/deployment.md promises.

No engine runs here: the files are read, the settings loaded, and the wheel is built.
"""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from ledger.errors import ConfigurationError
from node.settings import Settings, load_settings, write_settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
CONTAINERFILE = (ROOT / "Containerfile").read_text("utf-8")
EXACT = re.compile(r"[a-z0-9./-]+:\d+\.\d+(\.\d+)?(-[a-z0-9.-]+)?")
SECRET = re.compile(r"password|secret|token|master_key|private|credential", re.IGNORECASE)
PEER_PORT = "30303"
every_service = pytest.mark.parametrize("name", sorted(SERVICES))


def instructions(text: str) -> list[tuple[str, str]]:
    """Return the instructions of a Containerfile: name and the rest, continued lines joined."""
    joined = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", text))
    lines = [line.strip() for line in joined.splitlines() if line.strip()]
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in lines]


@every_service
def test_images_have_exact_versions(name: str) -> None:
    assert EXACT.fullmatch(SERVICES[name]["image"])


@every_service
def test_services_have_no_rights_that_they_do_not_need(name: str) -> None:
    service = SERVICES[name]
    assert int(service["user"].split(":")[0]) > 0
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices", "env_file"} & set(
        service
    )


@every_service
def test_no_password_stands_in_the_file(name: str) -> None:
    service = SERVICES[name]
    for variable, value in service.get("environment", {}).items():
        if SECRET.search(variable):
            assert variable.endswith("_FILE"), variable
            assert value.startswith("/run/secrets/"), variable
        assert not re.search(r"//[^/@]*:[^/@]+@", str(value)), variable
    used = {Path(v).name for v in service.get("environment", {}).values() if "/secrets/" in str(v)}
    assert used == set(service.get("secrets", []))


def test_secrets_come_from_files() -> None:
    for secret in COMPOSE["secrets"].values():
        assert list(secret) == ["file"]
        assert not (ROOT / secret["file"]).exists(), "a secret lies in the repository"


def test_only_the_chain_s_peers_reach_in_from_outside() -> None:
    for name, service in SERVICES.items():
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:") or (name, port.split(":")[0]) == (
                "chain",
                PEER_PORT,
            )
    assert COMPOSE["networks"]["database"]["internal"] is True
    assert COMPOSE["networks"]["chain"]["internal"] is True
    assert SERVICES["postgres"]["networks"] == ["database"]


def test_the_health_check_asks_healthz() -> None:
    assert "http://127.0.0.1:8460/healthz" in SERVICES["node"]["healthcheck"]["test"][-1]
    (check,) = [rest for name, rest in instructions(CONTAINERFILE) if name == "HEALTHCHECK"]
    assert "http://127.0.0.1:8460/healthz" in check


def environment() -> dict[str, str]:
    return {name: str(value) for name, value in SERVICES["node"]["environment"].items()}


def test_every_variable_of_the_node_is_a_setting() -> None:
    names = {name.removeprefix("LIANZHENG_").lower() for name in environment()}
    assert names <= set(Settings.model_fields)


def made_home(tmp_path: Path) -> Path:
    write_settings(tmp_path, {"member": "00" * 32, "name": "n", "origin": "lianzheng.example/n"})
    return tmp_path


def test_the_node_s_settings_load_and_take_the_password_from_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    secret = tmp_path / "password"
    secret.write_text("p@ss:/word\n", "utf-8")
    monkeypatch.setenv("LIANZHENG_DATABASE_PASSWORD_FILE", str(secret))
    settings = load_settings(made_home(tmp_path))
    place = "postgres:5432/lianzheng"
    assert settings.ledger_url == f"postgresql+pg8000://lianzheng:p%40ss%3A%2Fword@{place}"
    assert settings.keys_url.startswith("sqlite:")
    assert "%2Fword" not in repr(settings)


def test_a_missing_password_file_is_named_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANZHENG_DATABASE_URL", environment()["LIANZHENG_DATABASE_URL"])
    monkeypatch.setenv("LIANZHENG_DATABASE_PASSWORD_FILE", "absent")
    settings = load_settings(made_home(tmp_path))
    with pytest.raises(ConfigurationError) as caught:
        _ = settings.ledger_url
    assert caught.value.code == "database-password-unreadable"


def test_the_image_is_built_in_stages_from_exact_versions_and_does_not_run_as_root() -> None:
    steps = instructions(CONTAINERFILE)
    bases = [rest.split()[0] for name, rest in steps if name == "FROM"]
    assert len(bases) > 1
    assert all(EXACT.fullmatch(base) for base in bases)
    assert [rest for name, rest in steps if name == "USER"][-1] == SERVICES["node"]["user"]
    assert any("--require-hashes -r requirements.lock" in rest for _, rest in steps)
    for name, rest in steps:
        assert name not in ("ARG", "ADD"), rest
        if name == "ENV":
            assert not SECRET.search(rest)


def sources() -> list[str]:
    copies = [rest.split() for name, rest in instructions(CONTAINERFILE) if name == "COPY"]
    return [each for words in copies if "--from=build" not in words for each in words[:-1]]


def test_the_image_takes_what_it_names_and_nothing_else() -> None:
    assert all((ROOT / each).exists() for each in sources())
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert lines[1] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == set(sources())


def test_what_the_image_takes_makes_a_whole_wheel(tmp_path: Path) -> None:
    context = tmp_path / "context"
    context.mkdir()
    skip = shutil.ignore_patterns("__pycache__")
    for each in sources():
        if (ROOT / each).is_dir():
            shutil.copytree(ROOT / each, context / each, ignore=skip)
        else:
            shutil.copy(ROOT / each, context / each)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"]
    subprocess.run(command, cwd=context, check=True, capture_output=True, timeout=120)
    (wheel,) = (context / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        inside = set(opened.namelist())
    wanted = {
        str(file.relative_to(ROOT))
        for folder in ("contracts", "ledger", "blacklist", "node")
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert sorted(wanted - inside) == []
