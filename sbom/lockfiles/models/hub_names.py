"""Names of models and data sets on Hugging Face and ModelScope, and the calls that take them, as data."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sbom.limits import DEFAULT_LIMITS
from sbom.lockfiles.reading import load_toml

_DATA = Path(__file__).with_name("hubs.toml")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_REVISION = re.compile(r"[0-9a-f]{40}|v?[0-9]+(?:\.[0-9]+)+[A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class HubCall:
    """A call by the last part of its name; the first of `arguments` that is given holds the hub's name."""

    name: str
    kind: str
    """`model` or `dataset`."""
    arguments: tuple[int | str, ...]
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HubNames:
    """What hubs.toml holds."""

    hubs: dict[str, str]
    """Hub by top-level module."""
    calls: dict[str, HubCall]
    folders: frozenset[str]
    files: tuple[str, ...]
    without_owner: dict[str, frozenset[str]]
    """Names of Hugging Face that have no owner, by kind."""

    def is_name(self, text: str, kind: str, hub: str) -> bool:
        """Whether a string names a model or data set on a hub, rather than a folder or file."""
        if hub == "huggingface" and text in self.without_owner[kind]:
            return True
        return (
            bool(_NAME.fullmatch(text))
            and text.partition("/")[0].lower() not in self.folders
            and not text.lower().endswith(self.files)
        )


@cache
def hub_names() -> HubNames:
    """The data of hubs.toml, read once."""
    data = load_toml(_DATA.read_bytes(), DEFAULT_LIMITS)
    calls = {
        row["name"]: HubCall(row["name"], row["kind"], tuple(row["arguments"]), tuple(row.get("prefix", ())))
        for row in data["calls"]
    }
    names = data["names"]
    return HubNames(
        {module: hub for hub, row in data["hubs"].items() for module in row["modules"]},
        calls,
        frozenset(names["folders"]),
        tuple(names["files"]),
        {"model": frozenset(names["models"]), "dataset": frozenset(names["datasets"])},
    )


def exact_revision(revision: str | None) -> str | None:
    """The revision if it is a commit or names a version; null for a branch, which moves."""
    return revision if revision and _REVISION.fullmatch(revision) else None
