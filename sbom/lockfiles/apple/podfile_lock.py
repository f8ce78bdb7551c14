"""CocoaPods' Podfile.lock: installed pods, edges and what the project asks for.

The subspecs of a pod (`AppCenter/Core`) have its version and source: they are one component, and edges
between them are left out. Pods of a `:path` are the project's own. Which target of the Podfile a pod serves
is Ruby code, so scope is null. SPEC CHECKSUMS are digests of the podspecs and not of what is installed: as
hashes of the component they would be false, and none are recorded.
"""

import re

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_yaml
from sbom.lockfiles.origins import origin_url
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.lockfiles.reading import decode_text
from sbom.model import UnknownKind
from sbom.purl import split_path

PURL_TYPE = "cocoapods"
_ENTRY = re.compile(r"(\S+)(?: \((.*)\))?", re.DOTALL)

_Lines = dict[tuple[str, str, str | None], int]
"""(section, entry, entry below it) → line."""


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the pods, their edges, and an edge from the project for each pod that it asks for."""
    document, is_whole = read_root(
        load_located_yaml(file.content, findings.limits, entry_depth=2), findings, "a Podfile.lock"
    )
    is_whole = is_whole and "DEPENDENCIES" in document
    lock = _Lock(document, _item_lines(decode_text(file.content)), findings, is_whole=is_whole)
    lock.read_pods()
    lock.read_edges()
    lock.graph.write(findings, direct_known=is_whole)


class _Lock:
    def __init__(self, document: LocatedMap, lines: _Lines, findings: Findings, *, is_whole: bool) -> None:
        self.graph = PackageGraph(split_name=split_path)
        self._document = document
        self._lines = lines
        self._findings = findings
        self._is_whole = is_whole
        self._wanted: list[tuple[str, str, int | None]] = []
        """Pod, what it requires as written, and where."""

    def read_pods(self) -> None:
        sources = as_map(self._document.get("EXTERNAL SOURCES"))
        checkouts = as_map(self._document.get("CHECKOUT OPTIONS"))
        for item in as_list(self._document.get("PODS")):
            entries = list(item.items()) if isinstance(item, LocatedMap) else [(as_text(item) or "", None)]
            for text, wanted in entries:
                line = self._lines.get(("PODS", text, None))
                name, version = _split(text)
                if name is None or version is None:
                    self._findings.unknown(UnknownKind.BROKEN, "a pod without name and version", line)
                    continue
                source = as_map(sources.get(name))
                if name not in self.graph.packages:
                    self.graph.packages[name] = Package(
                        name,
                        version,
                        line,
                        source_url=_origin(source, as_map(checkouts.get(name))),
                        first_party=":path" in source,
                        purl_type=PURL_TYPE,
                    )
                for other in filter(None, map(as_text, as_list(wanted))):
                    self._wanted.append((name, other, self._lines.get(("PODS", text, other))))

    def read_edges(self) -> None:
        for name, other, line in self._wanted:
            self._connect(name, other, line)
        for text in filter(None, map(as_text, as_list(self._document.get("DEPENDENCIES")))):
            self._connect(None, text, self._lines.get(("DEPENDENCIES", text, None)))

    def _connect(self, key: str | None, text: str, line: int | None) -> None:
        name, constraint = _split(text)
        if name is None or name == key:
            return
        if name in self.graph.packages:
            is_range = constraint is not None and not constraint.startswith("from ")
            self.graph.connect(key, Edge(name, constraint if is_range else None, None, line))
        elif self._is_whole:
            self.graph.missing.append((name, line))


def _split(text: str) -> tuple[str | None, str | None]:
    """`Name/Subspec (1.0)` → (`Name`, `1.0`)."""
    entry = _ENTRY.fullmatch(text)
    return (entry[1].partition("/")[0] or None, entry[2] or None) if entry else (None, None)


def _origin(source: LocatedMap, checkout: LocatedMap) -> str | None:
    url = as_text(checkout.get(":git")) or as_text(source.get(":git"))
    if url is not None:
        revision = next(filter(None, (as_text(checkout.get(key)) for key in (":commit", ":tag"))), None)
        revision = revision or as_text(source.get(":commit")) or as_text(source.get(":tag")) or ""
        return origin_url(f"git+{url}#{revision}")
    archive = as_text(source.get(":http"))
    return origin_url(archive) if archive else None


def _item_lines(text: str) -> _Lines:
    """Lines of list items, which are not known of decoded YAML."""
    lines: _Lines = {}
    section = parent = ""
    for number, line in enumerate(text.split("\n"), 1):
        item = line.strip().removeprefix("- ").removesuffix(":").strip("\"'")
        if line.startswith("  - "):
            parent = item
            lines.setdefault((section, parent, None), number)
        elif line.startswith("    - "):
            lines.setdefault((section, parent, item), number)
        elif line and not line.startswith(" "):
            section = line.rstrip().removesuffix(":")
    return lines


FORMAT = Format(
    name="podfile-lock",
    version="1",
    globs=("Podfile.lock",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.EDGES, Knows.DIRECT, Knows.LINE, Knows.SOURCE_URL}),
    title="CocoaPods Podfile.lock",
)
