"""The settings with the source of each value, to look at; they are changed in the file or the environment.

Secrets are no settings, but addresses can hold some: passwords, query values, and the paths of chain
providers, which are keys. Those are never shown.
"""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from ledger.chain.endpoints import SEPARATOR
from node.api.languages import language_of
from node.api.requests import service_of
from node.console.asking import visitor
from node.console.failures import PageRoute
from node.console.rendering import render
from node.identity.permissions import Permission
from node.settings import FILE_NAME, Settings
from node.words.settings import MEANINGS

PREFIX: Final = "LIANZHENG_"
HIDDEN: Final = "…"

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """A setting as people see it.

    Attributes:
        name: as in the file.
        value: without secrets; empty for none.
        source: word for where the value comes from.
        meaning: what the setting is for.
    """

    name: str
    value: str
    source: str
    meaning: str


@router.get("/settings")
def show(request: Request) -> Response:
    """Show every setting."""
    visitor(request, Permission.SETTINGS_READ)
    settings = service_of(request).node.settings
    chinese = language_of(request) == "zh"
    file = _in_the_file(settings.home)
    found = shown_settings(settings, os.environ, file, MEANINGS if chinese else {})
    return render(request, "settings.html", settings=found)


def shown_settings(
    settings: Settings,
    environment: Mapping[str, str],
    file: frozenset[str],
    meanings: Mapping[str, str],
) -> Sequence[ShownSetting]:
    """Return every setting with its source.

    Args:
        settings: as read at the start.
        environment: of the process.
        file: names that the file sets.
        meanings: what each is for; its own description where there is none.
    """
    given = {name.upper() for name in environment}
    found = []
    for name, field in Settings.model_fields.items():
        source = "ui-source-default"
        if name == "home":
            source = "ui-source-command"
        elif PREFIX + name.upper() in given:
            source = "ui-source-environment"
        elif name in file:
            source = "ui-source-file"
        value = _shown(name, getattr(settings, name))
        meaning = meanings.get(name, field.description or "")
        found.append(ShownSetting(name, value, source, meaning))
    return found


def _shown(name: str, value: object) -> str:
    if value is None or value == {}:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "; ".join(_shown(name, each) for each in value)
    if isinstance(value, BaseModel):
        given = value.model_dump(exclude_none=True)
        return ", ".join(f"{key} = {_shown(key, each)}" for key, each in given.items())
    if isinstance(value, dict):
        return ", ".join(f"{key} = {each}" for key, each in value.items())
    text = str(value)
    if name == "chain_url":
        return ", ".join(without_secrets(each, hide_path=True) for each in text.split(SEPARATOR))
    return without_secrets(text, hide_path=False) if "://" in text else text


def without_secrets(url: str, *, hide_path: bool) -> str:
    """Return an address without user information, query values and, for chain providers, path."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")
    host = f"{HIDDEN}@{place[2]}" if place[1] else place[2]
    path = f"/{HIDDEN}" if hide_path and parts.path.strip("/") else parts.path
    query = f"?{HIDDEN}" if parts.query else ""
    return f"{parts.scheme}://{host}{path}{query}"


def _in_the_file(home: Path) -> frozenset[str]:
    return frozenset(tomllib.loads((home / FILE_NAME).read_text("utf-8")))
