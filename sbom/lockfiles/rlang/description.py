"""DESCRIPTION: the R package that a folder is the source of, and what it asks for.

`Depends`, `Imports` and `LinkingTo` are required; `Suggests` and `Enhances` optional. `Remotes` say from
which repository a package is taken. Files of this name that are no R package's have no rows.
"""

import re
from collections.abc import Iterator

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.constrained import ConstrainedPackage, record_constrained
from sbom.lockfiles.origins import git_url
from sbom.lockfiles.reading import decode_text
from sbom.lockfiles.rlang.r_packages import (
    MAKER_FIELDS,
    PURL_TYPE,
    description_fields,
    is_requirement,
    licence,
    located_parts,
    makers,
    read_requirement,
)
from sbom.model import Scope, UnknownKind

MANIFEST = "DESCRIPTION"
_SECTIONS = {
    "Depends": Scope.REQUIRED,
    "Imports": Scope.REQUIRED,
    "LinkingTo": Scope.REQUIRED,
    "Suggests": Scope.OPTIONAL,
    "Enhances": Scope.OPTIONAL,
}
_REMOTE = re.compile(r"(?:github::)?(?P<owner>[\w.-]+)/(?P<name>[\w.-]+)(?:@(?P<revision>[\w./-]+))?")
_EXACT = re.compile(r"==\s*(\d[\d.-]*)")


def parse(file: SourceFile, findings: Findings) -> None:
    """Record the declared package and its requirements."""
    fields = description_fields(decode_text(file.content))
    if "Package" not in fields or "Version" not in fields:
        return
    findings.declares(
        PURL_TYPE,
        None,
        _text(fields, "Package") or "",
        _text(fields, "Version"),
        licence=licence(_text(fields, "License")),
        description=_text(fields, "Title"),
        line=fields["Package"][0][1],
        authors=makers(*(_text(fields, name) for name in MAKER_FIELDS)),
    )
    for section in _SECTIONS:
        for text, line in located_parts(fields.get(section, [])):
            if not is_requirement(text):
                findings.unknown(UnknownKind.BROKEN, f"no requirement: {text[:80]!r}", line)
    record_constrained(PURL_TYPE, asked_packages(fields), findings)


def asked_packages(fields: dict[str, list[tuple[str, int]]]) -> Iterator[ConstrainedPackage]:
    """What the fields of a DESCRIPTION ask for, in the order of its sections."""
    remotes = {}
    for text, _ in located_parts(fields.get("Remotes", [])):
        found = _REMOTE.fullmatch(text) if len(text) <= 300 else None
        if found is not None:
            url = git_url(f"https://github.com/{found['owner']}/{found['name']}", found["revision"])
            remotes[found["name"]] = url
    for section, scope in _SECTIONS.items():
        for text, line in located_parts(fields.get(section, [])):
            wanted = read_requirement(text)
            if wanted is not None:
                name, constraint = wanted
                exact = _EXACT.fullmatch(constraint or "")
                version = exact[1] if exact else None
                yield ConstrainedPackage(name, version, constraint, scope, remotes.get(name), line)


def _text(fields: dict[str, list[tuple[str, int]]], name: str) -> str | None:
    return " ".join(text for text, _ in fields.get(name, []) if text) or None


FORMAT = Format(
    name="r-description",
    version="2",
    globs=(MANIFEST,),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE, Knows.SOURCE_URL}),
    title="R DESCRIPTION",
)
