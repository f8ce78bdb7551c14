from ecosystem_fixtures import Scan

from sbom.model import Scope, UnknownKind

REQUIRED, OPTIONAL, EXCLUDED = Scope.REQUIRED, Scope.OPTIONAL, Scope.EXCLUDED


def scan(case):
    return Scan("vcpkg", "vcpkg", case)


def test_ports_when_asked_for_then_host_tools_and_tests_are_excluded_and_features_optional():
    found = scan("project")
    assert found.scopes == {
        "fmt": REQUIRED,
        "vcpkg-cmake": EXCLUDED,
        "openssl": REQUIRED,
        "curl": REQUIRED,
        "gtest": EXCLUDED,
        "librdkafka": OPTIONAL,
    }
    assert found.asked["openssl"] == (">=3.2.0#1", REQUIRED)
    assert set(found.direct.values()) == {True}


def test_version_when_the_baseline_decides_it_then_the_unknown_names_the_commit():
    (row,) = scan("project").unknowns
    assert (row.kind, row.line) == (UnknownKind.NO_EXACT_VERSION, 8)
    assert "f6729a3ac3bfdefc999aa8e3664f8014370886b8" in row.reason
    assert "44b3bf4c1d9f56fa1888fd24e7763051dd070848" in scan("registry").unknowns[0].reason


def test_project_when_it_says_its_name_then_it_is_declared():
    (row,) = scan("project").declared
    assert (row.purl, row.licence, row.description) == (
        "pkg:vcpkg/gateway@1.4.0",
        "Apache-2.0",
        "a gateway that speaks SM2",
    )
    assert scan("dates").declared[0].version == "2023-08-01"


def test_version_when_overridden_then_it_is_exact_with_the_ports_revision():
    assert set(scan("overrides").components) == {
        "zlib@1.2.13",
        "boost-asio@1.83.0?port_version=2",
        "sqlite3@3.43.0?port_version=1",
    }
    assert not scan("overrides").unknowns


def test_overlay_when_the_repository_holds_a_port_then_its_version_is_used_and_its_edges_are_its_own():
    found = scan("overlay")
    assert {"openssl@1.1.1-tassl?port_version=3", "zlib@1.3.1", "fmt"} <= set(found.components)
    assert ("openssl@1.1.1-tassl?port_version=3", "zlib@1.3.1") in found.edges
    assert (None, "openssl@1.1.1-tassl?port_version=3") in found.edges
    port = next(row for row in found.rows if row.path == "ports/openssl/vcpkg.json" and row.name == "openssl")
    assert (port.licence, port.direct) == ("OpenSSL", None)
    assert [row.name for row in found.declared] == ["app"]


def test_manifest_when_cut_off_then_finished_entries_are_kept():
    found = scan("broken")
    assert set(found.components) == {"fmt", "vcpkg-cmake", "openssl"}
    assert (UnknownKind.BROKEN, 16) in {(row.kind, row.line) for row in found.unknowns}


def test_manifest_when_its_shapes_are_odd_then_what_has_a_name_is_kept():
    assert set(scan("odd").components) == {"ok"}
    assert any("'a/b'" in row.reason and row.kind is UnknownKind.BROKEN for row in scan("odd").unknowns)
    assert not scan("odd").declared


def test_features_when_there_is_nothing_else_then_they_are_read():
    assert scan("only_features").scopes == {"benchmark": OPTIONAL, "celero": EXCLUDED}
