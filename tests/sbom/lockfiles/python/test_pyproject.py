from pathlib import Path

import pytest

from sbom.model import Scope, UnknownKind
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "pyproject"


def components(case):
    return {
        (row.name, row.version, row.constraint, row.scope) for row in scan_path(FIXTURES / case).components
    }


def test_requirements_when_standard_tables_hold_them_then_scopes_follow_the_tables():
    assert components("pep621") == {
        ("requests", None, ">=2.31,<3", Scope.REQUIRED),
        ("gmssl", "3.2.2", "==3.2.2", Scope.REQUIRED),
        ("numpy", None, "<2", Scope.REQUIRED),
        ("redis", None, ">=5", Scope.OPTIONAL),
        ("pytest", None, ">=8", Scope.EXCLUDED),
        ("requests", "2.32.3", "==2.32.3", Scope.EXCLUDED),
        ("ruff", None, None, Scope.EXCLUDED),
        ("hatchling", None, ">=1.21", Scope.EXCLUDED),
    }
    assert all(row.direct for row in scan_path(FIXTURES / "pep621").components)


def test_package_when_several_tables_name_it_then_it_is_one_component_with_an_edge_for_each():
    edges = [
        (row.constraint, row.scope, row.line)
        for row in scan_path(FIXTURES / "pep621").dependencies
        if row.to_purl == "pkg:pypi/requests"
    ]
    assert edges == [(">=2.31,<3", Scope.REQUIRED, 13), (">=2.32", Scope.OPTIONAL, 21)]


def test_line_when_a_requirement_stands_in_an_array_then_it_is_that_of_the_item():
    text = (FIXTURES / "pep621" / "pyproject.toml").read_text().splitlines()
    for row in scan_path(FIXTURES / "pep621").components:
        assert row.name in text[row.line - 1]


def test_declared_when_the_project_table_names_it_then_metadata_and_privacy_are_read():
    (row,) = scan_path(FIXTURES / "pep621").declared
    assert (row.purl, row.version, row.licence, row.description, row.keywords, row.private, row.line) == (
        "pkg:pypi/sample-gateway@1.4.0",
        "1.4.0",
        "MulanPSL-2.0",
        "Gateway of the sample region",
        ("gateway", "国密"),
        True,
        2,
    )


def test_unknown_when_versions_are_open_then_one_row_counts_them():
    assert [(row.kind, row.reason) for row in scan_path(FIXTURES / "pep621").unknowns] == [
        (
            UnknownKind.NO_EXACT_VERSION,
            "no exact version for 6 of 8 packages, and no lock file pins them",
        )
    ]


def test_requirements_when_poetrys_tables_hold_them_then_bare_versions_are_exact():
    assert components("poetry") == {
        ("django", None, "^4.2", Scope.REQUIRED),
        ("pinned", "1.2.3", "1.2.3", Scope.REQUIRED),
        ("also-pinned", "2.0", "==2.0", Scope.REQUIRED),
        ("optional-one", None, ">=1", Scope.OPTIONAL),
        ("ledger", None, None, Scope.REQUIRED),
        ("forked", None, "<2", Scope.REQUIRED),
        ("long-form", None, "~3.1", Scope.REQUIRED),
        ("mypy", None, "*", Scope.EXCLUDED),
        ("sphinx", None, ">=7", Scope.EXCLUDED),
        ("poetry-core", None, None, Scope.EXCLUDED),
    }


def test_poetry_when_the_project_is_not_a_package_then_it_is_private_and_git_urls_hold_no_token():
    result = scan_path(FIXTURES / "poetry")
    assert [(row.purl, row.private) for row in result.declared] == [("pkg:pypi/billing@0.9.0", True)]
    ledger = next(row for row in result.components if row.name == "ledger")
    assert ledger.source_url == "git+https://git.example/team/ledger.git@v1.2"
    assert [(row.line, row.reason) for row in result.unknowns if row.kind is UnknownKind.BROKEN] == [
        (32, "not a constraint of broken: 5")
    ]


@pytest.mark.parametrize(
    ("project", "names"),
    [
        ('dependencies = ["static"]', {"static"}),
        ('dynamic = ["dependencies"]', {"poetrys"}),
        ('dynamic = ["dependencies"]\noptional-dependencies = { x = ["extra"] }', {"poetrys", "extra"}),
        ('optional-dependencies = { x = ["extra"] }', {"extra"}),
    ],
)
def test_poetry_when_the_project_table_lists_dependencies_then_poetrys_own_only_count_if_dynamic(
    tmp_path, project, names
):
    (tmp_path / "pyproject.toml").write_text(
        f'[project]\nname = "a"\n{project}\n[tool.poetry.dependencies]\npython = "^3"\npoetrys = "^1"\n'
    )
    assert {row.name for row in scan_path(tmp_path).components} == names


def test_groups_when_the_project_is_an_application_then_only_dev_is_surely_development():
    assert components("groups_of_an_application") == {
        ("flask", "3.0.3", "==3.0.3", Scope.REQUIRED),
        ("ipython", None, None, Scope.EXCLUDED),
        ("oracledb", "2.2.0", "==2.2.0", None),
    }


def test_sources_when_uv_moves_a_requirement_then_url_version_and_ownership_follow():
    rows = scan_path(FIXTURES / "uv_sources").components
    assert {(row.name, row.version, row.source_url) for row in rows} == {
        ("audit", None, "git+https://git.example/team/audit@abc123"),
        ("charts", "1.2", "https://files.example/charts-1.2.tar.gz"),
        ("pytest", None, None),
        ("two-places", None, None),
        ("wheel-file", "1.0", None),
    }


@pytest.mark.parametrize(
    ("case", "licence"),
    [("classifier", "MIT"), ("ambiguous", None), ("text", "BSD-3-Clause"), ("wording", None)],
)
def test_licence_when_it_is_an_expression_or_an_exact_classifier_then_it_is_known(case, licence):
    (row,) = scan_path(FIXTURES / "licences" / case).declared
    assert row.licence == licence


def test_text_when_a_string_spans_lines_then_what_looks_like_a_table_in_it_has_no_line():
    (row,) = scan_path(FIXTURES / "licences" / "wording").declared
    assert (row.name, row.line) == ("full-wording", 2)


def test_version_when_the_project_leaves_it_to_the_build_then_it_is_null():
    (row,) = scan_path(FIXTURES / "licences" / "classifier").declared
    assert (row.purl, row.version) == ("pkg:pypi/by-classifier", None)


def test_file_when_it_only_configures_tools_then_nothing_is_declared():
    result = scan_path(FIXTURES / "tools_only")
    assert result.declared == ()
    assert components("tools_only") == {
        ("setuptools", None, ">=61", Scope.EXCLUDED),
        ("wheel", None, None, Scope.EXCLUDED),
    }


def test_entries_when_some_are_broken_then_each_names_its_line_and_the_others_are_read():
    result = scan_path(FIXTURES / "broken_entries")
    assert [row.name for row in result.components] == ["fine"]
    assert [(row.line, row.reason) for row in result.unknowns if row.kind is UnknownKind.BROKEN] == [
        (6, "not a requirement: Expected semicolon (after name with no version specifier) or end"),
        (7, "not a requirement: 7"),
        (11, "project.optional-dependencies.wrong is not an array"),
    ]


def test_file_when_cut_off_then_the_tables_before_are_kept_and_the_line_is_named():
    result = scan_path(FIXTURES / "truncated")
    assert [row.purl for row in result.declared] == ["pkg:pypi/cut-off@1.0"]
    assert [row.name for row in result.components] == ["hatchling"]
    assert [row.line for row in result.unknowns if row.kind is UnknownKind.BROKEN] == [11]
