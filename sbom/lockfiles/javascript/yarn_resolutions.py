"""What replaces a dependency's range before Yarn 2+ looks it up: `resolutions` and catalogs."""

import re

from sbom.lockfiles.folder import SourceFile
from sbom.lockfiles.located import LocatedMap, as_map, as_text, load_located_yaml

_SETTINGS = ".yarnrc.yml"
_NAME = r"(?:@[^/@]+/)?[^/@]+"
_KEY = re.compile(
    rf"(?:\*\*/)?(?:(?P<parent>{_NAME})(?:@(?P<parent_range>[^/]+))?/)?(?P<name>{_NAME})(?:@(?P<range>.+))?",
    re.DOTALL,
)


class Resolutions:
    """The rules of the `resolutions` field of the project's package.json; of several, the first one holds."""

    def __init__(self, field: object) -> None:
        self._rules: dict[tuple[str | None, ...], tuple[int, str]] = {}
        for order, (key, value) in enumerate(as_map(field).items()):
            found = _KEY.fullmatch(key)
            replacement = as_text(value)
            if found is not None and replacement is not None:
                rule = found["name"], _bare(found["range"]), found["parent"], _bare(found["parent_range"])
                self._rules.setdefault(rule, (order, replacement))

    def replace(self, parent: str, parent_version: str | None, name: str, wanted: str) -> str:
        """The range that Yarn looks up where `parent` asks for `name@wanted`."""
        parents = ((None, None), (parent, None), (parent, parent_version))
        rules = ((name, wanted_as, *who) for wanted_as in (None, _bare(wanted)) for who in parents)
        found = [self._rules[rule] for rule in rules if rule in self._rules]
        return min(found)[1] if found else wanted


def _bare(wanted: str | None) -> str | None:
    return wanted.removeprefix("npm:") if wanted else None


class Catalogs:
    """Ranges that .yarnrc.yml beside the lock file names: `catalog:` and `catalog:<name>`."""

    def __init__(self, file: SourceFile) -> None:
        content = file.read_sibling(_SETTINGS)
        reading = load_located_yaml(content or b"", file.tree.limits, entry_depth=1)
        settings = reading.root
        self._default = as_map(settings.get("catalog"))
        self._named = as_map(settings.get("catalogs"))

    def range(self, name: str, wanted: str) -> str:
        """The range of `name` in the catalog that `wanted` names; `wanted` itself if it names none."""
        protocol, _, catalog = wanted.partition(":")
        if protocol != "catalog":
            return wanted
        ranges: LocatedMap = as_map(self._named.get(catalog)) if catalog else self._default
        return as_text(ranges.get(name)) or wanted
