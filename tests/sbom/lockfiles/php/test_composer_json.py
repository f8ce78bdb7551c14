from ecosystem_fixtures import Scan

from sbom.model import Scope, UnknownKind


def scan(case):
    return Scan("composer-json", "composer_json", case)


def test_package_when_declared_then_all_that_the_manifest_says_is_kept():
    (declared,) = scan("library").declared
    assert declared.purl == "pkg:composer/city/geo-lib@2.1.0"
    assert (declared.licence, declared.keywords, declared.private) == ("MIT", ("geo", "gcj02"), None)
    assert (declared.description, declared.line) == ("Coordinates of GCJ-02 and WGS-84", 2)


def test_requirements_when_no_lock_pins_them_then_only_a_full_version_is_a_version():
    found = scan("library")
    assert {name: (row.constraint, row.line) for name, row in found.components.items()} == {
        "brick/math@0.12.1": ("0.12.1", 11),
        "phpunit/phpunit@10.5.2": ("=10.5.2", 14),
        "psr/log": ("^3.0", 10),
    }
    assert [(kind, line) for kind, line, _ in found.reasons] == [(UnknownKind.NO_EXACT_VERSION, 10)]


def test_scope_when_a_package_stands_in_both_sections_then_it_is_required():
    assert scan("library").scopes == {
        "brick/math@0.12.1": Scope.REQUIRED,
        "phpunit/phpunit@10.5.2": Scope.EXCLUDED,
        "psr/log": Scope.REQUIRED,
    }


def test_platform_when_required_then_it_is_no_component_and_a_project_without_name_declares_nothing():
    found = scan("application")
    assert set(found.components) == {"laravel/framework"}
    assert found.declared == ()


def test_path_repository_when_it_offers_a_package_then_it_is_the_projects_own():
    found = scan("monorepo")
    assert [(row.purl, row.path) for row in found.rows] == [
        ("pkg:composer/psr/http-client@1.0.3", "composer.json"),
        ("pkg:composer/city/core", "packages/api/composer.json"),
    ]
    assert len(found.declared) == 3


def test_file_when_broken_then_what_stands_before_is_kept():
    found = scan("broken")
    assert set(found.components) == {"psr/log"}
    assert (UnknownKind.BROKEN, 5) in [(kind, line) for kind, line, _ in found.reasons]


def test_manifest_when_it_is_of_an_installed_package_then_it_is_left_alone():
    assert scan("vendored").result.files_read == 1
    assert (scan("vendored").rows, scan("vendored").declared) == ([], ())
