"""composer.lock as Composer 2 writes it; `composer show --locked` is the oracle."""

import pytest
from ecosystem_fixtures import Scan, assert_agrees_with_tool, oracle_cases

from sbom.model import Scope, UnknownKind

SHIPPED = {
    "city/sm-crypto@dev-main",
    "monolog/monolog@3.5.0",
    "psr/log@3.0.0",
    "symfony/console@v6.3.8",
    "symfony/polyfill@v1.28.0",
}


def scan(case):
    return Scan("composer-lock", "composer_lock", case)


@pytest.mark.parametrize("case", oracle_cases("composer_lock"))
def test_packages_when_locked_then_composer_shows_the_same(case):
    assert_agrees_with_tool(scan(case))


def test_packages_when_locked_then_versions_are_as_written_and_the_platform_is_no_component():
    assert set(scan("application").components) == {*SHIPPED, "phpunit/php-timer@6.0.0"}


def test_scope_when_a_package_is_locked_for_development_then_it_is_excluded():
    scopes = scan("application").scopes
    assert {name for name, scope in scopes.items() if scope is Scope.REQUIRED} == SHIPPED
    assert scopes["phpunit/php-timer@6.0.0"] is Scope.EXCLUDED


def test_requests_when_the_manifest_is_beside_the_lock_then_constraints_come_from_there():
    found = scan("application")
    assert found.asked["symfony/console@v6.3.8"] == ("^6.3", Scope.REQUIRED)
    assert found.asked["phpunit/php-timer@6.0.0"] == ("^6.0", Scope.EXCLUDED)
    assert {name for name, direct in found.direct.items() if not direct} == {
        "psr/log@3.0.0",
        "symfony/polyfill@v1.28.0",
    }
    assert {row.path for row in found.result.components} == {"composer.lock"}


def test_edges_when_a_package_is_provided_or_replaced_by_another_then_they_lead_to_that_one():
    assert scan("application").edges == {
        (None, "city/sm-crypto@dev-main"),
        (None, "monolog/monolog@3.5.0"),
        (None, "phpunit/php-timer@6.0.0"),
        (None, "symfony/console@v6.3.8"),
        ("monolog/monolog@3.5.0", "psr/log@3.0.0"),
        ("phpunit/php-timer@6.0.0", "psr/log@3.0.0"),
        ("symfony/console@v6.3.8", "symfony/polyfill@v1.28.0"),
    }


def test_requirement_when_nothing_locked_satisfies_it_then_it_is_unresolved():
    assert scan("application").reasons == [
        (
            UnknownKind.UNRESOLVED,
            87,
            "1 named dependencies are not locked in this file: symfony/string",
        )
    ]


@pytest.mark.parametrize(
    ("package", "origin"),
    [
        (
            "city/sm-crypto@dev-main",
            "git+https://git.example/city/sm-crypto.git@8c1f1d5a7c8ad6d4a0c2e1d2a6b7c3f4e5d60718",
        ),
        (
            "symfony/console@v6.3.8",
            "git+ssh://git@git.example/symfony/console.git@0d14a9f6d04d4ac38a8cea1171f4554e325dae92",
        ),
        ("psr/log@3.0.0", "https://registry.example/php-fig/log/psr-log-3.0.0.zip"),
    ],
)
def test_origin_when_locked_then_it_is_the_commit_or_the_archive_without_credentials(package, origin):
    assert scan("application").components[package].source_url == origin


def test_licences_and_digest_when_locked_then_they_are_kept():
    found = scan("application").components
    assert found["symfony/console@v6.3.8"].licence == "LGPL-2.1-only OR GPL-3.0-or-later"
    assert found["symfony/polyfill@v1.28.0"].licence is None
    assert found["psr/log@3.0.0"].hashes == ("SHA-1:4d3a1b0d7a1f4cdb5f5e9fdd6f3b2a1c0e9d8b7a",)
    assert found["monolog/monolog@3.5.0"].hashes == ()


def test_lines_when_locked_then_each_names_its_package_or_requirement():
    found = scan("application")
    for row in found.rows:
        assert f'"name": "{row.namespace}/{row.name}"' in found.text_at(row)
    lines = {row.line for row in found.dependencies if row.from_purl}
    assert lines == {44, 86, 124}


def test_direct_when_no_manifest_is_beside_the_lock_then_it_is_null():
    assert set(scan("without_manifest").direct.values()) == {None}
    assert scan("without_manifest").asked == {}


def test_path_repository_when_locked_then_its_folder_is_the_projects_own():
    found = scan("path_packages")
    assert set(found.components) == {"psr/log@3.0.0"}
    assert found.asked == {"psr/log@3.0.0": ("^3.0", Scope.REQUIRED)}
    assert [row.purl for row in found.declared] == [
        "pkg:composer/city/portal",
        "pkg:composer/city/shared@1.2.0",
    ]
    assert {row.path for row in found.result.components} == {"composer.lock"}


def test_file_when_cut_off_then_whole_packages_are_kept_and_nothing_is_called_missing():
    found = scan("truncated")
    assert set(found.components) == {"city/sm-crypto@dev-main", "monolog/monolog@3.5.0", "psr/log@3.0.0"}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.BROKEN, 77)]


def test_file_when_it_holds_a_merge_conflict_then_packages_before_it_are_kept():
    found = scan("merge_conflict")
    assert set(found.components) == {"psr/log@3.0.0"}
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.BROKEN, 12)]


def test_file_when_nothing_is_locked_then_there_are_no_rows():
    found = scan("empty")
    assert (found.rows, found.dependencies, found.reasons) == ([], [], [])
