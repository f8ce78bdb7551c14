"""CMake's FetchContent, ExternalProject and CPM; Meson's wraps."""

import json

import pytest
from ecosystem_fixtures import Scan
from parsing import parse_content

from sbom.model import UnknownKind
from sbom.purl import split_repository


def cmake(case):
    return Scan("cmake-fetched", "cmake_fetched", case)


def wraps(case):
    return Scan("meson-wrap", "meson_wrap", case)


def test_declarations_when_cmake_expands_them_too_then_both_name_the_same():
    found = cmake("declared")
    expected = json.loads((found.folder / "expected.json").read_text())["declared"]
    by_line = {row.line: row for row in found.rows}
    assert set(by_line) == {line for *_, line in expected}
    for name, place, revision, line in expected:
        row = by_line[line]
        if revision:
            assert (row.type, row.name) == (split_repository(place)[0], split_repository(place)[2].lower())
            assert revision in (row.version, row.constraint)
        else:
            assert row.source_url == place
            assert row.name == name


def test_archive_when_its_hash_is_written_then_it_is_kept():
    rows = {row.name: row.hashes for row in cmake("declared").rows}
    assert rows["json"] == ("SHA-256:8c4b26bf4b422252e13f332bc5e388ec0ab5c3443d24399acb675e68278d341f",)
    assert rows["zlib"] == ("MD5:9b8aa094c4e5765dabf4da391f00d15c",)


def test_branch_when_named_then_the_version_is_open():
    found = cmake("declared")
    moving = next(row for row in found.rows if row.name == "moving")
    assert (moving.version, moving.constraint) == (None, "master")
    assert moving.source_url == "git+ssh://git@gitee.com/example/moving.git"
    assert [(row.kind, row.line) for row in found.unknowns] == [(UnknownKind.NO_EXACT_VERSION, 27)]


def test_places_when_of_forges_servers_and_folders_then_each_is_told_apart():
    found = cmake("forms")
    assert {name: row.source_url for name, row in found.components.items()} == {
        "webassembly/wabt@1.0.23": "https://codeload.github.com/WebAssembly/wabt/tar.gz/1.0.23",
        "gitee.com/openeuler/lib@v2.0.0": "git+https://gitee.com/openeuler/lib.git@v2.0.0",
        "svn.example/repo/trunk@1234": "svn+https://svn.example/repo/trunk@1234",
        "a/b@v1.4.2": "https://github.com/a/b/archive/refs/tags/v1.4.2.tar.gz",
        "a/c": "https://github.com/a/c/archive/refs/heads/main.zip",
        "group/lib@3.4.0": "https://gitlab.com/group/lib/-/archive/3.4.0/lib-3.4.0.tar.bz2",
        "plain": "https://example.org/files/no-version.tar.gz",
    }
    assert {row.line for row in found.unknowns} == {15, 19}


def test_packages_of_cpm_when_in_short_or_long_form_then_they_are_repositories_at_tags():
    assert set(cmake("cpm").components) == {
        "fmtlib/fmt@10.1.1",
        "thelartians/packageproject.cmake@v1.11.1",
        "catchorg/catch2@v3.4.0",
        "boostorg/boost@boost-1.83.0",
        "group/thing@v2.0",
        "lua/lua@v5.4.6",
        "git.example/a/b@v1.0.0",
    }


def test_variable_when_branches_set_it_differently_then_it_is_not_known():
    found = cmake("variables")
    assert set(found.components) == {"example/a@v1.0", "example/b"}
    assert {(row.kind, row.line) for row in found.unknowns} == {
        (UnknownKind.NO_EXACT_VERSION, 2),
        (UnknownKind.UNRESOLVED, 2),
        (UnknownKind.UNRESOLVED, 3),
    }


def test_name_when_a_loop_makes_it_then_it_is_unresolved():
    assert [(row.kind, row.line) for row in cmake("computed").unknowns] == [(UnknownKind.UNRESOLVED, 2)]


def test_file_when_cut_off_then_whole_commands_are_kept():
    found = cmake("broken")
    assert set(found.components) == {"e/whole@v1.0"}
    assert [(row.kind, row.line) for row in found.unknowns] == [
        (UnknownKind.BROKEN, 2),
        (UnknownKind.BROKEN, 3),
    ]


def test_file_when_it_fetches_nothing_then_it_gives_no_row():
    assert not cmake("nothing").result.components
    assert not cmake("nothing").unknowns


def test_wrap_when_of_the_database_then_its_own_revision_is_no_part_of_the_version():
    (row,) = wraps("wrapdb").rows
    assert (row.purl, row.line) == ("pkg:generic/zlib@1.3.1", 1)
    assert row.hashes == ("SHA-256:9a93b2b7dfdac77ceba5a558a580e74667dd6fede4585b91eefb60f03b72df23",)


def test_wrap_when_only_its_folder_tells_the_version_then_that_is_taken_without_secrets():
    (row,) = wraps("file").rows
    assert (row.version, row.source_url) == ("2.5.0", "https://files.example/expat-2.5.0.tar.xz")


def test_wrap_when_of_a_repository_then_tags_are_versions_and_heads_are_not():
    found = wraps("git")
    assert set(found.components) == {"guanzhi/gmssl@v3.1.1", "git.example/team/head"}
    assert [row.kind for row in found.unknowns] == [UnknownKind.NO_EXACT_VERSION]
    assert set(wraps("svn").components) == {"svn.example/repo/lib@1234"}


def test_wrap_when_it_only_redirects_then_it_gives_no_row():
    assert not wraps("redirect").rows
    assert not wraps("redirect").unknowns


def test_wrap_when_broken_then_what_is_left_is_read_and_the_line_is_named():
    found = wraps("broken")
    assert set(found.components) == {"lib@1.0"}
    assert [(row.kind, row.line) for row in found.unknowns] == [(UnknownKind.BROKEN, 4)]
    assert {row.kind for row in wraps("not_one").unknowns} == {UnknownKind.BROKEN}


def test_wrap_when_no_version_can_be_told_then_that_is_an_unknown():
    assert [row.kind for row in wraps("no_version").unknowns] == [UnknownKind.NO_EXACT_VERSION]


@pytest.mark.parametrize(
    ("settings", "purl", "constraint"),
    [
        ("GIT_REPOSITORY https://github.com/a/b GIT_TAG v1", "pkg:github/a/b@v1", None),
        ("GIT_REPOSITORY https://github.com/a/b GIT_TAG release/v1", "pkg:github/a/b", "release/v1"),
        ("GIT_REPOSITORY https://github.com/a/b GIT_TAG origin/v1", "pkg:github/a/b", "origin/v1"),
        ("URL https://files.example/b-1.2.tar.gz", "pkg:generic/b@1.2", None),
    ],
)
def test_source_when_fetched_then_the_project_asks_for_it(settings, purl, constraint):
    (sheet,) = parse_content("CMakeLists.txt", f"\nFetchContent_Declare(b {settings})\n".encode())
    assert [(row.purl, row.constraint, row.direct, row.line) for row in sheet.components] == [
        (purl, constraint, True, 2)
    ]
    assert [(row.from_purl, row.to_purl, row.constraint, row.line) for row in sheet.dependencies] == [
        (None, purl, constraint, 2)
    ]


def test_wrap_when_its_archive_is_of_a_forge_then_the_name_of_the_list_is_kept():
    wrap = (
        b"[wrap-file]\ndirectory = b-1.2\nsource_url = https://github.com/a/b/archive/v1.2.tar.gz\n"
        b"wrapdb_version = 1.2-3\n"
    )
    (sheet,) = parse_content("subprojects/libb.wrap", wrap)
    assert [row.purl for row in sheet.components] == ["pkg:generic/libb@1.2"]
