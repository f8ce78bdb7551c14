"""poetry.lock as Poetry 1.1, 1.4, 1.8 and 2.5 write it, for projects of a handful of small packages."""

from pathlib import Path

import pytest

from sbom.model import Scope, UnknownKind
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "poetry-lock"


def rows(case):
    return [row for row in scan_path(FIXTURES / case).components if row.path == "poetry.lock"]


def edges(case):
    found = [row for row in scan_path(FIXTURES / case).dependencies if row.path == "poetry.lock"]
    return {(short(row.from_purl), short(row.to_purl)): row for row in found}


def short(purl):
    return None if purl is None else purl.removeprefix("pkg:pypi/")


def names_in(case, scope):
    return {short(row.purl) for row in rows(case) if row.scope is scope}


OLD_LOCKS = ["lock_1_1", "lock_2_0_category", "lock_2_0"]


@pytest.mark.parametrize("case", OLD_LOCKS)
def test_packages_when_older_versions_of_the_format_lock_them_then_all_are_the_same(case):
    assert {short(row.purl) for row in rows(case)} == {
        "anyio@4.12.1",
        "attrs@22.2.0",
        "attrs@26.1.0",
        "certifi@2026.10.18",
        "colorama@0.4.6",
        "exceptiongroup@1.3.1",
        "h11@0.16.0",
        "httpcore@1.0.9",
        "httpx@0.27.2",
        "idna@3.20",
        "iniconfig@2.1.0",
        "itsdangerous@2.2.0",
        "packaging@26.3",
        "pluggy@1.6.0",
        "pygments@2.21.0",
        "pytest@8.4.2",
        "sniffio@1.3.1",
        "socksio@1.0.0",
        "tomli@2.5.0",
        "typing-extensions@4.16.0",
    }


@pytest.mark.parametrize("case", OLD_LOCKS)
def test_scope_when_told_by_category_or_by_what_the_project_reaches_then_it_is_the_same(case):
    assert names_in(case, Scope.OPTIONAL) == {"itsdangerous@2.2.0"}
    assert names_in(case, Scope.EXCLUDED) == {
        "colorama@0.4.6",
        "iniconfig@2.1.0",
        "packaging@26.3",
        "pluggy@1.6.0",
        "pygments@2.21.0",
        "pytest@8.4.2",
        "tomli@2.5.0",
    }
    assert len(names_in(case, Scope.REQUIRED)) == 12


@pytest.mark.parametrize("case", OLD_LOCKS)
def test_direct_when_the_manifest_is_beside_the_lock_then_it_is_what_the_manifest_names(case):
    assert {row.name for row in rows(case) if row.direct} == {"attrs", "httpx", "itsdangerous", "pytest"}
    assert all(row.direct is not None for row in rows(case))


@pytest.mark.parametrize("case", OLD_LOCKS)
def test_hashes_when_files_stand_with_the_package_or_at_the_end_then_each_version_has_its_own(case):
    attrs = {row.version: row.hashes for row in rows(case) if row.name == "attrs"}
    assert attrs["22.2.0"] == (
        "SHA-256:29e95c7f6778868dbd49170f98f8818f78f3dc5e0e37c0b1f474e3561b240836",
        "SHA-256:c9227bfc2f01993c03f68db37d1d15c9690188323c067c641f1a35ca58185f99",
    )
    assert set(attrs["26.1.0"]).isdisjoint(attrs["22.2.0"])
    assert all(row.hashes for row in rows(case))


def test_scope_when_groups_tell_then_a_package_of_an_extra_and_a_group_is_optional():
    assert names_in("lock_2_1", Scope.OPTIONAL) == {
        "click@8.1.8",
        "click@8.5.1",
        "colorama@0.4.6",
        "itsdangerous@2.2.0",
    }
    assert {name.partition("@")[0] for name in names_in("lock_2_1", Scope.EXCLUDED)} == {
        "iniconfig",
        "packaging",
        "pluggy",
        "pygments",
        "pytest",
        "tomli",
    }


def test_scope_when_groups_tell_and_there_is_no_manifest_then_markers_show_what_only_extras_ask_for():
    assert names_in("groups_without_manifest", Scope.OPTIONAL) == names_in("lock_2_1", Scope.OPTIONAL)
    assert names_in("groups_without_manifest", Scope.EXCLUDED) == names_in("lock_2_1", Scope.EXCLUDED)


def test_scope_and_direct_when_nothing_tells_them_then_they_are_null():
    found = {row.name: (row.scope, row.direct) for row in rows("without_manifest")}
    assert found.pop("itsdangerous") == (Scope.OPTIONAL, True)  # the lock's own [extras]
    assert set(found.values()) == {(None, None)}


def test_line_when_a_package_is_locked_then_it_is_the_line_of_its_name():
    text = (FIXTURES / "lock_2_1" / "poetry.lock").read_text().splitlines()
    for row in rows("lock_2_1"):
        assert text[row.line - 1] == f'name = "{row.name}"'


def test_edge_when_a_package_has_several_versions_then_it_leads_to_those_that_the_constraint_allows():
    found = edges("lock_2_1")
    assert found[None, "attrs@22.2.0"].constraint == "<23"
    assert found[None, "attrs@26.1.0"].constraint == ">=23"
    assert ("httpx@0.28.1", "anyio@4.12.1") in found
    assert ("httpx@0.28.1", "anyio@4.16.0") in found


def test_edge_when_an_extra_was_asked_for_then_the_optional_dependency_holds():
    edge = edges("lock_2_1")["httpx@0.28.1", "socksio@1.0.0"]
    assert (edge.constraint, edge.scope) == ("==1.*", Scope.REQUIRED)
    line = (FIXTURES / "lock_2_1" / "poetry.lock").read_text().splitlines()[edge.line - 1]
    assert line.startswith("socksio = ")


def test_edge_when_it_is_not_known_whether_an_extra_is_asked_for_then_it_is_optional():
    assert edges("without_manifest")["httpx@0.27.2", "socksio@1.0.0"].scope is Scope.OPTIONAL


def test_edge_when_the_project_asks_then_it_has_the_scope_of_its_table():
    found = edges("lock_2_1")
    roots = {target: row.scope for (source, target), row in found.items() if source is None}
    assert roots["httpx@0.28.1"] is Scope.REQUIRED
    assert roots["itsdangerous@2.2.0"] is Scope.OPTIONAL
    assert roots["pytest@8.4.2"] is Scope.EXCLUDED


def test_folder_when_it_is_the_developers_own_then_its_requirements_are_the_projects():
    assert "shared" not in {row.name for row in rows("lock_2_1")}
    blinker = next(row for row in rows("lock_2_1") if row.name == "blinker")
    assert (blinker.direct, blinker.scope) == (True, Scope.REQUIRED)
    edge = edges("lock_2_1")[None, "blinker@1.9.0"]
    assert (edge.constraint, edge.scope) == (">=1.8", Scope.REQUIRED)


def test_source_url_when_a_package_comes_from_git_or_an_archive_then_it_names_commit_or_file():
    urls = {row.name: row.source_url for row in rows("lock_2_1") if row.source_url}
    assert urls == {
        "gitdep": "git+https://git.example/sample/gitdep.git@b66e3ef4b0d37d36a5f0dd4a1243c97b561f3658",
        "six": "https://registry.example/files/packages/b7/ce/"
        "149a00dd41f10bc29e5921b496af8b574d8413afcd5e30dfa0ed46c2cc5e/six-1.17.0-py2.py3-none-any.whl",
    }


def test_manifests_when_the_lock_covers_them_then_only_the_lock_gives_components():
    result = scan_path(FIXTURES / "lock_2_1")
    assert {row.path for row in result.components} == {"poetry.lock"}
    assert {row.purl for row in result.declared} == {"pkg:pypi/gateway@1.4.0", "pkg:pypi/shared@0.2.0"}
    assert result.unknowns == ()


def test_file_when_cut_off_then_whole_packages_are_kept_and_the_line_is_named():
    result = scan_path(FIXTURES / "truncated")
    assert [row.name for row in rows("truncated")][-1] == "httpcore"
    assert next(row for row in rows("truncated") if row.name == "httpcore").version == "1.0.9"
    assert [(row.kind, row.line) for row in result.unknowns] == [(UnknownKind.BROKEN, 148)]


def test_file_when_a_merge_conflict_is_in_it_then_only_that_package_loses_its_version():
    result = scan_path(FIXTURES / "merge_conflict")
    assert [row.name for row in rows("merge_conflict") if row.version is None] == ["certifi"]
    assert len(rows("merge_conflict")) == 20
    assert [(row.kind, row.line) for row in result.unknowns] == [(UnknownKind.BROKEN, 68)]


def test_lock_version_when_newer_than_known_then_it_is_read_and_said():
    result = scan_path(FIXTURES / "newer_version")
    assert [short(row.purl) for row in rows("newer_version")] == ["six@1.16.0"]
    assert [(row.kind, row.line) for row in result.unknowns] == [(UnknownKind.UNSUPPORTED, 6)]


def test_unknowns_when_parts_are_missing_or_strange_then_each_names_its_line():
    result = scan_path(FIXTURES / "incomplete")
    assert [(row.kind, row.line, row.reason) for row in result.unknowns] == [
        (
            UnknownKind.UNRESOLVED,
            None,
            "pyproject.toml asks for left-out, which the lock file does not pin",
        ),
        (UnknownKind.UNRESOLVED, 2, "outside stands in a folder outside the repository: ../outside"),
        (UnknownKind.BROKEN, 12, "a package without a name"),
        (UnknownKind.UNRESOLVED, 27, "six depends on absent, which the lock file does not pin"),
        (UnknownKind.BROKEN, 29, "not a constraint of strange: 7"),
    ]
    assert [len(row.hashes) for row in rows("incomplete")] == [1]
