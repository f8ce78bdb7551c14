"""apk's lib/apk/db/installed: the packages installed in an Alpine root file system.

An edge leads to the package of that name, or the one that provides the library or command. Whether a package
was asked for is kept in etc/apk/world, which is read where it lies in the repository. `C:` is a digest of the
package's control part alone, so no hashes are recorded. Format: https://wiki.alpinelinux.org/wiki/Apk_spec
"""

import posixpath
import re

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.reading import decode_text
from sbom.lockfiles.system.os_release import read_distribution, root_of
from sbom.lockfiles.system.stanzas import read_stanzas
from sbom.makers import authors
from sbom.model import UnknownKind

PURL_TYPE = "apk"
_FOLDERS = ("usr/lib/apk/db", "lib/apk/db")
_NAME = re.compile(r"(?P<name>[^<>=~!@\s]+)(?P<constraint>[<>=~]+[^\s@]+)?")


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the installed packages and who depends on whom."""
    broken: list[int] = []
    stanzas = list(read_stanzas(decode_text(file.content), broken))
    findings.alike(UnknownKind.BROKEN, [(line, "not a line of apk's database") for line in broken])
    root = root_of(file.path, *_FOLDERS)
    distribution = read_distribution(file.tree, root)
    world = _world(file, root)
    purls: dict[str, str] = {}
    for stanza in stanzas:
        name, version = stanza.get("P"), stanza.get("V")
        if name is None or version is None:
            findings.unknown(UnknownKind.BROKEN, "a package without name or version", stanza.line)
            continue
        origin = stanza.get("o")
        purl = findings.component(
            PURL_TYPE,
            distribution.namespace,
            name,
            version,
            direct=None if world is None else name in world,
            licence=stanza.get("L"),
            qualifiers=distribution.qualifiers(stanza.get("A"), origin if origin != name else None),
            line=stanza.line,
            authors=authors(stanza.get("m")),
        )
        if world is not None and name in world:
            findings.edge(None, purl, constraint=world[name], line=stanza.line)
        purls[name] = purl
        for provided in (stanza.get("p") or "").split():
            purls.setdefault(provided.partition("=")[0], purl)
    for stanza in stanzas:
        source = purls.get(stanza.get("P") or "")
        for wanted in (stanza.get("D") or "").split() if source else ():
            found = _NAME.fullmatch(wanted)
            target = purls.get(found["name"], "") if found else ""
            if found is not None and target != source:
                findings.edge(source, target, constraint=found["constraint"], line=stanza.line)
    merge_components(findings)


def _world(file: SourceFile, root: str) -> dict[str, str | None] | None:
    """What was asked for, with constraints; null if the list is not in the repository."""
    content = file.tree.read(posixpath.join(root, "etc/apk/world"))
    if content is None:
        return None
    found = (_NAME.match(word) for word in decode_text(content).split())
    return {each["name"]: each["constraint"] for each in found if each}


FORMAT = Format(
    name="apk",
    version="4",
    globs=("lib/apk/db/installed", "*/lib/apk/db/installed"),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.EDGES, Knows.DIRECT, Knows.LICENCE, Knows.LINE, Knows.SUPPLIER}),
    title="apk: lib/apk/db/installed",
)
