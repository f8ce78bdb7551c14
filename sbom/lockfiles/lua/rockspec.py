"""LuaRocks: rockspecs and luarocks.lock, read as tables of literals.

A rockspec says what a rock is called and depends on; luarocks.lock pins the dependencies of the rockspecs
beside it. Lua itself is no rock. What only building or testing needs is excluded.
https://github.com/luarocks/luarocks/blob/main/docs/rockspec_format.md
"""

import re
from collections.abc import Iterator
from typing import Any

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.constrained import ConstrainedPackage, record_constrained
from sbom.lockfiles.literal_tables import read_lua
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.reading import Malformed, decode_text
from sbom.makers import authors
from sbom.model import Scope, UnknownKind
from sbom.purl import split_path

PURL_TYPE = "luarocks"
_LOCK = "luarocks.lock"
_SECTIONS = {
    "dependencies": Scope.REQUIRED,
    "build_dependencies": Scope.EXCLUDED,
    "test_dependencies": Scope.EXCLUDED,
}
_DEPENDENCY = re.compile(r"(?P<name>[\w.+-]+(?:/[\w.+-]+)?)\s*(?P<constraint>.*)")
_EXACT = re.compile(r"(?:==?\s*)?(\d[\w.-]*)")
_LONGEST = 500


def parse(file: SourceFile, findings: Findings) -> None:
    """Record the pinned rocks of a lock, or the declared rock and what it asks for."""
    document, error = read_lua(decode_text(file.content), findings.limits)
    if error is not None:
        findings.unknown(UnknownKind.BROKEN, str(error), error.line)
    if file.name == _LOCK:
        _lock(file, as_map(document.get("")), findings)
    elif as_text(document.get("package")) is None:
        raise Malformed("not a rockspec: no package is named", 1)
    else:
        _rockspec(document, findings)


def _lock(file: SourceFile, document: LocatedMap, findings: Findings) -> None:
    for path in file.siblings(".rockspec"):
        findings.covers(path)
    if not document:
        raise Malformed("not a luarocks.lock: it returns no table", 1)
    for section, scope in _SECTIONS.items():
        rocks = as_map(document.get(section))
        for name, version in rocks.items():
            if name not in ("", "lua"):
                line = rocks.line(name)
                findings.component(PURL_TYPE, *split_path(name), as_text(version), scope=scope, line=line)
                if as_text(version) is None:
                    findings.unknown(UnknownKind.UNRESOLVED, f"no version is locked for {name}", line)
    merge_components(findings)


def _rockspec(document: LocatedMap, findings: Findings) -> None:
    description = as_map(document.get("description"))
    findings.declares(
        PURL_TYPE,
        None,
        as_text(document.get("package")) or "",
        as_text(document.get("version")),
        licence=as_text(description.get("license")),
        description=as_text(description.get("summary")),
        keywords=[text for text in map(as_text, as_list(description.get("labels"))) if text],
        line=document.line("package"),
        authors=authors(description.get("maintainer")),
    )
    rows = []
    for section, scope in _SECTIONS.items():
        for item, line in _wanted(document, section):
            if item is None:
                findings.unknown(UnknownKind.UNRESOLVED, f"{section} are computed in part", line)
                continue
            found = _DEPENDENCY.fullmatch(item.strip()) if isinstance(item, str) else None
            if found is None or len(item) > _LONGEST:
                findings.unknown(UnknownKind.BROKEN, f"no dependency: {str(item)[:80]!r}", line)
            elif found["name"] != "lua":
                namespace, name = split_path(found["name"])
                constraint = found["constraint"] or None
                exact = _EXACT.fullmatch(constraint or "")
                version = exact[1] if exact else None
                rows.append(ConstrainedPackage(name, version, constraint, scope, None, line, namespace))
    record_constrained(PURL_TYPE, rows, findings)


def _wanted(document: LocatedMap, section: str) -> Iterator[tuple[Any, int | None]]:
    """What a section asks for and where, on some platforms only as well; null for what is computed."""
    value = document.get(section)
    if value is None and section in document:
        yield None, document.line(section)
    table = as_map(value)
    lists = [table.get("") if table else value, *as_map(table.get("platforms")).values()]
    for items in lists:
        yield from as_list(items).located()


FORMAT = Format(
    name="luarocks",
    version="3",
    globs=("*.rockspec", _LOCK),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE}),
    title="LuaRocks rockspec, luarocks.lock",
)
