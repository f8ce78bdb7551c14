"""dpkg's var/lib/dpkg/status and status.d/*: the packages installed in a Debian root file system.

Packages that are not fully installed are left out. An edge leads to what satisfies a dependency: the first
alternative that is installed, or the package that provides it. Whether a package was asked for is kept by apt
elsewhere. Format: https://manpages.debian.org/deb-control, …/dpkg-query
"""

import re
from collections.abc import Iterator

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.reading import decode_text
from sbom.lockfiles.system.os_release import read_distribution, root_of
from sbom.lockfiles.system.stanzas import Stanza, read_stanzas
from sbom.makers import authors
from sbom.model import UnknownKind

PURL_TYPE = "deb"
_FOLDER = "var/lib/dpkg"
_NAME = re.compile(r"([a-zA-Z0-9][a-zA-Z0-9+.-]*)(?::[a-z0-9]+)?\s*(\([^()]*\))?")


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the installed packages and who depends on whom."""
    if file.name.endswith((".md5sums", ".list")):
        return
    broken: list[int] = []
    stanzas = [each for each in read_stanzas(decode_text(file.content), broken) if _is_installed(each)]
    findings.alike(UnknownKind.BROKEN, [(line, "not a line of dpkg's status") for line in broken])
    distribution = read_distribution(file.tree, root_of(file.path, _FOLDER))
    purls: dict[str, str] = {}
    for stanza in stanzas:
        name, version = stanza.get("Package"), stanza.get("Version")
        if name is None or version is None:
            findings.unknown(UnknownKind.BROKEN, "a package without name or version", stanza.line)
            continue
        purl = findings.component(
            PURL_TYPE,
            distribution.namespace,
            name,
            version,
            qualifiers=distribution.qualifiers(stanza.get("Architecture"), _upstream(stanza)),
            line=stanza.line,
            authors=authors(stanza.get("Maintainer")),
        )
        purls.setdefault(name, purl)
        for provided, _ in _names(stanza.get("Provides") or "", ","):
            purls.setdefault(provided, purl)
    for stanza in stanzas:
        source = purls.get(stanza.get("Package") or "")
        for field in ("Pre-Depends", "Depends") if source else ():
            for alternatives in (stanza.get(field) or "").split(","):
                found = ((name, text) for name, text in _names(alternatives, "|") if name in purls)
                name, constraint = next(found, ("", None))
                target = purls.get(name, "")
                if target != source:
                    findings.edge(source, target, constraint=constraint, line=stanza.line)
    merge_components(findings)


def _is_installed(stanza: Stanza) -> bool:
    """Files in status.d have no status: what is listed there is installed."""
    status = stanza.get("Status")
    return status is None or status.split()[-1:] == ["installed"]


def _upstream(stanza: Stanza) -> str | None:
    """`Source: glibc (2.36-9)` → `glibc@2.36-9`; null where the package is its own source."""
    found = next(_names(stanza.get("Source") or "", ","), None)
    if found is None:
        return None
    name, version = found
    return f"{name}@{version}" if version else name


def _names(text: str, separator: str) -> Iterator[tuple[str, str | None]]:
    """Names and constraints of a list."""
    for part in text.split(separator):
        found = _NAME.match(part.strip())
        if found is not None:
            yield found[1], found[2].strip("()") if found[2] else None


FORMAT = Format(
    name="dpkg",
    version="4",
    globs=(
        "var/lib/dpkg/status",
        "*/var/lib/dpkg/status",
        "var/lib/dpkg/status.d/*",
        "*/var/lib/dpkg/status.d/*",
    ),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.EDGES, Knows.LINE, Knows.SUPPLIER}),
    title="dpkg: var/lib/dpkg/status, status.d",
)
