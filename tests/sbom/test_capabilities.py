"""docs/formats.md is what the formats themselves say."""

from collections import defaultdict
from pathlib import Path

import pytest

from sbom.capabilities import capability_page
from sbom.lockfiles import Knows, formats
from sbom.purl import UNREGISTERED_TYPES
from sbom.scan import scan_path

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "lockfiles"
REGISTERED = {
    *("alpm", "apk", "bazel", "bitbucket", "bitnami", "cargo", "chrome-extension", "cocoapods", "composer"),
    *("conan", "conda", "cpan", "cran", "deb", "docker", "gem", "generic", "github", "golang", "hackage"),
    *("hex", "huggingface", "julia", "luarocks", "maven", "mlflow", "npm", "nuget", "oci", "opam", "otp"),
    *("pub", "pypi", "qpkg", "rpm", "swid", "swift", "vcpkg", "vscode-extension", "yocto"),
}
"""Types of the package URL specification (ECMA-427) and its register, of August 2026."""


def test_page_when_generated_again_then_it_is_the_one_in_the_docs():
    assert PAGE.read_text("utf-8") == capability_page()


def test_page_when_generated_then_every_format_has_one_row():
    rows = [line for line in capability_page().splitlines() if line.startswith("| ")]
    for fmt in formats():
        assert sum(f"| {fmt.name} {fmt.version} |" in row for row in rows) == 1


@pytest.mark.parametrize("fmt", formats(), ids=lambda fmt: fmt.name)
def test_purl_type_when_not_registered_then_the_reason_is_listed(fmt):
    assert fmt.purl_type in REGISTERED | UNREGISTERED_TYPES.keys()


def test_unregistered_types_when_listed_then_none_is_registered():
    assert not REGISTERED & UNREGISTERED_TYPES.keys()


TOLD_BY_A_COMMIT_ALONE = {"gitmodules": {Knows.VERSION}}
"""What no fixture can show, because it is a folder and no repository; other tests do."""


def facts(result):
    """What the rows of a scan tell, by parser."""
    told = defaultdict(set)
    for row in result.components:
        values = {
            Knows.VERSION: row.version,
            Knows.SCOPE: row.scope,
            Knows.DIRECT: row.direct is not None,
            Knows.LICENCE: row.licence,
            Knows.HASH: row.hashes,
            Knows.LINE: row.line,
            Knows.SOURCE_URL: row.source_url,
            Knows.SUPPLIER: row.supplier or row.authors,
        }
        told[row.parser] |= {fact for fact, value in values.items() if value}
    for edge in result.dependencies:
        if edge.from_purl is not None:
            told[edge.parser].add(Knows.EDGES)
    return told


def test_dots_when_all_fixtures_are_scanned_then_they_are_what_the_formats_were_seen_to_tell():
    seen = defaultdict(set)
    for case in sorted(FIXTURES.glob("*/*")):
        for parser, told in facts(scan_path(case)).items():
            seen[parser] |= told
    claimed = {fmt.name: fmt.knows - TOLD_BY_A_COMMIT_ALONE.get(fmt.name, set()) for fmt in formats()}
    assert {name: seen[name] for name in claimed} == claimed
