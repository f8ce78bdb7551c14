"""What all pages share: style, scripts, the libraries of others."""

import base64
import gzip
import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from plotly.offline import get_plotlyjs

from reports.site.payload import script_json
from reports.theme import theme
from reports.verdicts import COLOURS

_SCRIPTS = ("language.js", "cells.js", "charts.js", "tables.js", "records.js", "routes.js", "start.js")
"""In the order in which they need each other."""


def style_sheet() -> str:
    """The libraries' styles, the colours of both modes as variables, those of verdicts, then ours."""
    own = files("reports.site.assets").joinpath("site.css").read_text("utf-8")
    verdicts = [f"[data-verdict='{name}'] {{ --tone: var(--{role}); }}" for name, role in COLOURS.items()]
    return "\n".join([*_vendored(".css"), _variables(), *verdicts, own])


def library_script() -> str:
    """The tables' library and its extensions, as npm has them."""
    return "\n;\n".join(_vendored(".js"))


def site_script() -> str:
    """Our own scripts as one function, so that they share names with nobody."""
    texts = [files("reports.site.assets").joinpath(name).read_text("utf-8") for name in _SCRIPTS]
    return "(() => {\n'use strict'\n" + "\n".join(texts) + "\n})()\n"


def settings_script(settings: Mapping[str, Any]) -> str:
    return f"window.chainatlas = {{ settings: {script_json(settings)}, parts: {{}} }}\n"


@cache
def plotly_script() -> str:
    """plotly.js as the Python package carries it."""
    script: str = get_plotlyjs()
    return script


def packed(text: str) -> str:
    """Text for a script element of one page, compressed; `unpacked` of `charts.js` reads it."""
    return base64.b64encode(gzip.compress(text.encode("utf-8"), mtime=0)).decode("ascii")


def script_hash(script: str) -> str:
    """The source expression that lets a content security policy run exactly this inline script."""
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return f"'sha256-{digest}'"


def vendored_files() -> list[dict[str, str]]:
    """What `vendor.toml` says of the bundled files of others, in the order of bundling."""
    text = files("reports.site.assets.vendor").joinpath("vendor.toml").read_text("utf-8")
    listed: list[dict[str, str]] = tomllib.loads(text)["file"]
    return listed


def _vendored(ending: str) -> list[str]:
    folder = files("reports.site.assets.vendor")
    return [
        f"/* {item['package']} {item['version']}, {item['licence']} */\n"
        + folder.joinpath(item["name"]).read_text("utf-8")
        for item in vendored_files()
        if item["name"].endswith(ending)
    ]


def _variables() -> str:
    """Colour roles and fonts as CSS variables."""

    def block(mode: str) -> str:
        return " ".join(f"--{role}: {colour};" for role, colour in theme()[mode].items())

    fonts = " ".join(f"--font-{name}: {family};" for name, family in theme()["fonts"].items())
    light, dark = block("light"), block("dark")
    return (
        f":root {{ {fonts} {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme='light']) {{ {dark} }} }}\n"
        f":root[data-theme='dark'] {{ {dark} }}\n"
        f"@media print {{ :root, :root[data-theme='dark'], :root:not([data-theme='light']) {{ {light} }} }}"
    )
