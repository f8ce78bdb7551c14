"""Rows of a scanned fixture by the names that people use, for formats of any purl type."""

from pathlib import Path
from urllib.parse import unquote

from sbom.limits import DEFAULT_LIMITS
from sbom.lockfiles import Findings, SourceFile, match_formats
from sbom.lockfiles.folder import Tree
from sbom.scan import parse_file, scan_path

FIXTURES = Path(__file__).parents[2] / "fixtures" / "lockfiles"


def short(purl):
    return None if purl is None else unquote(purl.partition("/")[2])


class Scan:
    """A scanned fixture; `components` and `edges` are those of one format."""

    def __init__(self, format_name, folder, case):
        self.folder = FIXTURES / folder / case
        self.result = scan_path(self.folder)
        self.unknowns = self.result.unknowns
        self.declared = self.result.declared
        self.rows = [row for row in self.result.components if row.parser == format_name]
        self.components = {short(row.purl): row for row in self.rows}
        self.dependencies = [row for row in self.result.dependencies if row.parser == format_name]

    @property
    def edges(self):
        return {(short(row.from_purl), short(row.to_purl)) for row in self.dependencies}

    @property
    def asked(self):
        """What the project asks for: constraint and scope by package."""
        return {
            short(row.to_purl): (row.constraint, row.scope)
            for row in self.dependencies
            if row.from_purl is None
        }

    @property
    def scopes(self):
        return {name: row.scope for name, row in self.components.items()}

    @property
    def direct(self):
        return {name: row.direct for name, row in self.components.items()}

    @property
    def reasons(self):
        return [(row.kind, row.line, row.reason) for row in self.unknowns]

    def text_at(self, row):
        return (self.folder / row.path).read_text().split("\n")[row.line - 1]


def parse_content(path, content, others=None, limits=DEFAULT_LIMITS):
    """Findings of every format that reads a file of this path; `others` are files beside it."""
    files = {**(others or {}), path: content}
    tree = Tree(files.get, frozenset(files), limits)
    sheets = []
    for fmt in match_formats(path):
        findings = Findings(path, fmt.name, fmt.version, limits)
        parse_file(fmt, SourceFile(path, content, tree), findings)
        sheets.append(findings)
    return sheets


def assert_survives(path, content, others=None):
    """The parser itself copes, and what it writes holds together."""
    sheets = parse_content(path, content, others)
    assert sheets
    for sheet in sheets:
        for row in sheet.unknowns:
            assert "not what" not in row.reason, row
        for row in (*sheet.components, *sheet.dependencies, *sheet.unknowns):
            assert row.line is None or 1 <= row.line <= content.count(b"\n") + 1
        purls = [row.purl for row in sheet.components]
        assert len(purls) == len(set(purls))
        assert {row.to_purl for row in sheet.dependencies} <= set(purls)
        assert {row.from_purl for row in sheet.dependencies} <= {None, *purls}
