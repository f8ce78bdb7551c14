"""stack.yaml.lock: the packages that a project takes besides those of its snapshot.

Which versions a Stackage snapshot holds stands elsewhere, so the snapshot is an unknown. The digest behind a
Hackage package is of its .cabal file, not of its archive.
https://docs.haskellstack.org/en/stable/topics/lock_files/
"""

import re

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.digests import digests
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.haskell.cabal_package import PURL_TYPE, split_identifier
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_yaml
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.origins import git_url, without_credentials
from sbom.model import UnknownKind

_HACKAGE = re.compile(r"(?P<identifier>[A-Za-z0-9.-]+)(?:@(?:sha256:|rev:).*)?")


def parse(file: SourceFile, findings: Findings) -> None:
    """Record each package at the version that it was completed to."""
    document, _ = read_root(
        load_located_yaml(file.content, findings.limits, entry_depth=2), findings, "a stack.yaml.lock"
    )
    for item, line in as_list(document.get("packages")).located():
        _record(as_map(as_map(item).get("completed")), line, findings)
    for item, line in as_list(document.get("snapshots")).located():
        original, completed = as_map(item).get("original"), as_map(as_map(item).get("completed"))
        name = as_text(original) or as_text(as_map(original).get("url")) or as_text(completed.get("url"))
        reason = f"the versions of other packages are those of the snapshot {name or '?'}"
        findings.unknown(UnknownKind.UNRESOLVED, reason, line)
    merge_components(findings)


def _record(entry: LocatedMap, line: int, findings: Findings) -> None:
    hackage = _HACKAGE.fullmatch(as_text(entry.get("hackage")) or "")
    name, version = as_text(entry.get("name")), as_text(entry.get("version"))
    if hackage is not None:
        name, version = split_identifier(hackage["identifier"])
        line = entry.line("hackage") or line
    else:
        line = entry.line("name") or line
    git, url = as_text(entry.get("git")), as_text(entry.get("url"))
    if name is None:
        findings.unknown(UnknownKind.BROKEN, "a package without a name", line)
        return
    findings.component(
        PURL_TYPE,
        None,
        name,
        version,
        hashes=digests([f"sha256:{as_text(entry.get('sha256')) or ''}"] if url else []),
        source_url=git_url(git, as_text(entry.get("commit"))) if git else url and without_credentials(url),
        line=line,
    )


FORMAT = Format(
    name="stack-lock",
    version="1",
    globs=("stack.yaml.lock",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.HASH, Knows.LINE, Knows.SOURCE_URL}),
    title="Haskell stack.yaml.lock",
)
