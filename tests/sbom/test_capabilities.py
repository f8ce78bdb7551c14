"""docs/formats.md is what the formats themselves say."""

from pathlib import Path

import pytest

from sbom.capabilities import capability_page
from sbom.lockfiles import formats
from sbom.purl import UNREGISTERED_TYPES

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"
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
