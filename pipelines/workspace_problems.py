"""What can be wrong with a workspace file, in words that say what to do."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from pipelines.crawl.forge.hosts import HOST, KINDS, KNOWN_HOSTS, OWNER, REPOSITORY, SAFE
from pipelines.crawl.mirrors import is_address, protocol_of
from pipelines.crawl.registry.sources import TOKEN_VARIABLE, default_sources
from pipelines.settings import Enterprise, Settings
from sbom.lockfiles.origins import without_credentials
from sbom.lockfiles.toml_lines import TomlLines

Location = tuple[str | int, ...]
"""Keys and array positions from the top, as pydantic writes them: `("enterprises", 0, "id")`."""
Problem = tuple[Location, str]
"""Where in the file, and what is wrong there."""

GLOB_CHARACTERS = frozenset("*?[")
BOM_GLOBS = ("*.cdx.json", "*.cdx.xml", "*.spdx.json", "*bom.json", "*bom.xml")
"""How files are called that hold a bill of materials."""


@dataclass(frozen=True, slots=True)
class FileLines:
    """Lines of the parts of a workspace file."""

    document: Mapping[str, Any]
    lines: TomlLines

    def line(self, location: Location) -> int:
        """The line of `location`, or of the nearest thing around it that has one; lines count from 1."""
        while location:
            found = self.lines.line(*location) or self._item_line(location)
            if found is not None:
                return found
            location = location[:-1]
        return 1

    def _item_line(self, location: Location) -> int | None:
        array: Any = self.document
        for part in location[:-1]:
            array = array[part]
        if isinstance(array, list) and isinstance(location[-1], int):
            return self.lines.item(location[:-1], location[-1], len(array))
        return None


def describe_error(error: ErrorDetails, root: type[BaseModel] = Settings) -> Problem:
    """One finding of pydantic about the document that `root` describes, as a problem."""
    location: Location = error["loc"]
    key = location[-1] if location else ""
    if error["type"] == "extra_forbidden":
        known = _keys_at(root, location[:-1])
        near = difflib.get_close_matches(str(key), known, n=1)
        advice = f"did you mean {near[0]!r}?" if near else f"known here are {', '.join(known)}"
        return location, f"unknown key {key!r}; {advice}"
    if error["type"] == "missing":
        return location[:-1], f"key {key!r} is missing; add {key} = …"
    if key in ("district", "park") and isinstance(error["input"], list):
        return location, f"an enterprise is in one {key}, not in a list of them; keep one name"
    wrong = error["msg"].removeprefix("Value error, ").replace("Input should be", "should be")
    if error["type"].startswith("date"):
        wrong += ", without quotes: 2024-01-31"
    return location, f"{_dotted(location)}: {error['input']!r} {wrong}"


def _dotted(location: Location) -> str:
    return ".".join(str(part) for part in location if isinstance(part, str))


def _keys_at(model: type[BaseModel], location: Location) -> list[str]:
    """The keys that the table at `location` below `model` may have."""
    for part in location:
        if isinstance(part, str):
            annotation: Any = model.model_fields[part].annotation
            model = next(iter(get_args(annotation)), annotation)
    return [info.alias or name for name, info in model.model_fields.items()]


def find_contradictions(
    settings: Settings, root: Path, lines: FileLines, *, needs_owners: bool
) -> Iterator[Problem]:
    """What single values cannot show: missing folders, double ids, unknown districts, double employers."""
    if needs_owners and not settings.owners:
        yield (), "no enterprise is named; add [[enterprises]], or let `chainatlas init FOLDER` write them"
    yield from _double_owners(settings, lines)
    yield from _unknown_districts(settings)
    yield from _shared_domains(settings, lines)
    yield from _roster_problems(settings, lines)
    yield from _indicator_problems(settings)
    yield from _registry_problems(settings)
    yield from _forge_problems(settings, root)
    yield from _missing_folders(settings, root)


def _located_owners(settings: Settings) -> Iterator[tuple[Location, Enterprise]]:
    for key in ("enterprises", "communities"):
        for number, owner in enumerate(getattr(settings, key)):
            yield (key, number), owner


def _double_owners(settings: Settings, lines: FileLines) -> Iterator[Problem]:
    first: dict[str, tuple[Location, Enterprise]] = {}
    for location, owner in _located_owners(settings):
        if owner.id not in first:
            first[owner.id] = (location, owner)
            continue
        there, other = first[owner.id]
        where = f"line {lines.line((*there, 'id'))}"
        if owner.district and other.district and owner.district != other.district:
            districts = f"{other.district!r} ({where}) and {owner.district!r}"
            message = f"{owner.id!r} is in two districts, {districts}; keep one"
        elif owner.park and other.park and owner.park != other.park:
            parks = f"{other.park!r} ({where}) and {owner.park!r}"
            message = f"{owner.id!r} is in two parks, {parks}; keep one"
        else:
            advice = "give every enterprise and community its own id"
            message = f"{owner.id!r} is named twice, first in {where}; {advice}"
        yield (*location, "id"), message


def _unknown_districts(settings: Settings) -> Iterator[Problem]:
    known = settings.region.districts
    for location, owner in _located_owners(settings):
        if known and owner.kind == "enterprise" and owner.district not in (None, *known):
            message = f"district {owner.district!r} is not in region.districts: {', '.join(known)}"
            yield (*location, "district"), message


def _shared_domains(settings: Settings, lines: FileLines) -> Iterator[Problem]:
    first: dict[str, tuple[str, Location]] = {}
    for location, owner in _located_owners(settings):
        for position, domain in enumerate(owner.domains):
            here: Location = (*location, "domains", position)
            other, there = first.setdefault(domain.lower(), (owner.id, here))
            if other != owner.id:
                where = f"line {lines.line(there)}"
                yield here, f"domain {domain!r} is also declared by {other!r} ({where}); keep it in one"


def _roster_problems(settings: Settings, lines: FileLines) -> Iterator[Problem]:
    owners = {owner.id for owner in settings.owners}
    periods: dict[str, list[tuple[date, date, int]]] = {}
    for number, entry in enumerate(settings.roster):
        if entry.enterprise not in owners:
            near = difflib.get_close_matches(entry.enterprise, owners, n=1)
            advice = f"did you mean {near[0]!r}?" if near else "name the id of an enterprise or community"
            yield ("roster", number, "enterprise"), f"no enterprise has the id {entry.enterprise!r}; {advice}"
        start, end = entry.valid_from or date.min, entry.valid_to or date.max
        if start > end:
            yield ("roster", number, "to"), f"ends on {end}, before it starts on {start}; swap the two"
        for other_start, other_end, other in periods.setdefault(entry.email.lower(), []):
            if start <= other_end and other_start <= end:
                where = f"line {lines.line(('roster', other))}"
                yield ("roster", number), f"{entry.email} is also employed in {where}; set from and to"
        periods[entry.email.lower()].append((start, end, number))


def _indicator_problems(settings: Settings) -> Iterator[Problem]:
    owners = {owner.id for owner in settings.owners}
    parks = {owner.park for owner in settings.owners}
    for number, entry in enumerate(settings.indicators):
        kind, _, subject = entry.subject.partition(":")
        if (kind == "enterprise" and subject not in owners) or (kind == "park" and subject not in parks):
            yield ("indicators", number, "subject"), f"no {kind} of the workspace is called {subject!r}"


def _registry_problems(settings: Settings) -> Iterator[Problem]:
    known = default_sources()
    for kind, url in settings.registries.urls.items():
        location: Location = ("registries", "urls", kind)
        if kind not in known:
            yield location, f"no registry is known for {kind!r}; known are {', '.join(sorted(known))}"
        if not url.startswith(("https://", "http://")):
            yield location, "the address of a registry begins with https:// or http://"
        elif "@" in url.partition("://")[2].partition("/")[0]:
            variable = TOKEN_VARIABLE.format(kind.upper())
            yield location, f"an address must hold no password; put a token into the variable {variable}"


def _forge_problems(settings: Settings, root: Path) -> Iterator[Problem]:
    for host, forge in settings.forges.items():
        if not HOST.fullmatch(host):
            yield ("forges", host), f"{host!r} is no host in lower case, such as github.com"
        elif forge.kind is None and host not in KNOWN_HOSTS:
            yield ("forges", host), f"{host} is not known: say kind = {', '.join(map(repr, sorted(KINDS)))}"
        if forge.api is not None and not SAFE.match(forge.api):
            yield ("forges", host, "api"), f"{forge.api}: tokens would be sent in the clear; use https"
        if forge.token_file is not None and not (root / forge.token_file).expanduser().is_file():
            yield ("forges", host, "token_file"), f"{forge.token_file}: there is no such file"
        for key, pattern in (("owners", OWNER), ("repositories", REPOSITORY)):
            for number, name in enumerate(getattr(forge, key)):
                if not pattern.fullmatch(name):
                    wanted = "owner" if key == "owners" else "owner/name"
                    yield ("forges", host, key, number), f"{name!r} is no {wanted} as in an address of {host}"


def _missing_folders(settings: Settings, root: Path) -> Iterator[Problem]:
    for location, owner in _located_owners(settings):
        for position, entry in enumerate(owner.repositories):
            if is_address(entry):
                if reason := _address_problem(settings, entry):
                    yield (*location, "repositories", position), reason
            elif not expand_entry(root, entry):
                told = f"no such folder or BOM file: {root / entry}; correct or remove it"
                if GLOB_CHARACTERS & set(entry):
                    told = f"matches no folder: {root / entry}; correct or remove it"
                yield (*location, "repositories", position), told
    for key in ("taxonomy", "advisories", "crypto", "events"):
        for position, folder in enumerate(getattr(settings, key).folders):
            if not (root / folder).is_dir():
                yield (key, "folders", position), f"no such folder: {root / folder}; correct or remove it"
    for position, folder in enumerate(settings.events.webhooks):
        if not (root / folder).is_dir():
            yield ("events", "webhooks", position), f"no such folder: {root / folder}; correct or remove it"
    for position, entry in enumerate(settings.vex.files):
        if not expand_files(root, entry):
            what = "matches no file" if GLOB_CHARACTERS & set(entry) else "no such file"
            yield ("vex", "files", position), f"{what}: {root / entry}; correct or remove it"
    if settings.maven_repository is not None and not (root / settings.maven_repository).is_dir():
        reason = f"no such folder: {root / settings.maven_repository}; correct or remove it"
        yield ("maven_repository",), reason
    if settings.state is not None and (root / settings.state).is_file():
        yield ("state",), f"{root / settings.state} is a file; name a folder, which will be made"


def _address_problem(settings: Settings, url: str) -> str | None:
    protocol = protocol_of(url)
    if protocol not in settings.mirrors.protocols:
        return f"{protocol} is not among the protocols of [mirrors]: {', '.join(settings.mirrors.protocols)}"
    user = url.partition("://")[2].partition("/")[0].rpartition("@")[0]
    is_secret = without_credentials(url) != url
    if ":" in user or (user and protocol not in ("ssh", "file")) or is_secret:
        return "an address must hold no password; put a token into CHAINATLAS_GIT_TOKEN_<HOST>"
    return None


def expand_entry(root: Path, entry: str) -> list[Path]:
    """The folders and BOM files that one `repositories` entry stands for, in path order."""
    return [path for path in _expand(root, entry) if path.is_dir() or is_bom_file(path)]


def is_bom_file(path: Path) -> bool:
    """Whether this is a file with the name of a bill of materials."""
    return any(fnmatchcase(path.name, glob) for glob in BOM_GLOBS) and path.is_file()


def expand_files(root: Path, entry: str) -> list[Path]:
    """The files that one entry stands for, in path order; empty if there is none."""
    return [path for path in _expand(root, entry) if path.is_file()]


def _expand(root: Path, entry: str) -> list[Path]:
    path = Path(entry).expanduser()
    if not GLOB_CHARACTERS & set(entry):
        return [root / path]
    base = Path(path.anchor) if path.anchor else root
    pattern = path.relative_to(base) if path.anchor else path
    return sorted(base.glob(str(pattern)))
