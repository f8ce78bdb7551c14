"""pdm.lock as pdm 2.29 writes it; `pdm list --tree` and `pdm export` are the oracle."""

import pytest
from ecosystem_fixtures import Scan, assert_agrees_with_tool, assert_lines_name_the_packages, oracle_cases

from sbom.model import Scope, UnknownKind


def scan(case):
    return Scan("pdm-lock", "pdm_lock", case)


def test_lock_when_pdm_wrote_it_then_packages_edges_and_scopes_are_pdms():
    assert {"groups", "no_inherit"} <= set(oracle_cases("pdm_lock"))
    assert_agrees_with_tool(scan("groups"))


def test_lock_when_groups_are_not_inherited_then_scopes_follow_from_the_edges():
    assert_agrees_with_tool(scan("no_inherit"))
    assert scan("no_inherit").scopes == scan("groups").scopes


@pytest.mark.parametrize("case", ["groups", "no_inherit", "application", "lock_3"])
def test_lines_when_locked_then_each_names_its_package(case):
    assert_lines_name_the_packages(scan(case))


def test_scope_when_groups_are_named_then_the_manifest_tells_extras_from_development():
    scopes = scan("groups").scopes
    assert scopes["httpx@0.28.1"] is scopes["anyio@4.16.0"] is Scope.REQUIRED
    assert scopes["itsdangerous@2.2.0"] is Scope.OPTIONAL
    assert scopes["pytest@8.4.2"] is scopes["wheel@0.48.0"] is scopes["iniconfig@2.3.1"] is Scope.EXCLUDED


def test_scope_when_no_manifest_is_there_then_only_the_default_group_tells():
    found = scan("without_manifest")
    assert found.scopes["anyio@4.16.0"] is Scope.REQUIRED
    assert found.scopes["pytest@8.4.2"] is None
    assert set(found.direct.values()) == {None}


def test_requests_when_the_manifest_is_beside_the_lock_then_they_carry_its_constraints():
    assert scan("groups").asked == {
        "httpx@0.28.1": (">=0.27", Scope.REQUIRED),
        "six@1.17.0": (None, Scope.REQUIRED),
        "itsdangerous@2.2.0": (">=2", Scope.OPTIONAL),
        "pytest@8.4.2": ("~=8.0", Scope.EXCLUDED),
        "pathspec@1.1.1": (None, Scope.EXCLUDED),
        "wheel@0.48.0": (None, Scope.EXCLUDED),
    }
    assert {row.path for row in scan("groups").result.components} == {"pdm.lock"}


def test_lock_3_when_hashes_stand_apart_and_no_groups_then_both_are_found():
    found = scan("lock_3")
    assert found.scopes == {
        "colorama@0.4.6": Scope.OPTIONAL,
        "idna@3.4": Scope.REQUIRED,
        "iniconfig@1.1.1": Scope.EXCLUDED,
        "requests@2.28.1": Scope.REQUIRED,
    }
    assert len(found.components["idna@3.4"].hashes) == 2
    assert found.components["idna@3.4"].source_url is None  # one of two archives
    assert found.components["requests@2.28.1"].source_url == (
        "https://files.example/requests-2.28.1-py3-none-any.whl"
    )


def test_origins_when_not_an_index_then_urls_have_no_passwords_and_extras_are_one_component():
    found = scan("origins")
    assert {name: row.source_url for name, row in found.components.items()} == {
        "archive@2.0": "https://files.example/archive-2.0.tar.gz",
        "gitdep@0.1": ("git+https://git.example/sample/gitdep.git@b66e3ef4b0d37d36a5f0dd4a1243c97b561f3658"),
    }
    assert found.edges == {(None, "archive@2.0")}  # through the developer's own folder
    assert {(kind, line) for kind, line, _ in found.reasons} == {
        (UnknownKind.UNRESOLVED, 22),
        (UnknownKind.BROKEN, 24),
        (UnknownKind.BROKEN, 49),
    }


def test_lock_when_cut_off_then_nothing_is_concluded_from_what_is_missing():
    found = scan("truncated")
    assert found.components["anyio@4.16.0"].direct is None
    assert [kind for kind, *_ in found.reasons] == [UnknownKind.BROKEN]


def test_lock_version_when_newer_than_known_then_it_is_read_and_said():
    found = scan("newer_version")
    assert set(found.components) == {"six@1.17.0"}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.UNSUPPORTED, 2)]
