"""OpenHarmony's bundle.json: a component of the system, and the components and libraries it builds on.

Components are named without a version: which revision of each is built stands in the system's own manifest,
outside the repository. Whether a test or the product needs them is not told either.
"""

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.documents import report_broken
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_json
from sbom.makers import authors
from sbom.model import UnknownKind
from sbom.purl import OHPM_TYPE, split_ohpm, split_openharmony_component

_LISTS = ("components", "third_party")


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the declared component and what it builds on; other files of this name hold no `component`."""
    if b'"component"' not in file.content:
        return
    reading = load_located_json(file.content, findings.limits, entry_depth=1)
    root = reading.root
    component = as_map(root.get("component"))
    name = as_text(component.get("name"))
    report_broken(reading, findings)
    if name is None:
        return
    _declare(root, component, name, findings)
    dependencies = as_map(component.get("deps"))
    names: dict[str, int | None] = {}
    for section in _LISTS:
        for item in as_list(dependencies.get(section)):
            if (wanted := as_text(item)) and wanted != name:
                names.setdefault(wanted, dependencies.line(section))
    for wanted, line in names.items():
        purl = findings.component(*split_openharmony_component(wanted), None, direct=True, line=line)
        findings.edge(None, purl, line=line)
    if names:
        findings.unknown(
            UnknownKind.NO_EXACT_VERSION,
            f"{len(names)} components are named without a version",
            component.line("deps"),
        )


def _declare(root: LocatedMap, component: LocatedMap, name: str, findings: Findings) -> None:
    """The component under the name that others refer to, and the bundle under the name it is published by."""
    bundle = as_text(root.get("name"))
    coordinates = [(split_openharmony_component(name), component.line("name"))]
    if bundle is not None and bundle.startswith("@"):
        coordinates.append((split_ohpm(bundle), root.line("name")))
    for declared, line in coordinates:
        findings.declares(
            *declared,
            as_text(root.get("version")),
            licence=as_text(root.get("license")),
            description=as_text(root.get("description")),
            keywords=[word for item in as_list(root.get("keywords")) if (word := as_text(item))],
            private=_boolean(root.get("private")),
            line=line,
            authors=authors(root.get("author"), root.get("contributors")),
        )


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


FORMAT = Format(
    name="oh-bundle",
    version="2",
    globs=("bundle.json",),
    purl_type=OHPM_TYPE,
    parse=parse,
    knows=frozenset({Knows.DIRECT, Knows.LINE}),
    title="OpenHarmony bundle.json",
)
