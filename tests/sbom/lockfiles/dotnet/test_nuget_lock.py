from ecosystem_fixtures import Scan

from sbom.model import Scope, UnknownKind


def scan(case):
    return Scan("nuget-lock", "nuget_lock", case)


def test_packages_when_frameworks_resolve_them_differently_then_each_version_is_a_component():
    found = scan("frameworks")
    assert found.direct == {
        "Newtonsoft.Json@13.0.3": True,
        "System.Memory@4.5.4": False,
        "System.Text.Encodings.Web@8.0.0": False,
        "System.Text.Json@6.0.9": True,
        "System.Text.Json@8.0.0": True,
        "runtime.native.Sample@4.3.0": False,
    }
    assert found.reasons == []


def test_edges_when_frameworks_differ_then_each_resolves_in_its_own():
    assert scan("frameworks").edges == {
        (None, "Newtonsoft.Json@13.0.3"),
        (None, "System.Text.Json@6.0.9"),
        (None, "System.Text.Json@8.0.0"),
        ("System.Text.Json@6.0.9", "System.Memory@4.5.4"),
        ("System.Text.Json@8.0.0", "System.Text.Encodings.Web@8.0.0"),
        ("runtime.native.Sample@4.3.0", "System.Text.Encodings.Web@8.0.0"),
    }


def test_lines_when_locked_then_each_names_its_package():
    found = scan("frameworks")
    for row in found.rows:
        assert f'"{row.name}"' in found.text_at(row)
    assert {row.line for row in found.dependencies} == {5, 11, 33, 17, 38, 51}


def test_hashes_when_the_content_hash_is_of_no_archive_then_none_is_recorded():
    assert {row.hashes for row in scan("frameworks").rows} == {()}


def test_scope_when_the_project_is_beside_the_lock_then_its_references_tell():
    assert scan("locked_project").scopes == {
        "Build.Core@1.0.0": Scope.EXCLUDED,
        "Build.Tasks@1.0.0": Scope.EXCLUDED,
        "Dapper@2.1.24": None,
        "Serilog.Sinks.File@5.0.0": Scope.REQUIRED,
        "Serilog@2.10.0": Scope.REQUIRED,
    }
    assert {row.path for row in scan("locked_project").result.components} == {"packages.lock.json"}


def test_project_when_it_is_part_of_the_solution_then_what_it_requires_the_project_requires():
    found = scan("locked_project")
    assert (None, "Dapper@2.1.24") in found.edges
    assert "city.core" not in {row.name for row in found.rows}


def test_transitive_package_when_managed_centrally_then_it_is_not_direct():
    found = scan("central")
    assert found.direct == {"Azure.Core@1.36.0": True, "System.Memory.Data@8.0.0": False}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.UNRESOLVED, 11)]


def test_lock_when_named_for_a_project_then_it_covers_only_that_one():
    found = scan("named")
    assert {(row.path, row.version) for row in found.result.components} == {
        ("packages.One.lock.json", "1.0.1"),
        ("Two.csproj", "1.0.0"),
    }


def test_file_when_cut_off_then_whole_packages_are_kept_and_only_read_requests_are_direct():
    found = scan("truncated")
    assert set(found.components) == {
        "Newtonsoft.Json@13.0.3",
        "System.Memory@4.5.4",
        "System.Text.Json@6.0.9",
    }
    assert set(found.direct.values()) == {True, None}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.BROKEN, 31)]


def test_version_when_newer_than_known_then_it_is_read_and_said():
    found = scan("newer_version")
    assert set(found.components) == {"A@1.0.0"}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.UNSUPPORTED, 1)]


def test_file_when_nothing_is_locked_then_there_are_no_rows():
    assert (scan("empty").rows, scan("empty").reasons) == ([], [])
