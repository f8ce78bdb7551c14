"""What is expected of the fixtures is what Maven 3.8's own model builder resolves them to."""

from pathlib import Path

import pytest

from sbom.lockfiles.jvm.maven_licences import declared_licence
from sbom.model import Scope, UnknownKind
from sbom.scan import scan_path

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lockfiles" / "pom"


def scan(case):
    return scan_path(FIXTURES / case)


def versions(result):
    return {row.purl.removeprefix("pkg:maven/").partition("@")[0]: row.version for row in result.components}


def scopes(result):
    return {row.name: row.scope for row in result.components}


def write_pom(folder, body, path="pom.xml"):
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        f"<project><groupId>g</groupId><artifactId>a</artifactId><version>1</version>{body}</project>"
    )


def dependency(artifact, version):
    version = f"<version>{version}</version>" if version else ""
    return f"<dependency><groupId>g</groupId><artifactId>{artifact}</artifactId>{version}</dependency>"


def test_module_when_it_inherits_group_and_ci_friendly_version_then_it_is_declared_in_full():
    declared = scan("reactor").declared
    assert [(row.path, row.purl, row.line) for row in declared] == [
        ("core/pom.xml", "pkg:maven/cn.example.city/city-core@2.1.0", 9),
        ("pom.xml", "pkg:maven/cn.example.city/city@2.1.0", 5),
        ("web/pom.xml", "pkg:maven/cn.example.city/city-web@2.1.0", 9),
    ]
    assert {row.licence for row in declared} == {"Apache-2.0"}
    assert [row.description for row in declared] == [None, "Bus times of a city", None]
    assert [row.private for row in declared] == [None, None, True]


def test_dependency_when_the_parent_manages_it_then_version_and_scope_come_from_there():
    rows = [(row.purl, row.scope, row.direct, row.path, row.line) for row in scan("reactor").components]
    assert rows == [
        ("pkg:maven/io.netty/netty-handler@4.1.100.Final", Scope.REQUIRED, True, "core/pom.xml", 11),
        ("pkg:maven/junit/junit@4.13.2", Scope.EXCLUDED, True, "pom.xml", 47),
        ("pkg:maven/cn.example.city/city-core@1.9.0", Scope.REQUIRED, True, "web/pom.xml", 23),
        ("pkg:maven/com.alibaba/druid@1.2.20", Scope.REQUIRED, True, "web/pom.xml", 18),
    ]


def test_dependency_when_it_is_a_module_of_the_repository_then_it_is_an_edge_and_no_component():
    result = scan("reactor")
    core = "pkg:maven/cn.example.city/city-core@2.1.0"
    assert ("pkg:maven/cn.example.city/city-web@2.1.0", core) in edges(result)
    assert core not in {row.purl for row in result.components}


def edges(result):
    return {(row.from_purl, row.to_purl) for row in result.dependencies}


def test_dependency_when_it_is_inherited_then_each_module_has_the_edge_and_one_file_the_component():
    result = scan("reactor")
    junit = "pkg:maven/junit/junit@4.13.2"
    assert {source for source, target in edges(result) if target == junit} == {
        row.purl for row in result.declared
    }
    assert [row.path for row in result.components if row.purl == junit] == ["pom.xml"]


def test_inherited_dependency_when_a_module_overrides_its_property_then_the_module_has_its_own_component():
    rows = {(row.path, row.purl, row.line) for row in scan("override").components if row.name == "log4j-core"}
    assert rows == {
        ("pom.xml", "pkg:maven/org.apache.logging.log4j/log4j-core@2.21.1", 12),
        ("older/pom.xml", "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1", 4),
    }


def test_imported_bom_when_the_repository_holds_it_then_it_is_interpolated_by_itself_and_comes_last():
    result = scan("bom-inside")
    assert versions(result) == {
        "com.fasterxml.jackson.core/jackson-databind": "2.15.3",
        "com.google.guava/guava": "32.1.3-jre",
        "org.slf4j/slf4j-api": "2.0.9",
    }
    assert scopes(result)["slf4j-api"] == Scope.EXCLUDED
    assert result.unknowns == ()


def test_parent_when_it_is_outside_the_repository_then_versions_stay_open_and_few_unknowns_say_so():
    result = scan("remote-parent")
    assert versions(result) == {
        "org.springframework.boot/spring-boot-starter-parent": "3.2.0",
        "org.springframework.boot/spring-boot-starter-web": None,
        "org.springframework.boot/spring-boot-starter-data-jpa": None,
        "org.springframework.boot/spring-boot-starter-test": None,
        "com.mysql/mysql-connector-j": None,
        "cn.hutool/hutool-crypto": "5.8.23",
        "org.webjars/bootstrap": None,
    }
    assert [(row.kind, row.line, row.reason) for row in result.unknowns] == [
        (
            UnknownKind.UNRESOLVED,
            4,
            "parent org.springframework.boot:spring-boot-starter-parent:3.2.0 is not in the repository: "
            "what it manages is not known",
        ),
        (
            UnknownKind.UNRESOLVED,
            14,
            "org.springframework.boot:spring-boot-starter-web, "
            "org.springframework.boot:spring-boot-starter-data-jpa, com.mysql:mysql-connector-j and 1 more: "
            "no version in the repository; it may be managed by "
            "parent org.springframework.boot:spring-boot-starter-parent:3.2.0",
        ),
        (
            UnknownKind.UNRESOLVED,
            37,
            "${webjars.version} is defined nowhere in the repository: no version for org.webjars:bootstrap",
        ),
    ]


def test_parent_when_it_is_outside_the_repository_then_it_is_a_component_of_the_build():
    parent = next(row for row in scan("remote-parent").components if row.name == "spring-boot-starter-parent")
    assert (parent.scope, parent.direct, parent.line) == (Scope.EXCLUDED, True, 4)


def test_imported_bom_when_it_is_outside_the_repository_then_its_line_is_named_and_its_version_interpolated():
    result = scan("remote-bom")
    assert [(row.line, row.reason.partition(" is not ")[0]) for row in result.unknowns[:2]] == [
        (12, "imported BOM com.alibaba.cloud:spring-cloud-alibaba-dependencies:2022.0.0.0"),
        (19, "imported BOM io.netty:netty-bom:4.1.100.Final"),
    ]
    assert result.unknowns[2].reason == (
        "io.netty:netty-all: no version in the repository; it may be managed by imported BOM "
        "io.netty:netty-bom:4.1.100.Final, "
        "imported BOM com.alibaba.cloud:spring-cloud-alibaba-dependencies:2022.0.0.0"
    )
    assert versions(result)["io.netty/netty-all"] is None
    assert versions(result)["org.bouncycastle/bcprov-jdk18on"] == "1.76"


def test_profile_when_it_is_active_by_default_then_it_counts_and_another_profile_adds_optional_packages():
    result = scan("profiles")
    assert {row.name: (row.version, row.scope) for row in result.components} == {
        "tomcat-embed-core": ("10.1.16", Scope.REQUIRED),
        "jakarta.servlet-api": ("6.0.0", Scope.REQUIRED),
        "DmJdbcDriver18": ("8.1.3.62", Scope.OPTIONAL),
        "testcontainers": ("1.19.1", Scope.EXCLUDED),
    }


def test_profile_when_it_imports_a_bom_then_it_comes_after_that_of_the_project_but_its_own_entries_win():
    assert versions(scan("profile-imports")) == {
        "g/lib": "1.0",
        "g/direct": "2.0",
        "g/only-in-bom-of-profile": "2.0",
    }


def test_scope_when_the_product_does_not_ship_the_package_then_it_is_excluded():
    assert scopes(scan("scopes")) == {
        "no-scope": Scope.REQUIRED,
        "compile": Scope.REQUIRED,
        "runtime": Scope.REQUIRED,
        "with-exclusion": Scope.REQUIRED,
        "twice": Scope.REQUIRED,
        "optional": Scope.OPTIONAL,
        "provided": Scope.EXCLUDED,
        "system": Scope.EXCLUDED,
        "test": Scope.EXCLUDED,
        "optional-test": Scope.EXCLUDED,
    }


def test_version_when_properties_nest_then_the_childs_win_and_built_in_ones_are_known():
    found = versions(scan("versions"))
    assert found["g/nested"] == "1.6"
    assert found["g/of-parent"] == "5"
    assert found["g/without-prefix"] == "6"
    assert found["g/inherited-property"] == "3.3"
    assert found["g/pinned"] == "1.5"


def test_version_when_it_is_not_exact_or_not_defined_then_it_is_null_with_its_constraint_and_an_unknown():
    result = scan("versions")
    open_rows = {row.name: row.constraint for row in result.components if row.version is None}
    assert open_rows == {
        "range": "[1.0,2.0)",
        "latest": "LATEST",
        "undefined": "${nowhere}",
        "undefined-too": "${nowhere}",
        "loop": "${loop}",
        "environment": "${env.BUILD}",
        "missing": None,
    }
    assert [(row.kind, row.line, row.reason) for row in result.unknowns] == [
        (UnknownKind.NO_EXACT_VERSION, 22, "g:range: [1.0,2.0) is no exact version"),
        (UnknownKind.NO_EXACT_VERSION, 23, "g:latest: LATEST is no exact version"),
        (
            UnknownKind.UNRESOLVED,
            24,
            "${nowhere} is defined nowhere in the repository: no version for g:undefined, g:undefined-too",
        ),
        (UnknownKind.UNRESOLVED, 26, "${loop} is defined nowhere in the repository: no version for g:loop"),
        (
            UnknownKind.UNRESOLVED,
            27,
            "${env.BUILD} is defined nowhere in the repository: no version for g:environment",
        ),
        (UnknownKind.UNRESOLVED, 28, "g:missing: no version in the repository; nothing manages it"),
        (
            UnknownKind.UNRESOLVED,
            29,
            "g:native-${os.detected.classifier} cannot be named: "
            "${os.detected.classifier} is defined nowhere in the repository",
        ),
        (UnknownKind.BROKEN, 30, "a groupId or artifactId is missing"),
    ]


def test_plugin_when_its_version_is_known_then_it_and_what_it_runs_with_are_excluded_components():
    assert {row.purl: (row.scope, row.direct, row.line) for row in scan("build-tools").components} == {
        "pkg:maven/kr.motd.maven/os-maven-plugin@1.7.1": (Scope.EXCLUDED, True, 9),
        "pkg:maven/org.apache.maven.plugins/maven-surefire-plugin@3.2.2": (Scope.EXCLUDED, True, 28),
        "pkg:maven/org.apache.maven.plugins/maven-checkstyle-plugin@3.3.1": (Scope.EXCLUDED, True, 34),
        "pkg:maven/com.puppycrawl.tools/checkstyle@10.12.5": (Scope.EXCLUDED, True, 39),
    }


def test_published_pom_when_it_is_kept_in_the_repository_then_it_resolves_versions_but_declares_no_package():
    result = scan("published")
    assert [row.purl for row in result.declared] == ["pkg:maven/cn.example.corp/shop@1.0"]
    crypto = "pkg:maven/cn.example.corp/sm-crypto@0.3.2"
    assert {(row.purl, row.direct, row.scope) for row in result.components} == {
        ("pkg:maven/cn.example.corp/corp-parent@9", None, None),
        (crypto, None, None),
        (crypto, True, Scope.REQUIRED),
        ("pkg:maven/org.bouncycastle/bcprov-jdk15on@1.70", False, Scope.REQUIRED),
    }
    assert (crypto, "pkg:maven/org.bouncycastle/bcprov-jdk15on@1.70") in edges(result)


def test_imported_bom_when_two_poms_have_its_coordinates_then_neither_is_guessed():
    result = scan("ambiguous")
    assert versions(result)["g/lib"] is None
    assert "imported BOM g:bom:1 is not in the repository" in result.unknowns[0].reason


def test_parents_when_they_lead_in_a_circle_then_the_dependencies_are_kept_and_the_circle_ends():
    result = scan("cycle")
    assert versions(result)["g/lib"] == "1"
    assert {row.path for row in result.unknowns} == {"pom.xml", "b/pom.xml"}


@pytest.mark.parametrize(
    ("case", "reason", "line"),
    [
        ("not-a-project", "the root element is <settings>, not <project>", 1),
        ("cut-off", "not XML: Premature end of data", 5),
    ],
)
def test_file_when_it_is_no_pom_then_it_is_broken_with_the_line(case, reason, line):
    (unknown,) = scan(case).unknowns
    assert (unknown.kind, unknown.line) == (UnknownKind.BROKEN, line)
    assert reason in unknown.reason


def test_parent_when_a_pom_above_has_other_coordinates_then_the_one_with_the_right_ones_is_found(tmp_path):
    write_pom(tmp_path, "")
    write_pom(tmp_path, "<properties><v>7</v></properties>", "elsewhere/pom.xml")
    parent = "<parent><groupId>g</groupId><artifactId>right</artifactId><version>1</version></parent>"
    text = (tmp_path / "elsewhere/pom.xml").read_text().replace("<artifactId>a<", "<artifactId>right<")
    (tmp_path / "elsewhere/pom.xml").write_text(text)
    dependencies = f"<dependencies>{dependency('lib', '${v}')}</dependencies>"
    (tmp_path / "child").mkdir()
    (tmp_path / "child/pom.xml").write_text(
        f"<project>{parent}<artifactId>c</artifactId>{dependencies}</project>"
    )
    assert versions(scan_path(tmp_path)) == {"g/lib": "7"}


def test_properties_when_they_multiply_then_they_are_not_expanded(tmp_path):
    properties = "".join(f"<p{n}>{f'${{p{n + 1}}}' * 10}</p{n}>" for n in range(40))
    body = f"<properties>{properties}<p40>x</p40></properties>"
    write_pom(tmp_path, f"{body}<dependencies>{dependency('lib', '${p0}')}</dependencies>")
    result = scan_path(tmp_path)
    assert versions(result) == {"g/lib": None}
    assert [row.kind for row in result.unknowns] == [UnknownKind.UNRESOLVED]


def test_boms_when_they_import_each_other_then_both_are_read(tmp_path):
    for name, other, lib in (("a", "b", "x"), ("b", "a", "y")):
        bom = f"<dependency><groupId>g</groupId><artifactId>{other}</artifactId><version>1</version>"
        managed = f"{bom}<type>pom</type><scope>import</scope></dependency>{dependency(lib, '3')}"
        body = f"<dependencyManagement><dependencies>{managed}</dependencies></dependencyManagement>"
        dependencies = f"<dependencies>{dependency('x', '')}{dependency('y', '')}</dependencies>"
        write_pom(tmp_path, body + dependencies, f"{name}/pom.xml")
        path = tmp_path / name / "pom.xml"
        path.write_text(
            path.read_text().replace(
                "<artifactId>a</artifactId><version>1</version>",
                f"<artifactId>{name}</artifactId><version>1</version>",
                1,
            )
        )
    assert versions(scan_path(tmp_path)) == {"g/x": "3", "g/y": "3"}


def test_chain_of_parents_when_it_is_longer_than_the_limit_then_it_ends_in_an_unknown(tmp_path):
    for number in range(300):
        parent = f"<groupId>g</groupId><artifactId>p{number + 1}</artifactId><version>1</version>"
        path = f"<relativePath>../p{number + 1}</relativePath>"
        (tmp_path / f"p{number}").mkdir()
        (tmp_path / f"p{number}" / "pom.xml").write_text(
            f"<project><parent>{parent}{path}</parent><artifactId>p{number}</artifactId></project>"
        )
    reasons = {row.path: row.reason for row in scan_path(tmp_path).unknowns}
    assert len(reasons) == 101
    assert reasons["p0/pom.xml"] == (
        "parent g:p200:1 is one too many above this pom: what it manages is not known"
    )
    assert reasons["p299/pom.xml"].startswith("parent g:p300:1 is not in the repository")


@pytest.mark.parametrize(
    ("licences", "expression"),
    [
        ([("Apache License, Version 2.0", "")], "Apache-2.0"),
        ([("", "http://www.apache.org/licenses/LICENSE-2.0.txt")], "Apache-2.0"),
        ([("The MIT License (MIT)", "https://opensource.org/licenses/MIT")], "MIT"),
        ([("木兰宽松许可证, 第2版", "http://license.coscl.org.cn/MulanPSL2/")], "MulanPSL-2.0"),
        ([("Corporate License", "")], "Corporate License"),
        ([("EPL-2.0", ""), ("Apache-2.0", "")], "EPL-2.0 OR Apache-2.0"),
        ([("EPL-2.0", ""), ("Corporate License", "")], None),
        ([("", "")], None),
        ([], None),
    ],
)
def test_licence_when_name_or_url_is_well_known_then_it_is_its_spdx_expression(licences, expression):
    assert declared_licence(licences) == expression
