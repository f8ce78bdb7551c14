"""Requirements that setuptools is given as lists of text: rows of a manifest and what is none of them."""

from collections.abc import Iterable, Iterator

from sbom.lockfiles.constrained import ConstrainedPackage
from sbom.lockfiles.findings import Findings
from sbom.lockfiles.python.python_requirement import parse_requirement
from sbom.model import Scope, UnknownKind

FIELDS = {
    "install_requires": Scope.REQUIRED,
    "setup_requires": Scope.EXCLUDED,
    "tests_require": Scope.EXCLUDED,
}
"""Keywords of `setup()` that hold requirements; `extras_require` maps names to lists of them."""


def requirement_rows(
    entries: Iterable[tuple[str, int | None]], scope: Scope, findings: Findings
) -> Iterator[ConstrainedPackage]:
    """A row for each requirement with its line; an unknown for what is none, nothing for a comment."""
    for text, line in entries:
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        try:
            wanted = parse_requirement(text.partition(" #")[0])
        except ValueError as error:
            findings.unknown(UnknownKind.BROKEN, str(error)[:300], line)
            continue
        if not wanted.is_local:
            yield ConstrainedPackage(
                wanted.name, wanted.version, wanted.constraint, scope, wanted.source_url, line
            )
