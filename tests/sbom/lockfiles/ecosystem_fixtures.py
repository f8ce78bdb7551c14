"""Rows of a scanned fixture by the names that people use, for formats of any purl type."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

from sbom.model import Component, Scope
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[2] / "fixtures" / "lockfiles"


def short(purl):
    return None if purl is None else unquote(purl.partition("/")[2])


def oracle_cases(folder):
    """Fixtures with an `expected.json`: what the package manager itself lists; `tool` says which."""
    return sorted(path.parent.name for path in (FIXTURES / folder).glob("*/expected.json"))


def assert_agrees_with_tool(scan):
    """Packages, edges and scopes are those of the package manager's own list, as far as it tells them.

    `not_installed` names packages of other platforms, whose edges a list of what is installed lacks.
    """
    expected = json.loads((scan.folder / "expected.json").read_text())
    if "packages" in expected:
        assert set(scan.components) == set(expected["packages"])
    if "edges" in expected:
        elsewhere = set(expected.get("not_installed", ()))
        assert elsewhere <= set(scan.components)
        assert {edge for edge in scan.edges if edge[1] not in elsewhere} == {
            tuple(edge) for edge in expected["edges"]
        }
    if "direct" in expected:
        assert {name for name, row in scan.components.items() if row.direct} == set(expected["direct"])
    for scope in Scope:
        if scope.value in expected:
            named = {name for name, row in scan.components.items() if row.scope is scope}
            assert named >= set(expected[scope.value]), scope


def assert_lines_name_the_packages(scan):
    """Each component and each edge has a line, on which its package's name stands."""
    for row in (*scan.rows, *scan.dependencies):
        name = short(row.purl if isinstance(row, Component) else row.to_purl).rpartition("@")[0]
        written = re.sub(r"[-_.]", "-", scan.text_at(row).lower())
        assert re.sub(r"[-_.]", "-", name.rpartition("/")[2].lower()) in written, row


class Scan:
    """A scanned fixture; `components` and `edges` are those of one format, or of `others` too."""

    def __init__(self, format_name, folder, case, others=()):
        names = {format_name, *others}
        self.folder = FIXTURES / folder / case
        self.result = scan_path(self.folder)
        self.unknowns = self.result.unknowns
        self.declared = self.result.declared
        self.rows = [row for row in self.result.components if row.parser in names]
        self.components = {short(row.purl): row for row in self.rows}
        self.dependencies = [row for row in self.result.dependencies if row.parser in names]

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
