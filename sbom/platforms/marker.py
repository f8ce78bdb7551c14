"""What every reader of platforms gives, and the platforms that there are."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

PARSER = "platforms"
PARSER_VERSION = "3"
ALL_BUILDS = "builds"
SOME_BUILDS = "build"
PORTABLE = "any"


@dataclass(frozen=True, slots=True)
class PlatformMarker:
    """The first word of a file that names a platform, of the repository or of a package that it uses."""

    path: str
    platform: str
    """Platform of `markers.yaml`, or any: bytecode, which runs wherever its runtime does."""
    kind: str
    """cpu, os or database; portable for any."""
    context: str
    """What the file is for: ci, image, build, packaging or configuration; where it names ready-made builds of
    a package, builds (all of that version) or build (some)."""
    is_domestic: bool
    word: str
    line: int | None
    purl: str | None = None
    """Package whose ready-made build it is; null where it is the repository that builds or ships."""
    parser: str = PARSER
    parser_version: str = PARSER_VERSION


@cache
def text_of(name: str) -> str:
    """Text of a data file beside this module."""
    return files(__package__).joinpath(name).read_text("utf-8")


@cache
def data_of(name: str) -> Any:
    """Content of a data file beside this module."""
    return yaml.load(text_of(name), Loader=yaml.CSafeLoader)


@cache
def kinds() -> dict[str, tuple[str, bool]]:
    """Kind of each platform, and whether it is domestic."""
    known = {
        entry["id"]: (entry["kind"], entry["domestic"]) for entry in data_of("markers.yaml")["platforms"]
    }
    return {**known, PORTABLE: ("portable", False)}
