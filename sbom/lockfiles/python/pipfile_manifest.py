"""What a Pipfile asks for: `packages`, `dev-packages` and the categories that a project names itself.

https://pipenv.pypa.io/en/latest/pipfile.html
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sbom.lockfiles.python.python_requirement import PythonRequirement, poetry_requirement
from sbom.lockfiles.toml_file import TomlFile
from sbom.model import Scope

MANIFEST = "Pipfile"
_SCOPES = {"packages": Scope.REQUIRED, "dev-packages": Scope.EXCLUDED}
_SETTINGS = frozenset({"source", "requires", "pipenv", "scripts"})


@dataclass(frozen=True, slots=True)
class PipfileRequirement:
    """A requirement of one category; scope is null for the categories that a project names itself."""

    requirement: PythonRequirement
    scope: Scope | None
    line: int | None


def read_requirements(
    toml: TomlFile, report: Callable[[str, int | None], object] = lambda *_: None
) -> Iterator[PipfileRequirement]:
    """All requirements in the order of the tables; `report` is told of what is none: reason, line."""
    for category in toml.data:
        if category in _SETTINGS:
            continue
        for name, value in toml.table(category).items():
            line = toml.lines.line(category, name)
            try:
                requirement = poetry_requirement(name, _as_poetry(value))
            except ValueError as error:
                report(str(error)[:200], line)
                continue
            yield PipfileRequirement(requirement, _SCOPES.get(category), line)


def _as_poetry(value: Any) -> Any:
    """Pipenv calls a revision `ref`; a table without a location means any version."""
    if isinstance(value, dict) and "ref" in value:
        return {**value, "rev": value["ref"]}
    return value
