"""yarn.lock of Yarn 1; `yarn list` is the oracle for packages, with and without development."""

import pytest
from npm_fixtures import (
    Scan,
    assert_agrees_with_package_manager,
    assert_lines_name_the_packages,
    oracle_cases,
)
from parsing import parse_content

from sbom.model import Scope, UnknownKind

NAME = "yarn-lock"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def scan(case):
    return Scan(NAME, case)


@pytest.mark.parametrize("case", oracle_cases(NAME))
def test_packages_and_shipped_packages_when_yarn_wrote_the_lock_then_yarn_list_agrees(case):
    assert_agrees_with_package_manager(scan(case))


@pytest.mark.parametrize("case", oracle_cases(NAME))
def test_lines_when_yarn_wrote_the_lock_then_each_names_its_package(case):
    assert_lines_name_the_packages(scan(case), aliases=["ansi"])


def test_edges_when_locked_then_ranges_lead_to_the_entries_that_answer_them():
    assert scan("small").edges() == {
        (None, "ansi-regex@5.0.1"),
        (None, "fsevents@2.3.3"),
        (None, "is-even@1.0.0"),
        (None, "is-number@7.0.0"),
        (None, "is-odd@0.1.2"),
        (None, "ms@2.1.2"),
        ("is-even@1.0.0", "is-odd@0.1.2"),
        ("is-odd@0.1.2", "is-number@3.0.0"),
        ("is-number@3.0.0", "kind-of@3.2.2"),
        ("kind-of@3.2.2", "is-buffer@1.1.6"),
    }


def test_component_when_locked_then_all_that_the_entry_says_is_kept():
    row = scan("small").components["is-number@7.0.0"]
    assert (row.constraint, row.scope, row.direct, row.line) == ("^7.0.0", Scope.EXCLUDED, True, 34)
    assert row.source_url == "https://registry.example/is-number/-/is-number-7.0.0.tgz"
    assert [digest.partition(":")[0] for digest in row.hashes] == ["SHA-512", "SHA-1"]
    assert row.hashes[1] == "SHA-1:7535345b896734d5f80c4d06c50955527a14f12b"


def test_workspaces_when_locked_then_members_are_no_components_and_their_manifests_are_covered():
    found = scan("workspaces")
    assert {row.path for row in found.result.components} == {"yarn.lock"}
    assert found.asked() == {
        "debug@4.3.4": ("4.3.4", Scope.REQUIRED),
        "fsevents@2.3.3": ("^2.3.0", Scope.OPTIONAL),
        "is-number@3.0.0": ("^3.0.0", Scope.REQUIRED),
        "is-odd@3.0.1": ("3.0.1", Scope.EXCLUDED),
        "react@17.0.2": ("^17.0.0", Scope.EXCLUDED),
        "use-sync-external-store@1.7.0": ("^1.2.0", Scope.REQUIRED),
    }
    assert not found.unknowns


def test_workspace_globs_when_written_then_members_are_found_as_yarn_does():
    found = scan("workspace-globs")
    assert set(found.asked()) == {"deep-needs@1.0.4", "one-needs@1.0.3", "web-needs@1.0.3"}
    assert found.components["private-needs@1.0.7"].direct is False
    assert {row.path for row in found.result.components} == {"yarn.lock", "libs/private/package.json"}


def test_origin_when_not_a_registry_then_the_url_is_kept_without_credentials():
    found = scan("origins")
    assert {name: row.source_url for name, row in found.components.items()} == {
        "@scope/original@3.1.0": "https://registry.example/@scope%2foriginal/-/original-3.1.0.tgz",
        "@scope/replacement@1.5.2": "https://registry.example/@scope/replacement/-/replacement-1.5.2.tgz",
        "from-archive@2.0.0": "https://files.example/from-archive-2.0.0.tgz",
        "from-file@1.0.0": "file:./vendor/from-file-1.0.0.tgz",
        "from-forge@0.3.0": f"https://codeload.github.com/someone/from-forge/tar.gz/{COMMIT}",
        "from-git@1.4.0": f"git+ssh://git@git.example/team/from-git.git@{COMMIT}",
        "private@1.0.0": "https://registry.example/private/-/private-1.0.0.tgz",
    }
    text = repr((found.components, found.dependencies))
    assert "secret" not in text
    assert "hunter2" not in text


def test_replaced_package_when_resolutions_are_used_then_the_component_is_what_is_served():
    assert scan("origins").asked()["@scope/replacement@1.5.2"] == ("^1.5.0", Scope.REQUIRED)


def test_digest_when_the_fragment_is_a_commit_then_it_is_no_hash():
    found = scan("origins").components
    assert found["from-git@1.4.0"].hashes == ()
    assert found["from-archive@2.0.0"].hashes == (f"SHA-1:{COMMIT}",)


def test_copied_folder_when_locked_then_it_is_the_project_and_its_manifest_is_covered():
    found = scan("origins")
    assert "copied@0.2.0" not in found.components
    assert {row.path for row in found.result.components} == {"yarn.lock"}
    assert not found.unknowns


def test_lock_when_there_is_no_manifest_then_direct_and_scope_are_null_and_edges_remain():
    found = scan("without-manifest")
    assert {(row.direct, row.scope) for row in found.components.values()} == {(None, None)}
    assert found.edges() == {("debug@2.6.9", "ms@2.0.0")}
    assert not found.unknowns


def test_truncated_lock_when_scanned_then_entries_are_kept_and_an_unknown_names_the_line():
    found = scan("truncated")
    assert found.components["is-odd@0.1.2"].source_url is None
    assert {(row.kind, row.line) for row in found.unknowns} == {
        (UnknownKind.BROKEN, 41),
        (UnknownKind.UNRESOLVED, 32),
    }


def test_merge_conflict_when_scanned_then_both_sides_are_kept_and_an_unknown_names_the_line():
    found = scan("merge-conflict")
    assert {"ms@2.1.1", "ms@2.1.2"} <= set(found.components)
    assert [(row.kind, row.line) for row in found.unknowns] == [(UnknownKind.BROKEN, 58)]


def test_lock_when_it_is_of_a_later_yarn_or_installed_then_it_is_left_alone():
    berry = b'__metadata:\n  version: 8\n\n"a@npm:1":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n'
    assert {sheet.parser for sheet in parse_content("yarn.lock", berry) if sheet.components} == {"yarn-berry"}
    classic = b'a@1:\n  version "1.0.0"\n'
    assert {sheet.parser for sheet in parse_content("yarn.lock", classic) if sheet.components} == {
        "yarn-lock"
    }
    assert not any(sheet.components for sheet in parse_content("node_modules/b/yarn.lock", classic))


def test_empty_lock_when_scanned_then_nothing_is_said_of_it():
    sheets = parse_content(
        "yarn.lock", b"# yarn lockfile v1\n", {"package.json": b'{"dependencies":{"a":"1"}}'}
    )
    assert not any(sheet.components or sheet.unknowns for sheet in sheets)


def test_windows_line_ends_when_scanned_then_they_make_no_difference():
    content = (scan("small").folder / "yarn.lock").read_bytes()
    (_, unix), (_, windows) = (
        parse_content("yarn.lock", text) for text in (content, content.replace(b"\n", b"\r\n"))
    )
    assert unix.components == windows.components
    assert len(unix.components) == 9
