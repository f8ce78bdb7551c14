"""setup.py read without running it: the arguments of `setup()` that stand in the file as literals.

Names that the module assigns once are followed; what is computed (read from a file, chosen by a condition) is
an unknown with its line. https://setuptools.pypa.io/en/latest/references/keywords.html
"""

import ast
from collections.abc import Iterable, Iterator

from packaging.utils import canonicalize_name

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.constrained import ConstrainedPackage, record_constrained
from sbom.lockfiles.python.classifiers import declared_licence, forbids_publishing
from sbom.lockfiles.python.python_requirement import PURL_TYPE
from sbom.lockfiles.python.python_source import Literals, Text, all_nodes, parse_python
from sbom.lockfiles.python.setup_requirements import FIELDS, requirement_rows
from sbom.makers import authors, listed, paired
from sbom.model import Scope, UnknownKind

_EXTRAS = "extras_require"


def parse(file: SourceFile, findings: Findings) -> None:
    """Record the declared package and its requirements."""
    module = parse_python(file.content)
    nodes = all_nodes(module)
    literals = Literals(module, nodes)
    rows: list[ConstrainedPackage] = []
    for call in _setup_calls(nodes):
        literals.unresolved.clear()
        arguments = dict(literals.keywords(call.keywords))
        _report(literals, "arguments of setup()", findings)
        _declare(literals, arguments, call, findings)
        for field, scope in FIELDS.items():
            if field in arguments:
                rows += _rows(literals, field, arguments[field], scope, findings)
        if _EXTRAS in arguments:
            extras = literals.mapping(arguments[_EXTRAS])
            _report(literals, _EXTRAS, findings)
            for value in extras.values():
                rows += _rows(literals, _EXTRAS, value, Scope.OPTIONAL, findings)
    record_constrained(PURL_TYPE, rows, findings)


def _setup_calls(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id="setup") | ast.Attribute(attr="setup"), keywords=[_, *_]):
                yield node


def _rows(
    literals: Literals, field: str, value: ast.expr, scope: Scope, findings: Findings
) -> list[ConstrainedPackage]:
    entries = literals.texts(value)
    _report(literals, field, findings)
    # one string may hold a requirement per line
    lines: Iterator[Text] = ((part, line) for text, line in entries for part in text.splitlines())
    return list(requirement_rows(lines, scope, findings))


def _report(literals: Literals, field: str, findings: Findings) -> None:
    for line in dict.fromkeys(literals.unresolved):
        findings.unknown(UnknownKind.UNRESOLVED, f"{field}: computed, which only running would tell", line)
    literals.unresolved.clear()


def _declare(literals: Literals, arguments: dict[str, ast.expr], call: ast.Call, findings: Findings) -> None:
    name = literals.text(arguments.get("name"))
    if name is None or not name.strip():
        return
    classifiers = _all_texts(literals, arguments.get("classifiers"))
    words = _all_texts(literals, arguments.get("keywords"))
    makers = [
        maker
        for role in ("author", "maintainer")
        for maker in paired(*(listed(literals.text(arguments.get(key))) for key in (role, f"{role}_email")))
    ]
    findings.declares(
        PURL_TYPE,
        None,
        canonicalize_name(name),
        literals.text(arguments.get("version")),
        licence=declared_licence(literals.text(arguments.get("license")), classifiers),
        description=literals.text(arguments.get("description")),
        keywords=[word for text in words for word in text.replace(",", " ").split()],
        private=forbids_publishing(classifiers),
        line=getattr(arguments["name"], "lineno", call.lineno),
        authors=authors(makers),
    )
    literals.unresolved.clear()  # that a description is computed is no news


def _all_texts(literals: Literals, value: ast.expr | None) -> list[str]:
    return [text for text, _ in literals.texts(value)] if value is not None else []


FORMAT = Format(
    name="setup-py",
    version="2",
    globs=("setup.py",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE, Knows.SOURCE_URL}),
    title="setup.py, read statically",
)
