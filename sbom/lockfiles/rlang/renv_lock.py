"""renv.lock: the R packages of a project, with edges and where each comes from.

`Hash` is of what installs a package rather than of its archive, so it is no hash of the component. What the
project asks for stands in the DESCRIPTION beside the file, if it is a package. Packages that come with R are
left out. https://rstudio.github.io/renv/articles/lockfile.html
"""

from collections.abc import Iterator

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_json
from sbom.lockfiles.origins import git_url, without_credentials
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.lockfiles.reading import decode_text
from sbom.lockfiles.rlang.description import MANIFEST, asked_packages
from sbom.lockfiles.rlang.r_packages import (
    MAKER_FIELDS,
    PURL_TYPE,
    description_fields,
    licence,
    makers,
    purl_type,
    read_requirement,
)
from sbom.model import Scope

_FORGES = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}
_EDGES = ("Requirements", "Depends", "Imports", "LinkingTo")


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the packages, their edges, and those of the project."""
    document, is_whole = read_root(
        load_located_json(file.content, findings.limits, entry_depth=2), findings, "a renv.lock"
    )
    packages = as_map(document.get("Packages"))
    graph = PackageGraph(split_name=lambda name: (None, name))
    for name, value in packages.items():
        graph.packages[name] = _package(name, as_map(value), packages.line(name))
    for name, value in packages.items():
        for wanted, constraint, line in _wanted(as_map(value)):
            if wanted in graph.packages:
                graph.connect(name, Edge(wanted, constraint, Scope.REQUIRED, line))
            elif is_whole:
                graph.missing.append((wanted, line))
    path = file.resolve(MANIFEST)
    content = file.tree.read(path) if path is not None else None
    asked = list(asked_packages(description_fields(decode_text(content)))) if content is not None else []
    if asked:
        findings.covers(path)
    for row in asked:
        package = graph.packages.get(row.name)
        if package is not None:
            graph.connect(None, Edge(row.name, row.constraint, row.scope, package.line))
    if asked and is_whole:
        graph.derive_scopes()
    graph.write(findings, direct_known=bool(asked) and is_whole)


def _package(name: str, entry: LocatedMap, line: int | None) -> Package:
    return Package(
        as_text(entry.get("Package")) or name,
        as_text(entry.get("Version")),
        line,
        licence=licence(as_text(entry.get("License"))),
        source_url=_source_url(entry),
        purl_type=purl_type(as_text(entry.get("Source")), as_text(entry.get("Repository"))),
        authors=makers(*(as_text(entry.get(name)) for name in MAKER_FIELDS)),
    )


def _source_url(entry: LocatedMap) -> str | None:
    """The repository at its commit, or the archive's address."""
    commit, url = as_text(entry.get("RemoteSha")), as_text(entry.get("RemoteUrl"))
    host = _FORGES.get((as_text(entry.get("RemoteType")) or "").lower())
    owner, name = as_text(entry.get("RemoteUsername")), as_text(entry.get("RemoteRepo"))
    if host and owner and name:
        return git_url(f"https://{host}/{owner}/{name}", commit)
    if url is not None and "://" in url:
        is_git = as_text(entry.get("RemoteType")) in ("git", "git2r", "xgit") or url.endswith(".git")
        return git_url(url, commit) if is_git else without_credentials(url)
    return None


def _wanted(entry: LocatedMap) -> Iterator[tuple[str, str | None, int]]:
    seen = set()
    for field in _EDGES:
        for text, line in as_list(entry.get(field)).located():
            wanted = read_requirement(text) if isinstance(text, str) else None
            if wanted is not None and wanted[0] not in seen:
                seen.add(wanted[0])
                yield *wanted, line


FORMAT = Format(
    name="renv-lock",
    version="2",
    globs=("renv.lock",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.HASH},
    title="R renv.lock",
)
