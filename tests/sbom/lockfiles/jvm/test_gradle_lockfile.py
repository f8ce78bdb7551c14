from pathlib import Path

import pytest

from sbom.model import Scope, UnknownKind
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "gradle"


def scopes(case, path=None):
    rows = scan_path(FIXTURES / case).components
    return {row.name: row.scope for row in rows if path is None or row.path == path}


def test_package_when_a_line_locks_it_then_coordinates_and_line_are_known_and_directness_is_not():
    rows = scan_path(FIXTURES / "java-library").components
    assert [(row.purl, row.direct, row.line) for row in rows[:2]] == [
        ("pkg:maven/cn.hutool/hutool-crypto@5.8.23", None, 4),
        ("pkg:maven/com.mysql/mysql-connector-j@8.2.0", None, 5),
    ]
    assert len(rows) == 7


def test_scope_when_configurations_tell_then_only_the_runtime_class_path_is_required():
    assert scopes("java-library") == {
        "hutool-crypto": Scope.REQUIRED,
        "mysql-connector-j": Scope.REQUIRED,
        "checkstyle": Scope.EXCLUDED,
        "jakarta.servlet-api": Scope.EXCLUDED,
        "org.jacoco.agent": Scope.EXCLUDED,
        "junit-jupiter-api": Scope.EXCLUDED,
        "lombok": Scope.EXCLUDED,
    }


def test_scope_when_the_runtime_class_path_is_not_locked_then_it_is_left_open():
    assert scopes("compile-only-locked") == {"guava": None, "junit": None, "ant": None}


def test_scope_when_the_runtime_class_path_is_locked_as_empty_then_a_compile_only_package_is_excluded():
    assert scopes("nothing-at-runtime") == {"asm": Scope.EXCLUDED}


def test_scope_when_the_build_has_variants_then_each_compile_class_path_is_compared_with_its_runtime():
    assert scopes("android") == {
        "core": Scope.REQUIRED,
        "runner": Scope.EXCLUDED,
        "dagger-compiler": Scope.EXCLUDED,
        "junit": Scope.EXCLUDED,
        "kotlin-compiler-embeddable": Scope.EXCLUDED,
        "annotations": Scope.EXCLUDED,
    }


def test_scope_when_only_the_build_script_loads_the_package_then_it_is_excluded():
    assert scopes("build-script") == {
        "spring-boot-gradle-plugin": Scope.EXCLUDED,
        "gradle-enterprise-gradle-plugin": Scope.EXCLUDED,
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "sub/gradle/dependency-locks/compileClasspath.lockfile",
            {"guava": Scope.REQUIRED, "javax.servlet-api": Scope.EXCLUDED},
        ),
        ("sub/gradle/dependency-locks/runtimeClasspath.lockfile", {"guava": Scope.REQUIRED}),
        (
            "sub/gradle/dependency-locks/testCompileClasspath.lockfile",
            {"guava": Scope.REQUIRED, "junit": Scope.EXCLUDED},
        ),
        (
            "gradle/dependency-locks/buildscript-classpath.lockfile",
            {"spotless-plugin-gradle": Scope.EXCLUDED},
        ),
    ],
)
def test_scope_when_each_configuration_has_its_file_then_those_of_one_folder_are_judged_together(
    path, expected
):
    assert scopes("one-file-per-configuration", path) == expected


def test_file_when_it_holds_a_merge_conflict_then_the_other_lines_are_kept_and_one_unknown_counts():
    result = scan_path(FIXTURES / "half-broken")
    assert [row.name for row in result.components] == ["commons-lang3", "commons-text"]
    (unknown,) = result.unknowns
    assert (unknown.kind, unknown.line) == (UnknownKind.BROKEN, 5)
    assert unknown.reason == "3 lines lock no group:artifact:version"


def test_line_when_it_names_no_configuration_then_the_scope_is_left_open():
    assert scopes("without-configurations") == {"bcprov-jdk18on": None, "bcpkix-jdk18on": None}
