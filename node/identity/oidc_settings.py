"""How the node stands to the institution's identity provider, as the settings say."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import ConfigurationError
from node.identity.permissions import Role
from node.settings import Settings


@dataclass(frozen=True, slots=True)
class OidcConfig:
    """How the node stands to the provider.

    Attributes:
        issuer: exactly as in its tokens.
        client: the id under which the node is registered there.
        secret: of that registration; empty for a public one (PKCE alone).
        groups_claim: member of the ID token that lists groups.
        role_map: group to role; groups that are not in it give nothing.
    """

    issuer: str
    client: str
    secret: str
    groups_claim: str
    role_map: Mapping[str, Role]


def oidc_config(settings: Settings) -> OidcConfig:
    """Return how the node stands to the provider.

    Raises:
        ConfigurationError: no client, an unreadable secret, or a role that does not exist.
    """
    if not settings.oidc_client:
        raise ConfigurationError("oidc-settings", name="oidc_client")
    role_map = {}
    for pair in filter(None, settings.oidc_role_map.split(",")):
        group, _, role = pair.strip().rpartition("=")
        if not group or role not in set(Role):
            raise ConfigurationError("oidc-settings", name="oidc_role_map")
        role_map[group] = Role(role)
    return OidcConfig(
        issuer=settings.oidc_issuer,
        client=settings.oidc_client,
        secret=_secret(settings.home, settings.oidc_secret_file),
        groups_claim=settings.oidc_groups_claim,
        role_map=role_map,
    )


def _secret(home: Path, file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return (home / file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError("oidc-settings", name="oidc_secret_file") from error
