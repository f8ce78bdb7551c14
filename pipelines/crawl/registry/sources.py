"""How politely registries are asked, by purl type; where they are is for the workspace to say."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

DEFAULTS = Path(__file__).with_name("sources.toml")
TOKEN_VARIABLE = "CHAINATLAS_REGISTRY_TOKEN_{}"  # noqa: S105  # the name of a variable
"""Environment variable with the token for the registry of a purl type, in capitals."""


@cache
def default_sources() -> dict[str, Any]:
    """The content of `sources.toml`, where its keys are described."""
    return tomllib.loads(DEFAULTS.read_text("utf-8"))
