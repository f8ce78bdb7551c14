from ecosystem_fixtures import Scan

from sbom.model import Scope, UnknownKind


def scan(case):
    return Scan("pubspec-yaml", "pubspec_yaml", case)


def test_package_when_declared_then_all_that_the_manifest_says_is_kept():
    (declared,) = scan("library").declared
    assert (declared.purl, declared.line, declared.private) == ("pkg:pub/geo@1.10.0", 1, False)
    assert declared.description == "Coordinates of GCJ-02 and WGS-84"
    assert declared.keywords == ("geo", "gcj02")
    assert scan("private").declared[0].private is True


def test_requirements_when_no_lock_pins_them_then_only_a_bare_version_is_a_version():
    found = scan("library")
    assert {name: (row.constraint, row.scope, row.line) for name, row in found.components.items()} == {
        "collection": ("^1.17.0", Scope.REQUIRED, 11),
        "meta@1.10.0": ("1.10.0", Scope.REQUIRED, 12),
        "test": ("any", Scope.EXCLUDED, 15),
        "vector_math": (None, Scope.REQUIRED, 13),
    }
    assert [kind for kind, _, _ in found.reasons] == [UnknownKind.NO_EXACT_VERSION]


def test_sources_when_given_then_git_is_an_origin_and_a_path_is_the_projects_own():
    assert {name: row.source_url for name, row in scan("sources").components.items()} == {
        "flutter": None,
        "from_branch": "git+https://git.example/city/from_branch.git@v1",
        "from_git": "git+ssh://git@git.example/city/from_git.git",
        "private_package": None,
    }


def test_override_when_given_then_it_replaces_the_requirement():
    found = scan("overrides")
    assert found.asked == {"http@1.2.0": ("1.2.0", Scope.REQUIRED)}
    assert found.rows[0].line == 3


def test_file_when_broken_then_what_stands_before_is_kept():
    found = scan("broken")
    assert set(found.components) == {"http"}
    assert UnknownKind.BROKEN in {kind for kind, _, _ in found.reasons}


def test_file_when_it_holds_no_mapping_then_it_is_broken():
    assert [kind for kind, _, _ in scan("nothing").reasons] == [UnknownKind.BROKEN]
