"""Fixtures of the JavaScript formats, and what the package managers themselves say of them.

`expected.json` of a fixture was made from the package manager's own list (`tool` says which): packages, edges
(null for the project), and what is left without development dependencies.
"""

import json
from pathlib import Path
from urllib.parse import unquote

from sbom.model import Scope
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[2] / "fixtures" / "lockfiles"
LOCK_NAMES = {"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock"}


def oracle_cases(format_name):
    return sorted(path.parent.name for path in (FIXTURES / format_name).glob("*/expected.json"))


class Scan:
    """A scanned fixture, with rows by the names that people use."""

    def __init__(self, format_name, case):
        self.folder = FIXTURES / format_name / case
        self.result = scan_path(self.folder)
        self.unknowns = self.result.unknowns
        self.declared = self.result.declared
        self.components = {
            short(row.purl): row for row in self.result.components if row.parser == format_name
        }
        self.dependencies = [row for row in self.result.dependencies if row.parser == format_name]

    def expected(self):
        return json.loads((self.folder / "expected.json").read_text())

    def edges(self):
        return {(short(row.from_purl), short(row.to_purl)) for row in self.dependencies}

    def asked(self):
        """What the project asks for: constraint and scope by package."""
        return {
            short(row.to_purl): (row.constraint, row.scope)
            for row in self.dependencies
            if row.from_purl is None
        }

    def shipped(self):
        return {name for name, row in self.components.items() if row.scope is not Scope.EXCLUDED}

    def text_at(self, row):
        return (self.folder / row.path).read_text().split("\n")[row.line - 1]


def short(purl):
    return None if purl is None else unquote(purl.removeprefix("pkg:npm/"))


def assert_agrees_with_package_manager(scan):
    expected = scan.expected()
    assert set(scan.components) == set(expected["packages"])
    if "edges" in expected:
        assert scan.edges() == {tuple(edge) for edge in expected["edges"]}
    if "shipped" in expected:
        assert scan.shipped() == set(expected["shipped"])


def assert_lines_name_the_packages(scan, aliases=()):
    """Each component and edge has a line, and that line names the package (or one of `aliases`)."""
    for row in scan.components.values():
        assert any(name in scan.text_at(row) for name in (row.name, *aliases)), row
    for row in scan.dependencies:
        name = short(row.to_purl).rpartition("@")[0]
        assert any(known in scan.text_at(row) for known in (name, *aliases)), row
