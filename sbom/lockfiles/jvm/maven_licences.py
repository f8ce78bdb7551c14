"""Licences of a pom as an SPDX expression."""

import re
from functools import cache
from pathlib import Path

from sbom.limits import DEFAULT_LIMITS
from sbom.lockfiles.reading import load_toml

_KNOWN = Path(__file__).with_name("maven_licences.toml")
_LONGEST_NAME = 100
_URL_AROUND = re.compile(r"^https?://(?:www\.)?|(?:\.(?:txt|html?|php))?/?$", re.IGNORECASE)
_NAME_NOISE = re.compile(r"\b(?:the|licen[cs]es?)\b|[,()\"]", re.IGNORECASE)


def declared_licence(licences: list[tuple[str, str]]) -> str | None:
    """The licence that names and URLs stand for; null if one of several stands for none.

    Several licences are a choice (Maven's POM reference, "Licenses"). A single one that is not known is given
    by its name.
    """
    if len(licences) == 1:
        name, url = licences[0]
        return _spdx(name, url) or (name if 0 < len(name) <= _LONGEST_NAME else None)
    known = [_spdx(name, url) for name, url in licences]
    return " OR ".join(dict.fromkeys(filter(None, known))) or None if all(known) else None


def _spdx(name: str, url: str) -> str | None:
    table = _tables()
    plain_name = " ".join(_NAME_NOISE.sub(" ", name).lower().split())
    return table["url"].get(_URL_AROUND.sub("", url).lower()) or table["name"].get(plain_name)


@cache
def _tables() -> dict[str, dict[str, str]]:
    return load_toml(_KNOWN.read_bytes(), DEFAULT_LIMITS)
