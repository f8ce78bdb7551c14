"""Nimble: .nimble files and nimble.lock.

A .nimble file is NimScript, read without running it: assignments of strings and the calls of `requires`. What
`taskRequires` asks for serves development. nimble.lock tells packages, edges and repositories; its checksum
is of the files, not of an archive. https://nim-lang.github.io/nimble/
"""

import re
from collections.abc import Iterator

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.constrained import ConstrainedPackage, record_constrained
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_json
from sbom.lockfiles.origins import git_url, vcs_url
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.lockfiles.reading import decode_text
from sbom.makers import authors, listed
from sbom.model import Scope, UnknownKind
from sbom.purl import NIM_TYPE, split_repository

_LOCK = "nimble.lock"
_ASSIGNMENT = re.compile(r"(?P<key>[A-Za-z_]+)\s*=\s*\"(?P<value>[^\"]*)\"")
_REQUIRES = re.compile(r"(?P<call>requires|taskRequires)\b\s*[(:]?\s*(?P<rest>.*)", re.IGNORECASE)
_STRING = re.compile(r'"([^"]*)"')
_WANTED = re.compile(
    r"(?P<name>(?:\w[\w+.-]*://[^\s/@]*@)?[^\s<>=@#~^\[]+)(?:\[[^\]]*\])?\s*(?P<constraint>.*)"
)
_EXACT = re.compile(r"==\s*(\d[\w.-]*)")
_COMPILER = frozenset({"nim", "compiler"})


def parse(file: SourceFile, findings: Findings) -> None:
    """Record what a lock pins, or the declared package and what it asks for."""
    if file.name == _LOCK:
        _lock(file, findings)
    else:
        _manifest(file, findings)


def _manifest(file: SourceFile, findings: Findings) -> None:
    values: dict[str, tuple[str, int]] = {}
    rows: list[ConstrainedPackage] = []
    scope = Scope.REQUIRED
    is_open = False
    for number, raw in enumerate(decode_text(file.content).split("\n"), 1):
        line = raw.strip()
        if line.startswith("#"):
            continue
        assigned, called = _ASSIGNMENT.match(line), _REQUIRES.match(line)
        if called is not None:
            scope = Scope.EXCLUDED if called["call"].lower() == "taskrequires" else Scope.REQUIRED
            texts = _STRING.findall(called["rest"])[1 if scope is Scope.EXCLUDED else 0 :]
        elif is_open:
            texts = _STRING.findall(line)
        else:
            texts = []
            if assigned is not None:
                values.setdefault(assigned["key"].lower(), (assigned["value"], number))
        rows += _rows(texts, scope, number, findings)
        is_open = bool(called or is_open) and line.endswith((",", "(", ":", "requires"))
    _declare(file, values, findings)
    record_constrained(NIM_TYPE, rows, findings)


def _rows(texts: list[str], scope: Scope, line: int, findings: Findings) -> Iterator[ConstrainedPackage]:
    for text in (part.strip() for whole in texts for part in whole.split(",") if part.strip()):
        found = _WANTED.fullmatch(text)
        if found is None:
            findings.unknown(UnknownKind.BROKEN, f"no requirement: {text[:80]!r}", line)
            continue
        if found["name"].lower() in _COMPILER or found["name"].startswith("file:"):
            continue
        name, constraint, source = found["name"], found["constraint"] or None, None
        if "://" in name:
            repository = split_repository(name)
            if repository is None:
                findings.unknown(UnknownKind.UNRESOLVED, "names no package", line)
                continue
            source = git_url(name)
            name = repository[2]
        exact = _EXACT.fullmatch(constraint or "")
        yield ConstrainedPackage(name, exact[1] if exact else None, constraint, scope, source, line)


def _declare(file: SourceFile, values: dict[str, tuple[str, int]], findings: Findings) -> None:
    if "version" in values:
        name = values.get("packagename", (file.name.removesuffix(".nimble"), 0))[0]
        findings.declares(
            NIM_TYPE,
            None,
            name,
            values["version"][0],
            licence=values.get("license", ("", 0))[0] or None,
            description=values.get("description", ("", 0))[0] or None,
            line=values["version"][1],
            authors=authors(listed(values.get("author", ("", 0))[0])),
        )


def _lock(file: SourceFile, findings: Findings) -> None:
    document, is_whole = read_root(
        load_located_json(file.content, findings.limits, entry_depth=2), findings, "a nimble.lock"
    )
    for path in file.siblings(".nimble"):
        findings.covers(path)
    graph = PackageGraph(split_name=lambda name: (None, name))
    groups = [(as_map(document.get("packages")), Scope.REQUIRED)]
    groups += [(as_map(tasks), Scope.EXCLUDED) for tasks in as_map(document.get("tasks")).values()]
    for packages, scope in groups:
        for name, value in packages.items():
            if name.lower() not in _COMPILER:
                graph.packages.setdefault(name, _package(name, as_map(value), scope, packages.line(name)))
    for packages, _ in groups:
        for name, value in packages.items():
            for item, line in as_list(as_map(value).get("dependencies")).located():
                wanted = as_text(item) or ""
                if wanted in graph.packages and name in graph.packages:
                    graph.connect(name, Edge(wanted, None, Scope.REQUIRED, line))
                elif wanted.lower() not in _COMPILER and is_whole and wanted:
                    graph.missing.append((wanted, line))
    graph.write(findings, direct_known=False)


def _package(name: str, entry: LocatedMap, scope: Scope, line: int | None) -> Package:
    url, revision = as_text(entry.get("url")), as_text(entry.get("vcsRevision"))
    method = as_text(entry.get("downloadMethod"))
    source = vcs_url("hg" if method == "hg" else "git", url, revision) if url else None
    version = as_text(entry.get("version"))
    return Package(name, version, line, scope, source_url=source, purl_type=NIM_TYPE)


FORMAT = Format(
    name="nimble",
    version="3",
    globs=("*.nimble", _LOCK),
    purl_type=NIM_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.SUPPLIER, Knows.LICENCE, Knows.HASH},
    title="Nimble .nimble, nimble.lock",
)
