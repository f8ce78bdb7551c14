"""Go module proxies: `/<module>/@v/list`, `.info` of the versions in use and the latest one, its `.mod`.

Sources: Go Modules Reference, "GOPROXY protocol" and "Deprecated / retract directives". A proxy knows no
maintainers and no licences.
"""

import re
from contextlib import suppress

from pipelines.crawl.registry.documents import Absent, Documents, RegistryKind, read_json
from pipelines.crawl.registry.facts import Package, PackageFacts, Release, mapping, moment, text, version
from warehouse.versions import keys_of

_MOST_VERSIONS_ASKED = 20
_MOST_VERSIONS = 20_000
_CAPITAL = re.compile(r"[A-Z]")
_DEPRECATED = re.compile(r"^(?://.*\n)*//\s*Deprecated:\s*(.+?)\n(?://.*\n)*module\s", re.MULTILINE)
_RETRACT = re.compile(r"^retract\s*(?:\(([^)]*)\)|(.+))$", re.MULTILINE)
_RETRACTED = re.compile(r"^\s*(?:\[\s*(\S+?)\s*,\s*(\S+?)\s*\]|(v\S+))\s*(?://\s*(.*))?$", re.MULTILINE)


def read(package: Package, documents: Documents) -> PackageFacts:
    module = f"/{_escape(package.full_name)}"
    listing = documents.get(f"{module}/@v/list").content.decode("utf-8", "replace")
    names = [name for line in listing.splitlines()[:_MOST_VERSIONS] if (name := version(line.strip()))]
    latest = mapping(read_json(documents, f"{module}/@latest"))
    latest_version = version(latest.get("Version"))
    times = {latest_version: moment(latest.get("Time"))}
    for name in package.versions[:_MOST_VERSIONS_ASKED]:
        with suppress(Absent):
            info = mapping(read_json(documents, f"{module}/@v/{_escape(name)}.info"))
            times[name] = moment(info.get("Time"))
    go_mod = ""
    if latest_version is not None:
        with suppress(Absent):
            content = documents.get(f"{module}/@v/{_escape(latest_version)}.mod").content
            go_mod = content[: 1 << 20].decode("utf-8", "replace")
    retracted = _retracted(go_mod, [*names, *package.versions])
    deprecation = _DEPRECATED.search(go_mod)
    return PackageFacts(
        latest_version=latest_version,
        repository_url=text(mapping(latest.get("Origin")).get("URL")),
        deprecated=deprecation is not None if go_mod else None,
        deprecation=text(deprecation[1]) if deprecation else None,
        releases=tuple(
            Release(
                name,
                times.get(name),
                yanked=name in retracted if go_mod else None,
                yanked_reason=retracted.get(name),
            )
            for name in dict.fromkeys([*names, *filter(None, times)])
        ),
    )


def _escape(name: str) -> str:
    """Proxies write a capital letter as `!` and its small one."""
    return _CAPITAL.sub(lambda letter: f"!{letter[0].lower()}", name)


def _retracted(go_mod: str, names: list[str]) -> dict[str, str | None]:
    """Of the versions, those that the module's latest version retracts, with the reason."""
    found: dict[str, str | None] = {}
    keys = keys_of("semver", names)
    for block in _RETRACT.finditer(go_mod):
        for entry in _RETRACTED.finditer(block[1] or block[2]):
            low, high = (entry[1], entry[2]) if entry[1] else (entry[3], entry[3])
            bounds = keys_of("semver", [low, high])
            for name in names:
                if bounds[low].key <= keys[name].key <= bounds[high].key:
                    found[name] = text(entry[4])
    return found


REGISTRY = RegistryKind("golang", read)
