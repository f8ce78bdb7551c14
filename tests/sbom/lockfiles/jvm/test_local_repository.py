"""A local Maven repository, given to the scan, tells what parents and BOMs outside of it manage."""

import os

import pytest
from ecosystem_fixtures import FIXTURES

from sbom.limits import DEFAULT_LIMITS
from sbom.lockfiles.jvm.local_repository import local_repository
from sbom.model import Scope, UnknownKind
from sbom.scan import scan_path

CASE = FIXTURES / "pom" / "local-repository"
REPOSITORY = FIXTURES.parent / "maven_repository"


def rows(result):
    return {(row.path, row.name): row.version for row in result.components}


def test_versions_when_only_published_poms_manage_them_then_the_given_repository_tells():
    result = scan_path(CASE, maven_repository=REPOSITORY)
    assert rows(result) == {
        ("pom.xml", "corp-parent"): "9",
        ("pom.xml", "corp-bom"): "1.4",
        ("pom.xml", "slf4j-api"): "2.0.9",
        ("web/pom.xml", "netty-handler"): "4.1.100.Final",
        ("web/pom.xml", "HikariCP"): "5.1.0",
        ("web/pom.xml", "unmanaged"): None,
    }


def test_versions_when_no_repository_is_given_then_they_stay_unknown():
    result = scan_path(CASE)
    assert rows(result)["web/pom.xml", "netty-handler"] is None
    assert ("pom.xml", "slf4j-api") not in rows(result)
    reasons = [row.reason for row in result.unknowns if row.path == "pom.xml"]
    assert len(reasons) == 2


def test_inherited_dependency_when_a_published_parent_states_it_then_it_is_one_component():
    result = scan_path(CASE, maven_repository=REPOSITORY)
    edges = {row.from_purl: row.scope for row in result.dependencies if "slf4j-api" in row.to_purl}
    assert edges == {
        "pkg:maven/cn.example.shop/shop@1.0": Scope.REQUIRED,
        "pkg:maven/cn.example.shop/web@1.0": Scope.REQUIRED,
    }
    slf4j = next(row for row in result.components if row.name == "slf4j-api")
    assert (slf4j.path, slf4j.line, slf4j.direct) == ("pom.xml", 2, True)


GRADLE = """\
plugins { id 'java-library' }
dependencies {
    api platform('cn.example.corp:corp-bom:1.4')
    implementation 'com.zaxxer:HikariCP'
    implementation 'org.example:unmanaged'
}
"""


def test_gradle_platform_when_the_repository_holds_its_bom_then_it_gives_the_version(tmp_path):
    (tmp_path / "build.gradle").write_text(GRADLE)
    named = {row.name: row.version for row in scan_path(tmp_path, maven_repository=REPOSITORY).components}
    assert named == {"corp-bom": "1.4", "HikariCP": "5.1.0", "unmanaged": None}
    assert {row.name: row.version for row in scan_path(tmp_path).components}["HikariCP"] is None


def test_gradle_platforms_when_they_manage_different_versions_then_none_is_guessed(tmp_path):
    bom = (REPOSITORY / "cn/example/corp/corp-bom/1.4/corp-bom-1.4.pom").read_text()
    (tmp_path / "bom").mkdir()
    (tmp_path / "bom/pom.xml").write_text(bom.replace("1.4", "1.5").replace("5.1.0", "6.0.0"))
    second = "    api platform('cn.example.corp:corp-bom:1.5')\n}"
    (tmp_path / "build.gradle").write_text(GRADLE.replace("\n}", f"\n{second}"))
    rows = scan_path(tmp_path, maven_repository=REPOSITORY).components
    assert {row.version for row in rows if row.name == "HikariCP"} == {None}
    (alone,) = (row.version for row in scan_path(tmp_path).components if row.name == "HikariCP")
    assert alone == "6.0.0"


def test_published_pom_when_it_names_what_is_missing_too_then_that_is_said_where_it_is_named():
    unknowns = scan_path(CASE, maven_repository=REPOSITORY).unknowns
    said = {(row.path, row.line) for row in unknowns if "gone-bom" in row.reason and "manages" in row.reason}
    assert said == {("pom.xml", 2)}
    assert {row.kind for row in unknowns} == {UnknownKind.UNRESOLVED}


@pytest.mark.parametrize(
    "coordinates",
    [
        ("..", "a", "1"),
        ("a", "..", "1"),
        ("a", "b/../../c", "1"),
        ("a", "b", "../1"),
        ("", "b", "1"),
        ("a", "b", ""),
        ("a", "b\0", "1"),
        ("a..b", "c", "1"),
        ("a", "b", "1..2"),
    ],
)
def test_coordinates_when_they_could_leave_the_folder_then_there_is_no_pom(tmp_path, coordinates):
    (tmp_path / "inside").mkdir()
    (tmp_path / "c-1.pom").write_text("<project/>")
    assert local_repository(tmp_path / "inside", DEFAULT_LIMITS)(*coordinates) is None


def test_pom_when_it_is_no_regular_file_then_it_is_not_read(tmp_path):
    folder = tmp_path / "a" / "b" / "1"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "b-1.pom")
    assert local_repository(tmp_path, DEFAULT_LIMITS)("a", "b", "1") is None
    (tmp_path / "a" / "b" / "2" / "b-2.pom").mkdir(parents=True)
    assert local_repository(tmp_path, DEFAULT_LIMITS)("a", "b", "2") is None


def test_poms_when_they_are_each_others_parents_then_the_scan_ends(tmp_path):
    for name, other in (("x", "y"), ("y", "x")):
        folder = tmp_path / "g" / name / "1"
        folder.mkdir(parents=True)
        (folder / f"{name}-1.pom").write_text(
            f"<project><parent><groupId>g</groupId><artifactId>{other}</artifactId><version>1</version>"
            f"</parent><artifactId>{name}</artifactId><dependencyManagement><dependencies><dependency>"
            f"<groupId>g</groupId><artifactId>{other}</artifactId><version>1</version><type>pom</type>"
            "<scope>import</scope></dependency></dependencies></dependencyManagement></project>"
        )
    code = tmp_path / "code"
    code.mkdir()
    (code / "pom.xml").write_text(
        "<project><parent><groupId>g</groupId><artifactId>x</artifactId><version>1</version></parent>"
        "<artifactId>z</artifactId><dependencies><dependency><groupId>q</groupId><artifactId>r</artifactId>"
        "</dependency></dependencies></project>"
    )
    result = scan_path(code, maven_repository=tmp_path)
    assert all("not what" not in row.reason for row in result.unknowns)
