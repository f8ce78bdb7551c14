"""go.work: the modules of a workspace, and what it replaces for all of them.

What the modules require stands in their go.mod files, whose rows follow the replacements here. A module that
is built in place of another is a component where the workspace names it, if one of its modules asks for the
other. Folders that are used and hold no go.mod are unknowns.
"""

import posixpath

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.golang.go_manifest import PURL_TYPE, read_manifest
from sbom.lockfiles.golang.go_workspace import read_workspace
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.reading import decode_text
from sbom.model import UnknownKind
from sbom.purl import split_path


def parse(file: SourceFile, findings: Findings) -> None:
    """Write what replaces modules that the workspace requires, and what cannot be read."""
    manifest = read_manifest(decode_text(file.content))
    findings.alike(UnknownKind.BROKEN, [(line, "not a directive of go.work") for line in manifest.broken])
    required: dict[str, set[str]] = {}
    _, folders = read_workspace(file.tree, file.path)
    for folder in sorted(folders):
        content = file.tree.read(posixpath.join(folder, "go.mod"))
        for each in read_manifest(decode_text(content)).required if content is not None else ():
            required.setdefault(each.module, set()).add(each.version)
    for written, line in manifest.used:
        resolved = file.resolve(written)
        if resolved is None or posixpath.normpath(posixpath.join(resolved, "go.mod")) not in file.tree.paths:
            reason = f"the workspace uses {written[:200]}, which holds no go.mod in the repository"
            findings.unknown(UnknownKind.UNRESOLVED, reason, line)
    for (module, version), (target, target_version) in manifest.replaced.items():
        asked = required.get(module, set())
        if target_version is None or not asked or (version is not None and version not in asked):
            continue
        line_of_rule = manifest.replaced_lines[module, version]
        purl = findings.component(
            PURL_TYPE, *split_path(target), target_version, direct=None, line=line_of_rule
        )
        findings.edge(None, purl, constraint=version, line=line_of_rule)
    merge_components(findings)


FORMAT = Format(
    name="go-work",
    version="1",
    globs=("go.work",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.LINE}),
    title="go.work",
)
