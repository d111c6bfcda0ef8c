"""Settings: ``lianzheng.toml`` in the node's home, overridden by ``LIANZHENG_…`` in the environment.

Read once, by ``main()`` and by tests. Unknown names are errors. Secrets do not belong here: the master key is
a file of its own, or the variable ``LIANZHENG_MASTER_KEY``, which is not a setting.
"""

import json
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from sqlalchemy import make_url

from blacklist.domain.protocol.purposes import Purpose
from ledger.chain.endpoints import SEPARATOR, Expected, expect
from ledger.errors import ConfigurationError, MalformedError
from ledger.evidence.kinds import KINDS, SEALED_BY_THE_NODE
from ledger.evidence.retention import read_period
from ledger.proof.header import ChainKind
from ledger.proof.qbft import SealCurve
from node.key_places import key_store_file
from node.timestamp_settings import AuthoritySettings

FILE_NAME: Final = "lianzheng.toml"
RESTORING: Final = "restoring"
"""A file in a home that a restore has begun to fill; it names the backup, so that only the same one goes on."""
_ADDRESS: Final = r"^[0-9a-f]{40}$"
_WORD: Final = r"^[0-9a-f]{64}$"


def _empty_is_none(value: object) -> object:
    """Read the empty text as no value: neither TOML nor the environment has a null."""
    return None if value == "" else value


def _joined(value: object) -> object:
    """Read a list of addresses as one text: all who ask the chain take either (``ledger.chain.rpc``)."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return SEPARATOR.join(value)
    return value


class Settings(BaseSettings):
    """What an operator can set; docs/operations.md explains each."""

    model_config = SettingsConfigDict(env_prefix="LIANZHENG_", extra="forbid", frozen=True)

    home: Path = Field(
        description="Folder of the node; given on the command line, never in the file."
    )
    member: str = Field(
        pattern=_WORD, description="Id in the consortium registry, 32 bytes in hex."
    )
    name: str = Field(min_length=1, max_length=200, description="Name of the institution.")
    origin: str = Field(
        description="Origin of the log: a schema-less URL, for example lianzheng.example/bank-a."
    )
    endpoint: str = Field("http://127.0.0.1:8460", description="Where peers reach this node.")
    listen_host: str = Field("127.0.0.1", description="Address to listen on; loopback unless told.")
    listen_port: int = Field(8460, ge=1, le=65535, description="Port to listen on.")
    public_url: str = Field(
        "http://127.0.0.1:8460", description="Where people reach the console; links begin with it."
    )
    trusted_proxies: str = Field(
        "", description="Addresses of reverse proxies whose X-Forwarded-For counts; empty: none."
    )
    tls_certificate: Path | None = Field(
        None, description="Certificate chain (PEM), relative to the home; empty: plain HTTP."
    )
    tls_key: Path | None = Field(None, description="Its key (PEM), relative to the home.")
    max_upload_bytes: int = Field(
        16 * 1024**3, ge=1, description="Largest content that the API takes, in bytes."
    )
    replica_group: str = Field(
        "",
        description="Name that replicas of this node share on one PostgreSQL database; empty: it stands alone.",
    )
    worker_seconds: float = Field(5.0, gt=0, le=3600, description="Seconds between two rounds.")
    watch_folder: Annotated[Path | None, BeforeValidator(_empty_is_none)] = Field(
        None,
        description="Folder whose files are sealed and moved to sealed/, relative to the home; empty: none; docs/watched-folder.md.",
    )
    watch_seconds: float = Field(
        5.0, gt=0, le=3600, description="Seconds between two looks at the watched folder."
    )
    watch_settle_seconds: float = Field(
        10.0,
        gt=0,
        le=3600,
        description="Seconds for which a file there must not change before it counts as finished.",
    )
    otlp_endpoint: str = Field(
        "",
        description="Base address of an OpenTelemetry receiver (OTLP/HTTP) for traces; empty: OTEL_EXPORTER_OTLP_ENDPOINT, or none.",
    )
    audit_seal_minutes: int = Field(
        60, ge=1, description="Minutes after which the audit trail so far is sealed and anchored."
    )
    database_url: str = Field("", description="Ledger database; empty: SQLite in the home.")
    key_store_url: str = Field(
        "", description="Key store database, apart from the ledger's; empty: SQLite in the home."
    )
    database_password_file: Annotated[Path | None, BeforeValidator(_empty_is_none)] = Field(
        None,
        description="File with the password for database_url and key_store_url, relative to the home; the addresses then hold none.",
    )
    vault: Path = Field(
        Path("vault"), description="Folder of the encrypted contents, relative to the home."
    )
    vault_url: str = Field(
        "",
        description="Encrypted contents on S3: s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION; credentials come from boto3's chain (environment, profile, instance); empty: the folder.",
    )
    chain_url: Annotated[str, BeforeValidator(_joined)] = Field(
        "http://127.0.0.1:8545",
        description="JSON-RPC address of the chain's node; several, as a list or separated by commas, the own one first: docs/chains.md.",
    )
    chain_id: int = Field(
        20261124, ge=1, description="Chain id (EIP-155); another answer of the node is refused."
    )
    chain_kind: ChainKind = Field(
        "dev", description="Kind of chain: dev, ethereum, clique, qbft-header, qbft-contract."
    )
    chain_curve: SealCurve = Field("secp256k1", description="Curve of the validators' seals.")
    finality: str = Field(
        "instant",
        description="When a block counts as final: instant, finalized, or a number of blocks.",
    )
    gas_price: Annotated[int | None, BeforeValidator(_empty_is_none)] = Field(
        0, ge=0, description="Wei per gas; 0 on networks without fees, empty asks the node."
    )
    registry: str | None = Field(
        None, pattern=_ADDRESS, description="Address of ConsortiumRegistry, hex without 0x."
    )
    anchor: str | None = Field(
        None, pattern=_ADDRESS, description="Address of EvidenceAnchor, hex without 0x."
    )
    blacklist: Annotated[str | None, BeforeValidator(_empty_is_none)] = Field(
        None,
        pattern=_ADDRESS,
        description="Address of FraudBlacklist, hex without 0x; empty: this node takes no part (docs/blacklist.md).",
    )
    blacklist_since: int = Field(
        0, ge=0, description="Block of the blacklist's deployment: its events are read from there."
    )
    blacklist_mode: Literal["test", "licensed-bureau", "association"] = Field(
        "test",
        description="Under what the blacklist is run: test takes identifiers that are nobody's only; docs/blacklist-law.md.",
    )
    blacklist_mode_document: Annotated[str | None, BeforeValidator(_empty_is_none)] = Field(
        None,
        pattern=r"^[0-9a-f]{64}$",
        description="Evidence id of the licence, or of the association's document, sealed here; needed in the other modes.",
    )
    blacklist_batch_hours: int = Field(
        24,
        ge=0,
        le=168,
        description="Hours between two batches of listings; 0 sends each at once, which shows when somebody was listed.",
    )
    blacklist_limits: dict[Purpose, Annotated[int, Field(ge=0)]] = Field(
        {},
        description="How much one member may have evaluated here in a month, of one type and purpose, as a table: {query = 20000, screening = 1000000}; docs/blacklist.md has the rest.",
    )
    blacklist_dual_read_days: int = Field(
        30,
        ge=0,
        description="Days for which the blacklist's previous key of a type stays readable after a new one; then its share is destroyed.",
    )
    blacklist_purposes: tuple[Literal["query", "screening", "monitoring"], ...] = Field(
        ("query", "screening", "monitoring"),
        description="Purposes for which this member agreed with persons to ask about them; others are refused (征信业管理条例 20).",
    )
    blacklist_assessment: Annotated[str | None, BeforeValidator(_empty_is_none)] = Field(
        None,
        pattern=r"^[0-9a-f]{64}$",
        description="Evidence id of the impact assessment (个人信息保护法 55, 56), sealed here; `doctor` warns when it is missing or older than three years.",
    )
    blacklist_keep_years: int = Field(
        5,
        ge=3,
        le=30,
        description="Years for which inquiries and hits can be opened; then their record keys are destroyed. At least three (个人信息保护法 56).",
    )
    evidence_signer_url: str = Field(
        "",
        description="Evidence key in a Transit-style service: https://HOST/v1/MOUNT/keys/NAME[?version=N&key=HEX]; empty: the file in the home.",
    )
    log_signer_url: str = Field(
        "", description="Log key in such a service; empty: the file in the home."
    )
    signer_token_file: Path | None = Field(
        None, description="File with that service's token, relative to the home."
    )
    anchor_signer_url: str = Field(
        "",
        description="Anchor key in a Web3Signer-style service: https://HOST/api/v1/eth1/sign/0xPUBLICKEY; empty: the file in the home.",
    )
    anchor_signer_token_file: Path | None = Field(
        None, description="File with a bearer token for it, relative to the home."
    )
    master_key_kms_url: str = Field(
        "",
        description="Key service that unwraps keys/master.key.wrapped: https://HOST/v1/MOUNT/decrypt/NAME (Transit-style); empty: the file keys/master.key.",
    )
    master_key_kms_token_file: Path | None = Field(
        None, description="File with that service's token, relative to the home."
    )
    maximum_merge_delay: int = Field(
        3600, ge=1, description="Seconds within which a receipt promises a place in the log."
    )
    key_backup_days: int = Field(
        30,
        ge=0,
        description="Days that backups of the key store are kept; an erasure is complete after them.",
    )
    backup_folder: Annotated[Path | None, BeforeValidator(_empty_is_none)] = Field(
        None,
        description="Folder of the ledger's backup, relative to the home; `doctor` looks at its age; empty: nowhere.",
    )
    key_backup_folder: Annotated[Path | None, BeforeValidator(_empty_is_none)] = Field(
        None,
        description="Folder of the key store's backups, apart from the other; `doctor` looks at their age; empty: nowhere.",
    )
    backup_hours: int = Field(
        26, ge=1, description="Hours after which `doctor` calls the newest backup old."
    )
    session_idle_minutes: int = Field(
        30, ge=1, le=1440, description="Minutes without a request after which a session ends."
    )
    session_hours: int = Field(
        12, ge=1, le=168, description="Hours after which a session ends, whatever is done with it."
    )
    oidc_issuer: str = Field(
        "",
        description="Issuer of the institution's OpenID Connect provider; empty: local passwords only.",
    )
    oidc_client: str = Field("", description="Id under which the node is registered there.")
    oidc_secret_file: Path | None = Field(
        None, description="File with that registration's secret, relative to the home."
    )
    oidc_groups_claim: str = Field("groups", description="Claim of the ID token that lists groups.")
    oidc_role_map: str = Field(
        "",
        description="Groups and the roles they give: group=role,group=role; docs/identity.md lists the roles.",
    )
    retention: dict[str, str] = Field(
        {},
        description='How long each kind is kept, as a table: {call_recording = "5y", message = "180d"}; `evidence due` lists what is over, nothing is erased by itself.',
    )
    timestamp_authorities: tuple[AuthoritySettings, ...] = Field(
        (),
        max_length=8,
        description="Time-stamping authorities (RFC 3161), each a table [[timestamp_authorities]] with name, url, roots and optionally policy, secret_file, header; docs/timestamps.md.",
    )
    accepted_timestamp_roots: tuple[Path, ...] = Field(
        (),
        description="Files (PEM, relative to the home) with roots of other members' time-stamping authorities that this node accepts in a trust file.",
    )
    timestamp_renew_days: int = Field(
        180, ge=1, description="Days before its certificates end in which a token is renewed."
    )
    production: bool = Field(default=False, description="Refuses what is for development only.")

    @field_validator("retention")
    @classmethod
    def _check_retention(cls, periods: dict[str, str]) -> dict[str, str]:
        for kind, period in periods.items():
            if kind not in KINDS or kind in SEALED_BY_THE_NODE:
                raise ValueError(kind)
            try:
                read_period(period)
            except MalformedError:
                raise ValueError(period) from None
        return periods

    @field_validator("timestamp_authorities")
    @classmethod
    def _check_authorities(
        cls, found: tuple[AuthoritySettings, ...]
    ) -> tuple[AuthoritySettings, ...]:
        names = [each.name for each in found]
        if len(set(names)) != len(names):
            raise ValueError(names)
        return found

    @property
    def ledger_url(self) -> str:
        """The ledger's database; SQLite in the home unless it is set.

        Raises:
            ConfigurationError: the file with its password cannot be read.
        """
        if self.database_url:
            return self._with_password(self.database_url)
        return f"sqlite:///{self.home / 'ledger.db'}"

    @property
    def keys_url(self) -> str:
        """The key store's database; SQLite in the home unless it is set.

        Raises:
            ConfigurationError: the file with its password cannot be read.
        """
        if self.key_store_url:
            return self._with_password(self.key_store_url)
        return f"sqlite:///{key_store_file(self.home)}"

    def _with_password(self, address: str) -> str:
        if self.database_password_file is None:
            return address
        try:
            password = (self.home / self.database_password_file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "not UTF-8"
            raise ConfigurationError("database-password-unreadable", why=why) from error
        return make_url(address).set(password=password).render_as_string(hide_password=False)


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
    # Said before anybody asks: who asks knows the addresses only.
    expect(settings.chain_url, Expected(settings.chain_id, settings.finality))
    return settings


def write_settings(home: Path, values: dict[str, str | int | bool]) -> None:
    """Write the settings file; existing names keep their values unless ``values`` has them."""
    file = home / FILE_NAME
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    # What follows a table's header belongs to the table; plain names stand before the first.
    tables = next((at for at, line in enumerate(lines) if line.startswith("[")), len(lines))
    kept = [line for line in lines[:tables] if line.partition("=")[0].strip() not in values]
    # A JSON string, number or boolean is a TOML one too.
    added = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
    part = file.with_suffix(".part")
    part.write_text("\n".join([*kept, *added, *lines[tables:]]) + "\n", "utf-8")
    part.replace(file)


def _invalid(error: ValueError) -> ConfigurationError:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        return ConfigurationError("settings-invalid", name=name, why=first["msg"])
    return ConfigurationError("settings-invalid", name=FILE_NAME, why=str(error)[:200])
