"""pylock.toml as pip 26, uv 0.13 and pdm 2.29 write it; their flat exports are the oracle."""

import pytest
from ecosystem_fixtures import Scan, assert_agrees_with_tool, assert_lines_name_the_packages, oracle_cases

from sbom.model import Scope, UnknownKind


def scan(case):
    return Scan("pylock", "pylock", case)


@pytest.mark.parametrize("case", oracle_cases("pylock"))
def test_packages_when_a_tool_exported_the_lock_then_its_flat_export_names_the_same(case):
    assert_agrees_with_tool(scan(case))


@pytest.mark.parametrize("case", ["pdm_export", "uv_export", "uv_named", "pip", "groups"])
def test_lines_when_locked_then_each_names_its_package(case):
    assert_lines_name_the_packages(scan(case))


def test_direct_when_the_project_is_beside_then_it_is_what_the_project_asks_for():
    found = scan("uv_export")
    assert {name for name, direct in found.direct.items() if direct} == {
        "colorama@0.4.6",
        "httpx@0.28.1",
        "itsdangerous@2.2.0",
        "pytest@8.4.2",
    }
    assert {row.path for row in found.result.components} == {"pylock.toml"}


def test_scope_when_the_file_marks_nothing_then_it_is_not_known():
    assert set(scan("uv_export").scopes.values()) == {None}
    assert set(scan("uv_named").direct.values()) == {None}


def test_scope_when_extras_and_groups_are_marked_then_only_what_is_sure_is_said():
    assert scan("groups").scopes == {
        "attrs@25.1.0": Scope.REQUIRED,
        "speedups@1.0": Scope.OPTIONAL,
        "pytest@8.0": Scope.EXCLUDED,
        "iniconfig@2.0": None,  # dev or docs
        "mistune@3.0": None,
        "either@1": None,
        "usual@1": None,  # installed by default, which a group for development may be too
    }


def test_edges_when_the_tool_wrote_dependencies_then_they_are_kept():
    assert scan("groups").edges == {
        (None, "attrs@25.1.0"),
        (None, "speedups@1.0"),
        (None, "pytest@8.0"),
        (None, "mistune@3.0"),
        ("pytest@8.0", "iniconfig@2.0"),
        ("pytest@8.0", "attrs@25.1.0"),
    }


def test_origins_when_not_an_index_then_they_are_named_and_folders_are_left_out():
    assert {name: row.source_url for name, row in scan("origins").components.items()} == {
        "gitdep": "git+https://git.example/sample/gitdep.git@b66e3ef4b0d37d36a5f0dd4a1243c97b561f3658",
        "hgdep@1.0": "hg+https://hg.example/sample/hgdep@0123456789abcdef0123456789abcdef01234567",
        "archive@2.0": "https://files.example/archive-2.0.tar.gz",
    }


def test_source_url_when_pip_wrote_the_lock_then_the_only_wheel_is_it_unless_it_is_a_local_file():
    found = scan("pip").components
    assert found["anyio@4.16.0"].source_url.endswith("/anyio-4.16.0-py3-none-any.whl")
    assert found["six@1.17.0"].source_url is None
    assert all(len(row.hashes) == 1 for row in found.values())


def test_package_when_it_breaks_the_specification_then_the_others_are_kept():
    found = scan("broken")
    assert set(found.components) == {"good@1.0", "fine@2.0"}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.BROKEN, 9)]
