from pathlib import Path

from sbom.model import Scope, UnknownKind
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "github_actions"


def lines(case):
    return {row.purl.removeprefix("pkg:"): row.line for row in scan_path(FIXTURES / case).components}


def test_workflow_when_it_uses_actions_and_images_then_each_is_told_with_its_line():
    assert lines("ci") == {
        "docker/library/node@20-bookworm": 6,
        "docker/library/postgres@16": 9,
        "docker/library/redis@7": 11,
        "githubactions/actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683": 13,
        "githubactions/github/codeql-action@v3": 15,
        "docker/tools/lint@1.2?repository_url=registry.example": 17,
        "githubactions/team/shared@main": 21,
    }
    assert scan_path(FIXTURES / "ci").unknowns == ()


def test_scope_when_a_build_runs_it_then_it_is_excluded_and_the_project_asks():
    result = scan_path(FIXTURES / "ci")
    assert {(row.scope, row.direct) for row in result.components} == {(Scope.EXCLUDED, True)}
    assert {(row.from_purl, row.scope) for row in result.dependencies} == {(None, Scope.EXCLUDED)}
    assert len(result.dependencies) == 7


def test_action_when_composite_or_an_image_then_what_it_runs_is_told():
    assert lines("composite") == {"githubactions/actions/cache@v4": 6}
    assert lines("image_action") == {"docker/library/alpine@3.20": 3}


def test_steps_when_shared_by_an_alias_then_they_are_read_once_where_they_stand():
    result = scan_path(FIXTURES / "expressions")
    assert [(row.purl, row.line) for row in result.components] == [
        ("pkg:githubactions/actions/setup-go@v5", 3)
    ]
    assert len(result.dependencies) == 1


def test_reference_when_an_expression_decides_or_no_ref_is_given_then_it_is_unresolved():
    unknowns = scan_path(FIXTURES / "expressions").unknowns
    assert [(row.kind, row.line) for row in unknowns] == [
        (UnknownKind.UNRESOLVED, line) for line in (7, 13, 14)
    ]


def test_workflow_when_values_have_odd_shapes_then_the_rest_is_read():
    assert lines("odd_shapes") == {"githubactions/a/b@c": 4}


def test_workflow_when_cut_off_then_whole_jobs_are_kept():
    assert lines("truncated") == {"githubactions/actions/checkout@v4": 4}
    (unknown,) = scan_path(FIXTURES / "truncated").unknowns
    assert unknown.kind is UnknownKind.BROKEN
