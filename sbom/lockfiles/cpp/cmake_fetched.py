"""CMake's FetchContent, ExternalProject and CPM: sources that a build fetches, read without running CMake.

Variables are followed through `set` in the file and in the CMakeLists.txt above it; where branches give one
different values, what depends on it is an unknown. Whether a source is shipped or only used for tests is not
told. https://cmake.org/cmake/help/latest/module/FetchContent.html, …/ExternalProject.html
"""

import posixpath
import re
from collections.abc import Iterator

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.cpp.cmake_commands import Command, Variables, read_commands
from sbom.lockfiles.digests import digests
from sbom.lockfiles.fetched import Fetched, is_exact_revision, record_fetched
from sbom.lockfiles.folder import Tree
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.reading import decode_text
from sbom.model import UnknownKind

_DECLARES = frozenset({"fetchcontent_declare", "fetchcontent_populate", "externalproject_add"})
_PACKAGES = frozenset({"cpmaddpackage", "cpmfindpackage", "cpmdeclarepackage", "cpmgetpackage"})
_INTERESTING = re.compile(
    rb"fetchcontent_(?:declare|populate)|externalproject_add|cpm\w*package", re.IGNORECASE
)
_KEYWORDS = frozenset(
    {
        *("GIT_REPOSITORY", "GIT_TAG", "URL", "URL_HASH", "URL_MD5", "SOURCE_DIR", "HG_REPOSITORY", "HG_TAG"),
        *(
            "SVN_REPOSITORY",
            "SVN_REVISION",
            "NAME",
            "VERSION",
            "GITHUB_REPOSITORY",
            "GITLAB_REPOSITORY",
            "URI",
        ),
        *("BITBUCKET_REPOSITORY", "DOWNLOAD_COMMAND"),
    }
)
_OTHER_KEYWORD = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|OPTIONS|PREFIX|DEPENDS|PATCHES|SYSTEM")
_SHORT = re.compile(
    r"(?:(?P<forge>gh|gl|bb|github|gitlab|bitbucket):)?(?P<path>(?:\w+://[^\s/@]*@)?[^@#\s]+?)(?:@(?P<version>[^#\s]+))?(?:#(?P<tag>\S+))?"
)
_HOSTS = {
    "gh": "https://github.com/",
    "github": "https://github.com/",
    "gl": "https://gitlab.com/",
    "gitlab": "https://gitlab.com/",
    "bb": "https://bitbucket.org/",
    "bitbucket": "https://bitbucket.org/",
}
_PLACES = ("GIT_REPOSITORY", "GIT_TAG", "HG_REPOSITORY", "HG_TAG", "SVN_REPOSITORY", "SVN_REVISION", "URL")
_OWN_FOLDER = re.compile(r"\$\{(?:CMAKE|PROJECT)_\w*DIR\}")

Settings = dict[str, list[tuple[str, int]]]
"""Texts and lines by keyword."""


def parse(file: SourceFile, findings: Findings) -> None:
    """Write what is fetched; what is put together from unknown variables is unresolved."""
    if not _INTERESTING.search(file.content):
        return
    broken: list[int] = []
    variables = Variables(_above(file.tree, file.folder) if file.folder else {})
    for command in read_commands(decode_text(file.content), broken):
        variables.read(command)
        if command.name in _DECLARES and command.arguments:
            _record(command.arguments[0], _settings(command, 1), command.line, variables, findings)
        elif command.name in _PACKAGES and command.arguments:
            _record_package(command, variables, findings)
    findings.alike(UnknownKind.BROKEN, [(line, "a bracket without its counterpart") for line in broken])
    merge_components(findings)


def _settings(command: Command, start: int) -> Settings:
    """Arguments by the keyword that stands before them."""
    found: Settings = {}
    current: list[tuple[str, int]] | None = None
    for text, line in zip(command.arguments[start:], command.lines[start:], strict=True):
        if text in _KEYWORDS:
            current = found.setdefault(text, [])
        elif _OTHER_KEYWORD.fullmatch(text):
            current = None
        elif current is not None:
            current.append((text, line))
    return found


def _record(name: str, settings: Settings, line: int, variables: Variables, findings: Findings) -> None:
    texts: dict[str, str] = {}
    for key in _PLACES:
        if settings.get(key):
            text, where = settings[key][0]
            expanded = variables.expand(text)
            if expanded is None and _OWN_FOLDER.match(text):
                return  # an archive of the repository
            if expanded is None:
                reason = f"{name[:200]}: {text} depends on variables that are not known"
                findings.unknown(UnknownKind.UNRESOLVED, reason, where)
                if not key.endswith(("_TAG", "_REVISION")):
                    return
            else:
                texts[key] = expanded
    expanded_name = variables.expand(name) or name
    revision = texts.get("GIT_TAG") or texts.get("HG_TAG") or texts.get("SVN_REVISION", "").removeprefix("-r")
    repository = texts.get("GIT_REPOSITORY") or texts.get("HG_REPOSITORY") or texts.get("SVN_REPOSITORY")
    if repository is None and "URL" not in texts:
        return  # its sources are of the repository, or a command of the project's fetches them
    if repository is None and "://" not in texts["URL"]:
        return  # an archive of the repository
    record_fetched(
        Fetched(
            expanded_name,
            repository=repository,
            system=next((key[:-11].lower() for key in texts if key.endswith("_REPOSITORY")), "git"),
            revision=revision if revision and is_exact_revision(revision) else None,
            constraint=revision,
            archive=texts.get("URL"),
            hashes=digests(_digests(settings)),
            line=line,
        ),
        findings,
    )


def _digests(settings: Settings) -> Iterator[str]:
    """`URL_HASH SHA256=…`, `URL_MD5 …`."""
    for text, _ in settings.get("URL_HASH", []):
        yield text.replace("=", ":", 1)
    for text, _ in settings.get("URL_MD5", []):
        yield f"md5:{text}"


def _record_package(command: Command, variables: Variables, findings: Findings) -> None:
    """`CPMAddPackage("gh:owner/name@1.0")`, or with keywords: https://github.com/cpm-cmake/CPM.cmake"""
    settings = _settings(command, 0)
    short = command.arguments[0] if len(command.arguments) == 1 else ""
    if settings.get("URI"):
        short = settings["URI"][0][0]
    if short:
        expanded = variables.expand(short)
        found = _SHORT.fullmatch(expanded) if expanded else None
        if found is None:
            reason = f"no package can be told from {short!r}"
            findings.unknown(UnknownKind.UNRESOLVED, reason, command.line)
            return
        prefix = _HOSTS.get(found["forge"] or "", "")
        tag = found["tag"] or (f"v{found['version']}" if found["version"] else None)
        settings["GIT_REPOSITORY"] = [(prefix + found["path"], command.line)]
        settings["GIT_TAG"] = [(tag, command.line)] if tag else []
        name = found["path"].rpartition("/")[2]
    else:
        name = settings["NAME"][0][0] if settings.get("NAME") else "a package"
        for key, host in (("GITHUB", "gh"), ("GITLAB", "gl"), ("BITBUCKET", "bb")):
            if settings.get(f"{key}_REPOSITORY"):
                path, line = settings[f"{key}_REPOSITORY"][0]
                settings["GIT_REPOSITORY"] = [(_HOSTS[host] + path, line)]
        if not settings.get("GIT_TAG") and settings.get("VERSION"):
            version, line = settings["VERSION"][0]
            settings["GIT_TAG"] = [(f"v{version}", line)]
    _record(name, settings, command.line, variables, findings)


def _above(tree: Tree, folder: str) -> dict[str, str | None]:
    """Variables of the CMakeLists.txt in the folder and above it, outermost first."""
    key = __name__, folder
    if key not in tree.memo:
        outer = _above(tree, posixpath.dirname(folder)) if folder else {}
        variables = Variables(outer)
        content = tree.read(posixpath.join(folder, "CMakeLists.txt"))
        for command in read_commands(decode_text(content), []) if content is not None else ():
            variables.read(command)
        tree.memo[key] = variables.values
    return tree.memo[key]  # type: ignore[no-any-return]


FORMAT = Format(
    name="cmake-fetched",
    version="2",
    globs=("CMakeLists.txt", "*.cmake"),
    purl_type="github",
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.DIRECT, Knows.HASH, Knows.LINE, Knows.SOURCE_URL}),
    title="CMake FetchContent, ExternalProject, CPM",
)
