"""Conan's conanfile.txt and conanfile.py: what a project or recipe requires.

A conanfile.py is Python, which is parsed and never run: attributes such as `requires`, and calls such as
`self.requires("zlib/1.3.1")` in any method, with texts that are written out. Texts that are put together are
unknowns. What is only needed to build or test is excluded. A conan.lock beside the file replaces these rows.
Formats: https://docs.conan.io/2/reference/conanfile.html, …/conanfile_txt.html
"""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.cpp.conan_reference import PURL_TYPE, Reference, read_reference
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.python.python_source import parse_python
from sbom.lockfiles.reading import decode_text
from sbom.makers import authors
from sbom.model import Scope, UnknownKind

_SCOPES = {
    "requires": Scope.REQUIRED,
    "build_requires": Scope.EXCLUDED,
    "tool_requires": Scope.EXCLUDED,
    "test_requires": Scope.EXCLUDED,
    "python_requires": Scope.EXCLUDED,
}
_SECTION = re.compile(r"\[([\w-]+)\]")
_CALLER = "self"


class _Request(NamedTuple):
    """`reference` is null where the text is put together by code."""

    reference: str | None
    scope: Scope
    line: int


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the packages that are required, and the recipe's own name."""
    is_text = file.name.endswith(".txt")
    requests = _in_text(file.content, findings) if is_text else _in_python(file.content, findings)
    asked: list[tuple[Reference, _Request]] = []
    computed: list[tuple[int, str]] = []
    broken: list[tuple[int, str]] = []
    for request in requests:
        if request.reference is None:
            computed.append((request.line, "a requirement that the recipe computes"))
        elif (reference := read_reference(request.reference)) is None:
            broken.append((request.line, f"no package reference: {request.reference[:200]!r}"))
        else:
            asked.append((reference, request))
    for reference, request in asked:
        purl = reference.record(findings, request.scope, True, request.line)
        constraint = None if reference.exact else reference.version
        findings.edge(None, purl, constraint=constraint, scope=request.scope, line=request.line)
    findings.alike(UnknownKind.UNRESOLVED, computed)
    findings.alike(UnknownKind.BROKEN, broken)
    ranges = [request for reference, request in asked if reference.exact is None]
    if ranges:
        reason = f"no exact version for {len(ranges)} packages, and no lock file pins them"
        findings.unknown(UnknownKind.NO_EXACT_VERSION, reason, ranges[0].line)
    merge_components(findings)


def _in_text(content: bytes, findings: Findings) -> Iterator[_Request]:
    section = ""
    for number, raw in enumerate(decode_text(content).split("\n"), 1):
        line = raw.partition(" #")[0].strip()
        header = _SECTION.fullmatch(line)
        if header is not None:
            section = header[1]
        elif line and not line.startswith("#") and section in _SCOPES:
            yield _Request(line, _SCOPES[section], number)
        elif line and not line.startswith("#") and not section:
            findings.unknown(UnknownKind.BROKEN, "a line outside of any section", number)


def _in_python(content: bytes, findings: Findings) -> Iterator[_Request]:
    for statement in parse_python(content).body:
        if isinstance(statement, ast.ClassDef):
            attributes = _texts(statement)
            for node in ast.walk(statement):
                yield from _requests(node)
            _declare(attributes, findings)


def _requests(node: ast.AST) -> Iterator[_Request]:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        for name in names:
            if name in _SCOPES and node.value is not None:
                yield from _items(node.value, _SCOPES[name])
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        owner = node.func.value
        if node.func.attr in _SCOPES and isinstance(owner, ast.Name) and owner.id == _CALLER:
            text = _text(node.args[0])
            yield _Request(text, _SCOPES[node.func.attr], node.lineno)


def _items(value: ast.expr, scope: Scope) -> Iterator[_Request]:
    """A text, or a list or tuple of texts, or of pairs of a text and options."""
    if isinstance(value, ast.Tuple | ast.List):
        for item in value.elts:
            first = item.elts[0] if isinstance(item, ast.Tuple) and item.elts else item
            yield _Request(_text(first), scope, item.lineno)
    elif not (isinstance(value, ast.Constant) and value.value is None):
        text = _text(value)
        names = [part.strip() for part in text.split(",")] if text is not None else [None]
        yield from (_Request(name, scope, value.lineno) for name in names if name != "")


def _text(value: ast.expr) -> str | None:
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _texts(recipe: ast.ClassDef) -> dict[str, tuple[str, int]]:
    """Attributes of a recipe that are plain texts, and their lines."""
    found: dict[str, tuple[str, int]] = {}
    for statement in recipe.body:
        if isinstance(statement, ast.Assign) and (text := _text(statement.value)) is not None:
            names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
            found |= dict.fromkeys(names, (text, statement.lineno))
    return found


def _declare(attributes: dict[str, tuple[str, int]], findings: Findings) -> None:
    """The package that a recipe makes, if it says its name."""
    if "name" not in attributes:
        return
    name, line = attributes["name"]
    version, licence, description, author = (
        attributes[key][0] if key in attributes else None
        for key in ("version", "license", "description", "author")
    )
    findings.declares(
        PURL_TYPE,
        None,
        name,
        version,
        licence=licence,
        description=description,
        line=line,
        authors=authors(author),
    )


FORMAT = Format(
    name="conanfile",
    version="2",
    globs=("conanfile.txt", "conanfile.py"),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE}),
    title="Conan conanfile.txt, conanfile.py",
)
