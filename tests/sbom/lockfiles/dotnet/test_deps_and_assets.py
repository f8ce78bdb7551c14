"""*.deps.json and project.assets.json."""

import pytest
from ecosystem_fixtures import Scan

from sbom.model import Scope, UnknownKind

REQUIRED, EXCLUDED = Scope.REQUIRED, Scope.EXCLUDED


def deps(case):
    return Scan("dotnet-deps", "dotnet_deps", case)


def assets(case):
    return Scan("nuget-assets", "nuget_assets", case)


def test_program_when_deployed_then_its_packages_are_required_and_projects_are_its_own():
    found = deps("app")
    assert found.scopes == {
        "Microsoft.Extensions.Logging.Abstractions@8.0.0": REQUIRED,
        "Serilog@3.1.1": REQUIRED,
    }
    assert found.edges == {(None, "Microsoft.Extensions.Logging.Abstractions@8.0.0"), (None, "Serilog@3.1.1")}
    assert set(found.direct.values()) == {True}
    assert {row.line for row in found.rows} == {22, 28}
    assert {row.hashes for row in found.rows} == {()}


def test_program_when_self_contained_then_its_runtime_is_a_package_and_the_machines_is_not():
    assert set(deps("self_contained").components) == {
        "Microsoft.NETCore.App.Runtime.linux-x64@8.0.1",
        "SQLitePCLRaw.lib.e_sqlite3@2.1.6",
    }


def test_package_when_only_compiled_against_then_its_scope_is_open():
    found = deps("compile_only")
    assert found.scopes == {"Analyzer@1.0.0": None, "Meta@1.0.0": REQUIRED}
    assert [row.kind for row in found.unknowns] == [UnknownKind.UNRESOLVED]


def test_program_when_the_file_is_cut_off_then_unpacked_packages_are_kept_and_only_requests_are_direct():
    found = deps("cut")
    assert found.direct == {
        "Microsoft.Extensions.Logging.Abstractions@8.0.0": None,
        "Serilog@3.1.1": True,
    }
    assert [(row.kind, row.line) for row in found.unknowns] == [(UnknownKind.BROKEN, 23)]


@pytest.mark.parametrize("case", ["empty", "odd"])
def test_file_when_it_is_something_else_then_it_ends_without_an_error(case):
    assert all("not what" not in row.reason for row in deps(case).unknowns)


def test_restore_when_it_tells_the_projects_wishes_then_scopes_follow_from_them():
    found = assets("library")
    assert found.scopes == {
        "Newtonsoft.Json.Bson@1.0.2": REQUIRED,
        "Newtonsoft.Json@13.0.3": REQUIRED,
        "StyleCop.Analyzers@1.1.118": EXCLUDED,
        "StyleCop.Rules@1.0.0": EXCLUDED,
    }
    assert ("Newtonsoft.Json.Bson@1.0.2", "Newtonsoft.Json@13.0.3") in found.edges
    assert found.asked["Newtonsoft.Json.Bson@1.0.2"] == ("[1.0.2, )", REQUIRED)
    assert found.direct["StyleCop.Rules@1.0.0"] is False


def test_restore_when_beside_a_project_then_it_replaces_the_projects_rows():
    assert {row.parser for row in assets("library").result.components} == {"nuget-assets"}


def test_frameworks_when_they_resolve_differently_then_each_version_has_its_own_wish():
    found = assets("two_frameworks")
    assert {name: row.constraint for name, row in found.components.items()} == {
        "Polly@7.2.4": "[7.2.4, )",
        "Polly@8.2.0": "[8.2.0, )",
        "System.Memory@4.5.5": None,
    }


def test_restore_when_only_groups_tell_wishes_then_scopes_stay_open():
    found = assets("groups_only")
    assert found.direct == {"A@1.0.0": True, "B@2.0.0": False}
    assert set(found.scopes.values()) == {None}


def test_restore_when_cut_off_then_packages_are_kept_and_what_is_missing_stays_open():
    found = assets("cut")
    assert len(found.components) == 4
    assert set(found.scopes.values()) == {None}
    assert [(row.kind, row.line) for row in found.unknowns] == [(UnknownKind.BROKEN, 19)]


def test_restore_when_newer_or_of_another_shape_then_that_is_said():
    assert [row.kind for row in assets("newer").unknowns] == [UnknownKind.UNSUPPORTED]
    assert [row.kind for row in assets("odd").unknowns] == [UnknownKind.BROKEN]
