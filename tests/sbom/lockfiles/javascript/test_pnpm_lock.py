"""pnpm-lock.yaml as pnpm 5 (v5.2), 6, 7, 8 (v6.0) and 9 and 10 (v9.0) write it; `pnpm list` is the oracle."""

import pytest
from npm_fixtures import (
    Scan,
    assert_agrees_with_package_manager,
    assert_lines_name_the_packages,
    oracle_cases,
)
from parsing import parse_content

from sbom.lockfiles.javascript.pnpm_reference import parse_key
from sbom.model import Scope, UnknownKind

NAME = "pnpm-lock"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def scan(case):
    return Scan(NAME, case)


@pytest.mark.parametrize("case", oracle_cases(NAME))
def test_packages_edges_and_shipped_packages_when_pnpm_wrote_the_lock_then_pnpm_list_agrees(case):
    assert_agrees_with_package_manager(scan(case))


@pytest.mark.parametrize("case", oracle_cases(NAME))
def test_lines_when_pnpm_wrote_the_lock_then_each_names_its_package(case):
    assert_lines_name_the_packages(scan(case), aliases=["ansi", "b64"])


@pytest.mark.parametrize("case", ["v5.2-small", "v5.4-small", "v6.0-small", "v9.0-small"])
def test_requests_when_locked_then_constraint_and_scope_are_those_of_the_importer(case):
    asked = scan(case).asked()
    assert asked["ansi-regex@5.0.1"] == ("npm:ansi-regex@^5.0.0", Scope.REQUIRED)
    assert asked["fsevents@2.3.3"] == ("^2.3.0", Scope.OPTIONAL)
    assert asked["is-even@1.0.0"] == ("^1.0.0", Scope.EXCLUDED)


@pytest.mark.parametrize("case", ["v5.3-workspaces", "v6.0-workspaces", "v9.0-workspaces"])
def test_workspaces_when_locked_then_links_are_no_components_and_manifests_are_covered(case):
    found = scan(case)
    assert {row.path for row in found.result.components} == {"pnpm-lock.yaml"}
    assert not [name for name in found.components if "@demo/" in name]
    assert {name for name, row in found.components.items() if row.direct} == set(found.asked())
    assert not found.unknowns


def test_component_when_locked_then_all_that_the_entry_says_is_kept():
    row = scan("v9.0-small").components["is-number@7.0.0"]
    assert (row.constraint, row.scope, row.direct, row.licence) == ("^7.0.0", Scope.EXCLUDED, True, None)
    assert row.hashes[0].startswith("SHA-512:e350a27e")
    assert row.source_url is None


def test_catalog_when_asked_for_then_the_constraint_is_the_catalogs():
    asked = scan("v9.0-catalog").asked()
    assert asked["is-odd@3.0.1"] == ("3.0.1", Scope.REQUIRED)
    assert asked["ms@2.1.3"] == ("^2.0.0", Scope.EXCLUDED)


def test_injected_workspace_when_locked_then_what_it_asks_for_is_asked_by_the_project():
    found = scan("v9.0-catalog")
    assert not [name for name in found.components if name.startswith(("x@", "y@"))]
    assert found.components["base64-js@1.5.1"].direct is True
    assert found.components["is-odd@0.1.2"].direct is True


def test_patched_package_when_locked_then_it_keeps_its_name_and_version():
    assert (None, "is-odd@3.0.1") in scan("v9.0-catalog").edges()
    assert ("is-odd@3.0.1", "is-number@6.0.0") in scan("v9.0-catalog").edges()


@pytest.mark.parametrize("case", ["v5.4-origins", "v6.0-origins", "v9.0-origins"])
def test_git_package_when_locked_then_its_entry_tells_name_and_version(case):
    row = scan(case).components["from-forge@0.3.0"]
    assert row.source_url == f"https://codeload.github.com/someone/from-forge/tar.gz/{COMMIT}"
    assert row.direct is True


def test_origin_when_not_the_default_registry_then_the_url_is_kept_without_credentials():
    found = scan("v9.0-origins").components
    assert {name: row.source_url for name, row in found.items() if not name.startswith("from-forge")} == {
        "from-archive@2.0.0": "https://files.example/from-archive-2.0.0.tgz",
        "from-file@1.0.0": "file:vendor/from-file-1.0.0.tgz",
        "from-git@1.4.0": (
            "git+ssh://git@git.example/team/from-git.git@fedcba9876543210fedcba9876543210fedcba98"
        ),
        "pkg:generic/node@22.18.0": None,
        "private@1.0.0": "https://registry.example/private/-/private-1.0.0.tgz",
    }


def test_runtime_when_locked_then_it_is_not_the_package_of_that_name():
    row = scan("v9.0-origins").components["pkg:generic/node@22.18.0"]
    assert (row.scope, row.constraint) == (Scope.EXCLUDED, "runtime:22.18.0")


def test_peers_when_they_differ_then_the_package_is_one_component_with_the_edges_of_all():
    found = scan("v5.4-origins")
    assert {name for name in found.components if name.startswith("peered")} == {"peered@1.0.0"}
    assert found.components["peered@1.0.0"].scope is Scope.REQUIRED
    assert {
        (row.to_purl, row.constraint) for row in found.dependencies if row.from_purl == "pkg:npm/peered@1.0.0"
    } == {("pkg:npm/react@17.0.2", ">=16"), ("pkg:npm/react@18.2.0", ">=16")}


def test_package_when_nothing_reaches_it_then_its_scope_is_null():
    assert scan("v5.4-origins").components["react@17.0.2"].scope is None


def test_folder_package_when_locked_then_it_is_the_project():
    found = scan("v6.0-origins")
    assert "shared@0.0.1" not in found.components
    assert (None, "react@18.2.0") in found.edges()


def test_other_registry_when_named_in_the_key_then_it_is_not_part_of_the_name():
    assert "from-host@2.0.0" in scan("v5.4-origins").components
    assert "@scope/from-host@2.0.0" in scan("v6.0-origins").components


def test_two_documents_when_scanned_then_both_count_and_the_package_manager_is_not_shipped():
    found = scan("two-documents").components
    assert {name: (row.scope, row.line) for name, row in found.items()} == {
        "ms@2.1.3": (Scope.REQUIRED, 35),
        "pnpm@12.0.0": (Scope.EXCLUDED, 15),
    }


def test_truncated_lock_when_scanned_then_finished_entries_are_kept_and_an_unknown_names_the_line():
    found = scan("truncated")
    assert "is-number@7.0.0" in found.components
    assert "is-odd@0.1.2" not in found.components
    assert {(row.kind, row.line) for row in found.unknowns} == {
        (UnknownKind.BROKEN, 62),
        (UnknownKind.UNRESOLVED, 14),
    }


def test_aliases_when_used_then_they_are_over_a_limit():
    (unknown,) = scan("aliases").unknowns
    assert unknown.kind is UnknownKind.LIMIT


def test_unknown_version_when_scanned_then_packages_are_read_and_it_is_said_to_be_unsupported():
    found = scan("unknown-version")
    assert set(found.components) == {"ms@2.1.3"}
    assert [(row.kind, row.line) for row in found.unknowns] == [(UnknownKind.UNSUPPORTED, 1)]


def test_lock_when_it_pins_nothing_then_the_manifest_counts():
    found = scan("nothing-locked")
    assert [(row.purl, row.version) for row in found.result.components] == [("pkg:npm/later", None)]


def test_lock_in_node_modules_when_scanned_then_it_is_left_alone():
    (findings,) = parse_content(
        "a/node_modules/b/pnpm-lock.yaml", b"lockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n"
    )
    assert (findings.components, findings.unknowns) == ([], [])


@pytest.mark.parametrize("content", [b"", b"[]", b"text", b"\0", b"a: [", b"? {a: b}\n: c\n"])
def test_content_when_no_mapping_then_it_is_broken(content):
    (findings,) = parse_content("pnpm-lock.yaml", content)
    assert UnknownKind.BROKEN in {row.kind for row in findings.unknowns}


@pytest.mark.parametrize(
    ("key", "name", "version"),
    [
        ("/foo/1.0.0", "foo", "1.0.0"),
        ("/@scope/foo/1.0.0_bar@2.0.0+baz@3.0.0", "@scope/foo", "1.0.0"),
        ("/@scope/foo/1.0.0-beta.1_@babel+core@7.0.0", "@scope/foo", "1.0.0-beta.1"),
        ("/foo/1.0.0/bar@2.0.0", "foo", "1.0.0"),
        ("registry.example/foo/1.0.0", "foo", "1.0.0"),
        ("registry.example/@scope/foo/1.0.0_a@1.0.0", "@scope/foo", "1.0.0"),
        ("/foo@1.0.0", "foo", "1.0.0"),
        ("/@scope/foo@1.0.0(bar@2.0.0)(@babel/core@7.0.0(x@1.0.0))", "@scope/foo", "1.0.0"),
        ("registry.example/@scope/foo@1.0.0", "@scope/foo", "1.0.0"),
        ("foo@1.0.0+build", "foo", "1.0.0+build"),
        ("@scope/foo@1.0.0(patch_hash=abc)", "@scope/foo", "1.0.0"),
        ("foo@https://host.example/bar/1.0.0", "foo", None),
        ("@scope/foo@file:a/b/1.0.0", "@scope/foo", None),
        (f"github.com/owner/name/{COMMIT}", None, None),
        ("file:folder", None, None),
        ("", None, None),
    ],
)
def test_key_when_of_any_generation_then_name_and_version_are_told_apart(key, name, version):
    assert parse_key(key) == (name, version)
