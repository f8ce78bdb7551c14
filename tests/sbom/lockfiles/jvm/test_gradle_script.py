import json

import pytest
from ecosystem_fixtures import Scan

from sbom.model import Scope, UnknownKind

REQUIRED, EXCLUDED = Scope.REQUIRED, Scope.EXCLUDED


def scan(case):
    return Scan("gradle-script", "gradle_script", case)


def versions(found):
    return {f"{row.namespace}:{row.name}": row.version or row.constraint for row in found.rows}


@pytest.mark.parametrize("case", ["multi_project", "notations"])
def test_script_when_gradle_reads_it_too_then_both_name_the_same_modules(case):
    found = scan(case)
    expected = json.loads((found.folder / "expected.json").read_text())
    declared = {(f"{group}:{name}", version) for _, _, group, name, version in expected["declared"]}
    assert set(versions(found).items()) == declared
    assert not [row for row in found.unknowns if row.kind is not UnknownKind.NO_EXACT_VERSION]


@pytest.mark.parametrize("case", ["multi_project", "notations"])
def test_project_when_gradle_names_it_then_it_is_declared_alike(case):
    found = scan(case)
    expected = json.loads((found.folder / "expected.json").read_text())
    with_script = {name for path, name in expected["projects"] if path != ":web"}
    assert {f"{row.namespace}:{row.name}:{row.version}" for row in found.declared} == with_script


def test_module_when_a_script_names_it_then_its_line_is_where_the_text_stands():
    found = scan("notations")
    for row in found.rows:
        assert row.name in found.text_at(row), row


def test_scope_when_a_configuration_tells_it_then_tests_and_tools_are_excluded():
    found = scan("notations")
    scopes = {row.name: row.scope for row in found.rows}
    assert scopes["fastjson"] is REQUIRED
    assert scopes["postgresql"] is REQUIRED
    assert scopes["lombok"] is EXCLUDED
    assert scopes["mockito-core"] is EXCLUDED
    assert scopes["testcontainers"] is EXCLUDED
    assert scopes["checkstyle"] is None


def test_version_when_it_is_dynamic_then_only_the_constraint_is_kept():
    rows = {row.name: row for row in scan("notations").rows}
    assert (rows["dynamic"].version, rows["dynamic"].constraint) == (None, "1.+")
    assert (rows["range"].version, rows["range"].constraint) == (None, "[1.0,2.0)")


def test_script_when_it_is_kotlin_then_variables_constants_and_named_arguments_are_followed():
    found = scan("kotlin_forms")
    assert versions(found) == {
        "ch.qos.logback:logback-classic": "1.4.11",
        "com.google.code.gson:gson": "2.10.1",
        "com.google.dagger:dagger-compiler": "2.48",
        "com.squareup.moshi:moshi": "1.15.0",
        "com.squareup.okhttp3:okhttp": "4.12.0",
        "com.squareup.retrofit2:retrofit": "2.9.0",
        "com.willowtreeapps.assertk:assertk": "0.27.0",
        "commons-codec:commons-codec": "1.16.0",
        "commons-io:commons-io": "2.15.0",
        "io.insert-koin:koin-core": "3.5.0",
        "io.mockk:mockk": "1.13.8",
        "org.jetbrains.kotlin:kotlin-reflect": "1.9.20",
        "org.jetbrains.kotlin:kotlin-stdlib": None,
        "org.jetbrains.kotlinx:kotlinx-coroutines-core": "1.7.3",
        "org.projectlombok:lombok": "1.18.30",
    }


def test_catalog_when_a_script_uses_it_then_accessors_become_modules():
    found = scan("catalog")
    assert versions(found) == {
        "com.diffplug.spotless:com.diffplug.spotless.gradle.plugin": "6.22.0",
        "com.google.guava:guava": "32.1.3-jre",
        "io.ktor:ktor-server-core": "2.3.6",
        "io.ktor:ktor-server-netty": "2.3.6",
        "io.netty:netty-handler": "4.1.100.Final",
        "org.example:floating": "1.+",
        "org.example:strict": "1.4",
        "org.gradle.toolchains.foojay-resolver-convention:"
        "org.gradle.toolchains.foojay-resolver-convention.gradle.plugin": "0.7.0",
        "org.jetbrains.dokka:org.jetbrains.dokka.gradle.plugin": "1.9.10",
        "org.jetbrains.kotlin.jvm:org.jetbrains.kotlin.jvm.gradle.plugin": "1.9.20",
        "org.jetbrains.kotlin.plugin.serialization:"
        "org.jetbrains.kotlin.plugin.serialization.gradle.plugin": "1.9.20",
        "org.junit.jupiter:junit-jupiter": "5.10.1",
        "org.junit.platform:junit-platform-launcher": "1.0",
        "org.slf4j:slf4j-api": None,
        "org.slf4j:slf4j-bom": "2.0.9",
    }
    assert (UnknownKind.UNRESOLVED, 23, "a dependency that the script computes") in found.reasons


def test_source_sets_when_they_are_for_tests_then_what_they_need_is_excluded():
    scopes = {row.name: row.scope for row in scan("source_sets").rows}
    assert scopes["ktor-client-core"] is REQUIRED
    assert scopes["ktor-client-darwin"] is REQUIRED
    assert scopes["kotlin-test"] is EXCLUDED
    assert scopes["kotest-assertions-core"] is EXCLUDED
    assert scopes["postgresql"] is EXCLUDED


def test_value_when_a_condition_or_call_decides_it_then_it_is_unresolved_with_its_line():
    found = scan("computed")
    assert versions(found) == {
        "io.netty:netty-buffer": "4.1.100.Final",
        "org.example:api": "1.0",
        "org.example:core": "1.0",
        "org.example:fallback": "3.1",
        "org.example:for-eight": "8.0",
        "org.example:for-others": "9.0",
        "org.example:in-function": "1.0",
    }
    assert [row.line for row in found.unknowns] == [12, 22, 23, 24]
    assert {row.kind for row in found.unknowns} == {UnknownKind.UNRESOLVED}


def test_version_when_constraints_of_a_platform_of_the_build_give_it_then_it_is_taken():
    found = scan("constraints")
    assert versions(found) == {
        "com.zaxxer:HikariCP": "5.1.0",
        "mysql:mysql-connector-java": "8.0.33",
        "org.mybatis:mybatis": "3.5.13",
        "org.example:from-a-remote-bom": None,
        "org.example:remote-bom": "1.1",
    }
    assert found.scopes["org.example/remote-bom@1.1"] is EXCLUDED


def test_module_when_the_build_is_its_source_then_it_is_no_component():
    assert not [row for row in scan("constraints").rows if row.name == "platform"]


def test_android_when_variants_and_the_build_ask_then_only_the_release_is_required():
    scopes = {row.name: row.scope for row in scan("android").rows}
    assert scopes == {
        "crashreport": REQUIRED,
        "dagger-compiler": EXCLUDED,
        "desugar_jdk_libs": REQUIRED,
        "espresso-core": EXCLUDED,
        "gradle": EXCLUDED,
        "kotlin-gradle-plugin": EXCLUDED,
        "kotlin-stdlib": REQUIRED,
        "leakcanary-android": EXCLUDED,
        "wechat-sdk-android": REQUIRED,
    }


def test_dependency_management_when_the_plugin_has_versions_then_they_are_taken():
    found = scan("spring")
    assert versions(found)["cn.hutool:hutool-crypto"] == "5.8.22"
    assert versions(found)["com.baomidou:mybatis-plus"] == "3.5.4"
    assert versions(found)["org.springframework.boot:spring-boot-starter-web"] is None
    assert found.scopes["org.springframework.cloud/spring-cloud-dependencies@2022.0.4"] is EXCLUDED
    assert not found.declared


def test_script_when_half_broken_then_the_other_lines_are_kept_and_each_break_is_named():
    found = scan("broken")
    assert set(versions(found)) == {
        f"org.example:{name}" for name in ("before", "open", "after", "ours", "theirs")
    }
    assert {row.line for row in found.unknowns if row.kind is UnknownKind.BROKEN} == {1, 3, 5, 10}


def test_lock_when_it_stands_beside_the_script_then_it_wins_and_keeps_what_is_asked_for():
    found = Scan("gradle.lockfile", "gradle_script", "locked")
    assert found.direct == {
        "junit/junit@4.13": True,
        "org.hamcrest/hamcrest-core@1.3": False,
        "org.slf4j/slf4j-api@2.0.9": True,
    }
    assert found.asked["org.slf4j/slf4j-api@2.0.9"] == ("2.0.+", REQUIRED)
    assert not scan("locked").rows


def test_catalog_file_when_scripts_use_entries_then_their_scopes_are_known():
    found = Scan("gradle-versions", "gradle_script", "catalog")
    rows = {row.name: (row.scope, row.direct) for row in found.rows}
    assert rows["guava"] == (REQUIRED, True)
    assert rows["junit-jupiter"] == (EXCLUDED, True)
    assert rows["left-over"] == (None, None)
    assert rows["com.diffplug.spotless.gradle.plugin"] == (EXCLUDED, True)
    for row in found.rows:
        assert row.line is not None


def test_catalog_file_when_half_broken_then_good_entries_stay_and_the_others_are_named():
    found = Scan("gradle-versions", "gradle_versions", "broken")
    assert {row.name: row.version for row in found.rows} == {
        "netty-handler": "4.1.100.Final",
        "gone": None,
        "org.example.a.gradle.plugin": "1",
    }
    broken = {row.line for row in found.unknowns if row.kind is UnknownKind.BROKEN}
    assert {6, 7, 8, 9, 12, 13, 16} <= broken


def test_catalog_file_when_no_script_asks_then_scopes_stay_open():
    found = Scan("gradle-versions", "gradle_versions", "unused")
    assert found.scopes == {
        "org.example/a@1.0": None,
        "org.example.b/org.example.b.gradle.plugin@2.0": EXCLUDED,
    }
    assert set(found.direct.values()) == {None}
