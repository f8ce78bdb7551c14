from pathlib import Path

import pytest

from sbom.model import Scope, UnknownKind
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "go-mod"


def modules(case):
    rows = scan_path(FIXTURES / case).components
    return {(row.purl.removeprefix("pkg:golang/"), row.direct, row.line) for row in rows}


def test_modules_when_go_1_17_or_newer_lists_them_all_then_go_sum_adds_none():
    assert modules("pruned") == {
        ("github.com/emmansun/gmsm@v0.29.1", True, 8),
        ("github.com/gin-gonic/gin@v1.10.0", True, 9),
        ("github.com/new/driver@v1.6.1", True, 10),
        ("github.com/pinned/lib@v1.2.0", True, 11),
        ("github.com/pinned/lib/v2@v2.0.0%2Bincompatible", True, 12),
        ("github.com/golangci/golangci-lint@v1.59.0", True, 18),
        ("golang.org/x/crypto@v0.26.0", False, 19),
        ("golang.org/x/sys@v0.24.0", False, 20),
    }


def test_module_when_replaced_then_what_is_built_is_recorded_and_what_was_asked_is_the_constraint():
    edge = next(row for row in scan_path(FIXTURES / "pruned").dependencies if "new/driver" in row.to_purl)
    assert (edge.from_purl, edge.constraint, edge.line) == (None, "v1.5.0", 10)


def test_module_when_a_folder_replaces_it_then_it_is_the_developers_own_or_an_unknown():
    result = scan_path(FIXTURES / "pruned")
    assert "git.example/team/shared" not in {row.purl for row in result.components}
    assert {row.purl for row in result.declared} == {
        "pkg:golang/git.example/team/gateway/v2",
        "pkg:golang/git.example/team/shared",
    }
    assert [(row.kind, row.line, row.reason) for row in result.unknowns] == [
        (
            UnknownKind.UNRESOLVED,
            14,
            "git.example/team/elsewhere is replaced by a folder outside the repository: '../elsewhere'",
        )
    ]


def test_tool_when_the_module_runs_it_then_it_is_direct_and_its_edge_is_excluded():
    scopes = {row.to_purl: row.scope for row in scan_path(FIXTURES / "pruned").dependencies}
    assert scopes.pop("pkg:golang/github.com/golangci/golangci-lint@v1.59.0") is Scope.EXCLUDED
    assert set(scopes.values()) == {None}
    assert {row.scope for row in scan_path(FIXTURES / "pruned").components} == {None}


def test_hashes_when_go_sum_holds_h1_then_none_are_claimed():
    assert {row.hashes for row in scan_path(FIXTURES / "pruned").components} == {()}


def test_modules_when_go_is_older_than_1_17_then_go_sum_gives_the_highest_version_of_the_others():
    assert modules("go_1_16") == {
        ("github.com/prometheus/client_golang@v1.9.0", True, 6),
        ("github.com/sirupsen/logrus@v1.7.0", False, 7),
        ("github.com/beorn7/perks@v1.0.1", False, None),
        ("github.com/excluded/mod@v1.8.0", False, None),
        ("github.com/golang/protobuf@v1.10.0", False, None),
        ("github.com/moved/here@v1.0.0", False, None),
        ("golang.org/x/sys@v0.0.0-20201214210602-f9fddec55a1e", False, None),
    }
    unknowns = scan_path(FIXTURES / "go_1_16").unknowns
    assert [row.reason for row in unknowns if row.parser == "go-mod"] == [
        "go 1.16: 5 transitive modules are from go.sum, the highest version of each"
    ]


def test_modules_when_go_is_older_and_there_is_no_go_sum_then_the_gap_is_an_unknown():
    assert modules("without_go_directive") == {("github.com/pkg/errors@v0.8.0", True, 3)}
    assert [(row.kind, row.reason) for row in scan_path(FIXTURES / "without_go_directive").unknowns] == [
        (
            UnknownKind.UNRESOLVED,
            "go 1.16 does not list transitive modules in go.mod, and there is no go.sum",
        )
    ]


def test_module_when_it_requires_nothing_then_there_is_nothing_unknown():
    result = scan_path(FIXTURES / "no_dependencies")
    assert (result.components, result.unknowns) == ((), ())
    assert [row.purl for row in result.declared] == ["pkg:golang/github.com/sample/alone"]


def test_words_when_quoted_or_in_blocks_then_they_are_read_like_plain_ones():
    assert modules("quoted") == {
        ("github.com/a/b@v1.0.0", True, 5),
        ("github.com/c/d@v1.1.0", False, 6),
        ("github.com/e/f/v3@v3.0.1-0.20240102030405-0123456789ab", False, 8),
    }
    assert [(row.purl, row.line) for row in scan_path(FIXTURES / "quoted").declared] == [
        ("pkg:golang/git.example/team/quoted", 2)
    ]


def test_file_when_cut_off_then_go_sum_is_not_taken_for_an_old_module():
    result = scan_path(FIXTURES / "truncated")
    assert modules("truncated") == {("github.com/a/b@v1.0.0", True, 4)}
    assert [(row.kind, row.line) for row in result.unknowns] == [
        (UnknownKind.BROKEN, 3),
        (UnknownKind.BROKEN, 5),
    ]


def test_directives_when_unknown_then_each_names_its_line_once_and_the_others_are_read():
    assert modules("broken") == {("github.com/fine/one@v1.0.0", True, 9)}
    assert [row.line for row in scan_path(FIXTURES / "broken").unknowns] == [5, 8]


@pytest.mark.parametrize(
    ("versions", "highest"),
    [
        (("v1.9.0", "v1.10.0"), "v1.10.0"),
        (("v1.0.0", "v1.0.0-rc.1"), "v1.0.0"),
        (("v1.0.0-rc.2", "v1.0.0-rc.10"), "v1.0.0-rc.10"),
        (("v1.0.0-beta", "v1.0.0-1"), "v1.0.0-beta"),
        (("v0.0.0-20200101000000-aaaaaaaaaaaa", "v0.0.0-20210101000000-000000000000"),) * 1
        + ("v0.0.0-20210101000000-000000000000",),
        (("v2.0.0+incompatible", "v1.99.0"), "v2.0.0+incompatible"),
        (("not-a-version", "v0.0.1"), "v0.0.1"),
    ],
)
def test_version_when_go_sum_holds_several_then_semantic_order_decides(tmp_path, versions, highest):
    (tmp_path / "go.mod").write_text("module a.example/b\n\ngo 1.12\n")
    (tmp_path / "go.sum").write_text("".join(f"c.example/d {version} h1:x=\n" for version in versions))
    assert [row.version for row in scan_path(tmp_path).components] == [highest]
