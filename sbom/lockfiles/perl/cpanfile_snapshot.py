"""cpanfile.snapshot: the distributions that Carton installed, with the modules that they provide and need.

Edges go from distribution to distribution through modules; modules that none of them provides come with Perl.
What the project asks for stands in the cpanfile beside the file, which is read without running it.
https://metacpan.org/pod/Carton
"""

import re

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.lockfiles.perl.cpanfile import MANIFEST, read_cpanfile
from sbom.lockfiles.reading import Malformed, decode_text
from sbom.model import UnknownKind
from sbom.purl import split_path

PURL_TYPE = "cpan"
_HEADER = "DISTRIBUTIONS"
_PATH = re.compile(r"[A-Z]/[A-Z]{2}/(?P<author>[A-Z][A-Z0-9-]*)/.*")
_DISTRIBUTION = re.compile(r"(?P<name>[A-Za-z0-9_.+-]+?)-(?P<version>v?[0-9][A-Za-z0-9._-]*)")


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the distributions, their edges, and those of the project."""
    lines = decode_text(file.content).split("\n")
    if _HEADER not in lines:
        raise Malformed("not a cpanfile.snapshot: no list of distributions", 1)
    graph = PackageGraph(split_name=split_path)
    providers: dict[str, str] = {}
    needs: list[tuple[str, str, str, int]] = []
    broken: list[tuple[int, str]] = []
    key = section = ""
    for number, raw in enumerate(lines, 1):
        text, depth = raw.strip(), len(raw) - len(raw.lstrip(" "))
        if not text or text.startswith("#") or text == _HEADER:
            continue
        words = text.split()
        if depth == 2:
            key, section = _start(text, number, graph), ""
        elif depth == 4 and key and text.endswith(":"):
            section = text.removesuffix(":")
        elif depth == 4 and key and text.startswith("pathname:"):
            _name_author(graph.packages[key], text.removeprefix("pathname:").strip())
        elif depth == 6 and key and section == "provides" and len(words) == 2:
            providers[words[0]] = key
        elif depth == 6 and key and section == "requirements" and len(words) == 2:
            needs.append((key, words[0], words[1], number))
        else:
            broken.append((number, f"no part of a snapshot: {text[:80]!r}"))
    for owner, module, constraint, line in needs:
        target = providers.get(module)
        if target is not None and target != owner:
            graph.connect(owner, Edge(target, None if constraint == "0" else constraint, None, line))
    is_known = not broken and _ask(file, findings, graph, providers)
    if is_known:
        graph.derive_scopes()
    graph.write(findings, direct_known=is_known)
    findings.alike(UnknownKind.BROKEN, broken)


def _start(text: str, line: int, graph: PackageGraph) -> str:
    found = _DISTRIBUTION.fullmatch(text) if len(text) < 300 else None
    name, version = (found["name"], found["version"]) if found else (text, None)
    graph.packages.setdefault(text, Package(name, version, line, purl_type=PURL_TYPE))
    return text


def _name_author(package: Package, path: str) -> None:
    """CPAN knows a distribution by its author too, who stands in the path of the archive."""
    found = _PATH.fullmatch(path)
    if found is not None and "/" not in package.name:
        package.name = f"{found['author']}/{package.name}"


def _ask(file: SourceFile, findings: Findings, graph: PackageGraph, providers: dict[str, str]) -> bool:
    """Add what the cpanfile beside the snapshot asks for; false if there is none."""
    path = file.resolve(MANIFEST)
    content = file.tree.read(path) if path is not None else None
    if content is None:
        return False
    findings.covers(path)
    for wanted in read_cpanfile(decode_text(content)):
        target = providers.get(wanted.module)
        if target is not None:
            graph.connect(None, Edge(target, wanted.constraint, wanted.scope, graph.packages[target].line))
    return True


FORMAT = Format(
    name="cpanfile-snapshot",
    version="2",
    globs=("cpanfile.snapshot",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.EDGES, Knows.SCOPE, Knows.DIRECT, Knows.LINE}),
    title="Perl cpanfile.snapshot",
)
