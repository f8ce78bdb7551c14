"""pyproject.toml: the Python project that a folder holds and what it asks for (PEP 518, 621, 735; Poetry).

A manifest constrains versions: components carry a version only where `==`, `===`, a bare Poetry version or an
archive's name fixes it. `[project.optional-dependencies]` and optional Poetry dependencies are optional; what
only development or the build needs (dependency groups, `build-system.requires`) is excluded. A poetry.lock or
uv.lock that covers the file replaces these rows.
"""

from typing import Any

from packaging.utils import canonicalize_name

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.constrained import ConstrainedPackage, record_constrained
from sbom.lockfiles.python.classifiers import declared_licence, forbids_publishing
from sbom.lockfiles.python.python_project import project_requirements
from sbom.lockfiles.python.python_requirement import PURL_TYPE
from sbom.lockfiles.toml_file import TomlFile, read_toml
from sbom.lockfiles.toml_values import as_string, as_strings
from sbom.makers import authors
from sbom.model import UnknownKind


def parse(file: SourceFile, findings: Findings) -> None:
    """Record the declared package, its requirements as components, and one unknown for the open versions."""
    toml = read_toml(file, findings)
    _declare(toml, findings)
    requirements = project_requirements(
        toml, lambda reason, line: findings.unknown(UnknownKind.BROKEN, reason, line)
    )
    rows = (
        ConstrainedPackage(
            row.requirement.name,
            row.requirement.version,
            row.requirement.constraint,
            row.scope,
            row.requirement.source_url,
            row.line,
        )
        for row in requirements
        if not row.requirement.is_local
    )
    record_constrained(PURL_TYPE, rows, findings)


def _declare(toml: TomlFile, findings: Findings) -> None:
    project, poetry = toml.table("project"), toml.table("tool", "poetry")
    path, table = (("project",), project) if "name" in project else (("tool", "poetry"), poetry)
    if not isinstance(table.get("name"), str):
        return
    merged = poetry | project
    classifiers = as_strings(merged.get("classifiers"))
    findings.declares(
        PURL_TYPE,
        None,
        canonicalize_name(table["name"]),
        as_string(merged.get("version")),
        licence=declared_licence(_licence_text(merged.get("license")), classifiers),
        description=as_string(merged.get("description")),
        keywords=as_strings(merged.get("keywords")),
        private=forbids_publishing(classifiers)
        or poetry.get("package-mode") is False
        or toml.table("tool", "uv").get("package") is False,
        line=toml.lines.line(*path, "name"),
        authors=authors(merged.get("authors"), merged.get("maintainers")),
    )


def _licence_text(value: Any) -> str | None:
    """PEP 639's expression, or the text of PEP 621's table."""
    return as_string(value.get("text") if isinstance(value, dict) else value)


FORMAT = Format(
    name="pyproject",
    version="2",
    globs=("pyproject.toml",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE, Knows.SOURCE_URL}),
    title="pyproject.toml",
)
