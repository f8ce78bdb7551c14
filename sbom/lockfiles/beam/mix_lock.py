"""Elixir's mix.lock: locked Hex packages and git repositories, with edges.

`{:hex, package, version, inner checksum, build tools, requirements, repository, outer checksum}`, of which
older files leave out the end (https://hexdocs.pm/hex). The outer checksum is the SHA-256 of the archive; the
inner one is of something else and is left out. What the project asks for stands in mix.exs, which is code.
"""

from typing import Any

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.beam.beam_terms import Pair, Term, read_terms, text_at
from sbom.lockfiles.digests import digests
from sbom.lockfiles.origins import origin_url
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.lockfiles.reading import Malformed, decode_text
from sbom.model import Scope, UnknownKind
from sbom.purl import split_path

PURL_TYPE = "hex"
_ORGANISATION = "hexpm:"


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the locked packages; an entry of another form is an unknown."""
    terms, error = read_terms(decode_text(file.content), findings.limits)
    if error is not None:
        findings.unknown(UnknownKind.BROKEN, str(error), error.line)
    elif not terms or not isinstance(terms[0], Term) or terms[0].kind != "%{":
        raise Malformed("not a mix.lock: no map", 1)
    graph = PackageGraph(split_name=split_path)
    wanted: list[tuple[str, Term]] = []
    for app, pair in (terms[0].pairs() if terms and isinstance(terms[0], Term) else {}).items():
        values = pair.value.items if isinstance(pair.value, Term) else []
        kind = text_at(values, 0)
        if kind == "hex" and text_at(values, 1):
            graph.packages[app] = _hex_package(values, pair)
            wanted += [(app, item) for item in _list(values, 5) if isinstance(item, Term)]
        elif kind == "git" and text_at(values, 1):
            graph.packages[app] = _git_package(app, values, pair)
        elif kind != "path":  # a folder is the project's own
            findings.unknown(UnknownKind.BROKEN, f"{app} is locked in an unknown form", pair.line)
    for app, requirement in wanted:
        _connect(graph, app, requirement, is_whole=error is None)
    graph.write(findings, direct_known=False)


def _hex_package(values: list[Any], pair: Pair) -> Package:
    repository = text_at(values, 6) or ""
    organisation = repository.removeprefix(_ORGANISATION) if repository.startswith(_ORGANISATION) else ""
    name = text_at(values, 1) or ""
    return Package(
        f"{organisation}/{name}" if organisation else name,
        text_at(values, 2),
        pair.line,
        hashes=digests([f"sha256:{text_at(values, 7) or ''}"]),
        purl_type=PURL_TYPE,
    )


def _git_package(app: str, values: list[Any], pair: Pair) -> Package:
    """A repository has no other version than its commit."""
    commit = text_at(values, 2)
    origin = origin_url(f"git+{text_at(values, 1)}#{commit or ''}")
    return Package(app, commit, pair.line, source_url=origin, purl_type=PURL_TYPE)


def _connect(graph: PackageGraph, app: str, requirement: Term, *, is_whole: bool) -> None:
    name = text_at(requirement.items, 0)
    if name is None:
        return
    options = requirement.items[2].pairs() if _is_list(requirement.items, 2) else {}
    is_optional = "optional" in options and options["optional"].value == "true"
    scope = Scope.OPTIONAL if is_optional else Scope.REQUIRED
    if name in graph.packages:
        graph.connect(app, Edge(name, text_at(requirement.items, 1), scope, requirement.line))
    elif is_whole and not is_optional:
        graph.missing.append((name, requirement.line))


def _is_list(values: list[Any], index: int) -> bool:
    return len(values) > index and isinstance(values[index], Term)


def _list(values: list[Any], index: int) -> list[Any]:
    return values[index].items if _is_list(values, index) else []


FORMAT = Format(
    name="mix-lock",
    version="1",
    globs=("mix.lock",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.EDGES, Knows.HASH, Knows.LINE, Knows.SOURCE_URL}),
    title="Elixir mix.lock",
)
