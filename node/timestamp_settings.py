"""Settings of one time-stamping authority: a table of ``timestamp_authorities``."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ledger.errors import ConfigurationError
from ledger.tsa.exchange import LOOPBACK, read_url
from ledger.tsa.query import encode_oid


class AuthoritySettings(BaseModel):
    """An RFC 3161 authority; files are relative to the home.

    Attributes:
        name: stands beside each token and on the pages; keep it once tokens are there.
        url: where it answers, http or https.
        roots: its root certificates, PEM.
        policy: to ask for, dotted decimal; ``None`` takes any.
        secret_file: ``user:password``, or the value of ``header``; ``None`` asks without.
        header: name of the header for the secret; ``None`` is HTTP basic authentication.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=64)
    url: str
    roots: Path
    policy: str | None = None
    secret_file: Path | None = None
    header: str | None = Field(None, pattern="^[A-Za-z0-9-]{1,64}$")

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        read_url(url)
        return url

    @field_validator("policy")
    @classmethod
    def _check_policy(cls, policy: str | None) -> str | None:
        if policy is not None:
            encode_oid(policy)
        return policy

    @model_validator(mode="after")
    def _check_secret(self) -> Self:
        parts = read_url(self.url)
        if self.secret_file and parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise ConfigurationError("timestamp-secret-in-clear", authority=self.name)
        return self
