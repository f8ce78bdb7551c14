"""pubspec.lock as Dart's pub writes it."""

import pytest
from ecosystem_fixtures import Scan

from sbom.model import Scope, UnknownKind


def scan(case):
    return Scan("pubspec-lock", "pubspec_lock", case)


def test_packages_when_locked_then_direct_and_scope_are_as_the_file_tells():
    found = scan("flutter_app")
    assert {name: (row.direct, row.scope) for name, row in found.components.items()} == {
        "async@2.11.0": (False, None),
        "flutter@0.0.0": (True, Scope.REQUIRED),
        "http@1.1.0": (True, Scope.REQUIRED),
        "lints@2.1.1": (True, Scope.EXCLUDED),
        "meta@1.10.0": (True, Scope.REQUIRED),
        "sm_crypto@2.0.0-dev.1": (True, Scope.REQUIRED),
    }
    assert found.reasons == []


def test_requests_when_the_manifest_is_beside_the_lock_then_constraints_and_overrides_come_from_there():
    assert scan("flutter_app").asked == {
        "flutter@0.0.0": (None, Scope.REQUIRED),
        "http@1.1.0": ("^1.1.0", Scope.REQUIRED),
        "lints@2.1.1": (">=2.0.0 <4.0.0", Scope.EXCLUDED),
        "meta@1.10.0": ("1.10.0", Scope.REQUIRED),
        "sm_crypto@2.0.0-dev.1": (None, Scope.REQUIRED),
    }


def test_package_when_of_a_path_then_it_is_the_projects_own_and_its_manifest_is_covered():
    found = scan("flutter_app")
    assert {row.path for row in found.result.components} == {"pubspec.lock"}
    assert [row.purl for row in found.declared] == ["pkg:pub/geo@0.1.0", "pkg:pub/bus_times@1.4.0%2B12"]


def test_archive_and_commit_when_locked_then_they_are_hash_and_source_url():
    found = scan("flutter_app").components
    assert found["http@1.1.0"].hashes == (
        "SHA-256:759d1a329847dd0f39226c688d3e06a6b8679668e350e2891a6474f8b4bb8525",
    )
    assert found["sm_crypto@2.0.0-dev.1"].source_url == (
        "git+https://git.example/city/sm_crypto.git@3f1c5a7b9d0e2f4a6c8b1d3e5f70918273645546"
    )
    assert (found["http@1.1.0"].source_url, found["meta@1.10.0"].hashes) == (None, ())


@pytest.mark.parametrize("case", ["flutter_app", "only_main", "workspace"])
def test_lines_when_locked_then_each_is_the_packages_key(case):
    found = scan(case)
    for row in found.rows:
        assert found.text_at(row) == f"  {row.name}:"


def test_scope_when_nothing_is_asked_for_development_then_transitive_packages_are_required():
    assert scan("only_main").scopes == {"args@2.4.2": Scope.REQUIRED, "path@1.8.3": Scope.REQUIRED}


def test_scope_when_no_manifest_is_beside_the_lock_then_an_override_has_none():
    assert scan("without_manifest").components["meta@1.10.0"].scope is None
    assert scan("without_manifest").asked["http@1.1.0"] == (None, Scope.REQUIRED)


def test_workspace_when_locked_then_the_manifests_of_its_members_are_covered_and_tell_constraints():
    found = scan("workspace")
    assert found.asked == {
        "args@2.4.2": ("^2.4.0", Scope.REQUIRED),
        "test@1.24.9": ("^1.24.0", Scope.EXCLUDED),
    }
    assert {row.path for row in found.result.components} == {"pubspec.lock"}


def test_entry_when_incomplete_then_what_it_lacks_is_null_and_said():
    found = scan("incomplete")
    assert {name: (row.direct, row.scope, row.hashes) for name, row in found.components.items()} == {
        "odd@1.0.0": (None, None, ()),
        "text": (None, None, ()),
        "unversioned": (True, Scope.REQUIRED, ()),
    }
    assert [(kind, line) for kind, line, _ in found.reasons] == [
        (UnknownKind.UNRESOLVED, 9),
        (UnknownKind.UNRESOLVED, 12),
    ]


def test_file_when_cut_off_between_lines_then_the_last_package_lacks_its_version():
    found = scan("truncated")
    assert set(found.components) == {"async@2.11.0", "flutter@0.0.0", "http@1.1.0", "lints"}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.UNRESOLVED, 32)]


def test_file_when_nothing_is_locked_then_there_are_no_rows():
    assert (scan("empty").rows, scan("empty").reasons) == ([], [])
