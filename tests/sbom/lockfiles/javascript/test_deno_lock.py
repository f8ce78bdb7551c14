"""deno.lock, versions 2 to 5 (deno 2.9 writes the last); `deno info --json` is the oracle."""

import pytest
from ecosystem_fixtures import Scan, assert_agrees_with_tool, oracle_cases

from sbom.model import Scope, UnknownKind


def scan(case):
    return Scan("deno-lock", "deno_lock", case)


@pytest.mark.parametrize("case", oracle_cases("deno_lock"))
def test_packages_and_edges_when_deno_wrote_the_lock_then_deno_info_agrees(case):
    assert_agrees_with_tool(scan(case))


def test_scope_when_package_json_asks_then_it_tells_and_aliases_are_followed():
    found = scan("v5_package_json")
    assert found.asked == {
        "ansi-regex@5.0.1": ("5", Scope.REQUIRED),
        "debug@4.3.4": ("4.3.4", Scope.REQUIRED),
        "is-even@1.0.0": ("1", Scope.EXCLUDED),
        "is-odd@3.0.1": ("^3.0.1", Scope.REQUIRED),
        "use-sync-external-store@1.2.0": ("1.2.0", Scope.EXCLUDED),
    }
    assert found.scopes["is-number@6.0.0"] is Scope.REQUIRED
    assert found.scopes["react@18.3.1"] is Scope.EXCLUDED
    assert {row.path for row in found.result.components} == {"deno.lock"}


def test_scope_when_only_deno_json_asks_then_it_is_not_known():
    assert set(scan("v5_imports").scopes.values()) == {None}


def test_version_2_when_read_then_peers_are_cut_off_and_mappings_are_edges():
    found = scan("v2")
    assert found.edges == {
        (None, "chalk@4.1.2"),
        (None, "use@1.0.0"),
        ("chalk@4.1.2", "ansi-styles@4.3.0"),
        ("use@1.0.0", "react@18.2.0"),
    }
    assert found.direct["ansi-styles@4.3.0"] is False
    assert found.components["chalk@4.1.2"].hashes[0].startswith("SHA-512:")


def test_modules_when_fetched_by_url_then_packages_of_deno_land_are_components_and_the_rest_is_counted():
    found = scan("v2")
    assert {row.purl: row.source_url for row in found.rows if row.type == "generic"} == {
        "pkg:generic/deno.land/std@0.190.0": "https://deno.land/std@0.190.0/",
        "pkg:generic/deno.land/x/oak@v12.1.0": "https://deno.land/x/oak@v12.1.0/",
    }
    assert (UnknownKind.UNRESOLVED, 7, "1 modules are fetched by URL and name no package") in found.reasons
    assert {row.version for row in scan("remote").rows} == {"0.190.0", "v12.1.0"}


@pytest.mark.parametrize("case", ["v3_jsr", "v4_jsr"])
def test_jsr_package_when_another_asks_for_it_then_it_is_an_edge_and_perhaps_not_direct(case):
    found = scan(case)
    assert any(row.purl.startswith("pkg:jsr/%40std/assert@") for row in found.rows)
    asserting = next(name for name in found.components if "assert" in name)
    other = next(name for name in found.components if "fmt" in name or "internal" in name)
    assert (asserting, other) in found.edges
    assert (found.direct[asserting], found.direct[other]) == (True, None)


def test_version_4_when_read_then_short_names_aliases_and_members_resolve():
    found = scan("v4_jsr")
    assert found.edges >= {
        ("vite@5.4.0", "less@4.2.0"),
        ("vite@5.4.0", "ms@2.1.3"),
        ("debug@4.3.4", "ms@2.1.2"),
        ("@std/assert@1.0.6", "debug@4.3.4"),
    }
    assert found.asked["debug@4.3.4"] == ("4", Scope.EXCLUDED)
    assert found.components["less@4.2.0"].source_url == "https://files.example/less-4.2.0.tgz"
    assert found.reasons == [
        (UnknownKind.UNRESOLVED, 31, "1 named dependencies are not locked in this file: missing@1.0.0")
    ]


def test_lock_when_cut_off_or_newer_then_that_is_said_with_its_line():
    assert [(kind, line) for kind, line, _ in scan("truncated").reasons] == [(UnknownKind.BROKEN, 26)]
    assert scan("truncated").direct["is-buffer@1.1.6"] is None
    assert [(kind, line) for kind, line, _ in scan("newer").reasons] == [(UnknownKind.UNSUPPORTED, 2)]
