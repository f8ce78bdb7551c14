"""Bundler's Gemfile.lock (`gems.locked`): gems, edges and what the project asks for.

Sections start at column 0; `specs` hold gems at four spaces and their requirements at six. A gem that is
locked for several platforms (`1.15.4-x86_64-linux`) is one package, with the checksums of all its archives.
Gems below PATH are the project's own: what they require, the project requires. Groups only stand in the
Gemfile, which is Ruby code, so scope is null. Bundler itself is not locked and gives no row where gems
require it.
"""

import posixpath
import re
from dataclasses import dataclass, field

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.digests import digests
from sbom.lockfiles.origins import origin_url
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.lockfiles.reading import decode_text
from sbom.model import UnknownKind
from sbom.purl import split_path

PURL_TYPE = "gem"
_ENTRY = re.compile(r"( {2}| {4}| {6})(?! )(\S+?)(?: \(([^()]*)\))?(!)?(?: (\S+))?")
_OPTION = re.compile(r"  ([a-z]+): *(.*)")
_SOURCES = frozenset({"GEM", "GIT", "PATH", "PLUGIN SOURCE"})
_WITHOUT_ROWS = frozenset({"PLATFORMS", "RUBY VERSION", "BUNDLED WITH"})
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
_BUNDLER = "bundler"


@dataclass(slots=True)
class _Gem:
    name: str
    version: str
    line: int
    source: str
    options: dict[str, str]
    """`remote`, `revision` and so on of the section that holds the gem."""
    requirements: dict[str, tuple[str | None, int]] = field(default_factory=dict)
    """Constraint and line by name; platforms of one gem may differ."""
    hashes: list[str] = field(default_factory=list)


class _Lock:
    """The sections of a lock file, read line by line."""

    def __init__(self) -> None:
        self.gems: dict[str, _Gem] = {}
        """By name and version, with a space between."""
        self.requests: dict[str, tuple[str | None, int]] = {}
        self.broken: list[tuple[int, str]] = []
        self.is_whole = False
        """Whether the requests were read and no line is broken."""
        self._section = ""
        self._options: dict[str, str] = {}
        self._gem: _Gem | None = None

    def read(self, text: str) -> None:
        sections = set()
        for number, line in enumerate(text.split("\n"), 1):
            if not line.strip():
                continue
            if line.startswith(_CONFLICT):
                self.broken.append((number, "a merge conflict, of which both sides were read"))
            elif not line.startswith(" "):
                self._section, self._options, self._gem = line.strip(), {}, None
                sections.add(self._section)
                if self._section not in _SOURCES | _WITHOUT_ROWS | {"DEPENDENCIES", "CHECKSUMS"}:
                    self.broken.append((number, "a line that starts no known section"))
            elif self._section in _SOURCES:
                self._read_source(line, number)
            elif self._section == "DEPENDENCIES":
                self._read_request(line, number)
            elif self._section == "CHECKSUMS":
                self._read_checksum(line, number)
            elif self._section not in _WITHOUT_ROWS:
                self.broken.append((number, "a line in no known section"))
        self.is_whole = "DEPENDENCIES" in sections and not self.broken and text.endswith("\n")

    def _read_source(self, line: str, number: int) -> None:
        entry = _ENTRY.fullmatch(line.rstrip())
        option = _OPTION.fullmatch(line.rstrip())
        if option is not None:
            self._options[option[1]] = option[2]
        elif entry is not None and entry[1] == " " * 4 and entry[3]:
            name, version = entry[2], _without_platform(entry[3])
            gem = _Gem(name, version, number, self._section, self._options)
            self._gem = self.gems.setdefault(f"{name} {version}", gem)
        elif entry is not None and entry[1] == " " * 6 and self._gem is not None:
            self._gem.requirements.setdefault(entry[2], (entry[3] or None, number))
        else:
            self.broken.append((number, "a line that is no gem"))

    def _read_request(self, line: str, number: int) -> None:
        entry = _ENTRY.fullmatch(line.rstrip())
        if entry is not None and entry[1] == " " * 2:
            self.requests.setdefault(entry[2], (entry[3] or None, number))
        else:
            self.broken.append((number, "a line that is no dependency"))

    def _read_checksum(self, line: str, number: int) -> None:
        entry = _ENTRY.fullmatch(line.rstrip())
        if entry is None or not entry[3]:
            self.broken.append((number, "a line that is no checksum"))
            return
        gem = self.gems.get(f"{entry[2]} {_without_platform(entry[3])}")
        if gem is not None and entry[5]:
            gem.hashes += [text.replace("=", ":", 1) for text in entry[5].split(",")]


def _without_platform(version: str) -> str:
    return version.partition("-")[0]


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the locked gems and edges; lines that do not follow the format are unknowns."""
    lock = _Lock()
    lock.read(decode_text(file.content))
    graph = PackageGraph(split_name=split_path)
    by_name: dict[str, list[str]] = {}
    for key, gem in lock.gems.items():
        by_name.setdefault(gem.name, []).append(key)
        graph.packages[key] = _package(gem)
        if gem.source == "PATH":
            gemspec = posixpath.join(gem.options.get("remote", ""), f"{gem.name}.gemspec")
            findings.covers(file.resolve(gemspec))
    for key, gem in lock.gems.items():
        _connect(graph, key, gem.requirements, by_name, lock.is_whole)
    _connect(graph, None, lock.requests, by_name, lock.is_whole)
    graph.write(findings, direct_known=lock.is_whole)
    findings.alike(UnknownKind.BROKEN, lock.broken)


def _package(gem: _Gem) -> Package:
    remote = gem.options.get("remote")
    is_git = gem.source == "GIT" and remote
    return Package(
        gem.name,
        gem.version,
        gem.line,
        hashes=digests(gem.hashes),
        source_url=origin_url(f"git+{remote}#{gem.options.get('revision', '')}") if is_git else None,
        first_party=gem.source == "PATH",
        purl_type=PURL_TYPE,
    )


def _connect(
    graph: PackageGraph,
    key: str | None,
    requirements: dict[str, tuple[str | None, int]],
    by_name: dict[str, list[str]],
    is_whole: bool,
) -> None:
    for name, (constraint, line) in requirements.items():
        for target in by_name.get(name, ()):
            graph.connect(key, Edge(target, constraint, None, line))
        if name not in by_name and name != _BUNDLER and is_whole:
            graph.missing.append((name, line))


FORMAT = Format(
    name="gemfile-lock",
    version="1",
    globs=("Gemfile.lock", "gems.locked", "*.gemfile.lock"),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.SUPPLIER, Knows.SCOPE, Knows.LICENCE},
    title="Gemfile.lock, gems.locked",
)
