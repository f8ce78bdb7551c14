from ecosystem_fixtures import Scan

from sbom.model import Scope, UnknownKind


def scan(case):
    return Scan("dotnet-project", "dotnet_project", case)


def versions(found):
    return {row.name: row.version for row in found.rows}


def test_version_when_managed_centrally_then_it_is_found_above_the_project_without_regard_to_case():
    rows = [row for row in scan("central").rows if row.path == "src/Api/Api.csproj"]
    assert {row.name: (row.version, row.line) for row in rows} == {
        "Dapper": ("2.1.11", 10),
        "Nerdbank.GitVersioning": ("3.6.133", None),
        "Not.Central": (None, 11),
        "Serilog": ("3.1.1", 9),
        "StyleCop.Analyzers": ("1.1.118", 12),
        "newtonsoft.json": ("13.0.3", 8),
    }
    assert [kind for kind, _, _ in scan("central").reasons] == [UnknownKind.NO_EXACT_VERSION]


def test_scope_when_assets_serve_the_build_or_the_project_is_a_test_then_it_is_excluded():
    excluded = {row.name for row in scan("central").rows if row.scope is Scope.EXCLUDED}
    assert excluded == {"Nerdbank.GitVersioning", "StyleCop.Analyzers", "xunit"}


def test_version_when_it_is_a_property_then_the_files_above_and_defaults_are_followed():
    found = scan("properties")
    assert versions(found) == {
        "Azure.Identity": "1.10.4",
        "EntityFramework.Sample": "7.0.14",
        "From.Outside": None,
        "Local.Package": "4.5.6-beta.1",
        "Shared.Analyzers": "1.0.0",
        "Shifty.Package": None,
    }
    assert (
        UnknownKind.UNRESOLVED,
        11,
        "properties of 2 versions are not known in the repository: From.Outside, Shifty.Package",
    ) in found.reasons


def test_import_when_its_path_is_literal_or_looks_upwards_then_it_is_followed_inside_the_repository():
    assert versions(scan("imports")) == {
        "Grpc.Net.Client": "2.59.0",
        "Grpc.Tools": "2.59.0",
        "StackExchange.Redis": "2.7.4",
    }


def test_reference_when_conditions_give_two_versions_then_both_are_components():
    assert set(scan("conditions").components) == {
        "Polyfill@1.2.3",
        "System.Text.Json@6.0.9",
        "System.Text.Json@8.0.0",
    }


def test_project_when_it_has_the_old_namespace_then_it_is_read():
    assert [(row.purl, row.line) for row in scan("old_style").rows] == [("pkg:nuget/log4net@2.0.15", 9)]


def test_version_when_a_range_or_floating_then_it_is_only_a_constraint():
    assert {row.name: (row.version, row.constraint) for row in scan("ranges").rows} == {
        "Exact": ("1.2.3", "[1.2.3]"),
        "Floating": (None, "3.*"),
        "Half": (None, "[1.0.0"),
        "Range": (None, "[1.0,2.0)"),
    }


def test_package_when_the_project_is_packed_then_it_is_declared():
    geo, tool = scan("package").declared
    assert (geo.purl, geo.licence, geo.line) == ("pkg:nuget/City.Geo@1.4.0-rc.1", "MIT OR Apache-2.0", 3)
    assert (geo.description, geo.keywords) == ("Coordinates of GCJ-02 and WGS-84", ("geo", "gcj02", "wgs84"))
    assert (tool.purl, tool.line) == ("pkg:nuget/Tool@2.0.0", None)
    assert scan("central").declared == ()


def test_file_when_cut_off_then_it_is_broken():
    assert [(kind, line) for kind, line, _ in scan("broken").reasons] == [(UnknownKind.BROKEN, 4)]
