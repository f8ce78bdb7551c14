""".cabal files: the Haskell package that a folder is the source of, and what its parts depend on.

Libraries and executables are required; test suites, benchmarks, tools and the setup script are excluded. A
common stanza has the strongest scope of those that import it. Branches of conditions all count.
"""

import posixpath
import re
from collections.abc import Iterator

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.constrained import ConstrainedPackage, record_constrained
from sbom.lockfiles.folder import Tree
from sbom.lockfiles.haskell.cabal_package import PURL_TYPE, CabalField, cabal_fields
from sbom.lockfiles.reachability import strongest
from sbom.lockfiles.reading import decode_text
from sbom.makers import authors, listed
from sbom.model import Scope, UnknownKind

_DEPENDENCY = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9-]*)(?::[^\s]+|:\{[^}]*\})?\s*(?P<constraint>[^{}]*)"
)
_EXACT = re.compile(r"==\s*([0-9]+(?:\.[0-9]+)*)")
_SCOPES = {
    "library": Scope.REQUIRED,
    "executable": Scope.REQUIRED,
    "foreign-library": Scope.REQUIRED,
    "": Scope.REQUIRED,
    "test-suite": Scope.EXCLUDED,
    "benchmark": Scope.EXCLUDED,
    "custom-setup": Scope.EXCLUDED,
}
_FIELDS = {"build-depends": None, "build-tool-depends": Scope.EXCLUDED, "setup-depends": Scope.EXCLUDED}
_LONGEST = 1000


def parse(file: SourceFile, findings: Findings) -> None:
    """Record the declared package and the packages of all its parts."""
    fields = list(cabal_fields(decode_text(file.content)))
    top = {field.name: field for field in fields if field.stanza == ("", "")}
    if "name" not in top:
        return
    own = top["name"].text
    findings.declares(
        PURL_TYPE,
        None,
        own,
        _text(top.get("version")),
        licence=_text(top.get("license")),
        description=_text(top.get("synopsis")),
        keywords=listed(_text(top.get("category"))),
        line=top["name"].line,
        authors=authors(*(listed(_text(top.get(key), ",")) for key in ("author", "maintainer"))),
    )
    internal = {own, *(name for kind, name in {field.stanza for field in fields} if kind == "library")}
    internal |= _neighbours(file)
    rows = [row for row in _rows(fields, findings) if row.name not in internal]
    record_constrained(PURL_TYPE, rows, findings)


def _neighbours(file: SourceFile) -> set[str]:
    """Packages in folders beside this one, which are the project's own; each file has its package's name."""
    return _names_by_parent(file.tree).get(posixpath.dirname(file.folder), set())


def _names_by_parent(tree: Tree) -> dict[str, set[str]]:
    """Names of packages by the folder that holds their folders, looked for once."""
    if __name__ not in tree.memo:
        found: dict[str, set[str]] = {}
        for folder, name in (posixpath.split(path) for path in tree.paths if path.endswith(".cabal")):
            found.setdefault(posixpath.dirname(folder), set()).add(name.removesuffix(".cabal"))
        tree.memo[__name__] = found
    return tree.memo[__name__]  # type: ignore[no-any-return]


def _rows(fields: list[CabalField], findings: Findings) -> Iterator[ConstrainedPackage]:
    imported = _scopes_of_common_stanzas(fields)
    for field in fields:
        if field.name not in _FIELDS:
            continue
        kind, name = field.stanza
        scope = _FIELDS[field.name] or (imported.get(name) if kind == "common" else _SCOPES.get(kind))
        for text, line in field.entries():
            found = _DEPENDENCY.fullmatch(text) if len(text) <= _LONGEST else None
            if found is None:
                findings.unknown(UnknownKind.BROKEN, f"no dependency: {text[:80]!r}", line)
                continue
            constraint = " ".join(found["constraint"].split()) or None
            exact = _EXACT.fullmatch(constraint or "")
            version = exact[1] if exact else None
            yield ConstrainedPackage(found["name"], version, constraint, scope, None, line)


def _scopes_of_common_stanzas(fields: list[CabalField]) -> dict[str, Scope | None]:
    """Scope by the name of a common stanza; those that import each other are followed."""
    importers: dict[str, list[tuple[str, str]]] = {}
    for field in fields:
        if field.name == "import":
            for name, _ in field.entries():
                importers.setdefault(name, []).append(field.stanza)
    scopes: dict[str, Scope | None] = {}
    for _ in importers:  # as deep as imports can be nested
        before = dict(scopes)
        for name, stanzas in importers.items():
            found = [
                scopes[own] if kind == "common" else _SCOPES.get(kind)
                for kind, own in stanzas
                if kind != "common" or own in scopes
            ]
            if found:
                scopes[name] = strongest(found)
        if scopes == before:
            break
    return scopes


def _text(field: CabalField | None, line_break: str = "\n") -> str | None:
    return field.text.replace("\n", line_break) or None if field is not None else None


FORMAT = Format(
    name="cabal-file",
    version="2",
    globs=("*.cabal",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE}),
    title="Haskell .cabal",
)
