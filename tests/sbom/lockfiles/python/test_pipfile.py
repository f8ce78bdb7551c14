"""Pipfile and Pipfile.lock as pipenv 2026.10 writes them; `pipenv requirements` is the oracle."""

import pytest
from ecosystem_fixtures import Scan, assert_agrees_with_tool, assert_lines_name_the_packages, oracle_cases

from sbom.model import Scope, UnknownKind

COMMIT = "b66e3ef4b0d37d36a5f0dd4a1243c97b561f3658"


def lock(case):
    return Scan("pipfile-lock", "pipfile_lock", case)


def manifest(case):
    return Scan("pipfile", "pipfile", case)


@pytest.mark.parametrize("case", oracle_cases("pipfile_lock"))
def test_lock_when_pipenv_wrote_it_then_the_categories_are_pipenvs(case):
    assert_agrees_with_tool(lock(case))


@pytest.mark.parametrize("case", ["categories", "small"])
def test_lines_when_pipenv_wrote_the_lock_then_each_names_its_package(case):
    assert_lines_name_the_packages(lock(case))


def test_requests_when_the_pipfile_is_beside_the_lock_then_constraint_and_scope_are_its():
    found = lock("categories")
    assert {(row.to_purl, row.constraint, row.scope) for row in found.dependencies} == {
        ("pkg:pypi/httpx@0.28.1", ">=0.27", Scope.REQUIRED),
        ("pkg:pypi/attrs@23.2.0", "==23.2.0", Scope.REQUIRED),
        ("pkg:pypi/attrs@23.2.0", "*", Scope.EXCLUDED),
        ("pkg:pypi/six@1.17.0", "*", Scope.REQUIRED),
        ("pkg:pypi/colorama", "*", Scope.REQUIRED),
        ("pkg:pypi/pytest@8.4.2", "~=8.0", Scope.EXCLUDED),
        ("pkg:pypi/mistune@3.4.0", "<4", None),
    }
    assert found.components["attrs@23.2.0"].scope is Scope.REQUIRED  # of both categories
    assert found.components["mistune@3.4.0"].scope is None  # a category of the project's own naming
    assert {row.path for row in found.result.components} == {"Pipfile.lock"}


def test_lock_when_pipenv_left_a_version_out_then_that_is_an_unknown():
    assert lock("categories").reasons == [(UnknownKind.UNRESOLVED, 43, "no version is locked for colorama")]


def test_direct_when_no_pipfile_is_there_then_it_is_not_known():
    assert set(lock("without_manifest").direct.values()) == {None}
    assert not lock("without_manifest").dependencies
    assert lock("small").direct == {"click@8.1.8": True}


def test_sources_when_not_an_index_then_they_stand_without_passwords_and_folders_are_left_out():
    found = lock("sources")
    assert {name: row.source_url for name, row in found.components.items()} == {
        "archive@2.0": "https://files.example/archive-2.0.tar.gz",
        "gitdep": f"git+https://git.example/sample/gitdep.git@{COMMIT}",
        "hgdep": "hg+https://hg.example/sample/hgdep@0123456789abcdef0123456789abcdef01234567",
        "plain@1.0": None,
        "unpinned": None,
        "wheel@0.1": None,
    }
    assert found.components["plain@1.0"].hashes == ()
    assert found.reasons == [(UnknownKind.UNRESOLVED, 30, "no version is locked for unpinned")]


def test_lock_when_cut_off_then_what_stands_before_is_kept():
    found = lock("truncated")
    assert "anyio@4.16.0" in found.components
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.BROKEN, 38)]


def test_lock_when_a_merge_conflict_is_left_then_what_stands_before_is_kept():
    found = lock("merge_conflict")
    assert set(found.components) == {"idna@3.20"}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.BROKEN, 7)]


def test_spec_when_newer_than_known_then_it_is_read_and_said():
    found = lock("newer_spec")
    assert found.scopes == {"six@1.17.0": Scope.REQUIRED}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.UNSUPPORTED, 2)]


def test_manifest_when_alone_then_its_tables_are_constraints_with_scopes():
    found = manifest("tables")
    assert found.asked == {
        "requests": ("*", Scope.REQUIRED),
        "flask@3.0.0": ("==3.0.0", Scope.REQUIRED),
        "gitdep": (None, Scope.REQUIRED),
        "pytest": (">=8", Scope.EXCLUDED),
        "sphinx": ("<8", None),
    }
    assert found.components["gitdep"].source_url == "git+https://git.example/sample/gitdep.git@v1.2"
    assert_lines_name_the_packages(found)
    assert [kind for kind, *_ in found.reasons] == [UnknownKind.NO_EXACT_VERSION]


def test_manifest_when_broken_then_the_other_lines_are_kept():
    found = manifest("broken")
    assert set(found.components) == {"requests"}
    assert [(kind, line) for kind, line, _ in found.reasons if kind is UnknownKind.BROKEN] == [
        (UnknownKind.BROKEN, 3),
        (UnknownKind.BROKEN, 6),
    ]
