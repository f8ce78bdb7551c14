"""Libraries copied into a repository, recognised by the file in which they write their version.

Which library, which file and which lines is data: `vendored.toml`. No package manager knows of such a copy,
so its purl is `pkg:generic/<name>@<version>`, as scanners of binaries write it, with the place where the
library is developed. Whether the copy is shipped, or was changed, is not told. In its own repository, which
is told by the name of the build's project, the library is declared and no component.
"""

import re

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.cpp.vendored_libraries import Library, libraries
from sbom.lockfiles.folder import Tree
from sbom.lockfiles.origins import git_url
from sbom.lockfiles.reading import decode_text

_PROJECT = re.compile(
    r"^[ \t]*(?:project[ \t]*\([ \t\n]*['\"]?|AC_INIT[ \t]*\([ \t]*\[*)([\w.+-]+)",
    re.IGNORECASE | re.MULTILINE,
)
_BUILD_FILES = ("CMakeLists.txt", "meson.build", "configure.ac", "configure.in")
_READ = 400_000
"""Characters of a file that are searched: amalgamated headers tell their version near the top."""


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the library that the file belongs to, if it tells its version."""
    text = decode_text(file.content[:_READ])
    for library in libraries():
        found = library.version(text) if library.is_at(file.path) else None
        if found is None or (library.unless and file.resolve(library.unless) in file.tree.paths):
            continue
        line = text.count("\n", 0, found.position) + 1
        if _is_own(file.tree, library):
            findings.declares("generic", None, library.name, found.version, line=line)
        else:
            findings.component(
                "generic",
                None,
                library.name,
                found.version,
                source_url=git_url(library.upstream) if _is_git(library.upstream) else library.upstream,
                line=line,
            )
        return


def _is_git(upstream: str) -> bool:
    return "github.com/" in upstream or "gitlab" in upstream or upstream.endswith(".git")


def _is_own(tree: Tree, library: Library) -> bool:
    """Whether the repository is the library's own."""
    if __name__ not in tree.memo:
        texts = (decode_text(tree.read(path) or b"")[:_READ] for path in _BUILD_FILES)
        names = {found[1].lower() for text in texts for found in _PROJECT.finditer(text)}
        tree.memo[__name__] = names
    plain = library.name.replace("-", "").replace("_", "")
    return any(name.replace("-", "").replace("_", "") == plain for name in tree.memo[__name__])


FORMAT = Format(
    name="vendored",
    version="1",
    globs=tuple(
        sorted(
            {
                pattern
                for library in libraries()
                for glob in library.files
                for pattern in ((glob, f"*/{glob}") if "/" in glob else (glob,))
            }
        )
    ),
    purl_type="generic",
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.LINE, Knows.SOURCE_URL}),
    title="Copied C and C++ libraries, by their version headers",
)
