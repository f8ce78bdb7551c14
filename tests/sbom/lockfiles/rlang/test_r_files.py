"""renv.lock and DESCRIPTION; R's own reader of requirements is the oracle."""

import json

from ecosystem_fixtures import Scan, assert_lines_name_the_packages

from sbom.model import Scope, UnknownKind


def lock(case):
    return Scan("renv-lock", "renv_lock", case)


def test_lock_when_of_a_package_then_its_description_tells_what_is_asked_for():
    found = lock("package")
    assert {row.purl: (row.scope, row.direct, row.licence) for row in found.rows} == {
        "pkg:bioconductor/BiocGenerics@0.46.0": (None, False, None),
        "pkg:cran/Rcpp@1.0.11": (Scope.REQUIRED, True, "GPL (>= 2)"),
        "pkg:cran/cli@3.6.1": (Scope.REQUIRED, True, "MIT"),
        "pkg:cran/dplyr@1.1.2": (Scope.REQUIRED, True, None),
        "pkg:cran/rlang@1.1.1.9000": (Scope.REQUIRED, True, None),
        "pkg:cran/testthat@3.1.9": (Scope.OPTIONAL, True, None),
    }
    assert {pair for pair in found.edges if pair[0]} == {
        ("dplyr@1.1.2", "cli@3.6.1"),
        ("dplyr@1.1.2", "rlang@1.1.1.9000"),
        ("testthat@3.1.9", "cli@3.6.1"),
    }
    assert found.components["rlang@1.1.1.9000"].source_url == (
        "git+https://github.com/r-lib/rlang@0123456789abcdef0123456789abcdef01234567"
    )
    assert found.reasons == [
        (UnknownKind.UNRESOLVED, 50, "1 named dependencies are not locked in this file: gone")
    ]
    assert {row.path for row in found.result.components} == {"renv.lock"}
    for row in found.rows:
        assert row.name in found.text_at(row)


def test_lock_when_of_an_application_or_broken_then_directness_is_open():
    assert lock("application").direct == {"cli@3.6.1": None}
    assert "Rcpp@1.0.11" in lock("broken").components
    assert [(kind, line) for kind, line, _ in lock("broken").reasons] == [(UnknownKind.BROKEN, 27)]


def test_description_when_read_then_r_finds_the_same_names():
    found = Scan("r-description", "r_description", "package")
    expected = json.loads((found.folder / "expected.json").read_text())
    names = {(row.name, row.scope) for row in found.rows}
    assert {name for name, scope in names if scope is Scope.REQUIRED} == set(expected["required_names"])
    assert {name for name, scope in names if scope is Scope.OPTIONAL} == set(expected["optional_names"])
    assert_lines_name_the_packages(found)


def test_description_when_read_then_the_package_is_declared_and_remotes_are_followed():
    found = Scan("r-description", "r_description", "package")
    (package,) = found.declared
    assert (package.purl, package.licence, package.description) == (
        "pkg:cran/sample@0.1.0",
        "MIT",
        "A Sample Package",
    )
    assert found.components["rlang"].source_url == "git+https://github.com/r-lib/rlang@main"
    assert found.components["cli@3.6.1"].constraint == "== 3.6.1"
    assert not Scan("r-description", "r_description", "other").result.components
