"""Settings: ``lianzheng.toml`` in the node's home, overridden by ``LIANZHENG_…`` in the environment.

Read once, by ``main()`` and by tests. Unknown names are errors. Secrets do not belong here: the master key is
a file of its own, or the variable ``LIANZHENG_MASTER_KEY``, which is not a setting.
"""

import json
from pathlib import Path
from typing import Final

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from ledger.errors import ConfigurationError
from ledger.proof.header import ChainKind
from ledger.proof.qbft import SealCurve

FILE_NAME: Final = "lianzheng.toml"
_ADDRESS: Final = r"^[0-9a-f]{40}$"
_WORD: Final = r"^[0-9a-f]{64}$"


class Settings(BaseSettings):
    """What an operator can set; docs/operations.md explains each."""

    model_config = SettingsConfigDict(env_prefix="LIANZHENG_", extra="forbid", frozen=True)

    home: Path
    member: str = Field(pattern=_WORD)
    name: str = Field(min_length=1, max_length=200)
    origin: str
    endpoint: str = "http://127.0.0.1:8460"
    database_url: str = ""
    key_store_url: str = ""
    vault: Path = Path("vault")
    chain_url: str = "http://127.0.0.1:8545"
    chain_id: int = Field(default=20261124, ge=1)
    chain_kind: ChainKind = "dev"
    chain_curve: SealCurve = "secp256k1"
    finality: str = "instant"
    gas_price: int | None = Field(default=0, ge=0)
    registry: str | None = Field(default=None, pattern=_ADDRESS)
    anchor: str | None = Field(default=None, pattern=_ADDRESS)
    maximum_merge_delay: int = Field(default=3600, ge=1)
    key_backup_days: int = Field(default=30, ge=0)
    production: bool = False
    language: str = Field(default="zh", pattern="^(zh|en)$")

    @property
    def ledger_url(self) -> str:
        """The ledger's database; SQLite in the home unless it is set."""
        return self.database_url or f"sqlite:///{self.home / 'ledger.db'}"

    @property
    def keys_url(self) -> str:
        """The key store's database; SQLite in the home unless it is set."""
        return self.key_store_url or f"sqlite:///{self.home / 'keys' / 'keystore.db'}"


def load_settings(home: Path) -> Settings:
    """Read the settings of the node in ``home``.

    Raises:
        ConfigurationError: there is no node, or a setting is not valid.
    """
    file = home / FILE_NAME
    if not file.is_file():
        raise ConfigurationError("not-initialised", home=home)

    class Located(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            del dotenv_settings, file_secret_settings  # secrets and .env files are not read
            return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file)

    try:
        settings = Located(home=home)  # type: ignore[call-arg]  # the file holds the rest
    except (ValidationError, ValueError) as error:
        raise _invalid(error) from error
    if settings.production and settings.chain_kind == "dev":
        raise ConfigurationError("development-in-production")
    return settings


def write_settings(home: Path, values: dict[str, str | int | bool]) -> None:
    """Write the settings file; existing names keep their values unless ``values`` has them."""
    file = home / FILE_NAME
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    kept = [line for line in lines if line.partition("=")[0].strip() not in values]
    # A JSON string, number or boolean is a TOML one too.
    added = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
    part = file.with_suffix(".part")
    part.write_text("\n".join([*kept, *added]) + "\n", "utf-8")
    part.replace(file)


def _invalid(error: ValueError) -> ConfigurationError:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        return ConfigurationError("settings-invalid", name=name, why=first["msg"])
    return ConfigurationError("settings-invalid", name=FILE_NAME, why=str(error)[:200])
