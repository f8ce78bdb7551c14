"""package-lock.json as npm 6 (v1), 7 (v2) and 10 (v3) write it; `npm ls` is the oracle."""

import json

import pytest
from npm_fixtures import (
    Scan,
    assert_agrees_with_package_manager,
    assert_lines_name_the_packages,
    oracle_cases,
)
from parsing import parse_content

from sbom.model import Scope, UnknownKind

NAME = "package-lock"


def scan(case):
    return Scan(NAME, case)


@pytest.mark.parametrize("case", oracle_cases(NAME))
def test_packages_edges_and_shipped_packages_when_npm_wrote_the_lock_then_npm_ls_agrees(case):
    assert_agrees_with_package_manager(scan(case))


@pytest.mark.parametrize("case", oracle_cases(NAME))
def test_lines_when_npm_wrote_the_lock_then_each_names_its_package(case):
    assert_lines_name_the_packages(scan(case), aliases=["ansi"])


@pytest.mark.parametrize("case", ["v2-small", "v3-small", "one-line"])
def test_component_when_locked_then_all_that_the_entry_says_is_kept(case):
    row = scan(case).components["is-number@7.0.0"]
    assert (row.constraint, row.scope, row.direct, row.licence) == ("^7.0.0", Scope.EXCLUDED, True, "MIT")
    assert row.source_url == "https://registry.example/is-number/-/is-number-7.0.0.tgz"
    assert row.hashes == (
        "SHA-512:e350a27e483a7bc4f2952a5db53a5e2d532abd20445734edb47bc4443ef8d7ea6767c00dbf4d34e0"
        "c44be3740a3c394af5c1af369e8d6566540656c65d8c719e",
    )


@pytest.mark.parametrize("case", ["v1-small", "v2-small", "v3-small"])
def test_alias_when_locked_then_the_component_is_the_real_package(case):
    found = scan(case)
    assert found.asked()["ansi-regex@5.0.1"] == ("npm:ansi-regex@^5.0.0", Scope.REQUIRED)
    assert not [name for name in found.components if name.startswith("ansi@")]


@pytest.mark.parametrize("case", ["v1-small", "v2-small", "v3-small"])
def test_linked_folder_when_locked_then_it_is_the_project_and_its_dependencies_are_direct(case):
    found = scan(case)
    assert "local@0.1.0" not in found.components
    assert found.components["ms@2.1.2"].direct is True
    assert found.asked()["ms@2.1.2"][0] == "2.1.2"
    assert [row.path for row in found.declared] == ["local/package.json", "package.json"]
    assert not found.unknowns


def test_workspaces_when_locked_then_their_manifests_are_covered_and_their_requests_are_the_projects():
    found = scan("v3-workspaces")
    assert {row.path for row in found.result.components} == {"package-lock.json"}
    assert found.asked() == {
        "debug@4.3.4": ("4.3.4", Scope.REQUIRED),
        "fsevents@2.3.3": ("^2.3.0", Scope.OPTIONAL),
        "is-number@3.0.0": ("^3.0.0", Scope.REQUIRED),
        "is-odd@3.0.1": ("3.0.1", Scope.EXCLUDED),
        "react@17.0.2": ("^17.0.0", Scope.EXCLUDED),
        "use-sync-external-store@1.7.0": ("^1.2.0", Scope.REQUIRED),
    }
    assert {row.name for row in found.declared} == {"a", "b", "workspaces"}


def test_nested_node_modules_when_resolving_then_the_nearest_enclosing_folder_wins():
    assert scan("v3-nested-workspace").edges() == {
        (None, "shared@2.0.0"),
        (None, "shared@1.9.0"),
        (None, "tool@1.0.0"),
        ("tool@1.0.0", "shared@1.9.0"),
        ("tool@1.0.0", "deep@0.1.0"),
        ("deep@0.1.0", "shared@1.9.0"),
        ("deep@0.1.0", "tool@1.0.0"),
    }


def test_flags_when_set_then_they_become_scopes():
    found = scan("v3-flags").components
    assert {name.partition("@")[0]: row.scope for name, row in found.items()} == {
        "also-peer": Scope.EXCLUDED,
        "bundled": Scope.REQUIRED,
        "dev": Scope.EXCLUDED,
        "dev-optional": Scope.OPTIONAL,
        "left-over": None,
        "maybe": Scope.OPTIONAL,
        "optional": Scope.OPTIONAL,
        "parent": Scope.REQUIRED,
        "peer": Scope.REQUIRED,
        "required": Scope.REQUIRED,
    }


def test_requests_when_a_name_stands_in_several_sections_then_the_stronger_section_counts():
    assert scan("v3-flags").asked() == {
        "also-peer@2.1.0": ("2.1.0", Scope.EXCLUDED),
        "dev@1.0.0": ("1", Scope.EXCLUDED),
        "maybe@1.0.0": ("1", Scope.OPTIONAL),
        "optional@1.0.0": ("1", Scope.OPTIONAL),
        "parent@1.0.0": ("1", Scope.REQUIRED),
        "peer@1.0.0": ("1", Scope.REQUIRED),
        "required@1.0.0": ("1.0.0", Scope.OPTIONAL),
    }


def test_dependency_when_nothing_is_locked_for_it_then_only_a_required_one_is_unresolved():
    (unknown,) = scan("v3-flags").unknowns
    assert (unknown.kind, unknown.line) == (UnknownKind.UNRESOLVED, 22)
    assert unknown.reason == "1 named dependencies are not locked in this file: absent"


def test_licence_when_written_in_old_forms_then_it_is_read_and_nonsense_is_null():
    found = scan("v3-flags").components
    assert {name: row.licence for name, row in found.items() if row.licence} == {
        "also-peer@2.1.0": "ISC",
        "dev@1.0.0": "MIT",
        "dev-optional@1.0.0": "MIT OR Apache-2.0",
        "optional@1.0.0": "(MIT OR CC0-1.0)",
    }


def test_origin_when_not_a_registry_then_the_url_is_kept_without_credentials():
    found = scan("v3-origins").components
    assert {name: row.source_url for name, row in found.items()} == {
        "@scope/original@3.1.0": "https://registry.example/@scope/original/-/original-3.1.0.tgz",
        "from-archive@2.0.0": "https://files.example/from-archive-2.0.0.tgz",
        "from-file@1.0.0": "file:vendor/from-file-1.0.0.tgz",
        "from-forge@0.3.0": (
            "git+ssh://git@github.com/someone/from-forge.git@0123456789abcdef0123456789abcdef01234567"
        ),
        "from-git@1.4.0": (
            "git+ssh://git@git.example/team/from-git.git@fedcba9876543210fedcba9876543210fedcba98"
        ),
        "private@1.0.0": "https://registry.example/private/-/private-1.0.0.tgz",
        "unfinished": None,
    }
    text = repr((found.values(), scan("v3-origins").dependencies))
    assert "secret" not in text
    assert "hunter2" not in text


def test_constraint_when_it_is_an_address_then_it_is_kept_without_credentials():
    asked = scan("v3-origins").asked()
    assert asked["from-archive@2.0.0"][0] == "https://files.example/from-archive-2.0.0.tgz"
    assert asked["from-git@1.4.0"][0] == "git+ssh://git@git.example/team/from-git.git#main"
    assert asked["from-forge@0.3.0"][0] == "someone/from-forge"


def test_integrity_when_it_has_several_digests_then_each_is_kept_and_others_are_left_out():
    found = scan("v3-origins").components
    assert found["private@1.0.0"].hashes == ("SHA-1:" + "0" * 40, "SHA-512:" + "0" * 128)
    assert found["@scope/original@3.1.0"].hashes == ()


def test_entry_without_version_when_locked_then_the_component_has_none_and_an_unknown_says_so():
    found = scan("v3-origins")
    assert found.components["unfinished"].version is None
    assert [(row.kind, row.line, row.reason) for row in found.unknowns] == [
        (UnknownKind.UNRESOLVED, 46, "no version is locked for unfinished")
    ]


def test_version_1_when_resolved_to_an_address_then_no_version_is_made_up():
    found = scan("v1-origins")
    assert {name: row.source_url for name, row in found.components.items()} == {
        "from-archive": "https://files.example/from-archive-2.0.0.tgz",
        "from-forge": "git+https://github.com/someone/from-forge.git@0123456789abcdef0123456789abcdef01234567",
        "from-git": "git+ssh://git@git.example/team/from-git.git@fedcba9876543210fedcba9876543210fedcba98",
        "in-bundle@1.0.0": None,
    }
    assert [row.line for row in found.unknowns] == [7, 11, 15]


def test_version_1_when_there_is_no_manifest_then_direct_is_null():
    assert {row.direct for row in scan("v1-origins").components.values()} == {None}


def test_version_1_when_there_is_a_manifest_then_it_says_what_is_direct():
    found = scan("v1-small").components
    assert {name for name, row in found.items() if row.direct} == {
        "ansi-regex@5.0.1",
        "fsevents@2.3.3",
        "is-even@1.0.0",
        "is-number@7.0.0",
        "is-odd@0.1.2",
        "ms@2.1.2",
    }


def test_shrinkwrap_when_there_is_no_manifest_then_the_lock_itself_declares_the_package():
    found = scan("v3-without-manifest")
    (declared,) = [row for row in found.declared if row.path == "npm-shrinkwrap.json"]
    assert (declared.purl, declared.licence, declared.private, declared.line) == (
        "pkg:npm/%40demo/shrunk@4.5.6",
        "Apache-2.0",
        None,
        7,
    )


def test_linked_folder_when_outside_the_repository_then_it_resolves_in_its_own_modules():
    assert scan("v3-without-manifest").edges() == {(None, "ms@2.1.3"), (None, "ms@2.0.0")}


@pytest.mark.parametrize(("case", "line"), [("truncated", 88), ("merge-conflict", 86)])
def test_broken_lock_when_scanned_then_finished_entries_are_kept_and_an_unknown_names_the_line(case, line):
    found = scan(case)
    assert set(found.components) == {
        "ansi-regex@5.0.1",
        "fsevents@2.3.3",
        "is-buffer@1.1.6",
        "is-even@1.0.0",
        "is-number@7.0.0",
    }
    (broken,) = [row for row in found.unknowns if row.kind is UnknownKind.BROKEN]
    assert broken.line == line


def test_newer_version_when_scanned_then_it_is_read_and_said_to_be_unsupported():
    found = scan("newer")
    assert set(found.components) == set(scan("v3-small").components)
    assert [(row.kind, row.line) for row in found.unknowns] == [(UnknownKind.UNSUPPORTED, 4)]


def test_one_line_when_scanned_then_every_line_is_the_first():
    found = scan("one-line")
    assert {row.line for row in (*found.components.values(), *found.dependencies)} == {1}


def test_lock_in_node_modules_when_scanned_then_it_is_left_alone():
    (findings,) = parse_content(
        "node_modules/dep/package-lock.json", b'{"dependencies": {"tap": {"version": "1.0.0"}}}'
    )
    assert not findings.components
    assert not findings.unknowns


def test_location_when_absurdly_long_then_it_is_skipped_as_over_a_limit():
    location = "node_modules/a/" * 200
    packages = {f"{location}b": {"version": "1.0.0"}, "node_modules/c": {"version": "2.0.0"}}
    (findings,) = parse_content("package-lock.json", json.dumps({"packages": packages}).encode())
    assert [row.purl for row in findings.components] == ["pkg:npm/c@2.0.0"]
    assert [row.kind for row in findings.unknowns] == [UnknownKind.LIMIT]


@pytest.mark.parametrize("content", [b"[]", b"7", b"", b"null", b"\xff\xfe"])
def test_content_when_no_object_then_it_is_broken(content):
    (findings,) = parse_content("package-lock.json", content)
    assert [(row.kind, row.line) for row in findings.unknowns] == [(UnknownKind.BROKEN, 1)]
