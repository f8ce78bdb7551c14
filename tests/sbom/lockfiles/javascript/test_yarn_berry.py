"""yarn.lock of Yarn 3 and 4; `yarn info --all --recursive` is the oracle for packages and edges."""

import pytest
from npm_fixtures import (
    Scan,
    assert_agrees_with_package_manager,
    assert_lines_name_the_packages,
    oracle_cases,
)

from sbom.model import Scope, UnknownKind

NAME = "yarn-berry"


def scan(case):
    return Scan(NAME, case)


@pytest.mark.parametrize("case", oracle_cases(NAME))
def test_packages_and_edges_when_yarn_wrote_the_lock_then_yarn_info_agrees(case):
    assert_agrees_with_package_manager(scan(case))


@pytest.mark.parametrize("case", oracle_cases(NAME))
def test_lines_when_yarn_wrote_the_lock_then_each_names_its_package(case):
    assert_lines_name_the_packages(scan(case), aliases=["ansi", "is-even"])


@pytest.mark.parametrize("case", ["yarn3-small", "yarn4-small"])
def test_requests_when_locked_then_constraint_and_scope_are_those_of_the_manifest(case):
    assert scan(case).asked() == {
        "ansi-regex@5.0.1": ("npm:ansi-regex@^5.0.0", Scope.REQUIRED),
        "fsevents@2.3.3": ("^2.3.0", Scope.OPTIONAL),
        "is-even@1.0.0": ("^1.0.0", Scope.EXCLUDED),
        "is-number@7.0.0": ("^7.0.0", Scope.EXCLUDED),
        "is-odd@0.1.2": ("^0.1.2", Scope.REQUIRED),
        "ms@2.1.2": ("2.1.2", Scope.REQUIRED),
    }


@pytest.mark.parametrize("case", ["yarn3-small", "yarn4-small"])
def test_scope_when_only_an_optional_package_needs_it_then_it_is_optional(case):
    found = scan(case).components
    (node_gyp,) = [row for row in found.values() if row.name == "node-gyp"]
    assert (node_gyp.scope, node_gyp.direct) == (Scope.OPTIONAL, False)
    assert found["is-odd@0.1.2"].scope is Scope.REQUIRED


def test_builtin_patch_when_locked_then_it_is_the_package_that_it_patches():
    found = scan("yarn4-small").components
    assert [name for name in found if name.startswith("fsevents@")] == ["fsevents@2.3.3"]


def test_checksum_when_locked_then_it_is_no_hash_of_the_component():
    assert {row.hashes for row in scan("yarn4-small").components.values()} == {()}


@pytest.mark.parametrize("case", ["yarn3-workspaces", "yarn4-workspaces"])
def test_workspaces_when_locked_then_members_are_no_components_and_their_manifests_are_covered(case):
    found = scan(case)
    assert {row.path for row in found.result.components} == {"yarn.lock"}
    assert not [name for name in found.components if "@demo/" in name]
    assert found.asked()["react@17.0.2"] == ("^17.0.0", Scope.EXCLUDED)
    assert {row.name for row in found.declared} == {"a", "b", "workspaces"}
    assert not found.unknowns


def test_resolutions_when_written_then_edges_lead_to_the_replacement():
    found = scan("yarn4-resolutions")
    assert ("is-odd@3.0.1", "is-number@6.0.0") in found.edges()
    assert found.asked()["is-odd@1.0.0"] == ("^1.0.0", Scope.REQUIRED)


def test_catalogs_when_asked_for_then_the_constraint_is_the_catalogs():
    asked = scan("yarn4-resolutions").asked()
    assert asked["ms@2.1.3"] == ("^2.1.0", Scope.REQUIRED)
    assert asked["ms@2.0.0"] == ("2.0.0", Scope.EXCLUDED)


def test_portal_when_locked_then_it_is_the_project_and_a_link_is_left_to_itself():
    found = scan("yarn4-resolutions")
    assert found.asked()["wrappy@1.0.2"] == ("^1.0.0", Scope.REQUIRED)
    assert {row.path for row in found.result.components} == {"yarn.lock", "linked/package.json"}


def test_origin_when_not_a_registry_then_the_url_is_kept_without_credentials():
    found = scan("origins")
    assert {name: row.source_url for name, row in found.components.items()} == {
        "@scope/original@3.1.0": None,
        "from-archive@2.0.0": "https://files.example/from-archive-2.0.0.tgz",
        "from-forge@0.3.0": (
            "git+https://github.com/someone/from-forge.git@0123456789abcdef0123456789abcdef01234567"
        ),
        "from-git@1.4.0": (
            "git+ssh://git@git.example/team/from-git.git@fedcba9876543210fedcba9876543210fedcba98"
        ),
        "mirrored@1.0.0": "https://registry.example/mirrored/-/mirrored-1.0.0.tgz",
        "patched@1.0.0": None,
        "vendored@1.0.0": "file:./vendored.tgz",
    }
    assert set(found.asked()) == set(found.components)
    assert "hunter2" not in repr((found.components, found.dependencies))


def test_patch_of_a_patch_when_locked_then_it_is_the_package_that_it_patches():
    row = scan("origins").components["patched@1.0.0"]
    assert row.constraint == "patch:patched@npm%3A1.0.0#~/.yarn/patches/patched.patch"


def test_truncated_lock_when_scanned_then_finished_entries_are_kept_and_an_unknown_names_the_line():
    found = scan("truncated")
    assert "is-number@7.0.0" in found.components
    assert "is-odd@0.1.2" not in found.components
    assert {row.direct for row in found.components.values()} == {None}
    assert [row.line for row in found.unknowns if row.kind is UnknownKind.BROKEN] == [124]


def test_lock_when_there_is_no_manifest_then_direct_is_known_and_scope_is_null():
    found = scan("without-manifest")
    assert {name: (row.direct, row.scope, row.line) for name, row in found.components.items()} == {
        "debug@2.6.9": (True, None, 10),
        "ms@2.0.0": (True, None, 23),
    }
    assert found.edges() == {(None, "debug@2.6.9"), (None, "ms@2.0.0"), ("debug@2.6.9", "ms@2.0.0")}


def test_entry_when_it_has_no_resolution_or_is_not_locked_then_an_unknown_names_the_line():
    assert [(row.kind, row.line, row.reason) for row in scan("without-manifest").unknowns] == [
        (UnknownKind.BROKEN, 5, "an entry without resolution: cut-out@npm:^1.0.0"),
        (UnknownKind.UNRESOLVED, 15, "1 named dependencies are not locked in this file: not-there"),
    ]
